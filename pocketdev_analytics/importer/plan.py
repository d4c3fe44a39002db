"""Plan an import: compare the files on disk with those in the store."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pocketdev_analytics.agents import (
    EDGE_BYTES,
    Chunk,
    Discovery,
    Origin,
    Problem,
    SessionFile,
    broken_agents,
    find_agent,
    head_digests,
    identify,
    is_known,
)
from pocketdev_analytics.importer.known import Generations, KnownFile, KnownFiles

__all__ = ["NewBytes", "Plan", "make_plan"]


@dataclass(frozen=True, slots=True)
class NewBytes:
    """A file of a machine with bytes to read.

    Attributes:
        file: The file on disk.
        file_id: Its key in the store.
        machine: The machine that it comes from.
        known: The state to continue from; None to read from the beginning.
        reread_after: Line number after which stored rows are replaced; None to replace no rows.
        product: The agent that wrote it.
    """

    file: SessionFile
    file_id: int
    machine: str | None
    known: KnownFile | None = None
    reread_after: int | None = None
    product: str = "claude"

    @property
    def start(self) -> int:
        """The first byte to read."""
        return self.known.bytes_read if self.known else 0

    @property
    def lines_before(self) -> int:
        """The number of lines read before."""
        return self.known.count_lines if self.known else 0

    def chunk(self) -> Chunk:
        """Build the chunk to read; only when needed, since many files may be waiting."""
        session_id, agent_id = find_agent(self.product).path_identity(self.file.path)
        origin = Origin(
            file_id=self.file_id,
            lines_before=self.lines_before,
            session_id=session_id,
            agent_id=agent_id,
            fallback_id=Path(self.file.path).stem,
            previous_at=self.known.last_us if self.known else None,
            written_at=max(self.file.modified_ns, 0) // 1000,
        )
        size = self.file.size_bytes
        return Chunk(self.file.path, origin, self.start, size, size, product=self.product)


#: Files by the length and digest of their first bytes.
ByHead = dict[tuple[int, str], list[KnownFile]]


@dataclass(slots=True)
class Plan:
    """The work of an import."""

    new: list[NewBytes] = field(default_factory=list)
    gone: list[KnownFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    noted_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def bytes_to_read(self) -> int:
        """The number of new bytes in the files."""
        return sum(item.file.size_bytes - item.start for item in self.new)


def make_plan(discovery: Discovery, known: KnownFiles, machine: str) -> Plan:
    """Compare the files on disk with the known ones, reading only the edges of changed files.

    Reading continues from the generation at the path that the file begins with, or from one that
    is missing at its own path, which means that the file was moved. If there is neither, the file
    is new, and the previous file at its path is gone: its rows are kept, and responses in both
    files count once by their ids. New files belong to `machine`.
    """
    broken = [Problem(f"agent {name}", reason) for name, reason in broken_agents().items()]
    plan = Plan(
        problems=[*broken, *discovery.problems], files=len(discovery.files), noted_at=known.now()
    )
    found: set[int] = set()
    changed, generations = known.compare(discovery.files)
    unknown = [file for file in changed if not _is_known(plan, file, generations, found)]
    absent = _absent(discovery, generations, found)
    by_head = _by_head(absent)
    for file in unknown:
        try:
            moved = _moved_file(file, by_head)
            if moved:
                found.add(moved.file_id)
                plan.new.append(_continued(file, moved))
            else:
                replaced = next(iter(generations.get(file.path, ())), None)
                plan.new.append(_new(file, known, machine, replaced))
        except OSError as error:
            plan.problems.append(_problem(file, error))
    plan.gone += [
        item for item in absent if not (item.file_id in found or item.is_gone or item.is_remote)
    ]
    return plan


def _is_known(plan: Plan, file: SessionFile, known: Generations, found: set[int]) -> bool:
    """Whether the file continues a generation at its path, or cannot be read."""
    generations = known.get(file.path, ())
    if strange := next((item.product for item in generations if not is_known(item.product)), None):
        plan.problems.append(Problem(file.path, f"the agent {strange!r} is not installed"))
        found |= {item.file_id for item in generations}
        return True
    try:
        # The longest first: a file that was truncated and restored continues its longest state.
        for item in sorted(generations, key=lambda item: (-item.bytes_read, item.is_superseded)):
            if _may_come_back(item) and item.is_beginning_of(file):
                found.add(item.file_id)
                plan.new.append(_continued(file, item))
                return True
    except OSError as error:
        plan.problems.append(_problem(file, error))
        found |= {item.file_id for item in generations}
        return True
    return False


def _problem(file: SessionFile, error: OSError) -> Problem:
    return Problem(file.path, error.strerror or type(error).__name__)


def _may_come_back(item: KnownFile) -> bool:
    """Exclude superseded generations that are empty or end within a line."""
    return not item.is_superseded or item.size_bytes == item.bytes_read > 0


def _absent(discovery: Discovery, known: Generations, found: set[int]) -> list[KnownFile]:
    """Return known files that are missing in the searched folders, or replaced at their path."""
    listed = {file.path for file in discovery.files}
    roots = tuple(os.path.join(root, "") for root in discovery.roots)  # noqa: PTH118

    def is_absent(item: KnownFile) -> bool:
        if item.is_superseded or item.path in listed:
            return True
        return item.path.startswith(roots) and _is_missing(item.path)

    every = (item for items in known.values() for item in items)
    return [item for item in every if item.file_id not in found and is_absent(item)]


def _is_missing(path: str) -> bool:
    """Whether the file does not exist, as opposed to being inaccessible."""
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _by_head(absent: Iterable[KnownFile]) -> ByHead:
    """Index absent files by their first bytes, those with the most bytes read first."""
    by_head: ByHead = {}
    for item in sorted(absent, key=lambda item: -item.bytes_read):
        if item.bytes_read and _may_come_back(item):
            length = min(item.bytes_read, EDGE_BYTES)
            by_head.setdefault((length, item.head_digest), []).append(item)
    return by_head


def _moved_file(file: SessionFile, absent: ByHead) -> KnownFile | None:
    """Find the absent file that this one is under a new name, and remove it from `absent`.

    There may be many deleted files, so only those with the same first bytes are compared.
    """
    if not absent:
        return None
    lengths = {length for length, _ in absent if length <= file.size_bytes}
    for head in head_digests(file.path, lengths).items():
        for item in absent.get(head, ()):
            if item.is_beginning_of(file):
                absent[head].remove(item)
                return item
    return None


def _continued(file: SessionFile, known: KnownFile) -> NewBytes:
    """Return the new bytes of a known file, which stays with its machine."""
    if known.must_be_read_again(file):
        return NewBytes(file, known.file_id, known.machine, reread_after=0, product=known.product)
    # A last line that was incomplete when it was read is read again.
    reread = known.count_lines if known.bytes_read < known.size_bytes else None
    return NewBytes(file, known.file_id, known.machine, known, reread, known.product)


def _new(
    file: SessionFile, known: KnownFiles, machine: str, replaced: KnownFile | None
) -> NewBytes:
    """Return the bytes of a new file, which belongs to the machine of the file it replaces.

    Raises:
        OSError: the file cannot be read.
    """
    key = known.free_key(file.path, machine, replaced)
    owner = replaced.machine if replaced else machine
    return NewBytes(file, key, owner, product=identify(file.path).name)
