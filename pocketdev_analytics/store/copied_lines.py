"""Find the original among lines that were copied from file to file.

Forks and resumes copy lines into another file, sidechains replay those of their parent, and
progress lines repeat those of a subagent. Every copy is kept as it was read; the flag `is_copy`
marks all rows but the original, so that the result does not depend on the order of import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb
import polars as pl

from pocketdev_analytics.store.arrow import registered

__all__ = ["COPIED", "mark_copies", "name_calls", "touch_reread"]


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table whose rows may be copies: the key that copies share, and the column of the time."""

    key: str
    at: str
    is_of_session: bool = False


_CALL: Final = "coalesce(call_key, tool_use_id)"
#: The tables whose rows may be copies of others.
COPIED: Final = {
    "tool_uses": CopiedTable(_CALL, "called_at"),
    "tool_results": CopiedTable(_CALL, "returned_at"),
    "prompts": CopiedTable("prompt_id", "prompted_at", is_of_session=True),
    "api_errors": CopiedTable("error_id", "occurred_at", is_of_session=True),
    "session_events": CopiedTable("event_id", "occurred_at"),
}
_PROGRESS: Final = {"tool_uses", "tool_results"}
#: The session that a line comes from, where it names one.
_IS_FOREIGN: Final = (
    "coalesce(request_session_id, forked_from_session_id, line_session_id, session_id) "
    "<> session_id"
)
# Ids that start over in each process; Anthropic's own are unique.
_IS_REPEATED: Final = "not starts_with(tool_use_id, 'toolu_')"


def touch_reread(connection: duckdb.DuckDBPyConnection, reread: pl.DataFrame) -> None:
    """Fill `touched_facts` (`table_name, key`) with the facts whose original may change.

    These are facts with rows that are about to be read again, and those of `moved_files`, whose
    earliest time this batch changes.
    """
    connection.execute(
        "create or replace temp table touched_facts (table_name varchar, key varchar)"
    )
    with registered(connection, reread, "reread"):
        for table, copied in COPIED.items():
            connection.execute(
                f"insert into touched_facts select distinct '{table}', {copied.key} from {table} "
                "where file_id in (from moved_files) or rowid in ("
                f"select {table}.rowid from {table} inner join reread using (file_id) "
                f"where {table}.line_no > reread.line_no)"
            )


def name_calls(connection: duckdb.DuckDBPyConnection) -> None:
    """Give calls of this batch a `call_key` where their id is not unique.

    A result belongs to the call that its line names, else to the last call with its id before it
    in the same file.
    """
    repeated = f"file_id in (from touched_files) and {_IS_REPEATED}"
    connection.execute(
        "update tool_uses set call_key = concat(tool_use_id, '/', uuid) "
        f"where {repeated} and call_key is null"
    )
    connection.execute(
        f"""
        update tool_results
        set call_key = concat(named.tool_use_id, '/', named.uuid)
        from (
            select
                result.rowid as result_row,
                result.tool_use_id,
                coalesce(
                    any_value(called.uuid) filter (called.uuid = result.tool_use_uuid),
                    max_by(called.uuid, called.line_no) filter (called.line_no < result.line_no),
                    result.tool_use_uuid,
                    ''
                ) as uuid
            from (select rowid, * from tool_results where {repeated}) as result
            left join tool_uses as called using (file_id, tool_use_id)
            group by result.rowid, result.tool_use_id, result.tool_use_uuid
        ) as named
        where tool_results.rowid = named.result_row
        """
    )


def mark_copies(connection: duckdb.DuckDBPyConnection, table: str, incoming: pl.DataFrame) -> None:
    """Flag all rows but the original of the facts that this batch touches."""
    copied = COPIED[table]
    touched = f"select key from touched_facts where table_name = '{table}'"
    if not incoming.is_empty():
        touched += (
            f" union all select {copied.key} from {table} where file_id in (from touched_files)"
        )
    progress = "source = 'progress', " if table in _PROGRESS else ""
    connection.execute(
        f"""
        create or replace temp table ranked_copies as
        with facts as (
            select {copied.key} as key
            from {table}
            where {copied.key} in ({touched})
            group by all
            having count(*) > 1 or bool_or(is_copy)
        )
        select
            {table}.rowid as copy_row,
            row_number() over (
                partition by {copied.key}
                order by
                    {progress}is_sidechain, {_IS_FOREIGN}, {copied.at}, files.first_at,
                    {table}.file_id, {table}.line_no, {table}.rowid
            ) > 1 as is_copy
        from {table}
        left join (select file_id, first_at from session_files) as files using (file_id)
        where {copied.key} in (select key from facts)
        """
    )
    connection.execute(
        f"update {table} set is_copy = ranked.is_copy from ranked_copies as ranked "
        f"where {table}.rowid = ranked.copy_row and {table}.is_copy is distinct from ranked.is_copy"
    )
    if copied.is_of_session:
        connection.execute(
            f"insert into touched_sessions select distinct session_id from {table} "
            "where rowid in (select copy_row from ranked_copies)"
        )
    connection.execute("drop table ranked_copies")
