from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pocketdev_analytics.pages import activity_page, cost_page, session_page, write
from tests.pages.histories import HOSTILE, MADE_AT, empty, made, provenance
from tests.pages.sessions import SESSION, one_session

HISTORIES = {"usual": made(), "hostile": made(40, HOSTILE), "empty": empty()}
SESSIONS = {
    "usual": one_session(),
    "hostile": one_session(40, 3, HOSTILE),
    "single": one_session(1),
}


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pages on disk: `<history>/<page>.html`."""
    folder = tmp_path_factory.mktemp("pages")
    for name, history in HISTORIES.items():
        for page, text in (("cost", cost_page), ("activity", activity_page)):
            made_page = text(history, provenance(), timezone="UTC", made_at=MADE_AT)
            write(folder / name / f"{page}.html", made_page)
    for name, history in SESSIONS.items():
        text = session_page(history, provenance(), SESSION, timezone="UTC", made_at=MADE_AT)
        write(folder / name / "session.html", text)
    return folder


class Seen:
    """A page as a reader sees it, and all it complained of or asked for."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def overflow(self) -> int:
        """How many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def background(self) -> str:
        return str(self.page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.fixture
def look(browser: Any, pages: Path) -> Iterator[Callable[..., Seen]]:
    """`look("usual/cost", width=390, …)`: the page, once its charts are drawn."""
    contexts = []

    def opened(name: str, *, width: int = 1280, drawn: bool = True, **options: Any) -> Seen:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        seen = Seen(context.new_page())
        seen.page.goto((pages / f"{name}.html").as_uri())
        if drawn:
            seen.page.wait_for_selector("html[data-charts=drawn]", timeout=30_000)
        return seen

    yield opened
    for context in contexts:
        context.close()
