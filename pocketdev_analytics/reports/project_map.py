r"""Group folders into projects, by the rules of docs/reports.md.

1. A worktree belongs to its repository: `R/.claude/worktrees/NAME` and `R/.worktrees/NAME`, with
   all folders below them, are R. So are `R/worktrees/NAME`, `R-worktrees/NAME` and the like, if a
   session worked in R itself or NAME begins with the name of R.
2. A folder below the one in which its session began is that folder.
3. A configured group includes all rows whose folder or project is at or below one of its paths;
   the first matching group wins.

No folder is grouped into a home folder or the root of a drive. `/` and `\` both separate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import polars as pl

from pocketdev_analytics.model.history import History
from pocketdev_analytics.model.paths import canonical_path, with_slashes
from pocketdev_analytics.reports.dimensions import FACTS

__all__ = [
    "PROJECT_MAP",
    "ProjectRules",
    "group_frame",
    "group_projects",
    "is_at_or_below",
    "project_map",
]

#: The columns of `project_map`.
PROJECT_MAP: Final = pl.Schema({"session_id": pl.String, "folder": pl.String, "project": pl.String})

_WORKTREE: Final = re.compile(r"[/\\](?:\.claude[/\\]worktrees|\.worktrees)[/\\][^/\\]+")
_MAYBE_WORKTREE: Final = re.compile(r"(?<=[^/\\])([/\\._-])worktrees[/\\]([^/\\]+)")
_HOME: Final = re.compile(
    r"(?:[a-z]:|/mnt/[a-z]|/[a-z](?=/users))?"
    r"(?:/(?:home|users|export/home|var/home)(?:/[^/]+)?|/root|/var/root|/mnt)?",
    re.IGNORECASE,
)
_GLOBS: Final = {r"\*\*": ".*", r"\*": "[^/]*", r"\?": "[^/]"}


@dataclass(frozen=True)
class ProjectRules:
    """The rules that give a folder its project.

    Attributes:
        known: The folders that sessions worked in.
        groups: Paths and globs by the name of their group.
        homes: Further home folders.
    """

    known: frozenset[str] = frozenset()
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    homes: Iterable[str] = ()

    def project(self, folder: str | None, session_folder: str | None) -> str | None:
        """Return the project of a row in `folder`, whose session began in `session_folder`."""
        if folder is None:
            return None
        repository = self.repository(folder)
        if session_folder is not None:
            began = self.repository(session_folder)
            if is_at_or_below(repository, began) and not self._is_home(began):
                repository = began
        return self._group(folder, repository) or repository

    def repository(self, folder: str) -> str:
        """Return the repository of a worktree or a folder in it, else the folder itself."""
        return self._maybe_worktree_of(worktree_of(folder, self._is_home))

    def _maybe_worktree_of(self, folder: str) -> str:
        for found in _MAYBE_WORKTREE.finditer(folder):
            root, separator, name = folder[: found.start()], *found.groups()
            is_named_so = separator in "._-" and name.startswith(_last_part(root))
            if (root in self.known or is_named_so) and not self._is_home(root):
                return root
        return folder

    def _is_home(self, folder: str) -> bool:
        plain = with_slashes(folder)
        return bool(_HOME.fullmatch(plain)) or plain in map(with_slashes, self.homes)

    def _group(self, *paths: str) -> str | None:
        plain = [with_slashes(path) for path in paths]
        return next(
            (name for name, is_in in self._patterns if any(map(is_in.fullmatch, plain))), None
        )

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        return [(name, _pattern(path)) for name, paths in self.groups.items() for path in paths]


def worktree_of(folder: str, is_home: Callable[[str], bool]) -> str:
    """Return the repository of a folder whose path certainly is that of a worktree."""
    roots = (folder[: found.start()] for found in _WORKTREE.finditer(folder))
    return next((root for root in roots if not is_home(root)), folder)


def is_at_or_below(folder: str, other: str) -> bool:
    """Whether `folder` is `other` or somewhere below it."""
    below = with_slashes(other) + "/"
    return (with_slashes(folder) + "/").startswith(below)


def project_map(
    history: History,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    homes: Iterable[str] = (),
) -> pl.LazyFrame:
    """Return the project of each folder of each session: `session_id, folder, project`.

    A session began in the folder of the first row of its main thread, or of its first row if
    there is no main thread.

    Args:
        history: The history, filtered or not.
        groups: Paths and globs (`*`, `**`, `?`) by the name of their group.
        homes: Further home folders.
    """
    places = pl.concat(_places(name, frame) for name, frame in history.frames().items())
    groups, homes = dict(groups or {}), tuple(homes)
    return places.map_batches(
        lambda rows: _map_folders(rows, groups, homes),
        schema=PROJECT_MAP,
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
    )


def group_projects(
    history: History,
    folders: pl.LazyFrame | None = None,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    homes: Iterable[str] = (),
) -> History:
    """Return the history with folders grouped into projects, in all frames.

    Each frame gets a column `folder` with the previous `project`. `folders` is a `project_map`,
    by default that of the history. Group before filtering: a filter may hide where a session
    began.
    """
    known = project_map(history, groups=groups, homes=homes) if folders is None else folders
    return History(**{name: group_frame(frame, known) for name, frame in history.frames().items()})


def group_frame(frame: pl.LazyFrame, folders: pl.LazyFrame) -> pl.LazyFrame:
    """Set the projects of a frame of `History` by a `project_map`."""
    return _with_folders(frame).join(
        folders, on=["session_id", "folder"], how="left", nulls_equal=True
    )


def _with_folders(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return the frame with folders and without projects, also if it has been grouped."""
    is_grouped = "folder" in frame.collect_schema()
    return frame.drop("project") if is_grouped else frame.rename({"project": "folder"})


def _places(name: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    return (
        _with_folders(frame)
        .group_by("session_id", "folder")
        .agg(is_subagent=(pl.col("agent") == "subagent").min(), at=pl.col(FACTS[name].at).min())
    )


def _map_folders(
    places: pl.DataFrame, groups: Mapping[str, Sequence[str]], homes: tuple[str, ...]
) -> pl.DataFrame:
    order = ["is_subagent", "at", "folder"]
    began = (
        places.drop_nulls(["session_id", "folder"])
        .sort(order, nulls_last=True)
        .group_by("session_id", maintain_order=True)
        .agg(began=pl.col("folder").first())
    )
    rows = places.select("session_id", "folder").unique().join(began, on="session_id", how="left")
    bare = ProjectRules(homes=homes)
    folders = map(canonical_path, rows["folder"].drop_nulls().unique())
    rule = ProjectRules(frozenset(map(bare.repository, folders)), groups, homes)
    pairs = rows.select("folder", "began").unique()
    projects = [
        rule.project(*(path and canonical_path(path) for path in pair))
        for pair in pairs.iter_rows()
    ]
    named = pairs.with_columns(project=pl.Series(projects, dtype=pl.String))
    both = rows.join(named, on=["folder", "began"], how="left", nulls_equal=True)
    return both.select(PROJECT_MAP.names())


def _last_part(path: str) -> str:
    return with_slashes(path).rsplit("/", 1)[-1]


def _pattern(path: str) -> re.Pattern[str]:
    """Compile a path or glob of a group, which matches the folders below too."""
    text = re.escape(with_slashes(path))
    for glob, meaning in _GLOBS.items():
        text = text.replace(glob, meaning)
    return re.compile(f"{text}(?:/.*)?", re.DOTALL)
