"""Loading a batch of decoded lines: one transaction, checked before it is committed.

The store after an import depends on what the files hold, not on how many imports
it took or in which order: every table is a function of the set of lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb
import polars as pl

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.model import SESSION_FILES, TOKEN_COLUMNS
from pocketdev_analytics.resources import sql_dir
from pocketdev_analytics.store.arrow import registered
from pocketdev_analytics.store.migrations import transaction
from pocketdev_analytics.store.outdated import (
    drop_emptied_sessions,
    drop_reread,
    drop_superseded,
)

__all__ = ["APPENDED", "Batch", "load_batch"]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction brings in.

    `files` has the columns of `model.SESSION_FILES`, `frames` those of
    `model.LINE_FRAMES` after a `file_id`. `reread` are lines to be replaced: for
    each `file_id` those after `line_no`, a last line that was read without its end.
    """

    files: pl.DataFrame
    frames: dict[str, pl.DataFrame]
    reread: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"file_id": pl.Int64, "line_no": pl.Int64})
    )


@dataclass(frozen=True, slots=True)
class Keyed:
    """A table with one row a key; of several the first in `order` is kept.

    The order is total: it ends with every column that could still differ.
    """

    key: str
    order: str
    counts_for_sessions: bool = False


_KEYED = {
    "tool_uses": Keyed(
        "tool_use_id", "source = 'progress', is_sidechain, called_at, file_id, line_no"
    ),
    "tool_results": Keyed(
        "tool_use_id", "source = 'progress', returned_at, file_id, line_no, is_error, result_bytes"
    ),
    "prompts": Keyed(
        "prompt_id", "is_sidechain, prompted_at, file_id, line_no", counts_for_sessions=True
    ),
    "api_errors": Keyed(
        "error_id", "is_sidechain, occurred_at, file_id, line_no", counts_for_sessions=True
    ),
    "session_events": Keyed("event_id", "is_sidechain, occurred_at, file_id, line_no"),
    "session_titles": Keyed("(file_id, kind, coalesce(leaf_uuid, ''))", "-line_no, title"),
}
#: Tables that hold every line as it was found.
APPENDED = (
    *("usage_lines", "usage_passes", "cost_states", "worktrees", "pull_requests"),
    *("odd_fields", "quarantine"),
)
#: What says which rows a batch touches, as large as the batch itself.
_OF_THE_BATCH = (
    *("touched_files", "touched_responses", "touched_sessions"),
    *("known_responses", "earlier_lines", "superseded_files", "merged"),
)


