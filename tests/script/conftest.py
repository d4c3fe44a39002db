"""The script's pure modules, run in the browser that people read pages with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pocketdev_analytics.pages.bundle import bundle

MODULES = (
    "csv",
    "decimals",
    "facts",
    "filters",
    "format",
    "panels",
    "periods",
    "rows",
    "scope",
    "sums",
    "unpack",
    "view",
)


@pytest.fixture(scope="session")
def tab(browser: Any) -> Iterator[Any]:
    """A blank tab in which every module is a constant, `module_format` for `format.js`."""
    page = browser.new_page()
    page.add_script_tag(content=bundle(*MODULES))
    yield page
    page.close()


@pytest.fixture
def evaluate(tab: Any) -> Callable[[str, str], Any]:
    """`evaluate("format", "usd(125n, 3)")`: an expression over the exports of a module."""

    def run(module: str, expression: str) -> Any:
        return tab.evaluate(
            """([module, expression]) => {
              const exports = eval(`module_${module}`);
              const found = new Function(...Object.keys(exports), `return ${expression};`);
              const plain = (value) => {
                if (typeof value === "bigint") return `${value}n`;
                if (Array.isArray(value)) return value.map(plain);
                return value;
              };
              return plain(found(...Object.values(exports)));
            }""",
            [module, expression],
        )

    return run
