"""Export a store's facts as a folder of Parquet files, for other machines and tools."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from pocketdev_analytics.exceptions import SourceError, StoreError
from pocketdev_analytics.model.manifest import (
    EXPORTED,
    MANIFEST,
    MOST_ROWS,
    NO_MONTH,
    ExportFile,
    Manifest,
    digest_of,
    read_manifest,
)
from pocketdev_analytics.redaction import Redaction
from pocketdev_analytics.store.location import store_path
from pocketdev_analytics.store.scratch import clear_leftovers, put_back, replaced_in, scratch
from pocketdev_analytics.store.select import quoted
from pocketdev_analytics.store.store import Store, open_store

__all__ = ["export_store"]

_MACHINES: Final = (
    "select distinct coalesce(machine, 'unknown') as machine from session_files order by all"
)
# Properties of a file's content or disk, which only its own machine needs.
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

    The folder is written completely or not at all; an existing export is replaced. With a
    `redaction` it contains no names. The same store gives the same bytes, except for `made_at`.

    Args:
        folder: the folder to write, readable by its owner only.
        store: the store's file; default is that of the settings.
        redaction: replaces names by hashes.
        made_at: the time of the export, for the manifest.

    Raises:
        StoreError: there is no store, or the folder holds something else or cannot be written.
    """
    target = Path(folder).expanduser().resolve()
    _check(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open_store(store) as opened:
            path = store_path(opened.path)
            clear_leftovers(path)
            with scratch(path, target) as holder:
                draft = holder / "new"
                draft.mkdir(mode=0o700)
                manifest = _Writer(opened, draft, redaction).write(made_at or datetime.now(UTC))
                _put(draft, holder, target)
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
    advice = "name another folder with -o, or empty this one"
    try:
        manifest = read_manifest(target)
    except SourceError:
        raise StoreError(f"{target} is not empty and not an export; {advice}") from None
    known = {MANIFEST, *(file.path for file in manifest.files)}
    for folder, _, names in os.walk(target):  # without recursion, however deep
        for path in (Path(folder, name) for name in sorted(names)):
            if path.relative_to(target).as_posix() not in known:
                raise StoreError(f"{path} is not part of the export in its folder; {advice}")


def _put(draft: Path, holder: Path, target: Path) -> None:
    if target.exists():
        # Move the old folder away first: a rename replaces only an empty folder.
        target.rename(replaced_in(holder))
    try:
        draft.rename(target)
    except OSError:
        put_back(holder, target)
        raise


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
            machines=sorted(self._redact(machines)["machine"]),
            files=files,
        )
        self._write(self.folder / MANIFEST, manifest.text().encode())
        return manifest

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)

    def _table(self, table: str) -> Iterator[ExportFile]:
        columns, at = EXPORTED[table]
        month = f"strftime({at}, '%Y-%m')" if at else "null"
        months = self.store.query(f"select distinct {month} as month from {table} order by all")
        for value in months["month"]:
            rows = self.store.query(
                f"select {', '.join(map(quoted, columns))} from {quoted(table)} "
                f"where {month} is not distinct from $month",
                {"month": value},
            ).cast(pl.Schema(columns))
            # Sorted after names are replaced: the order gives away neither names nor the table's.
            rows = self._redact(rows).sort(pl.all(), nulls_last=True)
            for number, part in enumerate(rows.iter_slices(MOST_ROWS), 1):
                name = "rows" if number == 1 else f"rows-{number}"
                yield self._file(f"{table}/month={value or NO_MONTH}/{name}.parquet", part)

    def _redact(self, rows: pl.DataFrame) -> pl.DataFrame:
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
        for folder in (target.parent.parent, target.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        self._write(target, content)
        return ExportFile(path, rows.height, len(content), digest_of(content))
