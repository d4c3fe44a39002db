"""Build batches from decoded chunks: line numbers of the entire file, one row per file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from pocketdev_analytics.agents import (
    AgentMeta,
    Chunk,
    Decoded,
    DecodedChunk,
    Origin,
    PackedRows,
    Problem,
    Span,
    datetime_of,
    find_agent,
    joined_crc32,
    unpack_rows,
)
from pocketdev_analytics.importer.known import KnownFile
from pocketdev_analytics.importer.plan import NewBytes
from pocketdev_analytics.model import SESSION_FILES

if TYPE_CHECKING:
    from pocketdev_analytics.store import Batch

__all__ = ["BatchBuilder"]


@dataclass(slots=True)
class FileState:
    """What has been read of a file, by this import and before."""

    item: NewBytes
    origin: Origin
    #: What all its lines state together, those read before included.
    span: Span
    bytes_read: int
    noted_at: datetime
    first_line_digest: str | None = None
    head_digest: str = ""
    tail_digest: str = ""
    samples_digest: str = ""
    content_crc32: int | None = 0
    is_broken: bool = False
    is_complete: bool = False
    is_loaded: bool = False

    def add(self, chunk: DecodedChunk) -> None:
        """Add the file's next chunk."""
        span = chunk.span
        if chunk.size:  # a line longer than a chunk leaves nothing for the next one
            self.span.add(span)
        self.first_line_digest = self.first_line_digest or chunk.first_line_digest
        if span.count_lines or not self.head_digest:
            self.bytes_read = chunk.fingerprint.bytes_read
            self.head_digest = chunk.fingerprint.head
            self.tail_digest = chunk.fingerprint.tail
            self.samples_digest = chunk.fingerprint.samples
        if self.content_crc32 is not None and chunk.ended_bytes:
            self.content_crc32 = joined_crc32(
                self.content_crc32, chunk.ended_crc32, chunk.ended_bytes
            )
        self.is_complete = chunk.is_last

    def gap_before(self, chunk: DecodedChunk) -> str | None:
        """Return why the chunk cannot follow those that were added, or None."""
        if not chunk.size or chunk.start == self.bytes_read:
            return None
        return f"changed while it was read, at byte {self.bytes_read}; import again"

    def row(self) -> dict[str, Any]:
        """Return the file's row of `model.SESSION_FILES`."""
        file, origin = self.item.file, self.origin
        agent = find_agent(self.item.product)
        meta = agent.read_meta(file.path, origin.agent_id)
        return {
            "file_id": origin.file_id,
            "path": file.path,
            "session_id": origin.session_id or self.span.session_id or origin.fallback_id,
            "agent_id": origin.agent_id,
            "agent_type": self._agent_type(meta),
            "agent_name": meta.name,
            "spawn_depth": meta.spawn_depth,
            "decoder_version": agent.decoder_version,
            "size_bytes": file.size_bytes,
            # Half a file must not look unchanged to the next import.
            "modified_ns": file.modified_ns if self.is_complete else 0,
            "changed_ns": file.changed_ns,
            "inode": file.inode,
            "device": file.device,
            "gone_at": None,
            "superseded_at": None,
            "machine": self.item.machine,
            "product": self.item.product,
            "is_remote": False,
            **{name: getattr(self.span, name) for name in _STATED},
            **{name: getattr(self, name) for name in _READ},
        }

    def _agent_type(self, meta: AgentMeta) -> str | None:
        """What kind of subagent wrote the file: its path or its lines say so."""
        if not self.origin.agent_id:
            return None
        return meta.agent_type or self.span.attribution_agent


_STATED = ("project_path", "first_at", "last_at", "count_lines", "unread_bytes")
_READ = (
    *("bytes_read", "head_digest", "tail_digest", "samples_digest", "content_crc32"),
    *("first_line_digest", "noted_at"),
)


class BatchBuilder:
    """Collects decoded tasks, in their order, into batches for the store."""

    def __init__(self, noted_at: datetime) -> None:
        self.problems: list[Problem] = []
        self.files_read = 0
        self.bytes_read = 0
        self._noted_at = noted_at
        self._expected: dict[int, tuple[NewBytes, Origin]] = {}
        # Only files that were begun and are not loaded to their end: few, however long a history.
        self._states: dict[int, FileState] = {}
        self._rows: list[PackedRows] = []
        self._touched: set[int] = set()

    def expect(self, files: Iterable[NewBytes]) -> Iterator[Chunk]:
        """Yield what is to be read of each file; results are then added in that order."""
        for item in files:
            chunk = item.chunk()
            self._expected[item.file_id] = item, chunk.origin
            yield chunk

    def add(self, decoded: Decoded) -> None:
        """Add the result of a task."""
        shift = 0
        for chunk in decoded.chunks:
            state = self._state(chunk.file_id)
            problem = chunk.problem or state.gap_before(chunk)
            if problem and not state.is_broken:
                state.is_broken, state.is_complete = True, False
                self.problems.append(Problem(state.item.file.path, problem))
            if state.is_broken:
                continue  # later chunks of the file, too: there must be no gap
            # A chunk in the middle of a file does not know its first line; its task has no other.
            shift = state.span.count_lines - state.item.lines_before
            state.add(chunk)
            self._touched.add(chunk.file_id)
            self.bytes_read += chunk.size
        if any(not self._states[chunk.file_id].is_broken for chunk in decoded.chunks):
            self._rows.append(decoded.rows.shifted(shift) if shift else decoded.rows)

    @property
    def has_more(self) -> bool:
        """Whether anything was added since the last batch was taken."""
        return bool(self._touched)

    def take(self) -> Batch:
        """Return everything that was added since the last batch."""
        from pocketdev_analytics.store import Batch  # not before the first files are read

        states = [self._states[file_id] for file_id in sorted(self._touched)]
        frames = unpack_rows(self._rows)
        self._rows, self._touched = [], set()
        begun = [state for state in states if not state.is_loaded]
        self.files_read += len(begun)
        reread = _reread(begun)
        for state in states:
            state.is_loaded = True
            if state.is_complete:
                del self._states[state.item.file_id]
        return Batch(
            files=pl.DataFrame([state.row() for state in states], schema=SESSION_FILES),
            frames=frames,
            reread=reread,
        )

    def _state(self, file_id: int) -> FileState:
        if file_id not in self._states:
            self._states[file_id] = _state(*self._expected.pop(file_id), self._noted_at)
        return self._states[file_id]


def _state(item: NewBytes, origin: Origin, noted_at: datetime) -> FileState:
    known = item.known
    return FileState(
        item=item,
        origin=origin,
        span=_span(known) if known else Span(),
        bytes_read=item.start,
        content_crc32=known.content_crc32 if known else 0,
        first_line_digest=known.first_line_digest if known else None,
        noted_at=noted_at,
    )


def _span(known: KnownFile) -> Span:
    return Span(
        count_lines=known.count_lines,
        first_at=datetime_of(known.first_us),
        last_at=datetime_of(known.last_us),
        session_id=known.named_session_id,
        project_path=known.project_path,
        attribution_agent=known.agent_type,
    )


def _reread(states: list[FileState]) -> pl.DataFrame:
    """Return the files whose rows after a line are made again: `file_id` and `line_no`."""
    items = [state.item for state in states if state.item.reread_after is not None]
    rows = [(item.file_id, item.reread_after) for item in items]
    return pl.DataFrame(rows, schema={"file_id": pl.Int64, "line_no": pl.Int64}, orient="row")
