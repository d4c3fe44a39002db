"""Choose the history of a run: the user's own, that of another folder, or the sample."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from pocketdev_analytics.cli._text import tell
from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.formatting import count_of
from pocketdev_analytics.settings.config import Settings, default_store_path

__all__ = ["ChosenHistory", "chosen_history", "import_first", "update_store"]


class ChosenHistory:
    """The store to report from, up to date; that of the sample is made when it is asked for."""

    def __init__(self, make: Callable[[], Path], *, is_sample: bool = False) -> None:
        self._make = make
        self.is_sample = is_sample

    @cached_property
    def store(self) -> Path:
        """The DuckDB file."""
        return self._make()


@contextmanager
def chosen_history(settings: Settings, source: Path | None) -> Iterator[ChosenHistory]:
    """Import what is new in `source`, else in the person's own history, and say so.

    `source` has a store of its own unless one was named, so that nobody's history
    is mixed with another's. Where the person has none, it is the sample's, in a
    store that is gone afterwards.

    Raises:
        SourceError: there is no session file at `source`.
    """
    if source is not None:
        store = _store_of(source, settings)
        _import([source], store, settings, said=str(source))
        yield ChosenHistory(lambda: store)
    elif _has_files():
        _import(None, settings.store, settings, said="your history")
        yield ChosenHistory(lambda: settings.store)
    elif _has_sessions(settings.store):
        tell(f"No session files; {settings.store} still holds what was imported.")
        yield ChosenHistory(lambda: settings.store)
    else:
        from pocketdev_analytics.agents import config_dirs

        tell(f"No history in {', '.join(map(str, config_dirs()))}.")
        tell("This is SAMPLE DATA: a made-up history, not yours.", is_warning=True)
        with TemporaryDirectory(prefix="pocketdev-analytics-") as folder:
            make = lambda: _sample_store(Path(folder), settings.timezone)  # noqa: E731
            yield ChosenHistory(make, is_sample=True)


def import_first(settings: Settings) -> None:
    """Import the user's history if there is no store yet, and report it on standard error.

    Nothing happens where there is a store, or no session file.
    """
    if settings.store.exists() or not _has_files():
        return
    _import(None, settings.store, settings, said="your Claude Code history", err=True)


def update_store(settings: Settings) -> bool:
    """Import what is new in the person's own history; return whether the store holds any.

    Messages go to standard error.
    """
    if _has_files():
        _import(None, settings.store, settings, said="your Claude Code history", err=True)
        return True
    return _has_sessions(settings.store)


def _import(
    paths: list[Path] | None, store: Path, settings: Settings, *, said: str, err: bool = False
) -> None:
    from pocketdev_analytics.cli._progress import ImportBar
    from pocketdev_analytics.live.importing import import_history

    tell(f"Reading {said} ...", err=err)
    with ImportBar(is_shown=sys.stderr.isatty()) as bar:
        summary = import_history(
            paths,
            store,
            machine=settings.machine,
            timezone=settings.timezone,
            progress=bar.show,
        )
    if paths and not summary.files:
        raise SourceError(f"there is no session file (*.jsonl) in {said}; name another folder")
    held = count_of(summary.responses, "response")
    tell(f"{store} holds {held} in {count_of(summary.sessions, 'session')}.", err=err)


def _sample_store(folder: Path, timezone: str) -> Path:
    from pocketdev_analytics.live.importing import import_history
    from pocketdev_analytics.sample import write_sample
    from pocketdev_analytics.store import open_store

    store = folder / "sample.duckdb"
    now = datetime.now(ZoneInfo(timezone))
    write_sample(folder / "sample", until=now.date(), now=now)
    import_history([folder / "sample"], store)
    with open_store(store, read_only=False) as opened:
        opened.set_property("is_sample", "true")
    return store


def _store_of(source: Path, settings: Settings) -> Path:
    if settings.store != default_store_path({}):
        return settings.store
    resolved = source.resolve()
    digest = hashlib.sha256(str(resolved).encode(errors="surrogateescape")).hexdigest()
    return settings.store.with_name(f"other-{digest[:12]}.duckdb")


def _has_files() -> bool:
    from pocketdev_analytics.agents import discover, history_dirs

    return bool(discover(history_dirs()).files)


def _has_sessions(store: Path) -> bool:
    from pocketdev_analytics.store import open_store

    if not store.exists():
        return False
    with open_store(store) as opened:
        return opened.provenance().sessions > 0
