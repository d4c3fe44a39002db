"""The documents name files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
PATH = re.compile(r"`(?:pocketdev_analytics/)?((?:[\w.-]+/)*[\w-]+\.(?:py|js|sql|csv))`")
#: Where a document may leave out the beginning of a path.
BASES = (
    *("", "pocketdev_analytics", "pocketdev_analytics/agents", "pocketdev_analytics/agents/claude"),
    *(
        "pocketdev_analytics/charts",
        "pocketdev_analytics/pages",
        "pocketdev_analytics/pages/script",
    ),
    *("pocketdev_analytics/reports", "pocketdev_analytics/agents/codex", "sql/seeds"),
)


def test_documents_name_existing_files() -> None:
    missing = [
        f"{document.relative_to(ROOT)}: {name}"
        for document in DOCUMENTS
        for name in PATH.findall(document.read_text(encoding="utf-8"))
        if not any((ROOT / base / name).exists() for base in BASES)
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("see `pocketdev_analytics/pricing/formula.py`", ["pricing/formula.py"]),
        ("`store/spill.py` and `shapes.js`", ["store/spill.py", "shapes.js"]),
        ("`projects.csv` is yours; `*.py` names none", ["projects.csv"]),
    ],
)
def test_a_path_is_recognised(text: str, names: list[str]) -> None:
    assert PATH.findall(text) == names
