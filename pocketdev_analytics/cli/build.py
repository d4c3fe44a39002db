"""`build`: from the session files to every page, in one step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from pocketdev_analytics.cli._history import ChosenHistory, chosen_history
from pocketdev_analytics.cli._text import tell
from pocketdev_analytics.cli.dashboard import NAMES
from pocketdev_analytics.exceptions import ConfigurationError
from pocketdev_analytics.formatting import count_of

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.pages import Context
    from pocketdev_analytics.settings.config import Settings

__all__ = ["build"]

_PARTS = (*NAMES, "notebooks")
_PAGES_OF_SESSIONS = "sessions/"
_SESSIONS = "The latest and the most expensive sessions"

#: Titles of pages by their path below the folder.
Pages: TypeAlias = dict[str, str]


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
    failures: list[str] = []
    with chosen_history(session.settings, source) as history:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            pages: dict[str, Pages] = {"Dashboards": {}, "Notebooks": {}, _SESSIONS: {}}
            for part in parts or _PARTS:
                if part == "notebooks":
                    home = "" if parts else "../index.html"
                    pages["Notebooks"] = _notebooks(history, folder, session, home, failures)
                    continue
                if part == "cost":
                    pages[_SESSIONS] = _sessions(history, folder, session.settings, failures)
                with _collecting(f"{part}.html", failures):
                    _dashboard(part, history, folder, session.settings)
                    pages["Dashboards"][f"{part}.html"] = part.capitalize()
            if not parts:
                _index(history, folder, session.settings.timezone, pages)
        except OSError as error:
            raise ConfigurationError(
                f"cannot write {error.filename or folder}: {error.strerror}; "
                "name another folder with --output"
            ) from None
    if history.is_sample:
        tell("Every page shows SAMPLE DATA, not your own.", is_warning=True)
    if failures:
        raise click.ClickException(
            f"{count_of(len(failures), 'page')} could not be made; all others were written"
        )


@contextmanager
def _collecting(name: str, failures: list[str]) -> Iterator[None]:
    """Report a page that fails and go on: one page must not keep the others from being written.

    What concerns every page is raised: a folder that cannot be written, missing packages.
    """
    try:
        yield
    except (OSError, ConfigurationError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 - other pages are written after any failure
        failures.append(name)
        first = next(iter(str(error).splitlines()), "")
        tell(f"{name} failed: {type(error).__name__}: {first}", err=True)


def _notebooks(
    history: ChosenHistory, folder: Path, session: Session, home: str, failures: list[str]
) -> Pages:
    """Write the notebooks as pages; return their titles by path."""
    from pocketdev_analytics.notebooks import export, shipped_notebooks, title_of

    timezone = session.settings.timezone
    context = _context(history.store, timezone)
    written = {}
    for notebook in shipped_notebooks():
        path = f"notebooks/{notebook.stem}.html"
        with _collecting(path, failures):
            export(
                notebook,
                folder / path,
                store=history.store,
                timezone=timezone,
                is_sample=history.is_sample,
                context=context,
                home=home,
            )
            tell(f"Wrote {folder / path}")
            written[path] = title_of(notebook)
    return written


def _context(path: Path, timezone: str) -> Context:
    """The context of the notebooks and of the index."""
    from pocketdev_analytics.pages import store_context
    from pocketdev_analytics.store import open_store

    with open_store(path) as store:
        return store_context(store.provenance(), timezone=timezone, made_at=datetime.now(UTC))


def _index(history: ChosenHistory, folder: Path, timezone: str, pages: dict[str, Pages]) -> None:
    """Write the page that links to the pages that were written."""
    from pocketdev_analytics.pages import index_page, write

    target = write(folder / "index.html", index_page(pages, _context(history.store, timezone)))
    tell(f"Wrote {target}")


def _sessions(
    history: ChosenHistory, folder: Path, settings: Settings, failures: list[str]
) -> Pages:
    """Write the pages of sessions; return their titles by path."""
    from pocketdev_analytics import pages
    from pocketdev_analytics.store import open_store

    written: Pages = {}
    with _collecting(_PAGES_OF_SESSIONS, failures), open_store(history.store) as store:
        for page in pages.session_pages(store, settings):
            with _collecting(page.path, failures):
                pages.write(folder / page.path, page.html())
                written[page.path] = page.title
        number = count_of(len(written), "page")
        tell(f"Wrote {number} of sessions to {folder / pages.SESSIONS}")
    return written


def _dashboard(name: str, history: ChosenHistory, folder: Path, settings: Settings) -> None:
    from pocketdev_analytics import pages
    from pocketdev_analytics.store import open_store

    target = folder / f"{name}.html"
    with open_store(history.store) as store:
        html = pages.dashboard(store, name, settings=settings, folder=folder, warn=_warn)
    pages.write(target, html)
    tell(f"Wrote {target}")


def _warn(message: str) -> None:
    tell(message, err=True)
