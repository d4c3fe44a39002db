"""The files of this disk that the store knows, and the search for changes to them.

A known file is a generation: the contents of a path until another file replaced them. Reading
continues from the generation that a file begins with, whichever path that was at.
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

# The generation at a path that was noted last is the current one.
_LATEST = ("noted_at", "changed_ns", "bytes_read", "file_id")
_MOMENT = timedelta(microseconds=1)
#: The `stat` fields of a file, which are the first fields of a `SessionFile`.
STATUS = ("path", "size_bytes", "modified_ns", "changed_ns", "inode", "device")
_NOTHING = pl.DataFrame(schema=SESSION_FILES)


class KnownFile(NamedTuple):
    """A file in the store, with the fields of `model.SESSION_FILES`."""

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
    #: The earliest and the latest time of its lines, in microseconds since 1970.
    first_us: int | None
    last_us: int | None
    machine: str | None
    product: str
    is_remote: bool
    is_gone: bool
    #: Whether another file has replaced it at its path; its metadata is deleted then.
    is_superseded: bool

    @property
    def named_session_id(self) -> str | None:
        """The session that a line or the path names, if any."""
        return None if self.session_id == Path(self.path).stem else self.session_id

    def is_beginning_of(self, file: SessionFile) -> bool:
        """Whether the file still begins with the bytes that were read.

        Small files and files of unchanged size are compared entirely. For a large file that has
        grown, the edges and sample blocks are compared, so that the cost depends on what was
        appended.
        """
        if file.size_bytes < self.bytes_read:
            return False
        found = fingerprint(file.path, self.bytes_read)
        samples = found.samples if self.samples_digest is None else self.samples_digest
        if found != Fingerprint(self.bytes_read, self.head_digest, self.tail_digest, samples):
            return False
        is_entire = self.bytes_read <= SMALL_BYTES or file.size_bytes == self.size_bytes
        if not is_entire or self.content_crc32 is None:
            return True
        return prefix_crc32(file.path, self.bytes_read) == self.content_crc32

    def must_be_read_again(self, file: SessionFile) -> bool:
        """Whether reading the file at its path now would give other rows than those stored.

        The metadata of a superseded generation is deleted, every row names its session, and older
        versions of the decoder produced other rows.
        """
        agent = find_agent(self.product)
        is_outdated = self.decoder_version != agent.decoder_version
        is_renamed = agent.path_identity(self.path) != agent.path_identity(file.path)
        return self.is_superseded or is_outdated or is_renamed


#: Known files by path, the current one first.
Generations = dict[str, list[KnownFile]]


class KnownFiles:
    """The known generations of files on this disk.

    These are the files read here, and those of this machine in imported exports; the paths of
    other machines are on other disks.
    """

    def __init__(self, session_files: pl.DataFrame = _NOTHING, machine: str = "") -> None:
        self._file_ids = session_files["file_id"]
        self._rows = (
            session_files.filter(~pl.col("is_remote") | (pl.col("machine") == machine))
            .with_columns(
                product=pl.col("product").fill_null("claude"),
                is_gone=pl.col("gone_at").is_not_null(),
                is_superseded=pl.col("superseded_at").is_not_null(),
                # Converting thousands of values to integers takes a tenth of the time.
                first_us=pl.col("first_at").dt.epoch("us"),
                last_us=pl.col("last_at").dt.epoch("us"),
            )
            .with_row_index("row")
        )
        self.last_noted_at = cast("datetime | None", self._rows["noted_at"].max())

    def compare(self, files: Sequence[SessionFile]) -> tuple[list[SessionFile], Generations]:
        """Return the files that changed since the last import, and all other known generations.

        A file is unchanged if its `stat` fields are those of the current generation at its path:
        nearly all files are, so nothing else is checked or built for them.
        """
        # Rows of an agent that is not installed stay as they are.
        is_current = ~pl.col("product").is_in([agent.name for agent in agents()])
        for agent in agents():
            is_of_agent = pl.col("product") == agent.name
            is_current |= is_of_agent & (pl.col("decoder_version") == agent.decoder_version)
        current = self._current().filter(is_current)
        row_of = dict(zip(current.select(STATUS).rows(), current["row"], strict=True))
        lacks_type = pl.col("agent_id").is_not_null() & pl.col("agent_type").is_null()
        lacking = current.filter(lacks_type & (pl.col("product") == "claude"))
        without_type = dict(lacking.select("row", "product").rows())
        changed, unchanged = [], []
        for file in files:
            row = row_of.get(file[: len(STATUS)])
            if row is None or (row in without_type and _has_companion(file, without_type[row])):
                changed.append(file)
            else:
                unchanged.append(row)
        rest = _sort(self._rows[sorted({*range(self._rows.height)}.difference(unchanged))])
        generations: Generations = {}
        for known in map(KnownFile._make, rest.select(*KnownFile._fields).rows()):
            generations.setdefault(known.path, []).append(known)
        return changed, generations

    def _current(self) -> pl.DataFrame:
        """Return the current generation at each path, if it is on this disk."""
        current = self._rows.filter(~pl.col("is_superseded"))
        if current["path"].n_unique() < current.height:  # some are also from exports
            current = _sort(current).unique("path", keep="first", maintain_order=True)
        return current.filter(~(pl.col("is_gone") | pl.col("is_remote")))

    def now(self) -> datetime:
        """Return the current time, or a later one if the clock was set back since an import."""
        now = datetime.now(UTC)
        return max(now, self.last_noted_at + _MOMENT) if self.last_noted_at else now

    def free_key(self, path: str, machine: str, replaced: KnownFile | None) -> int:
        """Return an unused key for a file that is not known."""
        key = next_key(replaced.file_id, path) if replaced else file_key(machine, path)
        while key in self._keys:
            key = next_key(key, path)
        self._keys.add(key)
        return key

    @cached_property
    def _keys(self) -> set[int]:
        """All used keys, including those of files of other machines."""
        return set(self._file_ids)


def _sort(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort generations, the current one at a path before the others there."""
    descending = [False] + [True] * len(_LATEST)
    return rows.sort("is_superseded", *_LATEST, descending=descending, nulls_last=True)


def _has_companion(file: SessionFile, product: str) -> bool:
    """Whether a companion file names the type of the subagent."""
    if not file.may_have_companion():
        return False
    agent = find_agent(product)
    agent_id = agent.path_identity(file.path).agent_id
    return agent.read_meta(file.path, agent_id).agent_type is not None


def file_key(machine: str, path: str) -> int:
    """Return the key of the first file of a machine at a path.

    It does not depend on the store, nor on the order of imports. If another file was at the path
    before, the key is used, and `next_key` returns the next one.
    """
    return _key(f"{machine}\0{path}")


def next_key(key: int, path: str) -> int:
    """Return the key to try if `key` is used."""
    return _key(f"{key}:{path}")


def _key(name: str) -> int:
    # 63 bits, since the store's integers are signed.
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) >> 1
