"""A history and its store for a test, and what the store then holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pocketdev_analytics.importer import ImportSummary, import_history
from pocketdev_analytics.model import LINE_FRAMES
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import Line, as_bytes, write

__all__ = ["FACTS", "Books", "facts"]

Rows = list[tuple[Any, ...]]

#: Every table that an import fills.
FACTS = (
    *("session_files", *LINE_FRAMES, "responses", "session_bills", "unseen_calls"),
    "claude_sessions",
)
# What says when and where an import ran, not what the files hold.
_OF_THE_RUN = {
    *("modified_ns", "changed_ns", "inode", "device", "gone_at", "noted_at"),
    "superseded_at",
    *("id", "created_row_at", "imported_at"),
}


@dataclass(frozen=True, slots=True)
class Books:
    """A config folder and the store next to it."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "store.duckdb"

    def write(self, name: str, *lines: Line | bytes, project: str = "-home-ada-engine") -> Path:
        """A session file of this history."""
        return write(self.folder, name, *lines, project=project)

    def append(self, path: Path, *lines: Line | bytes) -> None:
        """Whole lines at the end of a file."""
        with path.open("ab") as file:
            file.write(as_bytes(*lines))

    def import_(self, *paths: Path) -> ImportSummary:
        """Import the whole history, or these files of it."""
        return import_history(paths or [self.folder / "projects"], self.store)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query, as the command line would give them."""
        with open_store(self.store) as store:
            return store.query(sql).to_dicts()

    def values(self, sql: str) -> Rows:
        """The same, as tuples."""
        return [tuple(row.values()) for row in self.rows(sql)]


def facts(store: Path) -> dict[str, Rows]:
    """All rows of all fact tables, sorted, with the path of a file for its key."""
    with duckdb.connect(store, read_only=True) as connection:
        return {table: _rows(connection, table) for table in FACTS}


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> Rows:
    names = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    if table in {"session_files", "claude_sessions"}:
        columns = [name for name in names if name not in {*_OF_THE_RUN, "file_id"}]
        source = table
    else:
        columns = ["path", *(name for name in names if name != "file_id")]
        joined = f"{table} inner join session_files using (file_id)"
        source = f"(select {table}.*, session_files.path from {joined})"
    texts = ", ".join(f'"{name}"::varchar' for name in columns)
    found: Rows = connection.execute(f"select {texts} from {source} order by all").fetchall()
    return found
