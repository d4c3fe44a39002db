"""Read an export as a stranger's data: every file, value and key is checked before any is used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.files.regular import MEBIBYTE, read_regular
from pocketdev_analytics.importer.parquet import read_part
from pocketdev_analytics.model import LONGEST_TITLE
from pocketdev_analytics.model.manifest import (
    EXPORTED,
    MANIFEST,
    ExportFile,
    Manifest,
    digest_of,
    is_export,
    read_manifest,
)
from pocketdev_analytics.model.ranges import rules_of

__all__ = ["Export", "export_folder", "read_export"]

_CURE: Final = "nothing was imported; copy the export again, or write it again"
# What columns that came later say of rows from before; a session is filled in from the file's.
_EARLIER: Final[dict[str, Any]] = {"is_usage_known": True, "kind": "prompt", "session_id": ""}
_NOTHING: Final[dict[str, Any]] = {"Boolean": False, "Int64": 0}
_NONE: Final = pl.Series("session_id", [], dtype=pl.String)


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was read and found whole: its rows by table."""

    folder: Path
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
    whole = {
        table: pl.concat([pl.DataFrame(schema=EXPORTED[table][0]), *parts])
        for table, parts in frames.items()
    }
    try:
        whole = _with_sessions(whole)
        _check_keys(whole)
    except ValueError as error:
        raise SourceError(
            f"the rows of {folder} do not belong together: {error}; {_CURE}"
        ) from None
    return Export(folder, manifest, whole)


def _rows(folder: Path, file: ExportFile) -> pl.DataFrame:
    path = folder / file.path
    try:
        content = read_regular(path, max(file.size_bytes, MEBIBYTE))
    except FileNotFoundError:
        raise SourceError(f"{path} is missing, and the manifest names it; {_CURE}") from None
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}; {_CURE}") from None
    if digest_of(content) != file.sha256:
        raise SourceError(f"{path} is not as it was written (another digest); {_CURE}")
    columns, _ = EXPORTED[file.table]
    try:
        rows = _completed(read_part(content, file.rows), file.table)
        rows = rows.select(*columns).cast(pl.Schema(columns))
        _check_values(rows, file.table)
    except (ValueError, TypeError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0]
        raise SourceError(f"{path} does not hold rows of {file.table}: {reason}; {_CURE}") from None
    return rows


def _check_values(rows: pl.DataFrame, table: str) -> None:
    """Accept values that decoding could have produced.

    Raises:
        ValueError: a value is out of its range, or missing.
    """
    rules = [rule for rule in rules_of(table) if rule.column in rows.columns]
    broken = rows.select(
        (~rule.polars).sum().alias(str(place)) for place, rule in enumerate(rules)
    ).row(0)
    for rule, count in zip(rules, broken, strict=True):
        if count:
            raise ValueError(f"{rule.column} is not {rule.expected} in {count:,} rows")


def _check_keys(frames: dict[str, pl.DataFrame]) -> None:
    """Accept rows of files that the export tells of, each once, and of lines that they have.

    Raises:
        ValueError: a file is there twice, or a row belongs to none or to no line of one.
    """
    files = frames["session_files"].select("file_id", "count_lines")
    if files["file_id"].is_duplicated().any():
        raise ValueError("session_files has a file_id twice")
    for table, rows in frames.items():
        if table == "session_files":
            continue
        stray = rows.join(files, on="file_id", how="anti").height
        # One more than those that end: a last line is read before it does.
        beyond = rows.join(files, on="file_id").filter(
            pl.col("line_no") > pl.col("count_lines") + 1
        )
        if stray or beyond.height:
            raise ValueError(
                f"{table} has {stray:,} rows of no file and {beyond.height:,} of no line"
            )


def _completed(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """The rows with the columns that exports of earlier versions lack, and a title's beginning."""
    columns, _ = EXPORTED[table]
    missing = [name for name in columns if name not in rows.columns]
    if "noted_at" in missing:
        at = pl.from_epoch("changed_ns", "ns").dt.cast_time_unit("us").dt.replace_time_zone("UTC")
        rows = rows.with_columns(noted_at=at)
        missing.remove("noted_at")
    if "title" in rows.columns:  # earlier versions kept any length
        rows = rows.with_columns(pl.col("title").str.head(LONGEST_TITLE))
    required = {rule.column for rule in rules_of(table) if rule.expected == "a value"}
    values = {name: _EARLIER.get(name, _NOTHING.get(str(columns[name]))) for name in missing}
    if absent := sorted(name for name in missing if name in required and values[name] is None):
        raise ValueError(f"it lacks the column {absent[0]}")
    return rows.with_columns(
        pl.lit(values[name] if name in required else None, dtype=columns[name]).alias(name)
        for name in missing
    )


def _with_sessions(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The frames with the session of the file in rows that exports once wrote without one."""
    sessions = frames["session_files"].select("file_id", of_file="session_id").unique("file_id")
    session = pl.coalesce(pl.col("session_id").replace("", None), "of_file").alias("session_id")
    return {
        table: rows.join(sessions, on="file_id", how="left", maintain_order="left")
        .with_columns(session)
        .select(rows.columns)
        if table != "session_files" and (rows.get_column("session_id", default=_NONE) == "").any()
        else rows
        for table, rows in frames.items()
    }
