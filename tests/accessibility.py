"""What a scan for accessibility finds on a page that a browser shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

Way = tuple[int, str]
NARROW: list[Way] = [(390, "dark"), (390, "light")]
WAYS: list[Way] = [(1440, "light"), (1440, "dark"), *NARROW]


def violations(page: Any, ways: Sequence[Way] = WAYS) -> list[str]:
    """Each violation of axe's rules, with all tables open, seen in these ways."""
    engine = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    found = []
    for width, scheme in ways:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(300)
        found += [
            f"{width} px, {scheme}: {rule['id']}: {node['html'][:200]}: {node['failureSummary']}"
            for rule in engine.run(page).response["violations"]
            for node in rule["nodes"]
        ]
    return found
