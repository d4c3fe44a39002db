"""The cost page: what was spent, when, and on what."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from pocketdev_analytics import charts, reports
from pocketdev_analytics.charts import TOKEN_CLASS_NAMES
from pocketdev_analytics.charts.text import (
    change,
    compact,
    count,
    exact_usd,
    percent,
    usd,
)
from pocketdev_analytics.dashboard import tables
from pocketdev_analytics.dashboard.parts import KeyFigure, Page, Panel, Section, panel
from pocketdev_analytics.dashboard.period import (
    LAST_DAYS,
    grain,
    last_and_before,
    span_of,
    sparkline,
)
from pocketdev_analytics.dashboard.render import Context, render
from pocketdev_analytics.dashboard.tables import Column, table
from pocketdev_analytics.reports import History, Provenance
from pocketdev_analytics.schema import TOKEN_COLUMNS

__all__ = ["cost_page"]

_PROMPT_TOKENS = [name for name in TOKEN_COLUMNS if name != "output_tokens"]
_MONEY = Column("cost_usd", "Cost, USD", tables.money)
_RESPONSES = Column("responses", "Responses", tables.counts)


def cost_page(
    history: History,
    provenance: Provenance,
    *,
    timezone: str,
    made_at: datetime,
    since: date | None = None,
    until: date | None = None,
    command: str = "pocketdev-analytics",
) -> str:
    """The cost dashboard as one HTML file that needs no network.

    `history` is what it shows, already narrowed to `since` and `until`, which
    are only told. Days are those of `timezone`. `command` is how the page's reader
    asks the store that the history is from. The same inputs give the same text.
    """
    found = reports.quality(history, provenance)
    frames = _frames(history, timezone)
    first, last = span_of(frames["day"]["day"])
    key_figures: tuple[KeyFigure, ...] = ()
    sections: tuple[Section, ...] = ()
    if first:
        key_figures = _key_figures(frames)
        sections = _sections(frames, grain(first, last), reports.notes(found))
    page = Page("cost", "Cost", key_figures, sections)
    context = Context(
        provenance,
        timezone,
        made_at,
        reports.notes(found),
        first_day=first,
        last_day=last,
        since=since,
        until=until,
        command=command,
    )
    return render(page, context)


def _frames(history: History, timezone: str) -> dict[str, pl.DataFrame]:
    """Every frame of the page, computed at once."""
    by = {
        "totals": (),
        "day": ("day",),
        "week": ("week",),
        "month": ("month", "model"),
        "day_model": ("day", "model"),
        "week_model": ("week", "model"),
        "model": ("model",),
        "project": ("project",),
    }
    lazy = {
        name: reports.cost(history.usage, by=dimensions, timezone=timezone)
        for name, dimensions in by.items()
    }
    lazy["sessions"] = reports.sessions(history, timezone=timezone)
    lazy["token_class"] = reports.token_classes(history.usage)
    return dict(zip(lazy, pl.collect_all(list(lazy.values())), strict=True))


def _key_figures(frames: dict[str, pl.DataFrame]) -> tuple[KeyFigure, ...]:
    daily = frames["day"]
    total = frames["totals"].row(0, named=True)
    spark = sparkline(daily["day"], daily["cost_usd"].to_list())
    return (
        _money_figure("Total cost", total, _why_at_least(total, frames["model"]), spark),
        _last_days(daily),
        _per("Per day with usage", total, daily.height, "day"),
        _per("Per session", total, frames["sessions"].height, "session"),
        _tokens(daily, total),
        _from_cache(total),
    )


def _money_figure(
    name: str, row: dict[str, Any], note: str, spark: tuple[float, ...] = ()
) -> KeyFigure:
    bounded = bool(row["lower_bound_responses"] or row["unpriced_tokens"])
    cost = row["cost_usd"]
    prefix = "at least" if bounded and cost is not None else ""
    exact = f"{prefix} {exact_usd(cost)}".strip()
    return KeyFigure(name, usd(cost), exact, note, prefix, spark)


def _why_at_least(total: dict[str, Any], models: pl.DataFrame) -> str:
    parts = []
    if total["lower_bound_responses"]:
        bounded = percent(total["lower_bound_responses"], total["responses"])
        parts.append(f"{bounded} of responses without a final count")
    if total["unpriced_tokens"]:
        unpriced = models.filter(pl.col("unpriced_tokens") > 0).height
        parts.append(f"{unpriced} model{'s' if unpriced != 1 else ''} without a price")
    return "; ".join(parts)


def _last_days(daily: pl.DataFrame) -> KeyFigure:
    now, before = last_and_before(daily)
    marks = pl.col("lower_bound_responses", "unpriced_tokens").sum()
    row = now.select(pl.col("cost_usd").sum(), marks).row(0, named=True)
    spent = before["cost_usd"].sum() if before is not None else 0
    difference = change(row["cost_usd"], Decimal(spent))
    note = f"{difference} against the {LAST_DAYS} days before" if difference else ""
    spark = sparkline(now["day"], now["cost_usd"].to_list())
    return _money_figure(f"Last {LAST_DAYS} days", row, note, spark)


def _per(name: str, total: dict[str, Any], number: int, noun: str) -> KeyFigure:
    cost = total["cost_usd"]
    mean = None if cost is None or not number else cost / number
    note = f"over {count(number)} {noun}{'s' if number != 1 else ''}"
    return _money_figure(name, {**total, "cost_usd": mean}, note)


def _tokens(daily: pl.DataFrame, total: dict[str, Any]) -> KeyFigure:
    number = sum(total[column] for column in TOKEN_COLUMNS)
    output = total["output_tokens"]
    each = daily.select(pl.sum_horizontal(TOKEN_COLUMNS)).to_series().to_list()
    return KeyFigure(
        "Tokens",
        compact(number),
        f"{count(number)} tokens in {count(total['responses'])} responses",
        f"{compact(output)} of them output",
        spark=sparkline(daily["day"], each),
    )


def _from_cache(total: dict[str, Any]) -> KeyFigure:
    prompt = sum(total[column] for column in _PROMPT_TOKENS)
    read = total["cache_read_tokens"]
    return KeyFigure(
        "Read from cache",
        percent(read, prompt),
        f"{count(read)} of {count(prompt)} prompt tokens",
        "of all prompt tokens",
    )


def _sections(
    frames: dict[str, pl.DataFrame], by: str, notes: tuple[str, ...]
) -> tuple[Section, ...]:
    bounds = tuple(note for note in notes if note.startswith("At least"))
    return (
        Section("When", _over_time(frames, by, bounds)),
        Section("On what", _on_what(frames, bounds)),
        Section("Sessions", _sessions(frames["sessions"])),
    )


def _over_time(
    frames: dict[str, pl.DataFrame], by: str, bounds: tuple[str, ...]
) -> tuple[Panel, ...]:
    heading = by.capitalize()
    per_period, per_model = frames[by], frames[f"{by}_model"]
    tokens = [Column(name, TOKEN_CLASS_NAMES[name], tables.counts) for name in TOKEN_COLUMNS]
    totals = table(per_period, Column(by, heading, tables.date_cell), _MONEY, _RESPONSES, *tokens)
    return (
        panel(charts.daily_cost, per_model, tables.by_model(per_model, by, heading), notes=bounds),
        panel(charts.cumulative_cost, per_period, totals, span=6),
        panel(
            charts.monthly_cost,
            frames["month"],
            tables.by_model(frames["month"], "month", "Month"),
            span=6,
        ),
    )


def _on_what(frames: dict[str, pl.DataFrame], bounds: tuple[str, ...]) -> tuple[Panel, ...]:
    models = _dearest(frames["model"], "model")
    projects = _dearest(frames["project"], "project")
    unpriced = Column("unpriced_tokens", "Tokens without a price", tables.counts)
    bounded = Column("lower_bound_responses", "Without a final count", tables.counts)
    classes = frames["token_class"].with_columns(
        pl.col("token_class").replace_strict(TOKEN_CLASS_NAMES)
    )
    return (
        panel(
            charts.cost_by_model,
            frames["model"],
            _ranking(models, "model", "Model", _MONEY, _RESPONSES, bounded, unpriced),
            notes=tuple(note for note in bounds if "no price" in note),
            span=6,
        ),
        panel(
            charts.cost_by_project,
            frames["project"],
            _ranking(
                projects,
                "project",
                "Project",
                _MONEY,
                _RESPONSES,
                show=tables.project(projects["project"]),
            ),
            span=6,
        ),
        panel(
            charts.cost_by_token_class,
            frames["token_class"],
            _ranking(
                classes,
                "token_class",
                "Token class",
                _MONEY,
                Column("tokens", "Tokens", tables.counts),
            ),
        ),
    )


def _sessions(sessions: pl.DataFrame) -> tuple[Panel, ...]:
    dearest = _dearest(sessions, "session").with_columns(tables.TITLE_OR_ID)
    rows = table(
        dearest,
        Column("title", "Session", tables.name, is_text=True),
        _MONEY,
        Column("started_at", "Started", tables.instant),
        Column("duration_minutes", "Length", tables.minutes),
        Column("prompts", "Prompts", tables.counts),
        _RESPONSES,
        Column("project", "Project", tables.project(sessions["project"]), is_text=True),
        Column("models", "Models", tables.names, is_text=True),
        Column("session", "Id", tables.name, is_text=True),
        most=tables.MOST_ROWS,
    )
    return (panel(charts.session_costs, sessions, rows),)


def _ranking(
    rows: pl.DataFrame,
    source: str,
    heading: str,
    *columns: Column,
    show: tables.Format = tables.name,
) -> tables.Table:
    first = Column(source, heading, show, is_text=True)
    return table(rows, first, *columns, most=tables.MOST_ROWS)


def _dearest(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    return rows.sort(["cost_usd", by], descending=[True, False], nulls_last=True)
