"""A store's facts as a folder of Parquet files, for other machines and other tools."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from pocketdev_analytics.exceptions import SourceError, StoreError
from pocketdev_analytics.manifest import (
    EXPORTED,
    MANIFEST,
    NO_MONTH,
    ExportFile,
    Manifest,
    digest_of,
    read_manifest,
)
from pocketdev_analytics.redaction import Redaction
from pocketdev_analytics.store.store import Store, open_store

__all__ = ["export_store"]

_MACHINES: Final = (
    "select distinct coalesce(machine, 'unknown') as machine from session_files order by all"
)
# What tells of a file's content or of the disk it is on: of use to its own machine alone.
_BLANK: Final[dict[str, Any]] = {
    "inode": 0,
    "device": 0,
    "head_digest": "",
    "tail_digest": "",
    "samples_digest": None,
    "content_crc32": None,
}


def export_store(
    folder: str | Path,
    store: str | Path | None = None,
    *,
    redaction: Redaction | None = None,
    made_at: datetime | None = None,
) -> Manifest:
    """Write the facts of the store at `store` as Parquet files into `folder`.

    The folder appears whole or not at all; an export that is there is replaced. With a
    `redaction` no name is in it. The same store gives the same bytes, but for `made_at`.

    Raises:
        StoreError: there is no store, or the folder holds something else or cannot be written.
    """
    target = Path(folder).expanduser().resolve()
    _check(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
        try:
            with open_store(store) as opened:
                manifest = _Writer(opened, draft, redaction).write(made_at or datetime.now(UTC))
            _put(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise StoreError(
            f"cannot write the export {target}: {error.strerror}; name another folder with -o"
        ) from None
    return manifest


def _check(target: Path) -> None:
    """Refuse to replace anything but an export."""
    if target.exists() and not target.is_dir():
        raise StoreError(f"{target} is a file; name a folder with -o")
    if not target.exists() or not any(target.iterdir()):
        return
    cure = "name another folder with -o, or empty this one"
    try:
        manifest = read_manifest(target)
    except SourceError:
        raise StoreError(f"{target} is not empty and no export; {cure}") from None
    known = {MANIFEST, *(file.path for file in manifest.files)}
    for path in sorted(target.rglob("*")):
        if not path.is_dir() and path.relative_to(target).as_posix() not in known:
            raise StoreError(f"{path} is no part of the export that it lies in; {cure}")


def _put(draft: Path, target: Path) -> None:
    if not target.exists():
        draft.rename(target)
        return
    # The old one first moves aside: a folder takes the place of an empty one alone.
    old = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        target.rename(old / "old")
        try:
            draft.rename(target)
        except OSError:
            (old / "old").rename(target)
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Writer:
    store: Store
    folder: Path
    redaction: Redaction | None

    def write(self, made_at: datetime) -> Manifest:
        """Write every table, then the manifest."""
        from pocketdev_analytics import __version__

        files = [file for table in EXPORTED for file in self._table(table)]
        machines = self.store.query(_MACHINES)
        manifest = Manifest(
            package_version=__version__,
            made_at=made_at.astimezone(UTC).isoformat(),
            store_id=self.store.store_id(),
            is_redacted=self.redaction is not None,
            machines=sorted(self._redacted(machines)["machine"]),
            files=files,
        )
        (self.folder / MANIFEST).write_text(manifest.text(), encoding="utf-8")
        return manifest

    def _table(self, table: str) -> Iterator[ExportFile]:
        columns, at = EXPORTED[table]
        month = f"strftime({at}, '%Y-%m')" if at else "null"
        months = self.store.query(f"select distinct {month} as month from {table} order by all")
        for value in months["month"]:
            rows = self.store.query(
                f"select {', '.join(columns)} from {table} "
                f"where {month} is not distinct from $month",
                {"month": value},
            ).cast(pl.Schema(columns))
            # Sorted after names are replaced: neither their order nor the table's shows.
            rows = self._redacted(rows).sort(pl.all(), nulls_last=True)
            yield self._file(f"{table}/month={value or NO_MONTH}/rows.parquet", rows)

    def _redacted(self, rows: pl.DataFrame) -> pl.DataFrame:
        if self.redaction is None:
            return rows
        has_keys = "file_id" in rows.columns
        known = rows["file_id"].unique().to_list() if has_keys else []
        keys = {key: self.redaction.number(key) for key in known}
        blank = {name: pl.lit(value) for name, value in _BLANK.items() if name in rows.columns}
        if "first_line_digest" in rows.columns:  # tells two files at one path apart
            lines = rows["first_line_digest"].drop_nulls().unique().to_list()
            hashed = {line: self.redaction.token("line", line) for line in lines}
            blank["first_line_digest"] = pl.col("first_line_digest").replace(hashed)
        kept = pl.Schema({name: rows.schema[name] for name in blank})
        return (
            self.redaction.frame(rows)
            .with_columns([pl.col("file_id").replace(keys)] if keys else [])
            .with_columns(**blank)
            .cast(kept)
        )

    def _file(self, path: str, rows: pl.DataFrame) -> ExportFile:
        buffer = io.BytesIO()
        rows.write_parquet(buffer, compression="zstd", statistics=True)
        content = buffer.getvalue()
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return ExportFile(path, rows.height, len(content), digest_of(content))
