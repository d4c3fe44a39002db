"""Which pages of a folder are up to date: a manifest there says what each was made from.

Only unedited files named in the manifest are removed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, Final

from pocketdev_analytics.files import resources
from pocketdev_analytics.files.output import write_file

__all__ = ["Outputs", "Pages", "fingerprint", "program_fingerprint", "store_fingerprint"]

#: Titles of pages by their path below the folder.
Pages = Mapping[str, str]

_MANIFEST: Final = ".manifest.json"
_FORMAT: Final = 1
_LIBRARIES: Final = ("duckdb", "great-tables", "jinja2", "plotly", "polars")
_UNREADABLE: Final = (OSError, ValueError, TypeError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class _Written:
    """A page as it was written; the times are those that `stat` says."""

    title: str
    size_bytes: int
    modified_ns: int
    changed_ns: int
    digest: str


@dataclass(frozen=True, slots=True)
class _Part:
    """Pages that are made together; `origin` is the history, `made_from` everything."""

    origin: str
    made_from: str
    pages: Mapping[str, _Written]


class Outputs:
    """The pages in `folder` that builds wrote, by their part; those of this one are of `origin`."""

    def __init__(self, folder: Path, origin: str) -> None:
        self.folder, self.origin = folder, origin
        self._parts = _read(folder / _MANIFEST)
        self._lock = Lock()

    def current(self, part: str, made_from: str) -> Pages | None:
        """The pages of a part if they were made from this and are as they were written."""
        known = self._parts.get(part)
        if known is None or known.made_from != made_from:
            return None
        if not all(self._is_intact(path, page) for path, page in known.pages.items()):
            return None
        return {path: page.title for path, page in known.pages.items()}

    def note(self, part: str, made_from: str, pages: Pages) -> None:
        """Record the pages of a part, now written; remove those that it had before and has not."""
        with self._lock:
            before = self._parts.get(part)
            written = {path: _written(self.folder / path, title) for path, title in pages.items()}
            self._parts[part] = _Part(self.origin, made_from, written)
            if before:
                self._remove({path: p for path, p in before.pages.items() if path not in pages})
            self._save()

    def keep(self, parts: Collection[str], *, is_all: bool) -> None:
        """Remove the pages of other parts: of all others, or of those of another history."""
        with self._lock:
            gone = [
                name
                for name, part in self._parts.items()
                if name not in parts and (is_all or part.origin != self.origin)
            ]
            for name in gone:
                self._remove(self._parts.pop(name).pages)
            if gone:
                self._save()

    def _is_intact(self, path: str, page: _Written) -> bool:
        file = self.folder / path
        try:
            state = file.stat()
            if (state.st_size, state.st_mtime_ns, state.st_ctime_ns) == (
                page.size_bytes,
                page.modified_ns,
                page.changed_ns,
            ):
                return True
            return state.st_size == page.size_bytes and _digest(file) == page.digest
        except OSError:
            return False

    def _remove(self, pages: Mapping[str, _Written]) -> None:
        for path, page in pages.items():
            if self._is_intact(path, page):
                (self.folder / path).unlink()
                if (self.folder / path).parent != self.folder:
                    with suppress(OSError):  # something else is in it
                        (self.folder / path).parent.rmdir()

    def _save(self) -> None:
        parts = {
            name: {
                "origin": part.origin,
                "made_from": part.made_from,
                "pages": {path: _fields(page) for path, page in part.pages.items()},
            }
            for name, part in self._parts.items()
        }
        text = json.dumps({"format": _FORMAT, "parts": parts}, indent=1)
        write_file(self.folder / _MANIFEST, text.encode())


def fingerprint(*values: Any) -> str:
    """A digest of values by what they are, written out."""
    return sha256(repr(values).encode(errors="surrogateescape")).hexdigest()


def program_fingerprint() -> str:
    """A digest of this program: its files, those that come with it, and what draws and computes."""
    digest = sha256()
    package = Path(__file__).parent.parent
    for folder in (package, resources.sql_dir(), resources.notebooks_dir()):
        for path in sorted(_files_in(folder)):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode())
            digest.update(content)
    return fingerprint(digest.digest(), [version(name) for name in _LIBRARIES])


def store_fingerprint(store: Path) -> str:
    """A digest of the store's state: another one after anything was written to it."""
    states = []
    for path in (store, store.with_name(f"{store.name}.wal")):
        with suppress(FileNotFoundError):
            state = path.stat()
            states.append((state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns))
    return fingerprint(str(store), states)


def _files_in(folder: Path) -> Iterator[Path]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return (path for path in files if not {"__pycache__", ".ipynb_checkpoints"} & {*path.parts})


def _read(manifest: Path) -> dict[str, _Part]:
    """The parts that a manifest names; none if it cannot be read: then everything is made."""
    try:
        document = json.loads(manifest.read_text(encoding="utf-8"))
        if document["format"] != _FORMAT:
            return {}
        return {
            name: _Part(
                part["origin"],
                part["made_from"],
                {path: _Written(**page) for path, page in part["pages"].items() if _is_below(path)},
            )
            for name, part in document["parts"].items()
        }
    except _UNREADABLE:
        return {}


def _is_below(path: str) -> bool:
    """Whether a path leads to a page in the folder of the manifest, and not out of it."""
    parts = Path(path).parts
    return not Path(path).is_absolute() and ".." not in parts and path.endswith(".html")


def _written(file: Path, title: str) -> _Written:
    state = file.stat()
    return _Written(title, state.st_size, state.st_mtime_ns, state.st_ctime_ns, _digest(file))


def _fields(page: _Written) -> dict[str, Any]:
    return {name: getattr(page, name) for name in _Written.__slots__}


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
