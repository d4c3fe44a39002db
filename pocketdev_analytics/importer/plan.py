"""What is new: the files on disk beside those the store knows."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import polars as pl

from pocketdev_analytics.sources import (
    EDGE_BYTES,
    SMALL_BYTES,
    Chunk,
    Discovery,
    Fingerprint,
    Origin,
    Problem,
    SessionFile,
    fingerprint,
    head_digests,
    path_identity,
    prefix_crc32,
)

__all__ = ["KnownFile", "NewBytes", "Plan", "known_files", "make_plan", "remote_files"]


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as the store knows it; the fields are those of `schema.SESSION_FILES`."""

    file_id: int
    path: str
    session_id: str
    size_bytes: int
    bytes_read: int
    count_lines: int
    modified_ns: int
    changed_ns: int
    inode: int
    device: int
    head_digest: str
    tail_digest: str
    samples_digest: str | None
    content_crc32: int | None
    project_path: str | None
    first_at: datetime | None
    last_at: datetime | None
    machine: str | None
    is_remote: bool
    is_gone: bool

    @property
    def named_session_id(self) -> str | None:
        """Its session, if a line or the path named one."""
        return None if self.session_id == Path(self.path).stem else self.session_id

    def is_unchanged(self, file: SessionFile) -> bool:
        """Whether `stat` says what it said at the last import."""
        return (
            self.size_bytes == file.size_bytes
            and self.modified_ns == file.modified_ns
            and self.changed_ns == file.changed_ns
            and self.inode == file.inode
            and self.device == file.device
        )

    def is_beginning_of(self, file: SessionFile) -> bool:
        """Whether the file still begins with the bytes that were read.

        A small file and one of the same size are compared as a whole; of a large one
        that has grown its edges and the blocks between them are, so that an append
        costs what was appended.
        """
        if file.size_bytes < self.bytes_read:
            return False
        found = fingerprint(file.path, self.bytes_read)
        samples = found.samples if self.samples_digest is None else self.samples_digest
        if found != Fingerprint(self.bytes_read, self.head_digest, self.tail_digest, samples):
            return False
        is_whole = self.bytes_read <= SMALL_BYTES or file.size_bytes == self.size_bytes
        if not is_whole or self.content_crc32 is None:
            return True
        return prefix_crc32(file.path, self.bytes_read) == self.content_crc32


@dataclass(frozen=True, slots=True)
class NewBytes:
    """A file of a machine with bytes to read, as one chunk; `known` is None for a new file."""

    file: SessionFile
    chunk: Chunk
    known: KnownFile | None
    machine: str | None = None


#: Files by the length and the digest of what they began with.
ByHead = dict[tuple[int, str], list[KnownFile]]


