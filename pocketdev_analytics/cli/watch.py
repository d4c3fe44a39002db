"""`watch`: keep importing as files grow, and print what the running session costs."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from pocketdev_analytics.exceptions import StoreLockedError

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.config import Settings

__all__ = ["watch"]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH ...]")
@click.pass_obj
def watch(session: Session, paths: tuple[Path, ...]) -> None:
    """Keep importing as session files grow; end it with Ctrl-C.

    After each change a line says what the running session and the day have cost so far.
    """
    from pocketdev_analytics.importer import watch_history

    click.echo("Watching for new lines; end with Ctrl-C.", err=True)
    with suppress(KeyboardInterrupt):
        settings = session.settings
        for summary in watch_history(
            paths, settings.store, machine=settings.machine, on_locked=_say
        ):
            for problem in summary.problems:
                click.echo(f"skipped {problem.path}: {problem.reason}", err=True)
            try:
                line = _line(session.settings)
            except StoreLockedError as error:
                _say(error)
            else:
                click.echo(line)


def _say(error: StoreLockedError) -> None:
    click.echo(f"{error}; trying again", err=True)


def _line(settings: Settings) -> str:
    """The cost of the session last written to and of the running day."""
    from pocketdev_analytics import reports
    from pocketdev_analytics.store import open_store

    with open_store(settings.store) as store:
        rows = reports.sessions(store.history(), timezone=settings.timezone).collect()
        days = reports.cost(store.usage_cost(), by=["day"], timezone=settings.timezone).collect()
    if rows.is_empty():
        return "no sessions yet"
    now = datetime.now(UTC).astimezone(ZoneInfo(settings.timezone))
    running = rows.sort("ended_at", "session").row(-1, named=True)
    today = days.filter(days["day"] == now.date())
    spent = _dollars(today.row(0, named=True)) if today.height else "$0.00"
    name = running["title"] or running["project"] or running["session"]
    return (
        f"{now:%H:%M:%S}  {name}: {_dollars(running)} in "
        f"{reports.count_of(running['responses'], 'response')}; today {spent}"
    )


def _dollars(row: dict[str, object]) -> str:
    from pocketdev_analytics.reports import dollars

    is_at_least = bool(row["lower_bound_responses"] or row["unpriced_tokens"])
    return dollars(row["cost_usd"], is_at_least=is_at_least)  # type: ignore[arg-type]
