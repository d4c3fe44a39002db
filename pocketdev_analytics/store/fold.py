"""Fold lines into responses and responses into sessions, for all that a batch touches.

The selects are in `sql/load/`; this module runs them in order.
"""

from __future__ import annotations

import duckdb

from pocketdev_analytics.files.resources import sql_dir
from pocketdev_analytics.store.identity import name_responses
from pocketdev_analytics.store.outdated import drop_emptied_sessions

__all__ = ["fold_responses", "fold_sessions"]

#: Columns of a response that a further pass does not take over from it.
_OF_A_PASS = (
    *("response_id", "message_key", "kind", "response_count", "model", "requested_model"),
    *("speed", "service_tier", "inference_geo", "recorded_cost_usd", "upstream_cost_usd"),
    *("input_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "cache_read_tokens"),
    *("output_tokens", "web_search_requests", "lower_bound_reason", "is_lower_bound"),
    *("thinking_tokens", "thinking_ms", "text_characters", "thinking_characters"),
    *("signature_characters", "tool_input_characters", "tool_use_blocks", "extra_bytes"),
)
#: Sizes of content blocks; the blocks of a response are on several lines.
_SIZES = (
    *("text_characters", "thinking_characters", "signature_characters"),
    *("tool_input_characters", "tool_use_blocks", "extra_bytes"),
)
_COUNTED = (
    *("input_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "cache_read_tokens"),
    "output_tokens",
)


def fold_responses(connection: duckdb.DuckDBPyConnection) -> None:
    """Fold the responses of `touched_lines` again, with one row per billed pass."""
    _touch_owners(connection)
    connection.execute("delete from responses where message_key in (from touched_responses)")
    name_responses(connection)
    connection.execute(f"insert into responses by name ({_sql('responses')})")
    _count_characters(connection)
    _split_passes(connection)
    _touch_owners(connection)


def _touch_owners(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "insert into touched_sessions select distinct session_id from responses "
        "where message_key in (from touched_responses)"
    )


def _count_characters(connection: duckdb.DuckDBPyConnection) -> None:
    """Count content blocks once that several files or progress lines repeat."""
    sums = ", ".join(f"sum({name})::bigint as {name}" for name in _SIZES)
    connection.execute(
        f"""
        update responses set {", ".join(f"{name} = sized.{name}" for name in _SIZES)}
        from (
            select response_id, {sums}
            from (
                -- A copied line keeps its uuid.
                select
                    coalesce(names.response_name, lines.response_id) as response_id,
                    {", ".join(f"max(lines.{name}) as {name}" for name in _SIZES)}
                from touched_lines as lines
                left join response_names as names on names.line_row = lines.line_row
                where lines.response_id in (
                    select response_id
                    from touched_lines
                    group by response_id
                    having min(file_id) <> max(file_id) or bool_or(source = 'progress')
                )
                group by
                    coalesce(names.response_name, lines.response_id),
                    coalesce(lines.uuid, concat(lines.file_id, '/', lines.line_no))
            )
            group by response_id
        ) as sized
        where responses.response_id = sized.response_id
        """
    )


def _split_passes(connection: duckdb.DuckDBPyConnection) -> None:
    """Add a row for each further pass of responses that were billed in several passes."""
    connection.execute(f"create or replace temp table billed_passes as {_sql('passes')}")
    if not connection.execute("select 1 from billed_passes limit 1").fetchall():
        return
    counted = ", ".join(f"{name} = head.{name}" for name in (*_COUNTED, "model"))
    connection.execute(
        f"update responses set {counted} from billed_passes as head "
        "where head.is_head and responses.response_id = head.response_id"
    )
    connection.execute(
        f"""
        insert into responses by name
        select
            head.* exclude ({", ".join(_OF_A_PASS)}),
            pass.* exclude (head_id, is_head, pass_no),
            if(pass.kind = 'advisor', 1, 0) as response_count,
            false as is_lower_bound
        from billed_passes as pass
        inner join responses as head on head.response_id = pass.head_id
        where not pass.is_head and pass.kind <> 'unknown'
        """
    )
    connection.execute(
        "update responses set is_lower_bound = true, "
        "lower_bound_reason = coalesce(lower_bound_reason, 'unknown_pass') "
        f"where response_id in (select head_id from billed_passes where kind = 'unknown' "
        f"and {' + '.join(_COUNTED)} > 0)"
    )
    connection.execute("drop table billed_passes")


def fold_sessions(connection: duckdb.DuckDBPyConnection) -> None:
    """Fold the unlisted calls and the `claude_sessions` rows of touched sessions again."""
    # A response moves to another session when its original is found. A title can name the session
    # of another file, and the file written last decides.
    titles = "from session_titles where file_id in (from touched_files)"
    connection.execute(
        "insert into touched_sessions select session_id from touched_lines "
        f"union select session_id {titles}"
    )
    ((summaries,),) = connection.execute(f"select count(leaf_uuid) {titles}").fetchall()
    if summaries:
        connection.execute(
            "insert into touched_sessions select session_id from usage_lines "
            f"where uuid in (select leaf_uuid {titles}) "
            f"union select session_id from prompts where prompt_id in (select leaf_uuid {titles})"
        )
    _fold_unlisted(connection)
    drop_emptied_sessions(connection)
    connection.execute(_sql("claude_sessions"))


def _fold_unlisted(connection: duckdb.DuckDBPyConnection) -> None:
    if connection.execute("select 1 from cost_states limit 1").fetchall():
        # The cost-state of a fork begins at its parent's total.
        connection.execute(
            "insert into touched_sessions select distinct copied.session_id "
            "from usage_lines as copied "
            "inner join responses as own on own.message_key = copied.response_id "
            "where copied.file_id in (select file_id from cost_states) "
            "and own.session_id <> copied.session_id "
            "and own.session_id in (select session_id from touched_sessions)"
        )
    of_touched = "where session_id in (select session_id from touched_sessions)"
    connection.execute(f"delete from responses {of_touched} and kind = 'unlisted'")
    for table in ("session_bills", "unseen_calls"):
        connection.execute(f"delete from {table} {of_touched}")
        connection.execute(f"insert into {table} by name ({_sql(table)})")
    connection.execute(f"insert into responses by name ({_sql('unlisted_rows')})")


def _sql(name: str) -> str:
    return (sql_dir() / "load" / f"{name}.sql").read_text("utf-8")
