"""The filtered view of a page, and the queries of panels over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from pocketdev_analytics.charts.domains import Domain, Entry, months, weeks
from pocketdev_analytics.charts.rows import BOUNDS, Row
from pocketdev_analytics.charts.shapes_ranked import WEEKDAYS
from pocketdev_analytics.formatting import round_half_up
from pocketdev_analytics.pages.facts import Facts, Table
from pocketdev_analytics.pages.measures import MEASURES, MOST_DAYS
from pocketdev_analytics.reports import Period

__all__ = ["NO_VIEW", "View", "grain_of", "query"]

_PRICED: Final = "priced"
_MINUTE: Final = Decimal(60_000_000)


@dataclass(frozen=True, slots=True)
class View:
    """The period and the selected names. A dimension without names is not filtered.

    `names` has for each dimension the values that are in view; None is what has no name.
    """

    period: Period | None = None
    names: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def at(self, period: Period | None) -> View:
        """The same names in another period."""
        return replace(self, period=period)


#: Everything that a page shows.
NO_VIEW: Final = View()


def query(facts: Facts, declared: Mapping[str, Any], view: View) -> list[Row]:
    """The rows of a panel's query, one a group, sorted by the dimensions it groups by."""
    table = facts.tables[declared["table"]]
    rows = _filter(facts, table, view, declared.get("period_of", "day"))
    by = [_named(name, facts, view) for name in declared["by"]]
    frame, domains = _derive(rows, by, facts.domains)
    found = _group(frame, by, declared["measures"], domains, facts)
    made = [
        {
            name: Entry(domains[dimension], row[dimension])
            for name, dimension in zip(declared["by"], by, strict=True)
        }
        | {name: value for name, value in row.items() if name not in by}
        for row in found
    ]
    if declared.get("is_dense"):
        made = _dense(made, facts, view)
    attach = declared.get("attach", {})
    return [row | _attach(row, attach, facts.domains) for row in made]


def grain_of(facts: Facts, view: View) -> str:
    """'day' for up to a good year of days in view, else 'week'."""
    rows = _filter(facts, facts.tables[facts.main], view, "day")
    if not rows.height:
        return "day"
    days = facts.domains["day"].values
    codes = rows["day"].to_list()
    first, last = days[min(codes)], days[max(codes)]
    return "week" if (last - first).days > MOST_DAYS else "day"


def _named(dimension: str, facts: Facts, view: View) -> str:
    return grain_of(facts, view) if dimension == "period" else dimension


def _filter(facts: Facts, table: Table, view: View, period_of: str) -> pl.DataFrame:
    frame, tests = table.frame, []
    for name, values in view.names.items():
        if name in table.ignores:
            continue
        if name not in table.dimensions:
            return frame.clear()
        codes = facts.domains[name].codes
        chosen = [codes[value] for value in values if value in codes]
        tests.append(pl.col(name).is_in(chosen))
    periods = [facts.days, (view.period.first, view.period.last) if view.period else None]
    domain = facts.domains[period_of]
    tests += [pl.col(period_of).is_in(_within(domain, days)) for days in periods if days]
    return frame.filter(tests) if tests else frame


def _within(domain: Domain, days: tuple[date, date]) -> list[int]:
    known = domain.attributes.get("day", [str(value) for value in domain.values])
    first, last = map(str, days)
    return [code for code, day in enumerate(known) if first <= day <= last]


def _derive(
    frame: pl.DataFrame, by: Sequence[str], known: Mapping[str, Domain]
) -> tuple[pl.DataFrame, dict[str, Domain]]:
    """The rows with the dimensions that follow from the day: week, month and weekday."""
    domains = dict(known)
    for name in by:
        if name in frame.columns:
            continue
        days: Sequence[date] = known["day"].values
        if name == "weekday":
            domains[name] = Domain(name, WEEKDAYS, {"text": WEEKDAYS})
            codes = [day.weekday() for day in days]
        else:
            domains[name] = weeks(days) if name == "week" else months(days)
            places = domains[name].codes
            labels = weeks if name == "week" else months
            codes = [places[labels([day]).values[0]] for day in days]
        column = pl.Series(codes, dtype=pl.UInt32)
        frame = frame.with_columns(column.gather(frame["day"]).alias(name))
    return frame, domains


def _group(
    frame: pl.DataFrame,
    by: Sequence[str],
    measures: Sequence[str],
    domains: Mapping[str, Domain],
    facts: Facts,
) -> list[Row]:
    wanted = dict.fromkeys([*measures, *_bounds(measures, frame)])
    parts = {name: MEASURES.get(name, {"sum": [name]}) for name in wanted}
    is_union = any("union" in how for how in parts.values())
    if is_union:
        return _unions(frame, by, measures, facts)
    needed: dict[str, pl.Expr] = {}
    for name, how in parts.items():
        needed |= _needed(name, how, domains)
    grouped = frame.group_by(by).agg(**needed).sort(by) if by else frame.select(**needed)
    is_empty = not frame.height
    return [
        {name: row[name] for name in by}
        | {name: _value(name, how, row, domains, is_empty) for name, how in parts.items()}
        for row in grouped.iter_rows(named=True)
    ]


