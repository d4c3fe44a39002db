"""The files that come with the package: SQL and notebooks.

In a clone they are next to the package, in a wheel inside it, under `_data/`.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

__all__ = ["notebooks_dir", "sql_dir"]


def sql_dir() -> Path:
    """Return the folder with `schema/`, `views/`, `queries/` and `seeds/`."""
    return _folder("sql")


def notebooks_dir() -> Path:
    """Return the folder with the shipped notebooks, which have no outputs."""
    return _folder("notebooks")


def _folder(name: str) -> Path:
    package = Path(str(resources.files("pocketdev_analytics")))
    shipped = package / "_data" / name
    return shipped if shipped.is_dir() else package.parent / name
