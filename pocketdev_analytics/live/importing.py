"""Imports that leave a current summary for the status line next to the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pocketdev_analytics import importer
from pocketdev_analytics.exceptions import StoreLockedError
from pocketdev_analytics.importer import ImportSummary, Progress
from pocketdev_analytics.live.leaving import keep_summary, leave_summary, prepare_summary
from pocketdev_analytics.settings.config import Settings

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from pocketdev_analytics.store import Store

__all__ = ["import_history", "watch_history"]

# Claude Code writes one line per content block: wait until a response is complete.
_QUIET_MS = 300
_LONGEST_WAIT_MS = 2_000


@dataclass(frozen=True, slots=True)
class _SummaryWriter:
    """Writes the summary of a store after an import; days are those of `timezone`."""

    timezone: str

    def prepare(self) -> None:
        prepare_summary()

    def finish(self, store: Store, *, is_changed: bool) -> str | None:
        return leave_summary(store, self.timezone, is_changed=is_changed)


def import_history(
    paths: Sequence[str | Path] | None = None,
    store_path: str | Path | None = None,
    *,
    machine: str | None = None,
    timezone: str | None = None,
    progress: Progress | None = None,
    processes: ProcessPoolExecutor | None = None,
) -> ImportSummary:
    """Import session files into the store: only what is new since the last import.

    Args:
        paths: config folders, projects folders, files or exports of stores; default is the
            history of the current user.
        store_path: the store, created if it does not exist; default is that of the settings.
        machine: where files are from that are not known yet; default is that of the settings.
        timezone: whose days the summary for the status line has; default is that of the
            settings.
        progress: called after each task with the bytes read and the bytes to read in all.
        processes: processes to decode in, see `processes.prepared`.

    Raises:
        SourceError: a path does not exist, an export is damaged, or there is no history at
            the defaults.
        StoreError: the store cannot be opened or written.
    """
    after = _SummaryWriter(timezone or Settings.from_environment().timezone)
    return importer.import_history(
        paths,
        store_path,
        machine=machine,
        progress=progress,
        after=after,
        processes=processes,
    )


def watch_history(
    paths: Sequence[str | Path] | None = None,
    store_path: str | Path | None = None,
    *,
    machine: str | None = None,
    timezone: str | None = None,
    on_locked: Callable[[StoreLockedError], None],
) -> Iterator[ImportSummary]:
    """Import now and whenever session files change, until interrupted.

    While another process holds the store, `on_locked` is called, and the import is retried.

    Yields:
        The summary of each import that found something, and of the first.

    Raises:
        SourceError: a path does not exist, or there is no history at the defaults.
        StoreError: the store cannot be opened or written.
    """
    from watchfiles import watch  # only this function needs it

    folders = importer.history_paths(paths)

    def try_import() -> ImportSummary | None:
        try:
            return import_history(folders, store_path, machine=machine, timezone=timezone)
        except StoreLockedError as error:
            on_locked(error)
            return None

    first = try_import()
    if first:
        yield first
    # Changes between that import and the start of the watch are not reported.
    is_due = True
    for changes in watch(
        *folders,
        watch_filter=lambda _change, path: path.endswith(".jsonl"),
        step=_QUIET_MS,
        debounce=_LONGEST_WAIT_MS,
        rust_timeout=_LONGEST_WAIT_MS,
        yield_on_timeout=True,
    ):
        if not changes and not is_due:
            keep_summary(importer.store_file(store_path))
            continue
        summary = try_import()
        is_due = summary is None
        if summary and (changes or summary.files_read or not first):
            first = summary
            yield summary
