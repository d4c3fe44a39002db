"""Which files are there: the session files below config folders, and what their paths say.

Claude Code writes `<config>/projects/<dir>/<session-uuid>.jsonl`, subagents beside
them as `agent-<id>.jsonl` or below in `<session-uuid>/subagents/`. `<dir>` cannot be
turned back into the project: the project is what the lines say.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from pocketdev_analytics.exceptions import SourceError

__all__ = [
    "Discovery",
    "Problem",
    "SessionFile",
    "agent_type",
    "check_paths",
    "discover",
    "path_identity",
]

_COMPANION = ".meta.json"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


class SessionFile(NamedTuple):
    """A file as listed: its path and what `stat` said of it.

    `companions` are the files in its folder that name kinds of subagents, where it was listed.
    """

    path: str
    size_bytes: int
    modified_ns: int
    changed_ns: int
    inode: int
    device: int
    companions: frozenset[str] | None = None

    def may_have_companion(self) -> bool:
        """Whether there is a file that names its kind of subagent, as far as is known."""
        return self.companions is None or Path(self.path).stem + _COMPANION in self.companions


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that was skipped, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """The session files found, in the order of their paths, and what was skipped."""

    files: list[SessionFile]
    problems: list[Problem]
    roots: list[Path]


def check_paths(paths: Iterable[Path]) -> None:
    """Nothing, if every path is there to be read.

    Raises:
        SourceError: a path does not exist, or it cannot be looked at.
    """
    for path in paths:
        _root(path)


def discover(paths: Iterable[Path]) -> Discovery:
    """List the `.jsonl` files at and below `paths`.

    A path is a config folder (with `projects/` in it), a projects folder or any
    folder above session files, or one file. Links are followed, loops are not.

    Raises:
        SourceError: a path does not exist.
    """
    roots = [_root(path) for path in paths]
    problems: list[Problem] = []
    found: dict[str, SessionFile] = {}
    for root in roots:
        for file in _walk(str(root), problems):
            found.setdefault(file.path, file)
    return Discovery([found[path] for path in sorted(found)], problems, roots)


def path_identity(path: str) -> tuple[str | None, str | None]:
    """The session and the agent that a file's path names; None where it names none.

    The session is the file's name where that is a UUID, for a subagent's file the
    UUID of the folder that holds its `subagents/`.
    """
    file = Path(path)
    agent_id = file.stem.removeprefix("agent-") if file.stem.startswith("agent-") else None
    if _UUID.fullmatch(file.stem):
        return file.stem, None
    parents = [parent.name for parent in file.parents]
    if "subagents" in parents:
        owner = parents[parents.index("subagents") + 1]
        return (owner if _UUID.fullmatch(owner) else None), agent_id
    return None, agent_id


def agent_type(path: str) -> str | None:
    """What kind of subagent wrote a file, from its companion `agent-<id>.meta.json`."""
    companion = Path(path).with_suffix(_COMPANION)
    try:
        meta = msgspec.json.decode(companion.read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    found = meta.get("agentType") if isinstance(meta, dict) else None
    return found if isinstance(found, str) else None


def _root(path: Path) -> Path:
    try:
        # Resolved, so that a folder has one name whatever it is called.
        path = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        why = (isinstance(error, OSError) and error.strerror) or str(error)
        raise SourceError(
            f"cannot read {path} ({why}); name a config folder, a projects folder or a .jsonl file"
        ) from None
    projects = path / "projects"
    return projects.resolve() if projects.is_dir() else path


def _walk(path: str, problems: list[Problem], above: tuple[str, ...] = ()) -> Iterator[SessionFile]:
    """The session files at and below `path`; `above` are the folders it lies in."""
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands of paths, no objects
        if not stat.S_ISDIR(status.st_mode):
            if _is_storable(path, status, problems):
                yield _session_file(path, status)
            return
        if any(os.path.samestat(status, os.stat(folder)) for folder in above):  # noqa: PTH116
            problems.append(Problem(_printable(path), "a link to a folder above it"))
            return
    except OSError as error:
        problems.append(_skipped(path, error))
        return
    yield from _below(path, problems, above)


def _below(path: str, problems: list[Problem], above: tuple[str, ...]) -> Iterator[SessionFile]:
    """The session files in and below a folder."""
    try:
        with os.scandir(path) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        problems.append(_skipped(path, error))
        return
    yield from _listed(listed, problems, (*above, path))


def _listed(
    entries: list[os.DirEntry[str]], problems: list[Problem], above: tuple[str, ...]
) -> Iterator[SessionFile]:
    """The session files among the entries of a folder, and below them."""
    names = [entry.name for entry in entries]
    companions = frozenset(name for name in names if name.endswith(_COMPANION))
    for name, entry in zip(names, entries, strict=True):
        try:
            if name.endswith(".jsonl") and entry.is_file():
                status = entry.stat()
                if _is_storable(entry.path, status, problems):
                    yield _session_file(entry.path, status, companions)
                continue
            is_folder = entry.is_dir(follow_symlinks=False)
        except OSError as error:
            problems.append(_skipped(entry.path, error))
            continue
        if is_folder:  # none that it lies in: only a link leads back there
            yield from _below(entry.path, problems, above)
        elif name.endswith(".jsonl") or _leads_on(entry):
            yield from _walk(entry.path, problems, above)


def _skipped(path: str, error: OSError) -> Problem:
    return Problem(_printable(path), error.strerror or type(error).__name__)


def _leads_on(entry: os.DirEntry[str]) -> bool:
    """Whether there may be session files below: a folder, or a link that leads nowhere."""
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


def _is_storable(path: str, status: os.stat_result, problems: list[Problem]) -> bool:
    if not stat.S_ISREG(status.st_mode):
        # Opening a named pipe would wait for ever.
        problems.append(Problem(_printable(path), "no regular file"))
        return False
    try:
        path.encode()
    except UnicodeEncodeError:
        problems.append(Problem(_printable(path), "its name is not UTF-8; rename it"))
        return False
    return True


def _printable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")
