"""Exports of stores into this one: files that are new here, and what has been added to others."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import polars as pl

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.schema import LINE_FRAMES, SESSION_FILES
from pocketdev_analytics.store import Batch, Store
from pocketdev_analytics.store.manifest import (
    EXPORTED,
    MANIFEST,
    ExportFile,
    Manifest,
    digest_of,
    is_export,
    read_manifest,
)

__all__ = ["Export", "export_folder", "load_export", "read_export"]

_CURE: Final = "nothing was imported; copy the export again, or make it anew"
#: Of session files whose rows are loaded at once.
_BATCH_BYTES: Final = 384 * 2**20
#: What says which of two states of a file is the later one, the first of them first.
_AGE: Final = ("bytes_read", "size_bytes", "changed_ns", "modified_ns")
_OF_THIS_STORE: Final = {"is_remote", "machine"}


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was read and found whole: its rows by table."""

    manifest: Manifest
    frames: dict[str, pl.DataFrame]

    @property
    def count_files(self) -> int:
        """How many session files it tells of."""
        return self.frames["session_files"].height

    @property
    def size_bytes(self) -> int:
        """How large its files are together."""
        return sum(file.size_bytes for file in self.manifest.files)


def export_folder(path: Path) -> Path | None:
    """The export that `path` or, named itself, its manifest is; None where it is none."""
    folder = path.parent if path.name == MANIFEST else path
    return folder if is_export(folder) else None


def read_export(folder: Path) -> Export:
    """Every row of an export, each file compared with what the manifest says of it.

    Raises:
        SourceError: a file is missing or not as it was written, or a newer version wrote it.
    """
    manifest = read_manifest(folder)
    frames: dict[str, list[pl.DataFrame]] = {table: [] for table in EXPORTED}
    for file in manifest.files:
        frames[file.table].append(_rows(folder, file))
    return Export(
        manifest,
        {
            table: pl.concat([pl.DataFrame(schema=EXPORTED[table][0]), *parts])
            for table, parts in frames.items()
        },
    )


def _rows(folder: Path, file: ExportFile) -> pl.DataFrame:
    path = folder / file.path
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path} is missing, and the manifest names it; {_CURE}") from None
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}; {_CURE}") from None
    if digest_of(content) != file.sha256:
        raise SourceError(f"{path} is not as it was written (another digest); {_CURE}")
    columns, _ = EXPORTED[file.table]
    try:
        rows = pl.read_parquet(io.BytesIO(content), hive_partitioning=False)
        rows = rows.select(*columns).cast(pl.Schema(columns))
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0]
        raise SourceError(f"{path} does not hold rows of {file.table}: {reason}; {_CURE}") from None
    if rows.height != file.rows:
        raise SourceError(f"{path} holds {rows.height} rows, not {file.rows}; {_CURE}")
    return rows


def load_export(store: Store, export: Export) -> int:
    """Bring in what the export knows and the store does not; how many files had something new.

    A file that is in both counts in its later state, whichever came first.
    """
    frames = _named(export, store.store_id())
    known = {row["file_id"]: row for row in store.session_files().iter_rows(named=True)}
    later = [
        _taken(row, known.get(row["file_id"]))
        for row in frames["session_files"].iter_rows(named=True)
        if _is_later(row, known.get(row["file_id"]))
    ]
    for files in _batches(later):
        store.load(_batch(files, frames, known))
    return len(later)


def _batches(files: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The files in parts that are loaded at once, so that they do not fill the memory."""
    part: list[dict[str, Any]] = []
    size = 0
    for file in files:
        part.append(file)
        size += file["size_bytes"]
        if size >= _BATCH_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def _batch(
    files: list[dict[str, Any]], frames: dict[str, pl.DataFrame], known: dict[int, dict[str, Any]]
) -> Batch:
    """What these files hold beyond the lines that are known."""
    counts = [(row["file_id"], _lines_of(known.get(row["file_id"]))) for row in files]
    reread = pl.DataFrame(counts, schema={"file_id": pl.Int64, "line_no": pl.Int64}, orient="row")
    return Batch(
        files=pl.DataFrame(files, schema=SESSION_FILES),
        frames={table: _beyond(frames[table], reread) for table in LINE_FRAMES},
        reread=reread.filter(pl.col("file_id").is_in(list(known))),
    )


def _named(export: Export, store_id: str) -> dict[str, pl.DataFrame]:
    """The frames, with a machine and keys of their own for files of another's unknown machine."""
    files = export.frames["session_files"]
    unnamed = files.filter(pl.col("machine").is_null())["file_id"]
    if export.manifest.store_id == store_id or unnamed.is_empty():
        return export.frames
    of = export.manifest.store_id
    keys = {key: _key(of, key) for key in unnamed}
    named = {
        table: frame.with_columns(pl.col("file_id").replace(keys))
        for table, frame in export.frames.items()
    }
    machine = pl.col("machine").fill_null(f"unknown-{of[:6]}")
    return {**named, "session_files": named["session_files"].with_columns(machine)}


def _key(store_id: str, file_id: int) -> int:
    return int.from_bytes(blake2b(f"{store_id}\0{file_id}".encode(), digest_size=8).digest()) >> 1


def _is_later(row: dict[str, Any], known: dict[str, Any] | None) -> bool:
    return known is None or _age(row) > _age(known)


def _age(row: dict[str, Any]) -> tuple[object, ...]:
    # Every other column decides where the first are equal, so that no order is left open.
    others = [str(row[name]) for name in SESSION_FILES if name not in {*_AGE, *_OF_THIS_STORE}]
    return (*(row[name] for name in _AGE), row["gone_at"] is not None, *others)


def _taken(row: dict[str, Any], known: dict[str, Any] | None) -> dict[str, Any]:
    """The file's row, which stays a file of this machine's disk where it is one."""
    return {**row, "is_remote": known is None or known["is_remote"]}


def _lines_of(known: dict[str, Any] | None) -> int:
    return -1 if known is None else int(known["count_lines"])


def _beyond(frame: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """The rows of the lines that the store has not read."""
    lines = counts.rename({"line_no": "count_lines"})
    joined = frame.join(lines, on="file_id", how="inner", maintain_order="left")
    return joined.filter(pl.col("line_no") > pl.col("count_lines")).drop("count_lines")
