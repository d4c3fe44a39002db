"""Named queries: one SQL file each, which declares its parameters in its first lines.

    -- name: the question that it answers? The grain of its rows.
    -- parameters: days integer = 3, project varchar

A parameter with a value after `=` is optional.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

import duckdb
import polars as pl

from pocketdev_analytics.exceptions import QueryError
from pocketdev_analytics.files.resources import sql_dir

__all__ = ["NamedQuery", "Parameter", "list_queries", "named_queries", "named_query"]

_HEAD: Final = re.compile(r"-- (?P<name>\w+): (?P<comment>.+)\n-- parameters: (?P<parameters>.+)\n")
_PARAMETER: Final = re.compile(
    r"(?P<name>\w+) (?P<kind>\w+)(?: = (?:'(?P<text>[^']*)'|(?P<bare>\w+)))?"
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query: its DuckDB type, and its default as text."""

    name: str
    kind: str
    default: str | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.kind}" + ("" if self.default is None else f" = {self.default}")


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """An SQL query with a name, a description and parameters."""

    name: str
    comment: str
    parameters: tuple[Parameter, ...]
    sql: str

    def values(
        self, connection: duckdb.DuckDBPyConnection, given: Mapping[str, object]
    ) -> dict[str, Any]:
        """Return the values of all parameters: those given, else the defaults.

        Raises:
            QueryError: a parameter is unknown, missing, or has another type.
        """
        names = [each.name for each in self.parameters]
        unknown = next((name for name in given if name not in names), None)
        if unknown is not None:
            raise QueryError(
                f"{self.name}: unknown parameter {unknown!r}; "
                f"expected one of: {', '.join(names) or 'none'}"
            )
        return {
            each.name: self._value(connection, each, given.get(each.name, each.default))
            for each in self.parameters
        }

    def _value(
        self, connection: duckdb.DuckDBPyConnection, parameter: Parameter, text: object | None
    ) -> Any:
        name, kind = parameter.name, parameter.kind
        if text is None:
            raise QueryError(f"{self.name}: missing parameter {name}; use --param {name}=VALUE")
        try:
            ((value,),) = connection.execute(f"select ?::{kind}", [text]).fetchall()
        except duckdb.Error:
            raise QueryError(f"invalid {name} {text!r}; expected {_articled(kind)}") from None
        return value


def named_queries() -> dict[str, NamedQuery]:
    """Return all named queries by name, sorted."""
    files = sorted((sql_dir() / "queries").glob("*.sql"), key=lambda file: file.stem)
    return {file.stem: _parse(file.stem, file.read_text("utf-8")) for file in files}


def list_queries() -> pl.DataFrame:
    """Return one row per named query, sorted by name: `name, parameters, comment`."""
    rows = [
        (query.name, ", ".join(map(str, query.parameters)), query.comment)
        for query in named_queries().values()
    ]
    schema = {"name": pl.String, "parameters": pl.String, "comment": pl.String}
    return pl.DataFrame(rows, schema, orient="row")


def named_query(name: str) -> NamedQuery:
    """Return the query with this name, in which spaces and hyphens may stand for `_`.

    Raises:
        QueryError: there is no such query.
    """
    queries = named_queries()
    key = re.sub(r"[\s-]+", "_", name.strip().lower())
    if key not in queries:
        close = get_close_matches(key, queries, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"expected one of: {', '.join(queries)}"
        raise QueryError(f"unknown query {name!r}; {hint}")
    return queries[key]


def _articled(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _parse(name: str, sql: str) -> NamedQuery:
    head = _HEAD.match(sql)
    if head is None or head["name"] != name:
        raise QueryError(f"{name}.sql must begin with '-- {name}: …' and '-- parameters: …'")
    parameters = tuple(
        Parameter(found["name"], found["kind"], found["bare"] or found["text"])
        for found in _PARAMETER.finditer(head["parameters"] if head["parameters"] != "none" else "")
    )
    return NamedQuery(name, head["comment"], parameters, sql)
