"""`build`: from the session files to every page, in one step."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from pocketdev_analytics.cli._history import ChosenHistory, chosen_history
from pocketdev_analytics.cli._outputs import (
    Outputs,
    Pages,
    fingerprint,
    program_fingerprint,
    store_fingerprint,
)
from pocketdev_analytics.cli._progress import MakingDisplay
from pocketdev_analytics.cli._text import tell
from pocketdev_analytics.cli.dashboard import NAMES
from pocketdev_analytics.cores import count_cores
from pocketdev_analytics.exceptions import ConfigurationError
from pocketdev_analytics.files.resources import notebooks_dir
from pocketdev_analytics.formatting import count_of

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.pages import Context
    from pocketdev_analytics.reports.source import ReportSource
    from pocketdev_analytics.settings.config import Settings

__all__ = ["build"]

_PARTS = (*NAMES, "notebooks")
_PAGES_OF_SESSIONS = "sessions/"
_SESSIONS = "sessions"
_TITLE = "The latest and the most expensive sessions"


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

    PART is cost, activity or notebooks; without one it is all of them. A page that is up to date
    is not written again. Where you have no Claude Code history, the pages show a made-up sample,
    and say so.
    """
    session.ending.is_immediate = True
    with chosen_history(session.settings, source) as history:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with MakingDisplay(is_shown=sys.stderr.isatty()) as display:
                building = _Building(history, folder, session.settings, parts, display)
                building.run()
        except OSError as error:
            raise ConfigurationError(
                f"cannot write {error.filename or folder}: {error.strerror}; "
                "name another folder with --output"
            ) from None
    if building.count_current:
        tell(f"{count_of(building.count_current, 'page')} in {folder} up to date already.")
    if history.is_sample:
        tell("Every page shows SAMPLE DATA, not your own.", is_warning=True)
    if building.failures:
        raise click.ClickException(
            f"{count_of(len(building.failures), 'page')} could not be made; all others were written"
        )


