"""Loading a batch of decoded lines: one transaction, checked before it is committed.

The store after an import depends on the lines of the files, not on the number of imports or
their order: every table is a function of the set of lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb
import polars as pl

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.model import LINE_FRAMES, SESSION_FILES, TOKEN_COLUMNS
from pocketdev_analytics.store.arrow import registered
from pocketdev_analytics.store.copies import COPIED, mark_copies, name_calls, touch_reread
from pocketdev_analytics.store.fold import fold_responses, fold_sessions
from pocketdev_analytics.store.migrations import transaction
from pocketdev_analytics.store.outdated import (
    drop_earlier_titles,
    drop_reread,
    drop_superseded,
)

__all__ = ["Batch", "load_batch"]

#: Tables that say which rows a batch touches, as large as the batch itself.
_OF_THE_BATCH = (
    *("touched_files", "moved_files", "touched_facts", "touched_responses", "touched_sessions"),
    *("known_responses", "earlier_lines", "superseded_files", "doubtful_ids", "response_names"),
)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction brings in.

    `files` has the columns of `model.SESSION_FILES`, `frames` those of `model.LINE_FRAMES`
    after a `file_id`. `reread` are lines to be replaced: for each `file_id` those after
    `line_no`, such as a last line that was read without its end.
    """

    files: pl.DataFrame
    frames: dict[str, pl.DataFrame]
    reread: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"file_id": pl.Int64, "line_no": pl.Int64})
    )


def load_batch(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Bring a batch in, and fold the responses and sessions that it touches.

    Raises:
        StoreError: the store's rows afterwards are not those of the frames; the batch is
            rolled back.
    """
    with transaction(connection):
        _load_files(connection, batch.files)
        _touch(connection, batch)
        touch_reread(connection, batch.reread)
        drop_reread(connection, LINE_FRAMES, batch.reread)
        with _touched_lines(connection, batch.frames["usage_lines"]):
            for table in LINE_FRAMES:
                _append(connection, table, batch.frames[table])
            drop_earlier_titles(connection)
            drop_superseded(connection)
            name_calls(connection)
            for table in COPIED:
                mark_copies(connection, table, batch.frames[table])
            fold_responses(connection)
            fold_sessions(connection)
        for table in _OF_THE_BATCH:
            connection.execute(f"drop table if exists temp.{table}")


def _load_files(connection: duckdb.DuckDBPyConnection, files: pl.DataFrame) -> None:
    with registered(connection, files.select(*SESSION_FILES)):
        # A file that was renamed may leave its session for another.
        connection.execute(
            "create or replace temp table touched_sessions as "
            "select session_id from session_files semi join incoming using (file_id)"
        )
        # Of two copies of a line, the one in the file that began first is the original.
        connection.execute(
            "create or replace temp table moved_files as "
            "select file_id from session_files as known inner join incoming using (file_id) "
            "where known.first_at is distinct from incoming.first_at"
        )
        connection.execute("insert or replace into session_files by name select * from incoming")
        connection.execute(
            "create or replace temp table touched_files as select file_id from incoming"
        )


def _touch(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Name the responses and sessions of this batch, before rows are replaced."""
    lines = batch.frames["usage_lines"]
    with registered(connection, lines.select("response_id").unique()):
        connection.execute("create or replace temp table touched_responses as from incoming")
    connection.execute(
        "insert into touched_responses select distinct response_id from usage_lines "
        "where file_id in (from moved_files)"
    )
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

    They are the incoming lines, and earlier ones of the same responses if there are any. It is
    a view: a copy of the incoming lines would be a third of the time of a batch.
    """
    connection.execute(
        "create or replace temp table known_responses as "
        "select message_key as response_id from responses "
        "where message_key in (from touched_responses)"
    )
    ((known,),) = connection.execute("select count(*) from known_responses").fetchall()
    # Without known responses, the lines of the whole history need not be searched.
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
