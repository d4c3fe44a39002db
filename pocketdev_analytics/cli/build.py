"""`build`: from the session files to every page, in one step."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pocketdev_analytics.cli._history import ChosenHistory, chosen_history
from pocketdev_analytics.cli._pages import NAMES, page_html, write_sessions
from pocketdev_analytics.exceptions import ConfigurationError
from pocketdev_analytics.rounding import count_of

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.config import Settings
    from pocketdev_analytics.dashboard import Context

__all__ = ["build"]

_PARTS = (*NAMES, "notebooks")


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(_PARTS), metavar="[PART ...]")
@click.option(
    "--source",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="Another history than your own: a config folder, a projects folder or a .jsonl file.",
)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="The folder to write into.",
)
@click.pass_obj
def build(session: Session, parts: tuple[str, ...], source: Path | None, folder: Path) -> None:
    """Import what is new, then write the dashboards and the notebooks as HTML, and an index.

    PART is cost, activity or notebooks; without one it is all of them. Where you have no
    Claude Code history, the pages show a made-up sample, and say so.
    """
    with chosen_history(session.settings, source) as history:
        try:
            sessions: dict[str, str] = {}
            for part in parts or _PARTS:
                home = "" if parts else "../index.html"
                sessions |= _write(part, history, folder, session.settings, home)
            if not parts:
                _index(history, folder, session.settings.timezone, sessions)
        except OSError as error:
            raise ConfigurationError(
                f"cannot write {error.filename or folder}: {error.strerror}; "
                "name another folder with --output"
            ) from None
    if history.is_sample:
        click.secho("Every page shows SAMPLE DATA, not your own.", fg="yellow", bold=True)


def _write(
    part: str, history: ChosenHistory, folder: Path, settings: Settings, home: str
) -> dict[str, str]:
    """Write a part; what the pages of sessions that came with it are called, by their path."""
    folder.mkdir(parents=True, exist_ok=True)
    timezone = settings.timezone
    if part != "notebooks":
        return _dashboard(part, history, folder / f"{part}.html", settings)
    from pocketdev_analytics.notebooks import export, shipped_notebooks

    context = _context(history.store, timezone)
    for notebook in shipped_notebooks():
        target = folder / "notebooks" / f"{notebook.stem}.html"
        export(
            notebook,
            target,
            store=history.store,
            timezone=timezone,
            is_sample=history.is_sample,
            context=context,
            home=home,
        )
        click.echo(f"Wrote {target}")
    return {}


def _context(path: Path, timezone: str) -> Context:
    """What the feet of all notebooks say."""
    from pocketdev_analytics.dashboard import store_context
    from pocketdev_analytics.store import open_store

    with open_store(path) as store:
        return store_context(store.provenance(), timezone=timezone, made_at=datetime.now(UTC))


def _index(history: ChosenHistory, folder: Path, timezone: str, sessions: dict[str, str]) -> None:
    """The page that links to what was written."""
    from pocketdev_analytics.dashboard import index_page, write
    from pocketdev_analytics.notebooks import shipped_notebooks, title_of

    links = {
        "Dashboards": {f"{name}.html": name.capitalize() for name in NAMES},
        "Notebooks": {
            f"notebooks/{notebook.stem}.html": title_of(notebook)
            for notebook in shipped_notebooks()
        },
        "The latest and the most expensive sessions": sessions,
    }
    target = write(folder / "index.html", index_page(links, _context(history.store, timezone)))
    click.echo(f"Wrote {target}")


def _dashboard(
    name: str, history: ChosenHistory, target: Path, settings: Settings
) -> dict[str, str]:
    from pocketdev_analytics.dashboard import write
    from pocketdev_analytics.store import open_store

    sessions = {}
    with open_store(history.store) as store:
        if name == "cost":
            sessions = write_sessions(store, target.parent, settings)
            pages = count_of(len(sessions), "page")
            click.echo(f"Wrote {pages} of sessions to {target.parent / 'sessions'}")
        html = page_html(store, name, settings, beside=target.parent)
    write(target, html)
    click.echo(f"Wrote {target}")
    return sessions
