"""When the summary is made anew: after an import, and after prices have changed."""

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
    """Leave the summary of the store beside it; what prevents it, None where nothing does.

    Where nothing `is_changed`, and the summary there is of this store, version and time zone,
    it is only noted that it still holds.
    """
    made_from = f"{store.store_id()} {__version__}"
    try:
        found = None if is_changed else read_summary(store.path)
        if found and (found.made_from, found.timezone) == (made_from, timezone):
            confirm(store.path)
            return None
        # Reports take longer to import than most imports find anything to say to them.
        from pocketdev_analytics.live.figures import summarised

        moment = now or datetime.now(UTC)
        summary = summarised(store, now=moment, timezone=timezone, made_from=made_from)
        write_summary(store.path, summary)
    except Exception as error:  # noqa: BLE001 - whatever it is, an import is not to fail of it
        return f"{summary_path(store.path)} is not up to date: {error}"
    return None


def prepare_summary() -> None:
    """Import what a summary is made with, beside other work: that takes as long as making it."""
    import_module("pocketdev_analytics.live.figures")


def keep_summary(store: Path) -> None:
    """Note that the summary beside this store still holds, where there is one."""
    with suppress(OSError):
        confirm(store)
