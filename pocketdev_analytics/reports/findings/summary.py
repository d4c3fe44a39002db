"""Findings: what costs most without need, and whether it has become less since."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD
from pocketdev_analytics.reports.dimensions import check_timezone
from pocketdev_analytics.reports.findings.kind import EVIDENCE, FindingInput
from pocketdev_analytics.reports.findings.registry import KINDS
from pocketdev_analytics.reports.measures import half_up

__all__ = ["MEASURED_DAYS", "evidence", "finding_notes", "findings"]

#: How many days up to today a finding is measured again over, next to as many before.
MEASURED_DAYS: Final = 14
_OVERLAP: Final = (
    "Findings overlap, so they do not add up. `report evidence` lists the rows behind them, and"
    " docs/findings.md how each is computed."
)
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_LEAST_USD: Final = 0.005  # what rounds to a cent


def evidence(given: FindingInput, *, timezone: str = "UTC") -> pl.LazyFrame:
    """One row a piece of evidence of every kind of finding, the most expensive first.

    Columns: those of `EVIDENCE`, then `is_estimate`; `at` is in `timezone`. The same money can
    be evidence of several kinds: kinds do not add up.
    """
    parts = [
        kind.find(given).with_columns(kind=pl.lit(name)).select(list(EVIDENCE))
        for name, kind in KINDS.items()
    ]
    estimates = [name for name, kind in KINDS.items() if kind.is_estimate]
    zone = check_timezone(timezone)
    return (
        pl.concat(parts)
        # A change that would not save money overall is not a finding.
        .filter(pl.col("cost_usd").sum().over("kind") > 0)
        .with_columns(
            pl.col("at").dt.convert_time_zone(zone),
            is_estimate=pl.col("kind").is_in(estimates),
        )
        .sort(
            *("cost_usd", "kind", "session", "evidence"),
            descending=[True, False, False, False],
            nulls_last=True,
        )
    )


def findings(given: FindingInput, *, now: datetime = _NEVER, timezone: str = "UTC") -> pl.LazyFrame:
    """One row a kind of finding, what cost most without need first.

    Columns: `finding, cost_usd, is_estimate, share` (of all cost), `occurrences, sessions, since,
    change_percent, tokens, last_at, kind` (as in `evidence`), `session, example` (the most
    expensive evidence), `advice`. `change_percent` compares the finding's share of all cost in
    the last 14 days, from `since` up to `now` or the last response, with that of the 14 days
    before; NULL where either has no such cost. Kinds of no money are left out.
    """
    rows = evidence(given, timezone=timezone)
    day = pl.col("responded_at").dt.convert_time_zone(check_timezone(timezone)).dt.date()
    last = day.filter(pl.col("responded_at") <= now).max()
    used = given.history.usage.select(
        last=last.first(),
        cost_usd="cost_usd",
        day=day,
    ).with_columns(window=_window(pl.col("day")))
    totals = used.select(
        all_usd=pl.col("cost_usd").sum().cast(pl.Float64),
        recent_all=pl.col("cost_usd").filter(window=0).sum().cast(pl.Float64),
        before_all=pl.col("cost_usd").filter(window=1).sum().cast(pl.Float64),
        last=pl.col("last").first(),
    )
    cost = pl.col("cost_usd")
    grouped = (
        rows.join(totals, how="cross")
        .with_columns(window=_window(pl.col("at").dt.date()))
        .group_by("kind")
        .agg(
            cost.sum(),
            pl.col("is_estimate").first(),
            pl.col("all_usd", "recent_all", "before_all", "last").first(),
            occurrences=pl.len().cast(pl.Int64),
            sessions=pl.col("session").drop_nulls().n_unique().cast(pl.Int64),
            tokens=pl.col("tokens").sum(),
            last_at=pl.col("at").max(),
            session=_most_expensive("session"),
            example=_most_expensive("evidence"),
            recent=cost.filter(window=0).sum().cast(pl.Float64),
            before=cost.filter(window=1).sum().cast(pl.Float64),
        )
        .filter(cost.cast(pl.Float64) >= _LEAST_USD)
    )
    names = list(KINDS)
    change = (pl.col("recent") / pl.col("recent_all")) / (pl.col("before") / pl.col("before_all"))
    is_measured = (pl.col("before") > 0) & (pl.col("recent_all") > 0)
    return (
        grouped.with_columns(
            finding=pl.col("kind").replace_strict(names, [KINDS[name].title for name in names]),
            advice=pl.col("kind").replace_strict(names, [KINDS[name].advice for name in names]),
            cost_usd=cost.cast(COST_USD),
            share=cost.cast(pl.Float64) / pl.col("all_usd"),
            since=pl.when(is_measured).then(pl.col("last") - pl.duration(days=MEASURED_DAYS - 1)),
            change_percent=pl.when(is_measured).then(half_up((change - 1) * 100)),
        )
        .select(
            *("finding", "cost_usd", "is_estimate", "share", "occurrences", "sessions"),
            *("since", "change_percent", "tokens", "last_at", "kind", "session"),
            *("example", "advice"),
        )
        .sort("cost_usd", "kind", descending=[True, False])
    )


def _most_expensive(column: str) -> pl.Expr:
    order = ["cost_usd", "session", "evidence"]
    directions = [True, False, False]
    return pl.col(column).sort_by(order, descending=directions, nulls_last=True).first()


def _window(day: pl.Expr) -> pl.Expr:
    """0 for the last days up to `last`, 1 for as many before, and so on."""
    return (pl.col("last") - day).dt.total_days() // MEASURED_DAYS


def finding_notes(rows: pl.DataFrame) -> tuple[str, ...]:
    """What each finding asks for, and how it has changed, a sentence or two each."""
    found = tuple(_note(row) for row in rows.iter_rows(named=True))
    return (*found, _OVERLAP) if found else ()


def _note(row: dict[str, object]) -> str:
    change, since = row["change_percent"], row["since"]
    measured = ""
    if isinstance(change, float) and isinstance(since, date):
        way = "down" if change < 0 else "up"
        measured = f" Since {since:%-d %b}: {way} {abs(change):.0f}%." if round(change) else ""
    about = "about " if row["is_estimate"] else ""
    money = f"{about}${float(row['cost_usd']):,.2f}"  # type: ignore[arg-type]
    return f"{row['finding']}: {money}.{measured} {row['advice']}"
