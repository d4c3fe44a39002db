"""The tree is written in plain technical English: idioms that readers had to translate stay out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("pocketdev_analytics", "sql", "notebooks", "docs", "tests", "findings")
SUFFIXES = {".py", ".js", ".sql", ".md", ".ipynb", ".j2", ".css"}
#: A migration that has landed never changes; this file holds the idioms themselves.
EXEMPT = ("sql/schema/", "tests/test_language.py")

#: What to write instead, by the pattern of an idiom.
IDIOMS = {
    r"anew": "again",
    r"beside": "next to, or with",
    r"dearest|dearer": "most expensive, more expensive",
    r"spelt|misspelt": "spelled",
    r"told": "shown, reported",
    r"in force": "current",
    r"in vain": "without effect",
    r"whatever|whichever came": "any, regardless of",
    r"wherever": "in any place, at any path",
    r"of which no": "without",
    r"goes before|go before": "takes precedence over",
    r"for good": "finally, forever",
    r"had again|to be had": "restored, available",
    r"it is to be hoped": "leave it out",
    r"(?<!there )is no (?!longer|more|such|wider)\w+": "is not a …",
    r"(?<!there )are no (?!longer|more|such)\w+": "are not …",
    r"which is none|is none that": "is invalid; expected …",
    r"as it is asked|as they are asked": "as requested",
}
#: Classes that had the name of a participle or of something else.
NAMES = ("Asked", "Asking", "Question", "Known", "Waiting", "Assembly", "Keyed", "Segments",
         "Running", "Used", "Spent", "Folding")  # fmt: skip


def files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob("*"))
    yield from (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md")


@cache
def texts() -> dict[str, str]:
    named = {path.relative_to(ROOT).as_posix(): path for path in files()}
    return {
        name: path.read_text(encoding="utf-8")
        for name, path in named.items()
        if path.suffix in SUFFIXES
        and not name.startswith(EXEMPT)
        and ".ipynb_checkpoints" not in path.parts
    }


def found(pattern: re.Pattern[str]) -> list[str]:
    """Return the lines with the pattern, after their file and number."""
    return [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
        for name, text in texts().items()
        for match in pattern.finditer(text)
    ]


@pytest.mark.parametrize("idiom", IDIOMS)
def test_an_idiom_is_not_used(idiom: str) -> None:
    pattern = re.compile(rf"(?<![A-Za-z_])(?:{idiom})(?![A-Za-z])", re.IGNORECASE)
    uses = found(pattern)
    assert not uses, f"write {IDIOMS[idiom]!r}:\n" + "\n".join(uses)


@pytest.mark.parametrize("name", NAMES)
def test_a_class_has_a_standard_name(name: str) -> None:
    uses = found(re.compile(rf"^\s*class {name}\b", re.MULTILINE))
    assert not uses, "\n".join(uses)


def test_a_test_is_named_in_the_same_language() -> None:
    words = r"told|tells?|dearest|anew|beside|whatever|spelt|nobody"
    names = re.compile(rf"def test_(?:\w+_)?(?:{words})(?:_\w+)?\(")
    uses = found(names)
    assert not uses, "\n".join(uses)


@pytest.mark.parametrize(
    ("text", "is_idiom"),
    [
        ("'budjet' is no key that there is", True),
        ("there is no store", False),
        ("it is no longer there", False),
        ("write the store anew", True),
        ("a renewed store", False),
    ],
)
def test_an_idiom_is_recognised(text: str, is_idiom: bool) -> None:  # noqa: FBT001
    patterns = [rf"(?<![A-Za-z_])(?:{idiom})(?![A-Za-z])" for idiom in IDIOMS]
    assert any(re.search(pattern, text) for pattern in patterns) == is_idiom