def load_batch(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Bring a batch in, and with it the responses and sessions that it touches.

    Raises:
        StoreError: what the store holds afterwards is not what the frames held; the
            batch is rolled back.
    """
    with transaction(connection):
        _load_files(connection, batch.files)
        _name_touched(connection, batch)
        drop_reread(connection, (*APPENDED, *_KEYED), batch.reread)
        with _touched_lines(connection, batch.frames["usage_lines"]):
            for table in APPENDED:
                _append(connection, table, batch.frames[table])
            for table, keyed in _KEYED.items():
                _upsert(connection, table, keyed, batch.frames[table])
            drop_superseded(connection)
            _fold_responses(connection)
            _fold_sessions(connection)
        for table in _OF_THE_BATCH:
            connection.execute(f"drop table if exists temp.{table}")


def _load_files(connection: duckdb.DuckDBPyConnection, files: pl.DataFrame) -> None:
    with registered(connection, files.select(*SESSION_FILES)):
        # A file that was renamed may leave its session for another.
        connection.execute(
            "create or replace temp table touched_sessions as "
            "select session_id from session_files semi join incoming using (file_id)"
        )
        connection.execute("insert or replace into session_files by name select * from incoming")
        connection.execute(
            "create or replace temp table touched_files as select file_id from incoming"
        )


def _name_touched(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Name the responses and sessions of this batch, before rows are replaced."""
    lines = batch.frames["usage_lines"]
    with registered(connection, lines.select("response_id").unique()):
        connection.execute("create or replace temp table touched_responses as from incoming")
    if not batch.reread.is_empty():
        with registered(connection, batch.reread, "reread"):
            connection.execute(
                "insert into touched_responses "
                "select response_id from usage_lines inner join reread using (file_id) "
                "where usage_lines.line_no > reread.line_no"
            )
    sessions = [batch.files.select("session_id")] + [
        frame.select("session_id")
        for frame in batch.frames.values()
        if "session_id" in frame.columns
    ]
    with registered(connection, pl.concat(sessions).unique()):
        connection.execute("insert into touched_sessions from incoming")


@contextmanager
def _touched_lines(connection: duckdb.DuckDBPyConnection, lines: pl.DataFrame) -> Iterator[None]:
    """Inside, `touched_lines` are all lines of the touched responses, each with a `line_row`.

    They are those that come in, and earlier ones if there are any. It is a view: a copy of
    what comes in would be a third of what a batch takes.
    """
    connection.execute(
        "create or replace temp table known_responses as "
        "select response_id from responses semi join touched_responses using (response_id)"
    )
    ((known,),) = connection.execute("select count(*) from known_responses").fetchall()
    # Without them the lines of the whole history need not be looked through.
    connection.execute(
        "create or replace temp table earlier_lines as select * from usage_lines where rowid in "
        "(select rowid from usage_lines semi join known_responses using (response_id))"
        if known
        else "create or replace temp table earlier_lines as from usage_lines limit 0"
    )
    with registered(connection, lines.with_row_index("line_row"), "incoming_lines"):
        connection.execute(
            "create or replace temp view touched_lines as "
            "select * replace (line_row::bigint as line_row) from incoming_lines union all by name "
            "select *, -1 - rowid as line_row from earlier_lines"
        )
        yield
        connection.execute("drop view touched_lines")


def _append(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    if frame.is_empty():
        return
    sums = [name for name in (*TOKEN_COLUMNS, "line_bytes", "line_no") if name in frame.columns]
    before = _sums(connection, table, sums)
    with registered(connection, frame):
        connection.execute(f"insert into {table} by name select * from incoming")
    added = [
        after - earlier
        for after, earlier in zip(_sums(connection, table, sums), before, strict=True)
    ]
    expected = [frame.height, *(int(frame[name].sum()) for name in sums)]
    if added != expected:
        raise StoreError(
            f"the store took {added} for {expected} (rows and sums of {', '.join(sums)}) into "
            f"{table}; nothing of this batch was kept, import again"
        )


def _sums(connection: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]) -> list[int]:
    totals = "".join(f", coalesce(sum({name}), 0)::bigint" for name in names)
    rows = connection.execute(f"select count(*){totals} from {table}").fetchall()
    return list(rows[0])


def _upsert(
    connection: duckdb.DuckDBPyConnection, table: str, keyed: Keyed, frame: pl.DataFrame
) -> None:
    """Keep one row a key of what is there and what comes in, whichever came first."""
    if frame.is_empty():
        return
    is_known = f"{keyed.key} in (select {keyed.key} from incoming)"
    with registered(connection, frame.with_row_index("row_no")):
        ((before, known, keys),) = connection.execute(
            f"select (select count(*) from {table}), "
            f"(select count(*) from {table} where {is_known}), "
            f"(select count(distinct {keyed.key}) from incoming)"
        ).fetchall()
        if known:
            keys = _take_out_known(connection, table, keyed)
        rows = "merged" if known else "incoming"
        # Where every row has a key of its own there is nothing to choose from.
        has_one_a_key = not known and keys == frame.height
        connection.execute(
            f"insert into {table} by name select * exclude (row_no) from {rows} "
            + ("" if has_one_a_key else _first_of(keyed, rows))
        )
    ((after,),) = connection.execute(f"select count(*) from {table}").fetchall()
    if after != before - known + keys:
        raise StoreError(
            f"the store took {after - before + known} for {keys} rows into {table}; "
            "nothing of this batch was kept, import again"
        )


def _take_out_known(connection: duckdb.DuckDBPyConnection, table: str, keyed: Keyed) -> int:
    """Take known rows out of the table to those that come in; how many keys they have together."""
    connection.execute(
        "create or replace temp table merged as "
        f"select *, -1 - rowid as row_no from {table} "
        f"where {keyed.key} in (select {keyed.key} from incoming) "
        "union all by name select * from incoming"
    )
    if keyed.counts_for_sessions:
        # A fork's row goes to the session it came from when that turns up.
        connection.execute("insert into touched_sessions select distinct session_id from merged")
    connection.execute(
        f"delete from {table} where {keyed.key} in (select {keyed.key} from incoming)"
    )
    ((keys,),) = connection.execute(f"select count(distinct {keyed.key}) from merged").fetchall()
    return int(keys)


def _first_of(keyed: Keyed, rows: str) -> str:
    # A window would sort whole rows: twice the time.
    first = f"arg_min(row_no, ({keyed.order}))"
    return f"where row_no in (select {first} from {rows} group by {keyed.key})"


def _fold_responses(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("delete from responses where response_id in (from touched_responses)")
    connection.execute(f"insert into responses by name ({_sql('responses')})")


def _fold_sessions(connection: duckdb.DuckDBPyConnection) -> None:
    # A response moves between sessions when an earlier copy of it turns up; a title
    # names a session of another file, and counts by when its own was last written.
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
    drop_emptied_sessions(connection)
    connection.execute(_sql("claude_sessions"))


def _sql(name: str) -> str:
    return (sql_dir() / "load" / f"{name}.sql").read_text("utf-8")
