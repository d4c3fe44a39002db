"""List the session files of all agents in config folders and below other folders."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pocketdev_analytics.agents.origin import COMPANION
from pocketdev_analytics.agents.registry import history_in, suffixes
from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.files.regular import check_regular, check_size

__all__ = [
    "Discovery",
    "Problem",
    "SessionFile",
    "check_paths",
    "discover",
]


class SessionFile(NamedTuple):
    """A listed file: its path and the result of `stat`.

    `companions` are the files in its folder that name agent types, if the folder was listed.
    """

    path: str
    size_bytes: int
    modified_ns: int
    changed_ns: int
    inode: int
    device: int
    companions: frozenset[str] | None = None

    def may_have_companion(self) -> bool:
        """Whether a file may name its agent type, as far as is known."""
        return self.companions is None or Path(self.path).stem + COMPANION in self.companions


@dataclass(frozen=True, slots=True)
class Problem:
    """A skipped file or folder, and why it was skipped."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """The session files found, in path order, and what was skipped."""

    files: list[SessionFile]
    problems: list[Problem]
    roots: list[Path]


def check_paths(paths: Iterable[Path]) -> None:
    """Check that every path can be listed or read.

    Raises:
        SourceError: a path does not exist, cannot be looked at, or is a pipe, socket or device.
    """
    for path in paths:
        _roots(path)


def discover(paths: Iterable[Path]) -> Discovery:
    """List the files at and below `paths` that may be session files of an agent.

    A path is a config folder of one agent or several (for Claude Code one with `projects/` in
    it), any folder above session files, or one file. Links are followed, loops are not.

    Raises:
        SourceError: a path does not exist, or is a pipe, socket or device.
    """
    roots = [root for path in paths for root in _roots(path)]
    problems: list[Problem] = []
    found: dict[str, SessionFile] = {}
    for root in roots:
        for file in _Walk(problems, suffixes()).files(str(root)):
            found.setdefault(file.path, file)
    # A file that is being compressed is there twice.
    listed = [
        name
        for name in sorted(found)
        if not (name.endswith(".zst") and name.removesuffix(".zst") in found)
    ]
    return Discovery([found[name] for name in listed], problems, roots)


def _roots(path: Path) -> list[Path]:
    try:
        # Resolved, so that all spellings of a folder are one name.
        path = path.resolve(strict=True)
        if not path.is_dir():
            check_regular(path.stat(), path)
    except (OSError, RuntimeError, ValueError) as error:
        why = (isinstance(error, OSError) and error.strerror) or str(error)
        raise SourceError(
            f"cannot read {path} ({why}); name a config folder, a projects folder or a .jsonl file"
        ) from None
    return [place.resolve() for place in history_in(path)] or [path]


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk through folders with a stack of its own: nesting may be deeper than Python's."""

    problems: list[Problem]
    suffixes: tuple[str, ...]
    #: Folders to list, each with the folders that it lies in.
    waiting: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def files(self, root: str) -> Iterator[SessionFile]:
        """The session files at and below `root`."""
        yield from self._at(root, ())
        while self.waiting:
            folder, above = self.waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                self._skip(folder, error)
                continue
            yield from self._listed(listed, (*above, folder))

    def _at(self, path: str, above: tuple[str, ...]) -> Iterator[SessionFile]:
        """The file at `path`; a folder is listed later, unless it is one of those `above`."""
        try:
            status = os.stat(path)  # noqa: PTH116 - thousands of paths, no objects
            if not stat.S_ISDIR(status.st_mode):
                yield from self._checked(path, status)
            elif any(os.path.samestat(status, os.stat(folder)) for folder in above):  # noqa: PTH116
                self.problems.append(Problem(_printable(path), "a link to a folder above it"))
            else:
                self.waiting.append((path, above))
        except OSError as error:
            self._skip(path, error)

    def _listed(
        self, entries: list[os.DirEntry[str]], above: tuple[str, ...]
    ) -> Iterator[SessionFile]:
        """The session files among the entries of a folder; folders are listed later."""
        companions = frozenset(
            entry.name
            for entry in entries
            if entry.name.endswith(COMPANION) and self._is_companion(entry)
        )
        for entry in entries:
            is_named = entry.name.endswith(self.suffixes)
            try:
                if is_named and entry.is_file():
                    yield from self._checked(entry.path, entry.stat(), companions)
                    continue
                is_folder = entry.is_dir(follow_symlinks=False)
            except OSError as error:
                self._skip(entry.path, error)
                continue
            if is_folder:  # only a link leads back to one of those above
                self.waiting.append((entry.path, above))
            elif is_named or _may_lead_on(entry):
                yield from self._at(entry.path, above)

    def _checked(
        self, path: str, status: os.stat_result, companions: frozenset[str] | None = None
    ) -> Iterator[SessionFile]:
        """The file, unless it is not a regular one or has a name that the store cannot hold."""
        try:
            check_regular(status, path)
            path.encode()
        except OSError as error:
            self._skip(path, error)
        except UnicodeEncodeError:
            self.problems.append(Problem(_printable(path), "its name is not UTF-8; rename it"))
        else:
            yield _session_file(path, status, companions)

    def _is_companion(self, entry: os.DirEntry[str]) -> bool:
        """Whether the file can be read; an agent type is missing if not, so report why."""
        try:
            status = entry.stat()
            check_regular(status, entry.path)
            check_size(status.st_size, entry.path)
        except OSError as error:
            self._skip(entry.path, error)
            return False
        return True

    def _skip(self, path: str, error: OSError) -> None:
        reason = error.strerror or type(error).__name__
        self.problems.append(Problem(_printable(path), reason))


def _may_lead_on(entry: os.DirEntry[str]) -> bool:
    """Whether there may be session files below: a folder, or a dangling link."""
    try:
        return entry.is_dir() or (entry.is_symlink() and not Path(entry.path).exists())
    except OSError:
        return True  # to be reported


def _session_file(
    path: str, status: os.stat_result, companions: frozenset[str] | None = None
) -> SessionFile:
    return SessionFile(
        path,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_ino,
        status.st_dev,
        companions,
    )


def _printable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")
