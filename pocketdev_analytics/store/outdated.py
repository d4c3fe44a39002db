"""Rows that a batch puts others in the place of, taken out before it comes in."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import polars as pl

__all__ = ["drop_emptied_sessions", "drop_reread", "drop_superseded"]

# What a file says of itself. Its responses, prompts and calls stay: they happened.
_SUPERSEDED = ("quarantine", "session_titles", "cost_states")
_WITHOUT_SESSION = ("quarantine", "tool_results")


def drop_reread(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[str], reread: pl.DataFrame
) -> None:
    """Take out what last lines said that were read before they ended; they are read again."""
    if reread.is_empty():
        return
    connection.register("reread", reread)
    for table in tables:
        is_reread = f"{table}.file_id = reread.file_id and {table}.line_no > reread.line_no"
        if table not in _WITHOUT_SESSION:
            connection.execute(
                f"insert into touched_sessions select session_id from {table}, reread "
                f"where {is_reread}"
            )
        connection.execute(f"delete from {table} using reread where {is_reread}")
    connection.unregister("reread")


def drop_superseded(connection: duckdb.DuckDBPyConnection) -> None:
    """Take out what files said of themselves before they were written anew, at the same path."""
    connection.execute(
        "create or replace temp table superseded_files as select old.file_id "
        "from session_files as old inner join session_files as new using (path) "
        # Two machines may have files at one path.
        "where old.machine is not distinct from new.machine and old.is_remote = new.is_remote "
        "and new.file_id in (from touched_files) and new.gone_at is null "
        "and old.gone_at is not null and old.file_id <> new.file_id"
    )
    if not connection.execute("select 1 from superseded_files limit 1").fetchall():
        return
    titles = "from session_titles where file_id in (from superseded_files)"
    connection.execute(
        f"insert into touched_sessions select session_id {titles} "
        f"union select session_id from usage_lines where uuid in (select leaf_uuid {titles}) "
        f"union select session_id from prompts where prompt_id in (select leaf_uuid {titles})"
    )
    for table in _SUPERSEDED:
        connection.execute(f"delete from {table} where file_id in (from superseded_files)")


def drop_emptied_sessions(connection: duckdb.DuckDBPyConnection) -> None:
    """Take out sessions that nothing tells of any more.

    A line may name a session without a file; it is gone when an earlier copy of that
    line turns up in another.
    """
    connection.execute(
        "delete from claude_sessions "
        "where claude_session_id::varchar in (from touched_sessions) "
        "and not exists (from session_files as file "
        "where file.session_id = claude_session_id::varchar and file.first_at is not null) "
        "and not exists (from responses as response "
        "where response.session_id = claude_session_id::varchar) "
        "and not exists (from pocketdev_sessions as pocketdev "
        "where pocketdev.claude_session_id = claude_sessions.claude_session_id)"
    )
