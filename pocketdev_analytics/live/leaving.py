"""Update the status-line summary: after an import, and after prices have changed."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from pocketdev_analytics import __version__
from pocketdev_analytics.live.summary import confirm, read_summary, summary_path, write_summary

if TYPE_CHECKING:
    from pocketdev_analytics.store import Store

__all__ = ["keep_summary", "leave_summary", "prepare_summary"]


def leave_summary(
    store: Store, timezone: str, *, is_changed: bool = True, now: datetime | None = None
) -> str | None:
    """Write the status-line summary next to the store. Return an error message, or None.

    If nothing `is_changed`, and the summary is of this store, version and time zone, it is only
    marked as still valid.
    """
    made_from = f"{store.store_id()} {__version__}"
    try:
        found = None if is_changed else read_summary(store.path)
        if found and (found.made_from, found.timezone) == (made_from, timezone):
            confirm(store.path)
            return None
        # Importing the reports takes longer than most imports: only where they are needed.
        from pocketdev_analytics.live.figures import summarize

        moment = now or datetime.now(UTC)
        summary = summarize(store, now=moment, timezone=timezone, made_from=made_from)
        write_summary(store.path, summary)
    except Exception as error:  # noqa: BLE001 - an import must not fail because of its summary
        return f"{summary_path(store.path)} is not up to date: {error}"
    return None


def prepare_summary() -> None:
    """Import what a summary is computed with: that takes as long as computing it."""
    import_module("pocketdev_analytics.live.figures")


def keep_summary(store: Path) -> None:
    """Mark the summary next to this store as still valid, if there is one."""
    with suppress(OSError):
        confirm(store)
