"""Delete the rows that a batch replaces, before the batch is inserted."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import polars as pl

from pocketdev_analytics.store.arrow import registered

__all__ = ["drop_earlier_titles", "drop_emptied_sessions", "drop_reread", "drop_superseded"]

# Metadata of a file. Its responses, prompts and calls are kept: they happened.
_SUPERSEDED = (
    *("quarantine", "odd_fields", "session_titles", "cost_states"),
    *("worktrees", "pull_requests"),
)
_AT_TOUCHED_PATHS = (
    "from session_files where path in "
    "(select path from session_files semi join touched_files using (file_id))"
)
_SUPERSEDE = f"""
update session_files
set superseded_at = replaced_at, gone_at = ifnull(gone_at, replaced_at)
from (
    select
        file_id,
        max(noted_at) over family as replaced_at,
        row_number() over (
            family order by noted_at desc nulls last, changed_ns desc, bytes_read desc, file_id desc
        ) as rank
    {_AT_TOUCHED_PATHS}
    window family as (partition by machine, path)
) as family
where session_files.file_id = family.file_id and rank > 1 and superseded_at is null
"""
_WITHOUT_SESSION = ("quarantine", "odd_fields", "thread_lines", "rate_limits")


def drop_reread(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[str], reread: pl.DataFrame
) -> None:
    """Delete the rows of last lines that were incomplete when they were read."""
    if reread.is_empty():
        return
    with registered(connection, reread, "reread"):
        for table in tables:
            is_reread = f"{table}.file_id = reread.file_id and {table}.line_no > reread.line_no"
            if table not in _WITHOUT_SESSION:
                connection.execute(
                    f"insert into touched_sessions select session_id from {table}, reread "
                    f"where {is_reread}"
                )
            connection.execute(f"delete from {table} using reread where {is_reread}")


def drop_earlier_titles(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep one title of each kind per file of this batch: that of the last line."""
    connection.execute(
        "delete from session_titles where rowid in ("
        "select rowid from session_titles where file_id in (from touched_files) "
        "qualify row_number() over ("
        "partition by file_id, session_id, kind, leaf_uuid order by line_no desc, title) > 1)"
    )


def drop_superseded(connection: duckdb.DuckDBPyConnection) -> None:
    """Delete the metadata of files that another file has replaced at their path.

    The file of a machine that was noted last at a path is the current one, regardless of import
    order; the others are gone.
    """
    connection.execute(_SUPERSEDE)
    connection.execute(
        "create or replace temp table superseded_files as "
        f"select file_id {_AT_TOUCHED_PATHS} and superseded_at is not null"
    )
    if not connection.execute("select 1 from superseded_files limit 1").fetchall():
        return
    titles = "from session_titles where file_id in (from superseded_files)"
    connection.execute(
        "insert into touched_sessions select session_id from session_files "
        f"where file_id in (from superseded_files) union select session_id {titles} "
        f"union select session_id from usage_lines where uuid in (select leaf_uuid {titles}) "
        f"union select session_id from prompts where prompt_id in (select leaf_uuid {titles})"
    )
    for table in _SUPERSEDED:
        connection.execute(f"delete from {table} where file_id in (from superseded_files)")


def drop_emptied_sessions(connection: duckdb.DuckDBPyConnection) -> None:
    """Delete sessions that no file, response or PocketDev session refers to any more.

    A line may name a session without a file; that session disappears when an earlier copy of
    the line is found in another session.
    """
    connection.execute(
        "delete from claude_sessions where claude_session_id::varchar in ("
        "select session_id from touched_sessions "
        "anti join (from session_files where first_at is not null) using (session_id) "
        "anti join responses using (session_id) "
        "anti join (select claude_session_id::varchar as session_id from pocketdev_sessions) "
        "using (session_id))"
    )
