"""Check that a store's name is a path to a regular file, before DuckDB sees it.

DuckDB gives names other meanings: `md:x`, `sqlite:x` and `ducklake:x` name other systems, for
which it looks for extensions on the network; `?` begins options; `\\` is a `/`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.files.regular import check_regular

__all__ = ["literal", "log_of", "store_path"]

# Of two characters or more: `c:` is a drive.
_SYSTEM: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|:")
_REFUSED: Final = frozenset("?\0" if os.name == "nt" else "?\0\\")


def store_path(path: Path) -> Path:
    """Return `path` made absolute, in a form that DuckDB reads only as a path.

    Raises:
        StoreError: `path` is not a path, or does not name a regular file.
    """
    name = os.fspath(path)
    if found := _SYSTEM.match(name):
        raise StoreError(
            f"{name!r} is not a path: it begins with {found[0]!r}; a store is a local file, so"
            f" name one, such as {str(Path.cwd() / 'analytics.duckdb')!r}"
        )
    if refused := sorted(_REFUSED.intersection(name)):
        raise StoreError(f"the name of a store cannot hold {refused[0]!r}: {name!r}; rename it")
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - a link to a store stays one
    for file in (absolute, log_of(absolute)):
        _check(file)
    return absolute


def log_of(path: Path) -> Path:
    """Return the path of the write-ahead log that DuckDB writes next to the store."""
    return path.with_name(path.name + ".wal")


def literal(path: Path) -> str:
    """Quote `path` as an SQL string literal."""
    return "'" + str(path).replace("'", "''") + "'"


def _check(file: Path) -> None:
    try:
        check_regular(file.stat(), file)
    except (FileNotFoundError, NotADirectoryError):
        return  # a new store, or an error when its folder is needed
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreError(f"cannot open the store {file}: {reason}; name a file") from None
