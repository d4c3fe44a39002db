"""Made-up words: the projects, prompts, titles and tool calls of a person who ships parcels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pocketdev_analytics.sample.shapes import Ids

__all__ = [
    "ANSWERS",
    "CUSTOM_TITLES",
    "ERRORS",
    "PROJECTS",
    "PROMPTS",
    "TITLES",
    "TOOLS",
    "WINDOWS",
    "WORKTREE",
    "Project",
    "tool_call",
]


@dataclass(frozen=True, slots=True)
class Project:
    """A working directory, its branches, and its share of the work."""

    cwd: str
    branches: tuple[str, ...]
    weight: float


WORKTREE: Final = Project(
    "/home/mira/code/parcel-api/.worktrees/label-printer", ("label-printer",), 1.5
)
WINDOWS: Final = Project(r"C:\Users\Mira\Projects\field-notes", ("main",), 0.8)
PROJECTS: Final = (
    Project("/home/mira/code/parcel-api", ("main", "customs-forms", "main"), 5.0),
    Project("/home/mira/code/parcel-web", ("main", "dark-mode"), 3.0),
    WORKTREE,
    Project("/home/mira/Documents/thesis figures", ("HEAD",), 0.9),
    WINDOWS,
    Project("/home/mira/dotfiles", ("",), 0.4),
)

PROMPTS: Final = (
    "The label for zone 4 prints on two pages. Find out why.",
    "Add a test for parcels that weigh nothing.",
    "Rename `weight` to `weight_grams` everywhere, and keep the old name in the API for now.",
    "Why is the night run twice as slow since Tuesday?",
    "Write the customs form for Norway. Look at how Switzerland is done first.",
    "Please tidy the imports and run the tests.",
    "Das Etikett zeigt „Straße“ als „Stra?e“. Woran liegt das?",
    "Make the tracking page readable on a phone 📱",
    "Explain what `merge_routes` does, step by step.",
    "The build is red. Fix it, but leave the schema alone.",
    "Draw the delivery times per week as a small multiple.",
    "Is there an index on parcels.tracked_at? If not, add one with a migration.",
    "Go through the open TODOs and tell me which ones are done already.",
    "Undo the last change and try it without a new dependency.",
)
ANSWERS: Final = (
    "I will look at the code that draws the label first.",
    "The test fails for the reason you suspected: the weight is rounded twice.",
    "Done. All tests pass, and the old name still works.",
    "Two queries run for each parcel; one join is enough. I changed that.",
    "The page now folds into one column below 40 rem.",
    "There is no such index yet. I wrote a migration that adds it concurrently.",
    "Three of the nine TODOs are done already; I removed them.",
)
TITLES: Final = (
    "Label for zone 4 on two pages",
    "Weight in grams everywhere",
    "Slow night run since Tuesday",
    "Customs form for Norway",
    "Tracking page on a phone",
    "Index for tracked parcels",
    "Delivery times as small multiples",
    "Red build after the upgrade",
)
#: Titles in other scripts, as people give them.
CUSTOM_TITLES: Final = (
    'Fix the "label printer" ✂️, 100 % of it',
    "Größen prüfen: Überlauf? 📦📦",
    "荷物ラベルの印刷",
)
ERRORS: Final = (
    ("API Error: 529 The service is overloaded. Try again in a moment.", "server_error", 529),
    ("You have reached your session limit. It resets at 18:00.", "rate_limit", 429),
    ("Please run /login. The token has expired.", "authentication_failed", 401),
)

_FILES: Final = ("src/labels.py", "src/routes.py", "src/customs/norway.py", "tests/test_labels.py")
_COMMANDS: Final = (
    ("python -m pytest -q", "Run the tests", "....................... [100%]\n41 passed in 1.92s"),
    ("git diff --stat", "Show what changed", " src/labels.py | 12 +++++++-----\n 1 file changed"),
    ("make lint", "Run the linter", "All checks passed!"),
    ("ls src/customs", "List the customs forms", "__init__.py\nnorway.py\nswitzerland.py"),
)
_CODE: Final = (
    "def shipping_cost(parcel, zone):",
    '    """In cents, without customs."""',
    "    base = BASE[zone]",
    "    if parcel.weight_grams > HEAVY:",
    "        base += HEAVY_FEE",
    "    return base",
    "",
)

#: How often each tool is used.
TOOLS: Final[Mapping[str, float]] = {
    "Bash": 34,
    "Read": 30,
    "Edit": 17,
    "Grep": 11,
    "Write": 4,
    "mcp__parcels__track": 3,
    "mcp__browser__screenshot": 1,
}


def tool_call(ids: Ids, name: str, cwd: str) -> tuple[dict[str, Any], object, object]:
    """A call of tool `name`: its input, its result's content, its toolUseResult."""
    rng = ids.random
    path = f"{cwd}/{rng.choice(_FILES)}"
    if name == "Bash":
        command, description, output = rng.choice(_COMMANDS)
        shell = {"stdout": output, "stderr": "", "interrupted": False, "isImage": False}
        return {"command": command, "description": description}, output, shell
    if name == "Read":
        count = rng.randrange(8, 36)
        code = "\n".join(_CODE[i % len(_CODE)] for i in range(count))
        numbers = {"numLines": count, "startLine": 1, "totalLines": count}
        return {"file_path": path}, code, _file(path, code, numbers)
    if name == "Edit":
        return {"file_path": path, **_swap()}, "The file was updated.", _edit(ids, path)
    if name == "Write":
        code = "\n".join(_CODE)
        new = {"type": "create", "filePath": path, "content": code, "structuredPatch": []}
        return {"file_path": path, "content": code}, "The file was created.", new
    if name == "Grep":
        found = {"mode": "files_with_matches", "filenames": list(_FILES), "numFiles": len(_FILES)}
        return {"pattern": "weight(_grams)?"}, "\n".join(_FILES), found
    said = [{"type": "text", "text": "Parcel 00340 left the depot at 06:12."}]
    return {"parcel": "00340"}, said, said


def _file(path: str, code: str, numbers: dict[str, int]) -> dict[str, Any]:
    return {"type": "text", "file": {"filePath": path, "content": code, **numbers}}


def _swap() -> dict[str, Any]:
    return {"old_string": "return base", "new_string": "return base + fee", "replace_all": False}


def _edit(ids: Ids, path: str) -> dict[str, Any]:
    added, removed = ids.random.randrange(1, 24), ids.random.randrange(9)
    lines = [" ", *["-    old = line"] * removed, *["+    new = line"] * added, " "]
    hunk = {
        "oldStart": 12,
        "oldLines": removed + 2,
        "newStart": 12,
        "newLines": added + 2,
        "lines": lines,
    }
    return {
        "filePath": path,
        "oldString": "return base",
        "newString": "return base + fee",
        "originalFile": "\n".join(_CODE),
        "structuredPatch": [hunk],
        "userModified": False,
        "replaceAll": False,
    }
