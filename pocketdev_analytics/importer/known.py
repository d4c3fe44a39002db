"""What the store knows of files on this disk, as an import looks for them.

A known file is a generation: what was read at a path until something else stood there. A
file is read on from the generation that it begins with, wherever that was seen last.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, cast

import polars as pl

from pocketdev_analytics.agents import (
    SMALL_BYTES,
    Fingerprint,
    SessionFile,
    agents,
    find_agent,
    fingerprint,
    prefix_crc32,
)
from pocketdev_analytics.model import SESSION_FILES

__all__ = ["STATUS", "Generations", "KnownFile", "KnownFiles", "file_key", "next_key"]

# Of the generations at a path that which was noted last is in force.
_LATEST = ("noted_at", "changed_ns", "bytes_read", "file_id")
_MOMENT = timedelta(microseconds=1)
#: What `stat` says of a file, the first fields of a `SessionFile`.
STATUS = ("path", "size_bytes", "modified_ns", "changed_ns", "inode", "device")
_NOTHING = pl.DataFrame(schema=SESSION_FILES)


class KnownFile(NamedTuple):
    """A file as the store knows it; the fields are those of `model.SESSION_FILES`."""

    file_id: int
    path: str
    session_id: str
    agent_id: str | None
    agent_type: str | None
    decoder_version: int | None
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
    def product(self) -> str:
        """The agent that wrote it."""
        return "claude"

    @property
    def named_session_id(self) -> str | None:
        """Its session, if a line or the path named one."""
        return None if self.session_id == Path(self.path).stem else self.session_id

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

        What a superseded generation said of itself is not kept, every row names its session,
        and an older version of the decoder made other rows.
        """
        agent = find_agent(self.product)
        is_outdated = self.decoder_version != agent.decoder_version
        is_renamed = agent.path_identity(self.path) != agent.path_identity(file.path)
        return self.is_superseded or is_outdated or is_renamed


#: Known files by path, the one in force first.
Generations = dict[str, list[KnownFile]]


class KnownFiles:
    """The generations known of files on this disk: those read here, and what exports brought.

    Of the latter those of this machine; paths of others are on other disks.
    """

    def __init__(self, session_files: pl.DataFrame = _NOTHING, machine: str = "") -> None:
        self._file_ids = session_files["file_id"]
        self._rows = (
            session_files.filter(~pl.col("is_remote") | (pl.col("machine") == machine))
            .with_columns(
                is_gone=pl.col("gone_at").is_not_null(),
                is_superseded=pl.col("superseded_at").is_not_null(),
                # Of thousands of files, integers in a tenth of the time.
                first_us=pl.col("first_at").dt.epoch("us"),
                last_us=pl.col("last_at").dt.epoch("us"),
            )
            .with_row_index("place")
        )
        self.last_noted_at = cast("datetime | None", self._rows["noted_at"].max())

    def beside(self, files: Sequence[SessionFile]) -> tuple[list[SessionFile], Generations]:
        """The files that are not as the last import found them, and what else is known.

        Of a file that is, `stat` says what it said of the generation in force at its path, and
        nothing more is asked or made: so are nearly all of them.
        """
        versions = {agent.decoder_version for agent in agents()}
        in_force = self._in_force().filter(pl.col("decoder_version").is_in(versions))
        places = dict(zip(in_force.select(STATUS).rows(), in_force["place"], strict=True))
        is_of_no_kind = pl.col("agent_id").is_not_null() & pl.col("agent_type").is_null()
        of_no_kind = set(in_force.filter(is_of_no_kind)["place"])
        changed, unchanged = [], []
        for file in files:
            place = places.get(file[: len(STATUS)])
            if place is None or (place in of_no_kind and _has_companion(file)):
                changed.append(file)
            else:
                unchanged.append(place)
        rest = _ordered(self._rows[sorted({*range(self._rows.height)}.difference(unchanged))])
        generations: Generations = {}
        for known in map(KnownFile._make, rest.select(*KnownFile._fields).rows()):
            generations.setdefault(known.path, []).append(known)
        return changed, generations

    def _in_force(self) -> pl.DataFrame:
        """The generation in force at each path, where an import of this disk has left it there."""
        current = self._rows.filter(~pl.col("is_superseded"))
        if current["path"].n_unique() < current.height:  # exports told of some, too
            current = _ordered(current).unique("path", keep="first", maintain_order=True)
        return current.filter(~(pl.col("is_gone") | pl.col("is_remote")))

    def now(self) -> datetime:
        """The time, and later than anything was noted, wherever the clock was set since."""
        now = datetime.now(UTC)
        return max(now, self.last_noted_at + _MOMENT) if self.last_noted_at else now

    def free_key(self, path: str, machine: str, replaced: KnownFile | None) -> int:
        """A key for a file that is none of those known."""
        key = next_key(replaced.file_id, path) if replaced else file_key(machine, path)
        while key in self._keys:
            key = next_key(key, path)
        self._keys.add(key)
        return key

    @cached_property
    def _keys(self) -> set[int]:
        """Every key that is taken, also by files of other machines."""
        return set(self._file_ids)


def _ordered(rows: pl.DataFrame) -> pl.DataFrame:
    """Generations, the one in force at a path before the others there."""
    descending = [False] + [True] * len(_LATEST)
    return rows.sort("is_superseded", *_LATEST, descending=descending, nulls_last=True)


def _has_companion(file: SessionFile) -> bool:
    """Whether there is a file that names its kind of subagent."""
    if not file.may_have_companion():
        return False
    agent = find_agent("claude")
    agent_id = agent.path_identity(file.path).agent_id
    return agent.read_meta(file.path, agent_id).agent_type is not None


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
