"""The import: what is new on disk goes into the store, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pocketdev_analytics.config import Settings, history_dirs
from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.importer.batches import Assembly
from pocketdev_analytics.importer.exports import (
    export_folder,
    load_export,
    read_export,
    refuse_mixed,
)
from pocketdev_analytics.importer.known import KnownFiles
from pocketdev_analytics.importer.plan import Plan, make_plan
from pocketdev_analytics.importer.pool import Decode, decoding, needs_cores
from pocketdev_analytics.importer.tasks import make_tasks
from pocketdev_analytics.importer.waiting import Waiting
from pocketdev_analytics.live.leaving import leave_summary, prepare_summary
from pocketdev_analytics.model import SESSION_FILES
from pocketdev_analytics.sources import Decoded, Discovery, Problem, check_paths, discover

if TYPE_CHECKING:
    from pocketdev_analytics.store import Store

__all__ = ["ImportSummary", "Progress", "history_paths", "import_history", "store_file"]

#: Called with the bytes read so far and the bytes to read in all.
Progress = Callable[[int, int], None]
# Large enough that a transaction's fixed cost does not count (a tenth of a second), small
# enough that its rows, in each form they pass through, are some dozen megabytes.
_BATCH_BYTES = 384 * 2**20
_LAST_BATCH_BYTES = 128 * 2**20
_NOTHING = pl.DataFrame(schema=SESSION_FILES)


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import found and what the store holds after it.

    `files` were found, `files_read` of them had `bytes_read` new bytes;
    `responses` and `quarantined_lines` are those of the whole store,
    `responses_added` and `lines_quarantined` came with this import. `summary_problem` is why
    a status line will not tell of it, if so.
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
    timezone: str | None = None,
    progress: Progress | None = None,
) -> ImportSummary:
    """Import session files into the store: only what is new since the last import.

    `paths` are config folders, projects folders, files or exports of stores; default is
    the history of the person who runs this. The store is created where it is missing.
    `machine` names where files are from that are not known yet, `timezone` whose days the
    summary for a status line is of; default is what the settings say.

    Raises:
        SourceError: a path does not exist, an export is damaged, or there is no history at
            the defaults.
        StoreError: the store cannot be opened or written.
    """
    asked = history_paths(paths)
    check_paths(asked)  # no store is made for a path misspelt
    exports = [read_export(folder) for folder in map(export_folder, asked) if folder]
    folders = [path for path in asked if not export_folder(path)]
    path = store_file(store_path)
    if machine is None or timezone is None:
        settings = Settings.from_environment()
        machine, timezone = machine or settings.machine, timezone or settings.timezone
    # DuckDB leaves a core to others for most of what it does, and the disk has to be waited for.
    with decoding() as decode, ThreadPoolExecutor(1) as beside:
        # Of a store that is not there nothing can be known: reading need not wait for it.
        is_new = not path.exists()
        reading = _begin(discover(folders), _NOTHING, machine, decode) if is_new else None
        # It takes longer to import than files to be listed: they are read meanwhile.
        from pocketdev_analytics.store import open_store

        with open_store(path, read_only=False) as store:
            # Not listed before: an import that was waited for may have read more by now.
            if reading is None or not store.session_files().is_empty():
                reading = _begin_beside(store, folders, machine, decode, beside)
            plan, assembly, before = reading.plan, reading.assembly, store.counts()
            if exports:
                refuse_mixed(store, exports)
            if reading.bytes_to_read:
                beside.submit(prepare_summary)
            store.mark_gone([known.file_id for known in plan.gone])
            _load(store, reading, progress or _no_progress)
            brought = [load_export(store, export) for export in exports]
            after = store.counts()
            is_changed = bool(assembly.files_read or any(brought))
            merging = beside.submit(store.merge_log)
            trouble = leave_summary(store, timezone, is_changed=is_changed)
            merging.result()
    return ImportSummary(
        files=plan.files + sum(export.count_files for export in exports),
        files_read=assembly.files_read + sum(brought),
        files_gone=len(plan.gone),
        bytes_read=assembly.bytes_read + sum(export.size_bytes for export in exports),
        responses=after["responses"],
        responses_added=after["responses"] - before["responses"],
        sessions=after["sessions"],
        quarantined_lines=after["quarantined_lines"],
        lines_quarantined=after["quarantined_lines"] - before["quarantined_lines"],
        problems=plan.problems + assembly.problems,
        summary_problem=trouble,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is read of the files that have something new: results of tasks and what takes them."""

    plan: Plan
    bytes_to_read: int
    assembly: Assembly
    results: Iterator[Decoded]


def _begin(found: Discovery, files: pl.DataFrame, machine: str, decode: Decode) -> _Reading:
    """Read what there is beside the `files` that are known."""
    plan = make_plan(found, KnownFiles(files, machine), machine)
    total, assembly = plan.bytes_to_read, Assembly(plan.noted_at)
    results = decode(make_tasks(assembly.awaited(Waiting(plan.new))), total)
    return _Reading(plan, total, assembly, results)


def _begin_beside(
    store: Store, folders: list[Path], machine: str, decode: Decode, beside: Executor
) -> _Reading:
    """Read what there is in `folders` beside what the store knows."""
    listing = beside.submit(discover, folders)
    files = store.session_files()
    return _begin(listing.result(), files, machine, decode)


def _load(store: Store, reading: _Reading, progress: Progress) -> None:
    assembly, total = reading.assembly, reading.bytes_to_read
    if total > _BATCH_BYTES:
        store.limit_memory(total)
    if needs_cores(total):
        store.leave_cores()
    loaded = 0
    for decoded in reading.results:
        assembly.add(decoded)
        progress(min(assembly.bytes_read, total), total)
        if _is_batch(assembly.bytes_read, loaded, total):
            store.load(assembly.take())
            loaded = assembly.bytes_read
    if assembly.has_more:
        store.load(assembly.take())


def _is_batch(decoded: int, loaded: int, total: int) -> bool:
    """Whether what is decoded and not yet loaded is as many bytes as a batch is to have."""
    waiting, left = decoded - loaded, total - decoded
    # The first is half of one, so that loading begins while there is most to decode.
    if waiting >= (_BATCH_BYTES if loaded else _BATCH_BYTES // 2):
        return True
    # Smaller towards the end: when the last bytes are decoded, little is left to load.
    return waiting * 2 >= left * 3 >= _LAST_BATCH_BYTES * 3


def history_paths(paths: Sequence[str | Path] | None) -> list[Path]:
    """What to import: `paths`, else the folders of the person who runs this.

    Raises:
        SourceError: nothing is asked for, and there is no history at the defaults.
    """
    if paths:
        return [Path(path) for path in paths]
    folders = [folder for folder in history_dirs() if (folder / "projects").is_dir()]
    if not folders:
        looked = " and ".join(str(folder / "projects") for folder in history_dirs())
        raise SourceError(
            f"no Claude Code history at {looked}; name a folder, or set CLAUDE_CONFIG_DIR"
        )
    return folders


def store_file(path: str | Path | None) -> Path:
    """The store to import into: `path`, else where the settings say."""
    return Path(path) if path is not None else Settings.from_environment().store


def _no_progress(done: int, total: int) -> None:
    """Nobody watches."""
