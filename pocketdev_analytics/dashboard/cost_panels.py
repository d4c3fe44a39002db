"""The panels of the cost page: charts, summaries and tables of what is in view."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import polars as pl

from pocketdev_analytics import charts
from pocketdev_analytics.charts import TOKEN_CLASS_NAMES
from pocketdev_analytics.charts.text import clean, count, percent, project_names, shortened
from pocketdev_analytics.dashboard import tables
from pocketdev_analytics.dashboard.cost_names import agent_name, session_link
from pocketdev_analytics.dashboard.parts import Panel, Section, panel
from pocketdev_analytics.dashboard.tables import Cell, Column, table
from pocketdev_analytics.dashboard.weight import NOTHING_LEFT_OUT, Left
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.reports.dimensions import NO_NAME

__all__ = ["Known", "sections"]

_MONEY: Final = Column("cost_usd", "Cost, USD", tables.money)
_RESPONSES: Final = Column("responses", "Responses", tables.counts)
_UNPRICED: Final = Column("unpriced_tokens", "Tokens without a price", tables.counts)
_BOUNDED: Final = Column("lower_bound_responses", "Without a final count", tables.counts)
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What panels need beside what is in view.

    The sessions of the store (`reports.sessions`), the paths of all projects, the running day,
    the first and last day of all that the page shows, its models, the dearest first, and the
    panel of the month's budget.
    `left` is what the page leaves out to keep below its weight. `pages` are the ids of the
    sessions that have a page beside this one, `command` is how its reader asks the store.
    """

    sessions: pl.DataFrame
    projects: tuple[str | None, ...]
    today: date
    first: date | None
    last: date | None
    models: tuple[str | None, ...]
    budget: tuple[Panel, ...]
    pages: Collection[str]
    command: str
    left: Left = NOTHING_LEFT_OUT

    @property
    def colours(self) -> dict[str, str]:
        """The colour that each model keeps under a filter, as far as it tells them apart."""
        series = charts.theme.LIGHT.series
        return {str(model): series[i % len(series)] for i, model in enumerate(self.models)}


def sections(frames: dict[str, pl.DataFrame], by: str, known: Known) -> tuple[Section, ...]:
    """The page's sections, drawn by `by` ('day' or 'week')."""
    bounds = _bounds(frames["totals"].row(0, named=True), frames["model"])
    windows = _following(_windows(frames["blocks"]), "windows", known)
    return (
        Section("When", _over_time(frames, by, bounds, known)),
        Section("On what", _on_what(frames, bounds, known)),
        Section("Sessions and windows", (_sessions(frames, known), windows)),
    )


def _following(found: Panel, part: str, known: Known) -> Panel:
    return known.left.following(found, part, f"{known.command} dashboard cost")


def _bounds(total: dict[str, Any], models: pl.DataFrame) -> tuple[str, ...]:
    """Why the sums are only known from below: a sentence a cause."""
    bounded, responses = total["lower_bound_responses"], total["responses"]
    sentences = []
    if bounded:
        sentences.append(
            f"At least: {percent(bounded, responses)} of responses ({count(bounded)} of"
            f" {count(responses)}) were written without their final output count."
        )
    unpriced = models.filter(pl.col("unpriced_tokens") > 0)
    sentences += [
        f"At least: {shortened(row['model'] or '(none)', 60)} has no price for"
        f" {count(row['unpriced_tokens'])} tokens; they are in no sum of money."
        for row in unpriced.head(_MOST_NAMED).iter_rows(named=True)
    ]
    if unpriced.height > _MOST_NAMED:
        sentences.append(f"At least: {unpriced.height - _MOST_NAMED} more models have no price.")
    return tuple(sentences)


def _over_time(
    frames: dict[str, pl.DataFrame], by: str, bounds: tuple[str, ...], known: Known
) -> tuple[Panel, ...]:
    heading = by.capitalize()
    budget = known.budget
    per_period, per_model = frames[by], frames[f"{by}_model"]
    tokens = [Column(name, TOKEN_CLASS_NAMES[name], tables.counts) for name in TOKEN_COLUMNS]
    totals = table(per_period, Column(by, heading, tables.date_cell), _MONEY, _RESPONSES, *tokens)
    return (
        panel(
            charts.daily_cost,
            per_model,
            tables.by_model(per_model, by, heading),
            notes=bounds,
            live="dailyCost",
            options={"today": known.today, "colours": known.colours},
        ),
        *budget,
        panel(
            charts.monthly_cost,
            frames["month"],
            tables.by_model(frames["month"], "month", "Month"),
            span=6,
            live="monthlyCost",
            options={"colours": known.colours},
        ),
        panel(
            charts.cumulative_cost,
            per_period,
            totals,
            span=12 if budget else 6,
            live="cumulativeCost",
        ),
    )


def _on_what(
    frames: dict[str, pl.DataFrame], bounds: tuple[str, ...], known: Known
) -> tuple[Panel, ...]:
    return (
        panel(
            charts.cost_by_model,
            frames["model"],
            _ranking(frames["model"], _name("model", "Model"), _BOUNDED, _UNPRICED),
            notes=tuple(note for note in bounds if "no price" in note),
            span=6,
            live="costByModel",
            options={"colours": known.colours},
        ),
        _projects(frames["project"], known),
        _token_classes(frames["token_class"]),
        _following(_branches(frames["branch"]), "branches", known),
        _following(_agents(frames["agents"]), "runners", known),
        *_savings(frames),
    )