class _Building:
    """One build: what its pages are made from, and which of them have to be made."""

    def __init__(
        self,
        history: ChosenHistory,
        folder: Path,
        settings: Settings,
        parts: tuple[str, ...],
        display: MakingDisplay,
    ) -> None:
        self.history, self.folder, self.settings = history, folder, settings
        self.parts, self.is_all, self.display = parts or _PARTS, not parts, display
        self.failures: list[str] = []
        self.count_current = 0
        origin = "sample" if history.is_sample else str(history.store.absolute())
        self.outputs = Outputs(folder, origin)
        self._base = fingerprint(
            program_fingerprint(),
            origin if history.is_sample else store_fingerprint(history.store),
            settings,
            datetime.now(ZoneInfo(settings.timezone)).date(),
        )

    def run(self) -> None:
        """Make what is not up to date; remove what earlier builds left behind."""
        notebooks = self._notebooks_by_part() if "notebooks" in self.parts else {}
        if self.is_all and (missing := _missing_packages()):
            tell(
                f"The notebooks are left out: {missing} is not installed; to add them, run:"
                " pip install 'pocketdev_analytics[notebooks]'",
                err=True,
            )
            notebooks = {}
        kept = {*self.parts, *notebooks, *(["index"] if self.is_all else [])}
        kept |= {_SESSIONS} if "cost" in self.parts else set()
        self.outputs.keep(kept, is_all=self.is_all)
        linked: dict[str, dict[str, str]] = {"Dashboards": {}, "Notebooks": {}, _TITLE: {}}
        with ExitStack() as stack:
            running = self._start_notebooks(notebooks, stack)
            source = _LazySource(self.history, stack)
            if "cost" in self.parts:
                linked[_TITLE].update(self._sessions(source))
            for name in NAMES:
                if name in self.parts:
                    linked["Dashboards"].update(self._dashboard(name, source))
            for future in running:
                linked["Notebooks"].update(future.result())
            if self.is_all:
                self._index(linked, source)

    def _made(self, part: str, pages: Pages, *more: object) -> Pages:
        self.outputs.note(part, fingerprint(self._base, more), pages)
        return pages

    def _current(self, part: str, *more: object) -> Pages | None:
        """The pages of a part, if they are up to date; `more` is what it alone is made from."""
        pages = self.outputs.current(part, fingerprint(self._base, more))
        self.count_current += len(pages or ())
        return pages

    def _notebooks_by_part(self) -> dict[str, Path]:
        # Not by `notebooks.shipped_notebooks`: that imports what executes and draws them.
        paths = sorted(notebooks_dir().glob("*.ipynb"))
        return {f"notebooks/{path.stem}.html": path for path in paths}

    def _start_notebooks(self, notebooks: dict[str, Path], stack: ExitStack) -> list[Future[Pages]]:
        """Start making the notebooks in other threads, each in a process of its own."""
        home = "../index.html" if self.is_all else ""
        found = {path: self._current(path, home) for path in notebooks}
        ready: list[Future[Pages]] = []
        for pages in found.values():
            if pages is not None:
                ready.append(Future())
                ready[-1].set_result(pages)
        stale = {path: notebooks[path] for path, pages in found.items() if pages is None}
        if not stale:
            return ready
        from pocketdev_analytics.notebooks import Kernels

        context = _context(self.history.store, self.settings.timezone)
        threads = stack.enter_context(ThreadPoolExecutor(count_cores()))
        kernels = stack.enter_context(Kernels())

        def make(path: str, notebook: Path) -> Pages:
            from pocketdev_analytics import notebooks

            done: dict[str, str] = {}
            with self._collecting(path), self.display.making(path):
                notebooks.export(
                    notebook,
                    self.folder / path,
                    store=self.history.store,
                    timezone=self.settings.timezone,
                    is_sample=self.history.is_sample,
                    context=context,
                    home=home,
                    kernels=kernels,
                )
                tell(f"Wrote {self.folder / path}")
                done.update(self._made(path, {path: notebooks.title_of(notebook)}, home))
            return done

        return [*ready, *(threads.submit(make, *item) for item in stale.items())]

    def _sessions(self, source: _LazySource) -> Pages:
        """Make the pages of sessions."""
        if (current := self._current(_SESSIONS)) is not None:
            return current
        from pocketdev_analytics import pages

        written: dict[str, str] = {}
        failed = len(self.failures)
        with self._collecting(_PAGES_OF_SESSIONS), self.display.making(_PAGES_OF_SESSIONS):
            for page in pages.session_pages(source.opened, self.settings):
                with self._collecting(page.path), self.display.making(page.path):
                    pages.write(self.folder / page.path, page.html())
                    written[page.path] = page.title
            number = count_of(len(written), "page")
            tell(f"Wrote {number} of sessions to {self.folder / pages.SESSIONS}")
        # Where one failed, all are made again next time.
        return self._made(_SESSIONS, written, *self.failures[failed:])

    def _dashboard(self, name: str, source: _LazySource) -> Pages:
        path = f"{name}.html"
        linkable = sorted(page.stem for page in (self.folder / "sessions").glob("*.html"))
        if (current := self._current(name, linkable, self.is_all)) is not None:
            return current
        from pocketdev_analytics import pages

        done: dict[str, str] = {}
        with self._collecting(path), self.display.making(path):
            html = pages.dashboard(
                source.opened,
                name,
                settings=self.settings,
                folder=self.folder,
                has_start=self.is_all,
                warn=_warn,
            )
            pages.write(self.folder / path, html)
            tell(f"Wrote {self.folder / path}")
            done.update(self._made(name, {path: name.capitalize()}, linkable, self.is_all))
        return done

    def _index(self, linked: dict[str, dict[str, str]], source: _LazySource) -> None:
        """Write the start page, which links to the pages that were written."""
        if self._current("index", linked) is not None:
            return
        from pocketdev_analytics.pages import start_page, write

        html = start_page(source.opened, self.settings, linked, folder=self.folder)
        target = write(self.folder / "index.html", html)
        tell(f"Wrote {target}")
        self._made("index", {"index.html": "All pages"}, linked)

    @contextmanager
    def _collecting(self, name: str) -> Iterator[None]:
        """Report a page that fails and go on: one page must not keep the others from being written.

        What concerns every page is raised: a folder that cannot be written, missing packages.
        """
        try:
            yield
        except (OSError, ConfigurationError, KeyboardInterrupt):
            raise
        except Exception as error:  # noqa: BLE001 - other pages are written after any failure
            self.failures.append(name)
            first = next(iter(str(error).splitlines()), "")
            tell(f"{name} failed: {type(error).__name__}: {first}", err=True)


class _LazySource:
    """The store, opened when a page is made of it, with a history that is read once."""

    def __init__(self, history: ChosenHistory, stack: ExitStack) -> None:
        self._history, self._stack = history, stack

    @cached_property
    def opened(self) -> ReportSource:
        """The open store."""
        from pocketdev_analytics.reports.source import ReadOnce
        from pocketdev_analytics.store import open_store

        return ReadOnce(self._stack.enter_context(open_store(self._history.store)))


def _context(path: Path, timezone: str) -> Context:
    """The context of the notebooks and of the index."""
    from pocketdev_analytics.pages import store_context
    from pocketdev_analytics.store import open_store

    with open_store(path) as store:
        return store_context(store.provenance(), timezone=timezone, made_at=datetime.now(UTC))


def _missing_packages() -> str:
    """The first package that executing notebooks needs and that is not installed; "" if none."""
    needed = ("IPython", "great_tables", "markdown_it", "nbformat")
    return next((name for name in needed if find_spec(name) is None), "")


def _warn(message: str) -> None:
    tell(message, err=True)
