"""Load a batch of decoded lines in one transaction, checked before it is committed.

The store's contents depend on the lines of the files, not on the number or order of imports:
every table is a function of the set of lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import duckdb
import polars as pl

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.model import LINE_FRAMES, SESSION_FILES, TOKEN_COLUMNS
from pocketdev_analytics.store.arrow import registered
from pocketdev_analytics.store.copied_lines import COPIED, mark_copies, name_calls, touch_reread
from pocketdev_analytics.store.fold import fold_responses, fold_sessions
from pocketdev_analytics.store.migrations import transaction
from pocketdev_analytics.store.outdated import (
    drop_earlier_titles,
    drop_reread,
    drop_superseded,
)
from pocketdev_analytics.store.threads import THREAD_LINES, count_threads, place_facts

__all__ = ["Batch", "load_batch"]

#: Temporary tables of the rows that a batch touches, as large as the batch itself.
_OF_THE_BATCH = (
    *("touched_files", "moved_files", "touched_facts", "touched_responses", "touched_sessions"),
    *("known_responses", "earlier_lines", "superseded_files", "doubtful_ids", "response_names"),
    *("former_responses", "thread_files", "family_files"),
)
#: Those of threads come first: usage is counted from them.
_LOADED = tuple(table for table in LINE_FRAMES if table != THREAD_LINES)


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one transaction.

    Attributes:
        files: session files, with the columns of `model.SESSION_FILES`.
        frames: by table of `model.LINE_FRAMES`, a `file_id` followed by its columns.
        reread: lines to replace: in each `file_id` those after `line_no`, such as a last line
            that was incomplete when it was read.
    """

    files: pl.DataFrame
    frames: dict[str, pl.DataFrame]
    reread: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"file_id": pl.Int64, "line_no": pl.Int64})
    )


def load_batch(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Insert a batch, and fold the responses and sessions that it touches.

    Raises:
        StoreError: the inserted rows differ from those of the frames; the batch is rolled back.
    """
    with transaction(connection):
        _load_files(connection, batch.files)
        frames = count_threads(connection, batch.frames, batch.reread)
        batch = replace(batch, frames=frames)
        _touch(connection, batch)
        touch_reread(connection, batch.reread)
        drop_reread(connection, _LOADED, batch.reread)
        with _touched_lines(connection, batch.frames["usage_lines"]):
            for table in _LOADED:
                _append(connection, table, batch.frames[table])
            place_facts(connection)
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
        # A renamed file may move to another session.
        connection.execute(
            "create or replace temp table touched_sessions as "
            "select session_id from session_files semi join incoming using (file_id)"
        )
        # The copy of a line in the file that began first is the original.
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
    """Collect the responses and sessions that this batch touches, before rows are replaced."""
    lines = batch.frames["usage_lines"]
    with registered(connection, lines.select("response_id").unique()):
        connection.execute("create or replace temp table touched_responses as from incoming")
    connection.execute(
        "insert into touched_responses select distinct response_id from usage_lines "
        "where file_id in (from moved_files)"
    )
    connection.execute("insert into touched_responses from former_responses")
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
    """Provide the view `touched_lines`: all lines of the touched responses, with a `line_row`.

    These are the incoming lines and earlier lines of the same responses. Copying the incoming
    lines into a table instead would take a third of the time of a batch.
    """
    connection.execute(
        "create or replace temp table known_responses as "
        "select message_key as response_id from responses "
        "where message_key in (from touched_responses)"
    )
    ((known,),) = connection.execute("select count(*) from known_responses").fetchall()
    # Without known responses, there is no need to search the lines of the entire history.
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