@dataclass(slots=True)
class Plan:
    """What an import has to do."""

    new: list[NewBytes] = field(default_factory=list)
    moved: list[tuple[KnownFile, SessionFile]] = field(default_factory=list)
    gone: list[KnownFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0

    @property
    def bytes_to_read(self) -> int:
        """How much of the files is new."""
        return sum(item.chunk.stop - item.chunk.start for item in self.new)


def known_files(session_files: pl.DataFrame) -> dict[str, KnownFile]:
    """The latest known file at each path: of rewritten ones the one that is not gone.

    Not those that exports of other machines brought: their paths are on other disks.
    """
    return {item.path: item for item in _known(session_files.filter(~pl.col("is_remote")))}


def remote_files(session_files: pl.DataFrame) -> dict[int, KnownFile]:
    """The files that exports brought, by their keys."""
    return {item.file_id: item for item in _known(session_files.filter("is_remote"))}


def _known(session_files: pl.DataFrame) -> list[KnownFile]:
    rows = session_files.with_columns(is_gone=pl.col("gone_at").is_not_null()).sort(
        "is_gone", "last_at", descending=True, nulls_last=False
    )
    names = list(KnownFile.__dataclass_fields__)
    return [KnownFile(**row) for row in rows.select(names).iter_rows(named=True)]


def make_plan(
    discovery: Discovery,
    known: dict[str, KnownFile],
    machine: str,
    remote: dict[int, KnownFile] | None = None,
) -> Plan:
    """Compare what is on disk with what is known; reads only the edges of changed files.

    New files are of `machine`. A file of the same machine and path that an export
    brought before, in `remote`, is read on from where the export ended.
    """
    plan = Plan(problems=list(discovery.problems), files=len(discovery.files))
    missing = _missing(discovery, known)
    by_head = _by_head(missing)
    for file in discovery.files:
        try:
            _plan_file(plan, file, known.get(file.path), by_head, machine, remote or {})
        except OSError as error:
            plan.problems.append(Problem(file.path, error.strerror or type(error).__name__))
    moved_from = {item.file_id for item, _ in plan.moved}
    plan.gone += [item for item in missing if item.file_id not in moved_from and not item.is_gone]
    return plan


def _plan_file(
    plan: Plan,
    file: SessionFile,
    known: KnownFile | None,
    missing: ByHead,
    machine: str,
    remote: dict[int, KnownFile],
) -> None:
    replaced = None
    if known is None:
        known = _moved_file(file, missing)
        if known is not None:
            plan.moved.append((known, file))
        elif brought := remote.get(_file_id(file, None, machine)):
            known, replaced = (brought, None) if brought.is_beginning_of(file) else (None, brought)
    elif known.is_unchanged(file) and not known.is_gone:
        return
    elif not known.is_beginning_of(file):
        # Rewritten, truncated or replaced: its rows stay, as those of a file that
        # is gone; responses that are in both count once by their ids.
        if not known.is_gone:
            plan.gone.append(known)
        replaced, known = known, None
    # A file that is rewritten, or known under another name, stays of the machine that it was of.
    origin = known or replaced
    named = origin.machine if origin else machine
    plan.new.append(NewBytes(file, _chunk(file, known, replaced, machine), known, named))


def _missing(discovery: Discovery, known: dict[str, KnownFile]) -> list[KnownFile]:
    """Known files below the folders looked at that are no longer there."""
    listed = {file.path for file in discovery.files}
    roots = tuple(os.path.join(root, "") for root in discovery.roots)  # noqa: PTH118
    return [
        item
        for path, item in known.items()
        if path not in listed and path.startswith(roots) and _is_missing(path)
    ]


def _is_missing(path: str) -> bool:
    """Whether there is no such file, as opposed to one that cannot be looked at."""
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _by_head(missing: list[KnownFile]) -> ByHead:
    """Missing files by what they began with, the one read furthest first."""
    by_head: ByHead = {}
    for item in sorted(missing, key=lambda item: -item.bytes_read):
        if item.bytes_read:
            length = min(item.bytes_read, EDGE_BYTES)
            by_head.setdefault((length, item.head_digest), []).append(item)
    return by_head


def _moved_file(file: SessionFile, missing: ByHead) -> KnownFile | None:
    """The missing file that this one is, under a new name; no longer missing then.

    Files that have gone for good are many: only those with this file's first bytes
    are compared further.
    """
    if not missing:
        return None
    lengths = {length for length, _ in missing if length <= file.size_bytes}
    for head in head_digests(file.path, lengths).items():
        for item in missing.get(head, ()):
            if item.is_beginning_of(file):
                missing[head].remove(item)
                return item
    return None


def _chunk(
    file: SessionFile, known: KnownFile | None, replaced: KnownFile | None, machine: str
) -> Chunk:
    session_id, agent_id = path_identity(file.path)
    origin = Origin(
        file_id=known.file_id if known else _file_id(file, replaced, machine),
        session_id=session_id,
        agent_id=agent_id,
        fallback_id=Path(file.path).stem,
        lines_before=known.count_lines if known else 0,
    )
    start = known.bytes_read if known else 0
    return Chunk(file.path, origin, start, file.size_bytes, file.size_bytes)


def _file_id(file: SessionFile, replaced: KnownFile | None, machine: str) -> int:
    """A key that does not depend on what else was imported, or in which order.

    Nor on which store it was imported into: a machine's file has the same key in
    every store, and files of two machines have two, also at the same path. A file
    rewritten in place gets another, made from the one it replaces; 63 bits, since the
    store's integers are signed.
    """
    name = f"{replaced.file_id}:{file.path}" if replaced else f"{machine}\0{file.path}"
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) >> 1
