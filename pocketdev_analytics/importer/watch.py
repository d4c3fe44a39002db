"""Importing as files grow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pocketdev_analytics.exceptions import StoreLockedError
from pocketdev_analytics.importer.run import (
    ImportSummary,
    history_paths,
    import_history,
    store_file,
)
from pocketdev_analytics.live.leaving import keep_summary

__all__ = ["watch_history"]

# Claude Code writes a line per content block: wait for a response to be written out.
_QUIET_MS = 300
_LONGEST_WAIT_MS = 2_000


def watch_history(
    paths: Sequence[str | Path] | None = None,
    store_path: str | Path | None = None,
    *,
    machine: str | None = None,
    timezone: str | None = None,
    on_locked: Callable[[StoreLockedError], None],
) -> Iterator[ImportSummary]:
    """Import now and whenever session files change, until interrupted.

    While another process holds the store, `on_locked` is told, and the import is
    tried again.

    Yields:
        What each import found.

    Raises:
        SourceError: a path does not exist, or there is no history at the defaults.
        StoreError: the store cannot be opened or written.
    """
    from watchfiles import watch  # an import that does not watch does without it

    folders = history_paths(paths)

    def imported() -> ImportSummary | None:
        try:
            return import_history(folders, store_path, machine=machine, timezone=timezone)
        except StoreLockedError as error:
            on_locked(error)
            return None

    first = imported()
    if first:
        yield first
    # What was written since then, before the watch began, nobody tells.
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
            keep_summary(store_file(store_path))
            continue
        summary = imported()
        is_due = summary is None
        if summary and (changes or summary.files_read or not first):
            first = summary
            yield summary
