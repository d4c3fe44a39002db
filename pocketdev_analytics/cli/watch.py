"""`watch`: import continuously, and print or display live spend."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self
from zoneinfo import ZoneInfo

import click

from pocketdev_analytics.cli._text import tell
from pocketdev_analytics.exceptions import StoreLockedError

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.importer import ImportSummary
    from pocketdev_analytics.live.figures import LiveFigures
    from pocketdev_analytics.settings.config import Settings

__all__ = ["watch"]


class _Shows(Protocol):
    """A display of live figures and problems."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def show(self, now: LiveFigures) -> None: ...

    def say(self, words: str) -> None: ...


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH ...]")
@click.option(
    "--view",
    "is_view",
    is_flag=True,
    help="Display the current window, today, the month and the session, instead of lines.",
)
@click.pass_obj
def watch(session: Session, paths: tuple[Path, ...], *, is_view: bool) -> None:
    """Import session files as they grow, until Ctrl-C.

    After each change a line shows the cost of the current session and of the day so far.

    With --view, a terminal displays the current five-hour window with its projected cost and
    the time left, today, the month and the session. If the output is not a terminal, lines are
    printed.
    """
    # Like Ctrl-C, so that the terminal is restored.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), _shown(session.settings, is_view=is_view) as shown:
        _follow(paths, session.settings, shown)


def _shown(settings: Settings, *, is_view: bool) -> _Shows:
    if is_view:
        from pocketdev_analytics.cli._view import View, is_drawable

        if is_drawable():
            return View(settings.timezone)
    return _Lines(ZoneInfo(settings.timezone))


def _follow(paths: tuple[Path, ...], settings: Settings, shown: _Shows) -> None:
    """Import until interrupted, and show the live figures after each import."""
    from pocketdev_analytics.live.figures import live_figures
    from pocketdev_analytics.live.importing import watch_history
    from pocketdev_analytics.store import open_store

    def locked(error: StoreLockedError) -> None:
        shown.say(f"{error}; trying again")

    where = {"machine": settings.machine, "timezone": settings.timezone}
    for summary in watch_history(paths, settings.store, **where, on_locked=locked):
        for trouble in _troubles(summary):
            shown.say(trouble)
        try:
            with open_store(settings.store) as store:
                shown.show(live_figures(store, now=datetime.now(UTC), timezone=settings.timezone))
        except StoreLockedError as error:
            locked(error)


def _troubles(summary: ImportSummary) -> Iterator[str]:
    for problem in summary.problems:
        yield f"skipped {problem.path}: {problem.reason}"
    if summary.summary_problem:
        yield summary.summary_problem


class _Lines:
    """Prints a line after each import: the cost of the session and of the day so far."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def __enter__(self) -> Self:
        tell("Watching for new lines; end with Ctrl-C.", err=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave what was printed."""

    def show(self, now: LiveFigures) -> None:
        tell(self._line(now))

    def say(self, words: str) -> None:
        tell(words, err=True)

    def _line(self, now: LiveFigures) -> str:
        if now.session is None:
            return "no sessions yet"
        from pocketdev_analytics.cli._view import name_of
        from pocketdev_analytics.formatting import count_of

        cost = f"{_dollars(now.session)} in {count_of(now.session['responses'], 'response')}"
        clock = datetime.now(self.zone)
        return f"{clock:%H:%M:%S}  {name_of(now.session)}: {cost}; today {_dollars(now.today.row)}"


def _dollars(row: dict[str, object]) -> str:
    from pocketdev_analytics.formatting import format_usd
    from pocketdev_analytics.live.figures import amount_of

    amount = amount_of(row)
    return format_usd(amount.cost_usd, is_at_least=amount.is_at_least)
