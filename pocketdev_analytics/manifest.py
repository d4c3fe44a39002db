"""The form of an export: a folder of Parquet files and a manifest that says what is in it.

`usage_lines/month=2026-11/rows.parquet` holds the rows of a table and month of UTC; rows
without a time are in `month=__HIVE_DEFAULT_PARTITION__`. `manifest.json` has the digest of
each file.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pocketdev_analytics import model
from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.model import Schema

__all__ = [
    "EXPORTED",
    "MANIFEST",
    "NO_MONTH",
    "ExportFile",
    "Manifest",
    "digest_of",
    "is_export",
    "read_manifest",
]

MANIFEST: Final = "manifest.json"
NO_MONTH: Final = "__HIVE_DEFAULT_PARTITION__"
_FORMAT: Final = "pocketdev_analytics export"
_VERSION: Final = 1
_CURE: Final = "copy the export again, or make it anew with `pocketdev-analytics export store`"

_FILES: Final = {name: kind for name, kind in model.SESSION_FILES.items() if name != "is_remote"}
#: The tables of an export: their columns, and the one that says when.
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
        """The table whose rows it holds."""
        return self.path.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export holds. `store_id` tells exports of one store from those of another."""

    package_version: str
    made_at: str
    store_id: str
    is_redacted: bool
    machines: list[str]
    files: list[ExportFile]

    def text(self) -> str:
        """The content of `manifest.json`."""
        head = {"format": _FORMAT, "format_version": _VERSION}
        return json.dumps({**head, **asdict(self)}, indent=2, ensure_ascii=False) + "\n"


def digest_of(content: bytes) -> str:
    """The digest of a file as the manifest has it."""
    return hashlib.sha256(content).hexdigest()


def is_export(folder: Path) -> bool:
    """Whether the folder is an export, or what is left of one.

    Other tools have a file of that name too: what is in it says whose it is, however damaged.
    """
    with suppress(OSError):
        if _FORMAT.encode() in (folder / MANIFEST).read_bytes():
            return True
    return any(any(folder.glob(f"{table}/month=*")) for table in EXPORTED)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an export.

    Raises:
        SourceError: there is none, it is damaged, or a newer version wrote it.
    """
    path = folder / MANIFEST
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SourceError(f"{path} is missing, so {folder} is half an export; {_CURE}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no JSON"
        raise SourceError(f"cannot read {path}: {reason}; {_CURE}") from None
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise SourceError(f"{path} is not that of an export of a store; name another folder")
    version = document.get("format_version")
    if isinstance(version, int) and version > _VERSION:
        raise SourceError(
            f"{path} has the format version {version}, and this package reads up to {_VERSION};"
            " upgrade pocketdev_analytics"
        )
    try:
        return _manifest(document)
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(f"{path} is damaged ({error}); {_CURE}") from None


def _manifest(document: dict[str, Any]) -> Manifest:
    if document["format_version"] != _VERSION:
        raise ValueError(f"format_version is {document['format_version']!r}")
    fields = {name: document[name] for name in Manifest.__dataclass_fields__}
    if not isinstance(fields["store_id"], str):
        raise TypeError("store_id is no text")
    files = [ExportFile(**file) for file in fields.pop("files")]
    for file in files:
        # A path is never followed out of the folder.
        if not _PATH.fullmatch(file.path):
            raise ValueError(f"{file.path!r} is no file of an export")
    return Manifest(**fields, files=files)
