"""The format of an export: a folder of Parquet files and their manifest.

`usage_lines/month=2026-11/rows.parquet` has the rows of a table for a month in UTC; rows without a
time are in `month=__HIVE_DEFAULT_PARTITION__`. `manifest.json` has the digest of each file.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from pocketdev_analytics import model
from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.files.regular import read_regular
from pocketdev_analytics.model import Schema

__all__ = [
    "EXPORTED",
    "MANIFEST",
    "MOST_ROWS",
    "NO_MONTH",
    "ExportFile",
    "Manifest",
    "digest_of",
    "is_export",
    "read_manifest",
]

MANIFEST: Final = "manifest.json"
NO_MONTH: Final = "__HIVE_DEFAULT_PARTITION__"
_LONGEST: Final = 1_000
_LONGEST_SHOWN: Final = 60
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
#: Maximum rows of a Parquet file; a larger table of a month is split.
MOST_ROWS: Final = 1_000_000
_MOST_ROWS_IN_ALL: Final = 50_000_000
_MOST_PART_BYTES: Final = 2**29
_MOST_BYTES: Final = 2**34
_Kind = TypeVar("_Kind", bool, int)
_FORMAT: Final = "pocketdev_analytics export"
_VERSION: Final = 1
_ADVICE: Final = "copy the export again, or write it again with `pocketdev-analytics export store`"

_FILES: Final = {name: kind for name, kind in model.SESSION_FILES.items() if name != "is_remote"}
#: The tables of an export: their columns, and the name of the time column.
EXPORTED: Final[dict[str, tuple[Schema, str | None]]] = {
    "session_files": (_FILES, "first_at"),
    **{
        table: (
            {"file_id": model.SESSION_FILES["file_id"], **columns},
            next((name for name, kind in columns.items() if kind == model.INSTANT), None),
        )
        for table, columns in model.LINE_FRAMES.items()
    },
}
_PATH: Final = re.compile(
    rf"({'|'.join(EXPORTED)})/month=(\d{{4}}-\d\d|{NO_MONTH})/[\w-]+\.parquet", re.ASCII
)


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of an export; `path` is below its folder."""

    path: str
    rows: int
    size_bytes: int
    sha256: str

    @property
    def table(self) -> str:
        """The table whose rows it has."""
        return self.path.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of an export; `store_id` identifies its store."""

    package_version: str
    made_at: str
    store_id: str
    is_redacted: bool
    machines: list[str]
    files: list[ExportFile]

    def text(self) -> str:
        """Return the content of `manifest.json`."""
        head = {"format": _FORMAT, "format_version": _VERSION}
        return json.dumps({**head, **asdict(self)}, indent=2, ensure_ascii=False) + "\n"


def digest_of(content: bytes) -> str:
    """Return the digest of a file for the manifest."""
    return hashlib.sha256(content).hexdigest()


def is_export(folder: Path) -> bool:
    """Whether the folder is an export, complete or damaged.

    Other tools also write a file with the manifest's name; its content decides.
    """
    with suppress(OSError):
        if _FORMAT.encode() in read_regular(folder / MANIFEST):
            return True
    return any(any(folder.glob(f"{table}/month=*")) for table in EXPORTED)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of an export.

    Raises:
        SourceError: the manifest is missing or damaged, or a newer version wrote it.
    """
    path = folder / MANIFEST
    try:
        document = json.loads(read_regular(path))
    except FileNotFoundError:
        raise SourceError(f"{path} is missing: {folder} is incomplete; {_ADVICE}") from None
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "it is not JSON"
        raise SourceError(f"cannot read {path}: {reason}; {_ADVICE}") from None
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise SourceError(f"{path} is not the manifest of an export; name another folder")
    version = document.get("format_version")
    if isinstance(version, int) and version > _VERSION:
        raise SourceError(
            f"{path} has format version {_shorten(version)}, but this package reads up to"
            f" {_VERSION}; upgrade pocketdev_analytics"
        )
    try:
        return _manifest(document)
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(f"{path} is damaged ({error}); {_ADVICE}") from None


def _manifest(document: dict[str, Any]) -> Manifest:
    if document["format_version"] != _VERSION:
        raise ValueError(f"format_version is {_shorten(document['format_version'])}")
    files = document["files"]
    if not isinstance(files, list):
        raise TypeError(f"files is {_shorten(files)}, not a list")
    parts = [_file(file) for file in files]
    if len({part.path for part in parts}) < len(parts):
        raise ValueError("a file is named twice")
    rows, size = sum(part.rows for part in parts), sum(part.size_bytes for part in parts)
    if rows > _MOST_ROWS_IN_ALL or size > _MOST_BYTES:
        raise ValueError(
            f"{rows:,} rows in {size:,} bytes; at most {_MOST_ROWS_IN_ALL:,} rows in"
            f" {_MOST_BYTES:,} bytes are read"
        )
    machines = document["machines"]
    if not isinstance(machines, list):
        raise TypeError(f"machines is {_shorten(machines)}, not a list")
    return Manifest(
        package_version=_text(document, "package_version"),
        made_at=_text(document, "made_at"),
        store_id=_text(document, "store_id"),
        is_redacted=_check_type(document, "is_redacted", bool),
        machines=[_short(machine, "a machine") for machine in machines],
        files=parts,
    )


def _file(document: Any) -> ExportFile:
    if not isinstance(document, dict) or document.keys() != ExportFile.__dataclass_fields__.keys():
        raise TypeError(f"a file is {_shorten(document)}")
    path = _text(document, "path")
    # A path is never followed out of the folder.
    if not _PATH.fullmatch(path):
        raise ValueError(f"{_shorten(path)} is not a file of an export")
    rows, size_bytes = (_check_type(document, name, int) for name in ("rows", "size_bytes"))
    if rows < 0 or not 0 <= size_bytes <= _MOST_PART_BYTES:
        raise ValueError(f"{path} has {rows:,} rows in {size_bytes:,} bytes")
    sha256 = _text(document, "sha256")
    if not _DIGEST.fullmatch(sha256):
        raise ValueError(f"{path} has the digest {_shorten(sha256)}")
    return ExportFile(path, rows, size_bytes, sha256)


def _check_type(document: dict[str, Any], name: str, kind: type[_Kind]) -> _Kind:
    value = document[name]
    if type(value) is not kind:  # True is an int, too
        raise TypeError(f"{name} is {_shorten(value)}, not {kind.__name__}")
    return value


def _text(document: dict[str, Any], name: str) -> str:
    return _short(document[name], name)


def _short(value: Any, name: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise TypeError(f"{name} is {_shorten(value)}, not a short text")
    return value


def _shorten(value: Any) -> str:
    """A value of a manifest as an error shows it: its beginning."""
    text = repr(value) if isinstance(value, str | int | bool | None) else type(value).__name__
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
