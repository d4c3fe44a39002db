"""Import: read what is new on disk and load it into the store, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import polars as pl

from pocketdev_analytics.agents import (
    Decoded,
    Discovery,
    Problem,
    check_paths,
    config_dirs,
    discover,
    history_dirs,
)
from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.importer.batches import BatchBuilder
from pocketdev_analytics.importer.export_files import export_folder, read_export
from pocketdev_analytics.importer.exports import load_export, refuse_mixed
from pocketdev_analytics.importer.file_queue import FileQueue
from pocketdev_analytics.importer.known import KnownFiles
from pocketdev_analytics.importer.plan import Plan, make_plan
from pocketdev_analytics.importer.pool import Decode, decoding, needs_cores
from pocketdev_analytics.importer.tasks import make_tasks
from pocketdev_analytics.model import SESSION_FILES
from pocketdev_analytics.settings.config import Settings

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from pocketdev_analytics.store import Store

__all__ = [
    "AfterImport",
    "ImportSummary",
    "Progress",
    "history_paths",
    "import_history",
    "store_file",
]

#: Called with the bytes read so far and the bytes to read in all.
Progress = Callable[[int, int], None]


class AfterImport(Protocol):
    """What is done with a store when an import has loaded all of it."""

    def prepare(self) -> None:
        """Import libraries while rows are loaded; called in another thread, if at all."""

    def finish(self, store: Store, *, is_changed: bool) -> str | None:
        """Use the store; return what prevented it, or None. It must not raise."""


# Large enough that the fixed cost of a transaction (a tenth of a second) does not matter, small
# enough that its rows are some dozen megabytes in each form they pass through.
_BATCH_BYTES = 384 * 2**20
_LAST_BATCH_BYTES = 128 * 2**20
_NOTHING = pl.DataFrame(schema=SESSION_FILES)


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import found and what the store holds after it.

    `files` were found, `files_read` of them had `bytes_read` new bytes; `responses` and
    `quarantined_lines` are those of the entire store, `responses_added` and
    `lines_quarantined` came with this import. `summary_problem` says why there is no current
    summary for the status line, if so.
    """

    files: int
    files_read: int
    files_gone: int
    bytes_read: int
    responses: int
    responses_added: int
    sessions: int
    quarantined_lines: int
    lines_quarantined: int
    problems: list[Problem] = field(default_factory=list)
    summary_problem: str | None = None


