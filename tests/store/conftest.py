from __future__ import annotations

from tests.importer.conftest import books, empty_store

__all__ = ["books", "empty_store"]
