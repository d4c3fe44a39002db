"""The named queries: one SQL file a question, with what it asks for in its first lines.

    -- name: what it answers? What a row is.
    -- parameters: days integer = 3, project varchar

A parameter with a value after `=` may be left out.
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
from pocketdev_analytics.resources import sql_dir

__all__ = ["NamedQuery", "Parameter", "list_queries", "named_queries", "named_query"]

_HEAD: Final = re.compile(r"-- (?P<name>\w+): (?P<comment>.+)\n-- parameters: (?P<parameters>.+)\n")
_PARAMETER: Final = re.compile(
    r"(?P<name>\w+) (?P<kind>\w+)(?: = (?:'(?P<text>[^']*)'|(?P<bare>\w+)))?"
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a query asks for: a value of a DuckDB type, as text."""

    name: str
    kind: str
    default: str | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.kind}" + ("" if self.default is None else f" = {self.default}")


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A question with a name."""

    name: str
    comment: str
    parameters: tuple[Parameter, ...]
    sql: str

    def values(
        self, connection: duckdb.DuckDBPyConnection, given: Mapping[str, object]
    ) -> dict[str, Any]:
        """The parameters' values: those given, else the defaults.

        Raises:
            QueryError: one is unknown, missing, or not of its type.
        """
        unknown = [name for name in given if name not in {asked.name for asked in self.parameters}]
        if unknown:
            names = ", ".join(asked.name for asked in self.parameters) or "none"
            raise QueryError(f"{self.name} has no parameter {unknown[0]!r}; it has {names}")
        return {
            asked.name: self._value(connection, asked, given.get(asked.name, asked.default))
            for asked in self.parameters
        }

    def _value(
        self, connection: duckdb.DuckDBPyConnection, asked: Parameter, text: object | None
    ) -> Any:
        if text is None:
            raise QueryError(
                f"{self.name} asks for {asked.name}; give it with --param {asked.name}=VALUE"
            )
        try:
            ((value,),) = connection.execute(f"select ?::{asked.kind}", [text]).fetchall()
        except duckdb.Error:
            raise QueryError(f"{asked.name} is {text!r}, which is no {asked.kind}") from None
        return value


def named_queries() -> dict[str, NamedQuery]:
    """Every named query, by name, sorted."""
    files = sorted((sql_dir() / "queries").glob("*.sql"), key=lambda file: file.stem)
    return {file.stem: _parsed(file.stem, file.read_text("utf-8")) for file in files}


def list_queries() -> pl.DataFrame:
    """One row a named query, by name: `name, parameters, comment`."""
    rows = [
        (query.name, ", ".join(map(str, query.parameters)), query.comment)
        for query in named_queries().values()
    ]
    schema = {"name": pl.String, "parameters": pl.String, "comment": pl.String}
    return pl.DataFrame(rows, schema, orient="row")


def named_query(name: str) -> NamedQuery:
    """The query of that name, which may be spelt with spaces or hyphens.

    Raises:
        QueryError: there is none.
    """
    queries = named_queries()
    spelt = re.sub(r"[\s-]+", "_", name.strip().lower())
    if spelt not in queries:
        close = get_close_matches(spelt, queries, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(queries)}"
        raise QueryError(f"no query is named {name!r}; {hint}")
    return queries[spelt]


def _parsed(name: str, sql: str) -> NamedQuery:
    head = _HEAD.match(sql)
    if head is None or head["name"] != name:
        raise QueryError(f"{name}.sql does not begin with '-- {name}: …' and '-- parameters: …'")
    parameters = tuple(
        Parameter(found["name"], found["kind"], found["bare"] or found["text"])
        for found in _PARAMETER.finditer(head["parameters"] if head["parameters"] != "none" else "")
    )
    return NamedQuery(name, head["comment"], parameters, sql)