def import_history(
    paths: Sequence[str | Path] | None = None,
    store_path: str | Path | None = None,
    *,
    machine: str | None = None,
    progress: Progress | None = None,
    after: AfterImport | None = None,
    processes: ProcessPoolExecutor | None = None,
) -> ImportSummary:
    """Import session files into the store: only what is new since the last import.

    Args:
        paths: config folders, projects folders, files or exports of stores; default is the
            history of the current user.
        store_path: the store, created if it does not exist; default is that of the settings.
        machine: where files are from that are not known yet; default is that of the settings.
        progress: called after each task with the bytes read and the bytes to read in all.
        after: what is done with the store before it is closed.
        processes: processes to decode in, see `processes.prepared`.

    Raises:
        SourceError: a path does not exist, an export is damaged, or there is no history at
            the defaults.
        StoreError: the store cannot be opened or written.
    """
    requested = history_paths(paths)
    check_paths(requested)  # before a store is created for a mistyped path
    exports = [read_export(folder) for folder in map(export_folder, requested) if folder]
    folders = [path for path in requested if not export_folder(path)]
    path = store_file(store_path)
    machine = machine or Settings.from_environment().machine
    # DuckDB leaves a core to others for most of what it does, and the disk has to be waited for.
    with decoding(processes) as decode, ThreadPoolExecutor(1) as thread:
        # A new store has no known files, so start reading before opening it.
        is_new = not path.exists()
        reading = _begin(discover(folders), _NOTHING, machine, decode) if is_new else None
        # Importing DuckDB takes longer than listing files: they are read meanwhile.
        from pocketdev_analytics.store import open_store

        with open_store(path, read_only=False) as store:
            # Listed after the store was locked: an import before may have read more by now.
            if reading is None or not store.session_files().is_empty():
                reading = _begin_known(store, folders, machine, decode, thread)
            plan, batches, before = reading.plan, reading.batches, store.counts()
            if exports:
                refuse_mixed(store, exports)
            if after and reading.bytes_to_read:
                thread.submit(after.prepare)
            store.mark_gone([known.file_id for known in plan.gone])
            _load(store, reading, progress or _no_progress)
            loaded = [load_export(store, export) for export in exports]
            counts = store.counts()
            is_changed = bool(batches.files_read or any(loaded))
            merging = thread.submit(store.merge_log)
            problem = after.finish(store, is_changed=is_changed) if after else None
            merging.result()
    return ImportSummary(
        files=plan.files + sum(export.count_files for export in exports),
        files_read=batches.files_read + sum(loaded),
        files_gone=len(plan.gone),
        bytes_read=batches.bytes_read + sum(export.size_bytes for export in exports),
        responses=counts["responses"],
        responses_added=counts["responses"] - before["responses"],
        sessions=counts["sessions"],
        quarantined_lines=counts["quarantined_lines"],
        lines_quarantined=counts["quarantined_lines"] - before["quarantined_lines"],
        problems=plan.problems + batches.problems,
        summary_problem=problem,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """The files with something new, the results of decoding them, and what collects these."""

    plan: Plan
    bytes_to_read: int
    batches: BatchBuilder
    results: Iterator[Decoded]


def _begin(found: Discovery, files: pl.DataFrame, machine: str, decode: Decode) -> _Reading:
    """Start reading what is new compared with the known `files`."""
    plan = make_plan(found, KnownFiles(files, machine), machine)
    total, batches = plan.bytes_to_read, BatchBuilder(plan.noted_at)
    results = decode(make_tasks(batches.expect(FileQueue(plan.new))), total)
    return _Reading(plan, total, batches, results)


def _begin_known(
    store: Store, folders: list[Path], machine: str, decode: Decode, thread: Executor
) -> _Reading:
    """Start reading what is new in `folders` compared with what the store knows."""
    listing = thread.submit(discover, folders)
    files = store.session_files()
    return _begin(listing.result(), files, machine, decode)


def _load(store: Store, reading: _Reading, progress: Progress) -> None:
    batches, total = reading.batches, reading.bytes_to_read
    if total > _BATCH_BYTES:
        store.limit_memory(total)
    if needs_cores(total):
        store.leave_cores()
    loaded = 0
    for decoded in reading.results:
        batches.add(decoded)
        progress(min(batches.bytes_read, total), total)
        if _is_batch(batches.bytes_read, loaded, total):
            store.load(batches.take())
            loaded = batches.bytes_read
    if batches.has_more:
        store.load(batches.take())


def _is_batch(decoded: int, loaded: int, total: int) -> bool:
    """Return whether enough is decoded and not yet loaded to be a batch."""
    waiting, remaining = decoded - loaded, total - decoded
    # The first is half of one, so that loading begins while there is most to decode.
    if waiting >= (_BATCH_BYTES if loaded else _BATCH_BYTES // 2):
        return True
    # Smaller towards the end: when the last bytes are decoded, little remains to be loaded.
    return waiting * 2 >= remaining * 3 >= _LAST_BATCH_BYTES * 3


def history_paths(paths: Sequence[str | Path] | None) -> list[Path]:
    """Return what to import: `paths`, else the config folders of the current user.

    Raises:
        SourceError: `paths` is empty, and there is no history at the defaults.
    """
    if paths:
        return [Path(path) for path in paths]
    if folders := history_dirs():
        return folders
    looked = ", ".join(map(str, config_dirs()))
    raise SourceError(
        f"no history in {looked}; name a folder, or set CLAUDE_CONFIG_DIR or CODEX_HOME"
    )


def store_file(path: str | Path | None) -> Path:
    """Return the store to import into: `path`, else that of the settings."""
    return Path(path) if path is not None else Settings.from_environment().store


def _no_progress(done: int, total: int) -> None:
    """No-op progress callback."""
