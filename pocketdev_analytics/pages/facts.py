"""The facts of a page: coded columns, the domains that codes stand for, and exact money.

A table has one row for each combination of its dimensions. Every panel of the page follows every
filter because both interpreters, Python's and the script's, group and sum these same rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from pocketdev_analytics.charts.domains import Domain

__all__ = ["Facts", "Table", "coded"]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of facts.

    `frame` has a column of codes for each of `dimensions`, then counts, then money in US dollars
    (`*_usd`, decimals). A filter on one of `ignores` leaves the table as it is.
    """

    frame: pl.DataFrame
    dimensions: tuple[str, ...]
    ignores: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the panels of a page are made of.

    Attributes:
        tables: By name, each sorted by its dimensions.
        domains: What the codes of a dimension stand for.
        main: The table whose days decide whether time is shown by day or by week.
        days: The first and last day of the page. Rows of other days belong to five-hour windows.
        tick: Microseconds of the smallest unit of active time.
        notice: What the reader must know of how the facts were made; mostly empty.
    """

    tables: Mapping[str, Table]
    domains: Mapping[str, Domain]
    main: str
    days: tuple[date, date] | None
    tick: int = 1
    notice: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def coded(
    frame: pl.DataFrame, domains: Mapping[str, Domain], dimensions: Sequence[str]
) -> pl.DataFrame:
    """The frame with each dimension's values replaced by their codes, sorted by these."""
    columns = [
        pl.Series(name, _codes(frame[name], domains[name]), pl.UInt32) for name in dimensions
    ]
    return frame.with_columns(columns).sort(list(dimensions), maintain_order=True)


def _codes(column: pl.Series, domain: Domain) -> list[int]:
    codes = domain.codes
    if isinstance(column.dtype, pl.Struct):
        return [codes[tuple(value.values())] for value in column]
    return [codes[value] for value in column]
