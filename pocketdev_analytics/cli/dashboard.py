"""`dashboard`: the cost and activity pages, and those of sessions, as HTML files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pocketdev_analytics.cli._files import redact_option
from pocketdev_analytics.cli._text import tell
from pocketdev_analytics.exceptions import ReportError

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session

__all__ = ["NAMES", "dashboard"]

#: The dashboards, `pages.PAGES`: without importing what draws them.
NAMES = ("cost", "activity")

_SESSION = "session"


@click.command()
@click.argument(
    "name",
    required=False,
    type=click.Choice([*NAMES, _SESSION]),
    metavar="[cost|activity|session ID]",
)
@click.argument("session_id", required=False, metavar="")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The file to write; without a name, the folder.  [default: reports/NAME.html]",
)
@click.option("--since", metavar="DATE", help="From this day on, such as 2026-11-01.")
@click.option("--until", metavar="DATE", help="Up to this day, including it.")
@redact_option
@click.pass_obj
def dashboard(
    session: Session,
    name: str | None,
    session_id: str | None,
    output: Path | None,
    since: str | None,
    until: str | None,
    *,
    is_redacted: bool,
) -> None:
    """Write the cost and activity dashboards: one HTML file each, which needs no network.

    Without a name, write both into the folder `reports`. `session ID` is the page of one session,
    by its id or the beginning of it; `report sessions` lists them. Days are those of your time
    zone; --timezone before `dashboard` sets another.
    """
    from pocketdev_analytics import pages
    from pocketdev_analytics.store import open_store

    settings = session.settings
    _check_session(name, session_id, is_period=bool(since or until))
    files = _files(name, output)
    with open_store(settings.store, read_only=True) as store:
        made = {
            path: pages.session_dashboard(
                store,
                session_id,
                settings=settings,
                redact=is_redacted,
                home="../" if path.parent.name == pages.SESSIONS else "",
                has_start=(path.parent.parent / "index.html").is_file()
                and path.parent.name == pages.SESSIONS,
            )
            if session_id
            else pages.dashboard(
                store,
                each,
                settings=settings,
                since=since,
                until=until,
                redact=is_redacted,
                folder=path.parent,
                warn=_warn,
            )
            for each, path in files.items()
        }
    for path, html in made.items():
        tell(str(pages.write(path, html)))


def _warn(message: str) -> None:
    tell(message, err=True)


def _check_session(name: str | None, session_id: str | None, *, is_period: bool) -> None:
    if name == _SESSION and not session_id:
        raise ReportError(
            "dashboard session needs a session's id, or the beginning of it;"
            " `pocketdev-analytics report sessions` lists them"
        )
    if name != _SESSION and session_id:
        raise ReportError(
            f"dashboard {name} takes no {session_id!r}; a session's page is `session`"
        )
    if name == _SESSION and is_period:
        raise ReportError("a session's page shows all of it; leave out --since and --until")


def _files(name: str | None, output: Path | None) -> dict[str, Path]:
    if name:
        return {name: output or Path("reports", f"{name}.html")}
    folder = output or Path("reports")
    if folder.suffix or folder.is_file():
        raise ReportError(
            f"-o {str(folder)!r} names one file for two dashboards;"
            " name a folder, or say which: dashboard cost -o FILE"
        )
    return {each: folder / f"{each}.html" for each in NAMES}
