"""Display names of what a history names by a path."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

__all__ = ["project_names"]

_WORKTREE_NUMBER: Final = 2  # characters
_MOST_FOLDERS: Final = 6


def project_names(paths: Iterable[str | None]) -> dict[str | None, str]:
    """Map each project path to its last folder.

    Parent folders are added until the name is unique among `paths`, and once if the last folder
    is as short as a worktree's number.
    """
    distinct = list(dict.fromkeys(paths))
    names: dict[str | None, str] = {}
    for folders in range(1, _MOST_FOLDERS + 1):
        ends = {path: _last_folders(path, folders) for path in distinct}
        often = Counter(ends.values())
        for path, end in ends.items():
            is_clear = often[end] == 1 and (len(end) > _WORKTREE_NUMBER or folders > 1)
            if path not in names and (is_clear or folders == _MOST_FOLDERS):
                names[path] = end
    return {path: names[path] for path in distinct}


def _last_folders(path: str | None, folders: int) -> str:
    if path is None:
        return "(no project)"
    parts = [part for part in re.split(r"[/\\]", path) if part]
    return "/".join(parts[-folders:]) or path
