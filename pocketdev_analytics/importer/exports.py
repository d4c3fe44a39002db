"""Load exports into a store: files that are new to it, and lines added to known ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.importer.export_files import Export
from pocketdev_analytics.importer.known import next_key
from pocketdev_analytics.importer.matching import Lines, matches
from pocketdev_analytics.model import LINE_FRAMES, SESSION_FILES

if TYPE_CHECKING:
    from pocketdev_analytics.store import Batch, Store

__all__ = ["load_export", "refuse_mixed"]

#: Of session files whose rows are loaded at once.
_BATCH_BYTES: Final = 384 * 2**20
#: What says which of two states of a file is the later one, the first of them first.
_AGE: Final = ("bytes_read", "changed_ns", "size_bytes", "modified_ns", "noted_at")
_KINDS: Final = {False: "with", True: "without"}
_OF_THIS_STORE: Final = {"file_id", "is_remote", "machine", "gone_at", "superseded_at"}

_Row = dict[str, Any]


def refuse_mixed(store: Store, exports: Sequence[Export]) -> None:
    """Refuse names and hashes of one store side by side; what comes in is kept in mind.

    Raises:
        SourceError: one of the exports is redacted, and what the store has of the same store
            is not, or the other way round.
    """
    kinds = store.properties() | {_exports_of(store.store_id()): _KINDS[False]}
    for export in exports:
        of, kind = _exports_of(export.manifest.store_id), _KINDS[export.manifest.is_redacted]
        if kinds.setdefault(of, kind) != kind:
            raise SourceError(
                f"{export.folder} is an export {kind} names, and an export of the same store"
                f" {kinds[of]} names is in {store.path}; import one of them, or name another"
                " store with --store"
            )
    for export in exports:
        of = _exports_of(export.manifest.store_id)
        store.set_property(of, kinds[of])


def _exports_of(store_id: str) -> str:
    return f"exports_of_{store_id}"


def load_export(store: Store, export: Export) -> int:
    """Bring in what the export knows and the store does not; how many files had something new.

    A file that is in both counts in its later state, in any order of import.
    """
    frames = _named(export, store)
    known = {row["file_id"]: row for row in store.session_files().iter_rows(named=True)}
    changes = _changes(store, frames, known)
    for part in _parts(changes):
        store.load(_batch(frames, part, set(known)))
    return len(changes)


@dataclass(frozen=True, slots=True)
class _Change:
    """A file of an export, its row in the store, and the line after which rows come in."""

    file_id: int
    row: _Row
    after: int


def _parts(changes: list[_Change]) -> Iterator[list[_Change]]:
    """The changes in parts that are loaded at once, so that they do not fill the memory."""
    part: list[_Change] = []
    size = 0
    for change in changes:
        part.append(change)
        size += change.row["size_bytes"]
        if size >= _BATCH_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def _named(export: Export, store: Store) -> dict[str, pl.DataFrame]:
    """The frames, with a machine and keys of their own for files of another's unknown machine.

    Where those of this store come back from another, they are what they were.
    """
    own, of = store.store_id(), export.manifest.store_id
    files = export.frames["session_files"]
    machine = pl.col("machine").replace(_unknown(own), None)
    if of != own:
        machine = machine.fill_null(_unknown(of))
    of_none = pl.col("machine").is_null()
    unnamed = files.filter(of_none & pl.lit(of != own))["file_id"]
    mine = store.session_files().filter(of_none)["file_id"]
    keys = {key: _key(of, key) for key in unnamed} | {_key(own, key): key for key in mine}
    if not keys:
        return export.frames
    named = {
        table: frame.with_columns(pl.col("file_id").replace(keys))
        for table, frame in export.frames.items()
    }
    return {**named, "session_files": named["session_files"].with_columns(machine)}


def _unknown(store_id: str) -> str:
    """What the unknown machine of a store is called in others."""
    return f"unknown-{store_id[:6]}"


def _key(store_id: str, file_id: int) -> int:
    return int.from_bytes(blake2b(f"{store_id}\0{file_id}".encode(), digest_size=8).digest()) >> 1


def _changes(
    store: Store, frames: dict[str, pl.DataFrame], known: dict[int, _Row]
) -> list[_Change]:
    every = {row["file_id"]: row for row in frames["session_files"].iter_rows(named=True)}
    same = {key for key, row in every.items() if _is_same(row, known.get(key))}
    rows = [every[key] for key in sorted(every.keys() - same)]
    if not rows:
        return []
    others = [row for key, row in known.items() if key not in same]
    lines = Lines(frames["usage_lines"]), Lines(store.usage_evidence())
    found = matches(rows, others, *lines)
    taken = set(known)
    changes = []
    for row in rows:
        other = known.get(found.get(row["file_id"], -1))
        if other is None:
            key = _free_key(row, taken)
            changes.append(_Change(row["file_id"], {**row, "file_id": key, "is_remote": True}, -1))
            continue
        own = {name: other[name] for name in ("file_id", "is_remote")}
        is_later = _age(row) > _age(other)
        later, earlier = (row, other) if is_later else (other, row)
        state = {**later, **_afterwards(later, earlier), **own}
        if state != other:
            is_whole = other["superseded_at"] or row["session_id"] != other["session_id"]
            after = 0 if is_later and is_whole else int(other["count_lines"])
            changes.append(_Change(row["file_id"], state, after))
    return changes


def _is_same(row: _Row, known: _Row | None) -> bool:
    """Whether the store has this very state of the file, as after most imports of an export."""
    return known is not None and {**row, "is_remote": known["is_remote"]} == known


def _free_key(row: _Row, taken: set[int]) -> int:
    key = int(row["file_id"])
    while key in taken:
        key = next_key(key, row["path"])
    taken.add(key)
    return key


def _age(row: _Row) -> tuple[object, ...]:
    # Every other column decides where the first are equal, so that no order is left open.
    others = [str(row[name]) for name in SESSION_FILES if name not in {*_AGE, *_OF_THIS_STORE}]
    return (*(row[name] for name in _AGE), *others)


def _afterwards(later: _Row, earlier: _Row) -> _Row:
    """What became of the file after its later state, which either of two stores may have seen.

    An import that saw it at its new path did not find it gone; but what stands where it was
    before has not taken its place where it is.
    """
    states = [later, earlier] if later["path"] == earlier["path"] else [later]
    return {
        "gone_at": _last([row["gone_at"] for row in (later, earlier)], later["noted_at"]),
        "superseded_at": _last([row["superseded_at"] for row in states], later["noted_at"]),
    }


def _last(instants: list[datetime | None], after: datetime) -> datetime | None:
    return max((instant for instant in instants if instant and instant >= after), default=None)


def _batch(frames: dict[str, pl.DataFrame], changes: list[_Change], known: set[int]) -> Batch:
    from pocketdev_analytics.store import Batch  # not before the first files are read

    columns = {"file_id": pl.Int64, "to": pl.Int64, "after": pl.Int64}
    rows = [(change.file_id, change.row["file_id"], change.after) for change in changes]
    keys = pl.DataFrame(rows, schema=columns, orient="row")
    reread = keys.select(file_id="to", line_no="after")
    return Batch(
        files=pl.DataFrame([change.row for change in changes], schema=SESSION_FILES),
        frames={table: _coming_in(frames[table], keys) for table in LINE_FRAMES},
        reread=reread.filter(pl.col("file_id").is_in(list(known))),
    )


def _coming_in(frame: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """The rows of changed files that the store has not read."""
    joined = frame.join(keys, on="file_id", how="inner", maintain_order="left")
    return joined.filter(pl.col("line_no") > pl.col("after")).select(
        pl.col("to").alias("file_id"), pl.exclude("file_id", "to", "after")
    )
