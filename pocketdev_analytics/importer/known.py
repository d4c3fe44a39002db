"""What the store knows of files on this disk, as an import looks for them.

A known file is a generation: what was read at a path until something else stood there. A
file is read on from the generation that it begins with, wherever that was seen last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, cast

import polars as pl

from pocketdev_analytics.sources import (
    SMALL_BYTES,
    Fingerprint,
    SessionFile,
    agent_type,
    fingerprint,
    path_identity,
    prefix_crc32,
)

__all__ = ["KnownFile", "KnownFiles", "file_key", "next_key"]

# Of the generations at a path that which was noted last is in force.
_LATEST = ("noted_at", "changed_ns", "bytes_read", "file_id")
_MOMENT = timedelta(microseconds=1)


class KnownFile(NamedTuple):
    """A file as the store knows it; the fields are those of `schema.SESSION_FILES`."""

    file_id: int
    path: str
    session_id: str
    agent_id: str | None
    agent_type: str | None
    size_bytes: int
    bytes_read: int
    count_lines: int
    modified_ns: int
    changed_ns: int
    inode: int
    device: int
    first_line_digest: str | None
    head_digest: str
    tail_digest: str
    samples_digest: str | None
    content_crc32: int | None
    project_path: str | None
    #: The earliest and the latest time in it, in microseconds since 1970.
    first_us: int | None
    last_us: int | None
    machine: str | None
    is_remote: bool
    is_gone: bool
    #: Whether something else has stood at its path since: what it said of itself is not kept.
    is_superseded: bool

    @property
    def named_session_id(self) -> str | None:
        """Its session, if a line or the path named one."""
        return None if self.session_id == Path(self.path).stem else self.session_id

    def is_unchanged(self, file: SessionFile) -> bool:
        """Whether it is in force, and `stat` says what it said at the last import."""
        return (
            self.size_bytes == file.size_bytes
            and self.modified_ns == file.modified_ns
            and self.changed_ns == file.changed_ns
            and self.inode == file.inode
            and self.device == file.device
            and not (self.is_gone or self.is_remote or self.is_superseded)
        )

    def has_new_companion(self, file: SessionFile) -> bool:
        """Whether the file that names its kind of subagent was written since."""
        is_missing = self.agent_id and not self.agent_type
        return bool(is_missing and file.may_have_companion() and agent_type(self.path))

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

    def must_be_read_anew(self, file: SessionFile) -> bool:
        """Whether its rows do not say what they would if the file were read at its path now.

        What a superseded generation said of itself is not kept, and every row names its
        session.
        """
        return self.is_superseded or path_identity(self.path) != path_identity(file.path)


@dataclass(slots=True)
class KnownFiles:
    """The generations known of files on this disk: those read here, and what exports brought.

    Of the latter those of this machine; paths of others are on other disks.
    """

    #: By path, the one in force first.
    generations: dict[str, list[KnownFile]] = field(default_factory=dict)
    #: Every key that is taken, also by files of other machines.
    keys: set[int] = field(default_factory=set)
    #: When one of them was last noted.
    last_noted_at: datetime | None = None

    @classmethod
    def of(cls, session_files: pl.DataFrame, machine: str) -> KnownFiles:
        """Those of `session_files` that are of use on the disk of `machine`."""
        known = cls(keys=set(session_files["file_id"].to_list()))
        rows = (
            session_files.filter(~pl.col("is_remote") | (pl.col("machine") == machine))
            .with_columns(
                is_gone=pl.col("gone_at").is_not_null(),
                is_superseded=pl.col("superseded_at").is_not_null(),
                # Of thousands of files, integers in a tenth of the time.
                first_us=pl.col("first_at").dt.epoch("us"),
                last_us=pl.col("last_at").dt.epoch("us"),
            )
            .sort(*_LATEST, descending=True, nulls_last=True)
            .sort("is_superseded", maintain_order=True)
        )
        known.last_noted_at = cast("datetime | None", rows["noted_at"].max())
        for file in map(KnownFile._make, rows.select(*KnownFile._fields).rows()):
            known.generations.setdefault(file.path, []).append(file)
        return known

    def now(self) -> datetime:
        """The time, and later than anything was noted, wherever the clock was set since."""
        now = datetime.now(UTC)
        return max(now, self.last_noted_at + _MOMENT) if self.last_noted_at else now

    def free_key(self, path: str, machine: str, replaced: KnownFile | None) -> int:
        """A key for a file that is none of those known."""
        key = next_key(replaced.file_id, path) if replaced else file_key(machine, path)
        while key in self.keys:
            key = next_key(key, path)
        self.keys.add(key)
        return key


def file_key(machine: str, path: str) -> int:
    """The key of the first file of a machine at a path.

    It does not depend on what else was imported, nor in which order or store. A key that
    is taken, because something else stood at the path before, is followed by another.
    """
    return _key(f"{machine}\0{path}")


def next_key(key: int, path: str) -> int:
    """The key to try where `key` is taken."""
    return _key(f"{key}:{path}")


def _key(name: str) -> int:
    # 63 bits, since the store's integers are signed.
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) >> 1