def _bounds(measures: Sequence[str], frame: pl.DataFrame) -> list[str]:
    has_money = any(name.endswith("_usd") for name in measures)
    return [name for name in BOUNDS if name in frame.columns] if has_money else []


def _needed(name: str, how: Mapping[str, Any], domains: Mapping[str, Domain]) -> dict[str, pl.Expr]:
    """The sums that a measure is made of, by name."""
    ((kind, what),) = ((key, value) for key, value in how.items() if key != "rest")
    if kind == "sum":
        return {name: pl.sum_horizontal(pl.col(each).sum() for each in what)}
    if kind == "distinct":
        unnamed = [code for code, value in enumerate(domains[what].values) if value is None]
        return {name: pl.col(what).filter(~pl.col(what).is_in(unnamed)).n_unique().cast(pl.Int64)}
    if kind == "names":
        return {name: pl.col(what).unique().sort().implode()}
    if kind == "money":
        return {name: pl.col(name).sum(), _PRICED: pl.col(_PRICED).sum()}
    # A ratio, or a difference of two sums of money.
    parts: dict[str, pl.Expr] = {}
    for each in what:
        parts |= _needed(each, MEASURES.get(each, {"sum": [each]}), domains)
    return parts


def _value(
    name: str,
    how: Mapping[str, Any],
    row: Mapping[str, Any],
    domains: Mapping[str, Domain],
    is_empty: bool,  # noqa: FBT001  always by position, next to its caller
) -> Any:
    if "money" in how:
        return None if not is_empty and not row[_PRICED] else row[name] or Decimal(0)
    if "ratio" in how:
        part, whole = (row[each] for each in how["ratio"])
        return part / whole if whole else None
    if "minus" in how:
        first, second = (
            _value(each, MEASURES[each], row, domains, is_empty) for each in how["minus"]
        )
        return None if first is None or second is None else first - second
    if "names" in how:
        domain = domains[how["names"]]
        entries = [Entry(domain, code) for code in row[name] if domain.values[code] is not None]
        return ", ".join(map(str, entries))
    return int(row[name] or 0)


def _unions(
    frame: pl.DataFrame, by: Sequence[str], measures: Sequence[str], facts: Facts
) -> list[Row]:
    """The time that pieces cover, one over the other counted once, in minutes."""
    begin, end = pl.col("begin"), pl.col("begin") + pl.col("length")
    midnights = [
        (day - date(1970, 1, 1)).days * 86_400_000_000 for day in facts.domains["day"].values
    ]
    starts = pl.Series(midnights, dtype=pl.Int64).gather(frame["day"])
    rows = frame.with_columns(
        begin=starts + frame["begin"] * facts.tick, length=frame["length"] * facts.tick
    )
    covered = (
        rows.sort([*by, "begin", "length"])
        .with_columns(reached=end.cum_max().shift().over(by) if by else end.cum_max().shift())
        .with_columns(new=(end - pl.max_horizontal(begin, "reached")).clip(lower_bound=0))
    )
    total = pl.col("new").sum().alias("new")
    sums = covered.group_by(by).agg(total).sort(by) if by else covered.select(total)
    (name,) = measures
    return [
        {**{each: row[each] for each in by}, name: _minutes(row["new"])}
        for row in sums.iter_rows(named=True)
    ]


def _minutes(microseconds: int | None) -> float:
    return float(round_half_up(Decimal(microseconds or 0) / _MINUTE, 1))


def _dense(rows: list[Row], facts: Facts, view: View) -> list[Row]:
    """The rows by day, and rows of zeros for the other days in view."""
    shown = _filter(facts, facts.tables[facts.main], view, "day")["day"].unique().sort()
    known = {row["day"].code: row for row in rows}
    zeros = dict.fromkeys(rows[0], 0) if rows else {}
    domain = facts.domains["day"]
    return (
        [known.get(code) or {**zeros, "day": Entry(domain, code)} for code in shown] if rows else []
    )


def _attach(row: Row, attach: Mapping[str, str], domains: Mapping[str, Domain]) -> Row:
    found = {}
    for column, path in attach.items():
        dimension, _, attribute = path.partition(".")
        value = row[dimension][attribute]
        if column in domains:
            value = f"(no {column})" if value is None else Entry(domains[column], value)
        found[column] = value
    return found
