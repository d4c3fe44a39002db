"""Running totals to calls: what lines of a thread say together, folded before a batch is loaded.

An agent such as Codex writes totals that go on, repeat and are copied into forks. Its lines are
kept as they are in `thread_lines`; here the calls that they tell of become `usage_lines`. Each
touched family of forks is made again as a whole: the result depends on its lines alone.
"""

from __future__ import annotations

from typing import Final

import duckdb
import polars as pl

from pocketdev_analytics.files.resources import sql_dir
from pocketdev_analytics.model import LINE_TABLES
from pocketdev_analytics.store.arrow import fetch, registered

__all__ = ["THREAD_LINES", "count_threads", "place_facts"]

THREAD_LINES: Final = "thread_lines"
_USAGE: Final = LINE_TABLES["usage_lines"].schema
_FACTS: Final = ("prompts", "tool_uses", "tool_results", "api_errors", "session_events")


def count_threads(
    connection: duckdb.DuckDBPyConnection, frames: dict[str, pl.DataFrame], reread: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Return the frames of a batch with the usage of the threads that it touches.

    Takes `thread_lines` of the batch into the store. Usage of these families that is there
    already is taken out, and its responses are named in `former_responses`.
    """
    connection.execute("create or replace temp table former_responses (response_id varchar)")
    lines = frames[THREAD_LINES]
    with registered(connection, reread, "reread"):
        connection.execute(
            f"delete from {THREAD_LINES} as line using reread "
            "where line.file_id = reread.file_id and line.line_no > reread.line_no"
        )
    with registered(connection, lines):
        connection.execute(f"insert into {THREAD_LINES} by name select * from incoming")
    touched = connection.execute(
        f"select 1 from {THREAD_LINES} semi join touched_files using (file_id) limit 1"
    ).fetchall()
    if not touched:
        return frames
    connection.execute(f"create or replace temp table thread_files as {_sql('thread_files')}")
    connection.execute(
        "create or replace temp table family_files as select * from thread_files where root_id in "
        "(select root_id from thread_files semi join touched_files using (file_id))"
    )
    connection.execute(
        "insert into former_responses select distinct response_id from usage_lines "
        "semi join family_files using (file_id)"
    )
    connection.execute(
        "delete from usage_lines where file_id in (select file_id from family_files)"
    )
    derived = fetch(connection, _sql("thread_usage"))
    derived = derived.select(
        *(
            pl.col(name).cast(kind) if name in derived.columns else pl.lit(None, kind).alias(name)
            for name, kind in _USAGE.items()
        )
    ).with_columns(pl.col(name).fill_null(0) for name in _SIZES)
    stated = frames["usage_lines"].join(
        fetch(connection, "select file_id from family_files"), on="file_id", how="anti"
    )
    usage = pl.concat([stated.select(*_USAGE), derived])
    return {**frames, "usage_lines": usage}


_SIZES: Final = (
    *("text_characters", "thinking_characters", "signature_characters"),
    *("tool_input_characters", "tool_use_blocks", "extra_bytes"),
)


def place_facts(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the facts of touched threads the folder, branch and version of their file."""
    if not _has_families(connection):
        return
    connection.execute(
        f"update prompts set prompt_id = copied.prompt_id "
        f"from ({_sql('copied_prompts')}) as copied where prompts.rowid = copied.prompt_row"
    )
    for table in _FACTS:
        connection.execute(
            f"update {table} set project_path = family.project_path, "
            "git_branch = family.git_branch, version = family.version, entrypoint = family.origin "
            f"from family_files as family where family.file_id = {table}.file_id "
            f"and {table}.version is distinct from family.version"
        )


def _has_families(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute(
        "select 1 from duckdb_tables() where table_name = 'family_files' and temporary"
    ).fetchall()
    return bool(found)


def _sql(name: str) -> str:
    return (sql_dir() / "load" / f"{name}.sql").read_text("utf-8")
