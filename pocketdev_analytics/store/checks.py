"""Check the store's rows against the constraints of the schema and the rules of `sql/checks/`.

Constraints are checked by reading every row, without relying on indexes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import duckdb

from pocketdev_analytics.files.resources import sql_dir
from pocketdev_analytics.store.quarantine import odd_values
from pocketdev_analytics.store.refusals import REPAIR
from pocketdev_analytics.store.select import quoted

__all__ = ["check_connection"]

_DECLARED: Final = """
select table_name, constraint_column_names, 'primary key' from duckdb_constraints()
where constraint_type = 'PRIMARY KEY'
union all
select table_name, string_split(trim(expressions, '[]'), ', '), index_name from duckdb_indexes()
where is_unique
order by all
"""


def check_connection(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return a message for each violated rule, with the first row that violates it."""
    try:
        return [
            *_keys(connection),
            *_empty(connection),
            *_sequences(connection),
            *odd_values(connection),
            *_rules(connection),
        ]
    except duckdb.Error as error:
        return [f"the store cannot be read completely: {str(error).splitlines()[0]}; {REPAIR}"]


def _keys(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for table, names, rule in connection.execute(_DECLARED).fetchall():
        plain = [name.strip("'\"") for name in names]
        columns = ", ".join(map(quoted, plain))
        twice = connection.execute(
            f"select {columns} from {quoted(table)} where ({columns}) is not null "
            f"group by all having count(*) > 1 order by all limit 1"
        ).fetchall()
        if twice:
            key = ", ".join(map(str, twice[0]))
            yield f"{table}: {rule}: more than one row has {', '.join(plain)} = {key}"


def _empty(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    columns = connection.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns() "
        "where not internal and not is_nullable and table_name in "
        "(select table_name from duckdb_tables()) group by all order by all"
    ).fetchall()
    for table, names in columns:
        counts = ", ".join(f"count(*) - count({quoted(name)})" for name in names)
        (missing,) = connection.execute(f"select {counts} from {quoted(table)}").fetchall()
        for name, count in zip(names, missing, strict=True):
            if count:
                yield f"{table}: {name} is empty in {count:,} rows"


def _sequences(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    rows = connection.execute("select sequence_name, last_value from duckdb_sequences()").fetchall()
    for name, last in sorted(rows):
        table = name.removesuffix("_id_seq")
        ((highest,),) = connection.execute(f"select max(id) from {quoted(table)}").fetchall()
        if (highest or 0) > (last or 0):
            yield f"{table}: the next id is {(last or 0) + 1}, but the highest is {highest}"


def _rules(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for file in sorted((sql_dir() / "checks").glob("*.sql"), key=lambda file: file.stem):
        sql = file.read_text("utf-8")
        broken = connection.sql(sql).pl()
        if broken.height:
            rule = sql.splitlines()[0].partition(": ")[2]
            first = ", ".join(
                f"{name} {value}" for name, value in broken.row(0, named=True).items()
            )
            yield f"{file.stem}: violated: {rule} ({broken.height:,} rows; the first: {first})"