def _projects(rows: pl.DataFrame, known: Known) -> Panel:
    first = Column("project", "Project", tables.project(known.projects), is_text=True)
    return panel(
        charts.cost_by_project,
        _named(rows, project_names(known.projects)),
        _ranking(rows, first),
        span=6,
        live="costByProject",
    )


def _branches(rows: pl.DataFrame) -> Panel:
    shown = _ranking(rows, _name("branch", "Branch"))
    return panel(charts.cost_by_branch, rows, shown, span=6, live="costByBranch")


def _agents(rows: pl.DataFrame) -> Panel:
    names = [agent_name(*row) for row in rows.select("agent", "agent_type").iter_rows()]
    named = rows.with_columns(pl.Series("name", names, pl.String))
    shown = table(
        named,
        _name("name", "Who"),
        _MONEY,
        _RESPONSES,
        Column("sessions", "Sessions", tables.counts),
        Column("total_tokens", "Tokens", tables.counts),
        most=tables.MOST_ROWS,
        report="agents",
    )
    return panel(charts.cost_by_agent, named, shown, span=6, live="costByAgent")


def _token_classes(rows: pl.DataFrame) -> Panel:
    classes = rows.with_columns(pl.col("token_class").replace_strict(TOKEN_CLASS_NAMES))
    return panel(
        charts.cost_by_token_class,
        rows,
        table(
            _dearest(classes, "token_class"),
            Column("token_class", "Token class", tables.name, is_text=True),
            _MONEY,
            Column("tokens", "Tokens", tables.counts),
        ),
        live="costByTokenClass",
    )


def _savings(frames: dict[str, pl.DataFrame]) -> tuple[Panel, ...]:
    if "savings" not in frames:
        return ()
    rows = frames["savings"]
    shown = table(
        rows,
        Column("month", "Month", tables.date_cell),
        _MONEY,
        Column("uncached_cost_usd", "Without caching, USD", tables.money),
        Column("saved_usd", "Saved, USD", tables.money),
    )
    return (panel(charts.caching_savings, rows, shown, live="cachingSavings"),)


def _sessions(frames: dict[str, pl.DataFrame], known: Known) -> Panel:
    rows = _dearest(_session_rows(frames, known), "session")
    queries = [_query(known.command, session) for session in rows["session"]]
    shown = table(
        rows.with_columns(tables.TITLE_OR_ID, pl.Series("query", queries, pl.String)),
        _name("title", "Session"),
        _MONEY,
        _RESPONSES,
        Column("started_at", "Started", tables.instant),
        Column("duration_minutes", "Length", tables.minutes),
        Column("prompts", "Prompts", tables.counts),
        Column("project", "Project", tables.project(known.projects), is_text=True),
        Column("models", "Models", tables.names, is_text=True),
        _name("session", "Id"),
        Column("query", "Query that lists its rows", Cell, is_text=True),
        most=tables.MOST_ROWS,
        report="sessions --sort=-cost_usd",
    )
    linked = [
        (replace(first, link=session_link(session, known.pages)), *others)
        if known.left.is_named(session)
        else (first, *others[:-2], Cell(""), Cell(""))
        for session, (first, *others) in zip(rows["session"], shown.rows, strict=False)
    ]
    remark = (
        "Start, length and prompts are those of the whole session, cost and responses of what is"
        " in view. A session without a link gets its page, and the link when this page is written"
        f" again, by: {known.command} dashboard session ID -o sessions/ID.html"
    )
    return panel(
        charts.session_costs,
        rows,
        replace(shown, rows=tuple(linked)),
        live="sessionCosts",
        remark=remark + known.left.remark_of_sessions(known.command),
    )


def _query(command: str, session: str | None) -> str:
    named = shlex.quote(clean((session or NO_NAME)[:400]))
    return f"{command} query --name responses_of_session --param session_id={named}"


def _session_rows(frames: dict[str, pl.DataFrame], known: Known) -> pl.DataFrame:
    """The sessions in view with what they cost there, and what is known of them as a whole."""
    models = (
        frames["session_model"].group_by("session").agg(models=pl.col("model").drop_nulls().sort())
    )
    facts = known.sessions.select(
        "session", "title", "project", "started_at", "duration_minutes", "prompts"
    )
    rows = (
        frames["session"]
        .join(models, on="session", how="left", nulls_equal=True)
        .join(facts, on="session", how="left")
    )
    return _named(known.left.called(rows), project_names(known.projects))


def _windows(rows: pl.DataFrame) -> Panel:
    shown = table(
        rows.reverse(),
        Column("started_at", "From", tables.instant),
        Column("ends_at", "To", tables.instant),
        _MONEY,
        _RESPONSES,
        Column("total_tokens", "Tokens", tables.counts),
        most=tables.MOST_ROWS,
        report="blocks",
    )
    return panel(charts.block_costs, rows, shown, live="blockCosts")


def _named(rows: pl.DataFrame, names: dict[str | None, str]) -> pl.DataFrame:
    known = [names[path] if path in names else clean(path or "") for path in rows["project"]]
    return rows.with_columns(pl.Series("project_name", known, pl.String))


def _name(source: str, heading: str) -> Column:
    return Column(source, heading, tables.name, is_text=True)


def _ranking(rows: pl.DataFrame, first: Column, *columns: Column) -> tables.Table:
    """The rows of a ranking by what `first` shows, the dearest first."""
    ordered = _dearest(rows, first.source)
    report = f"cost --by {first.source} --sort=-cost_usd"
    return table(ordered, first, _MONEY, _RESPONSES, *columns, most=tables.MOST_ROWS, report=report)


def _dearest(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    return rows.sort(["cost_usd", by], descending=[True, False], nulls_last=True)
