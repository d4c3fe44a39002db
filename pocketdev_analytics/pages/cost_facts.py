"""The facts of the cost page: what was used, by everything that it can be filtered by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics import reports
from pocketdev_analytics.charts import domains
from pocketdev_analytics.charts.domains import Domain, moment
from pocketdev_analytics.pages.facts import Facts, Table, coded
from pocketdev_analytics.pages.measures import CLASS_COSTS
from pocketdev_analytics.pages.sessions import session_domain
from pocketdev_analytics.reports import History
from pocketdev_analytics.reports.blocks import WINDOW, in_windows
from pocketdev_analytics.reports.cost import cost_measures
from pocketdev_analytics.reports.dimensions import FACTS, local_date

__all__ = ["CostSource", "cost_facts", "models_by_cost"]

DIMENSIONS: Final = (
    "day",
    "window",
    "session",
    "project",
    "branch",
    "machine",
    "product",
    "model",
    "agent",
    "runner",
    "rate",
)
_COLUMNS: Final = {
    "session": "session_id",
    "branch": "git_branch",
    "window": "started_at",
}
#: Above so many responses, or rows of the table, sessions and windows are combined by day, so that
#: a page stays below 8 MB.
MOST_RESPONSES: Final = 1_000_000
MOST_ROWS: Final = 350_000
_TOO_MANY: Final = (
    "This history is too long for one page to hold every session: sessions and five-hour windows"
    " are combined by day. A page of fewer days (--since) has them all."
)
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class CostSource:
    """The data of the cost page.

    Attributes:
        history: All that the store has: five-hour windows, budgets and sessions are of that.
        uncached: Its usage priced as if nothing had been cached; None if that is not known.
        timezone: The days are those of this time zone.
        made_at: When the page is made.
        since: The first day of the page; None for all from the beginning.
        until: Its last day; None for all up to the end.
        pages: The ids of the sessions that have a page next to this one.
        conversations: PocketDev's dimensions that it is filtered by, with their columns.
    """

    history: History
    uncached: pl.LazyFrame | None
    timezone: str
    made_at: datetime
    since: date | None = None
    until: date | None = None
    pages: Collection[str] = ()
    conversations: Mapping[str, str] = field(default_factory=dict)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The columns that distinguish the rows of the facts."""
        return (*DIMENSIONS, *self.conversations)


def cost_facts(source: CostSource) -> Facts:
    """The facts of the cost page."""
    zone = source.timezone
    usage = in_windows(_with_uncached(source)).with_columns(
        pl.col("started_at").dt.convert_time_zone(zone),
        day=local_date(FACTS["usage"], zone),
        runner=_runner(),
        rate=_rate(),
    )
    columns = {**_COLUMNS, **source.conversations}
    by = [pl.col(columns.get(name, name)).alias(name) for name in source.dimensions]
    grouped = usage.group_by(by).agg(*_sums(usage))
    cells, sessions = pl.collect_all([grouped, reports.sessions(source.history, timezone=zone)])
    in_page = cells.filter(_in_days(source))
    notice = ""
    ranked = models_by_cost(cells)
    if in_page["responses"].sum() > MOST_RESPONSES or in_page.height > MOST_ROWS:
        cells, notice = _by_day(cells, source.dimensions), _TOO_MANY
    cells = cells.filter(_in_days(source) | _begins_in_days(source))
    days = in_page["day"]
    first, last = days.min(), days.max()
    known = _domains(cells, ranked, sessions, source)
    if not isinstance(first, date) or not isinstance(last, date):
        return Facts({"usage": Table(cells.clear(), source.dimensions)}, known, "usage", None)
    frame = coded(cells, known, source.dimensions)
    table = Table(frame, source.dimensions)
    return Facts({"usage": table}, known, "usage", (first, last), notice=notice)


def _with_uncached(source: CostSource) -> pl.LazyFrame:
    usage = source.history.usage
    if source.uncached is None:
        return usage
    costs = source.uncached.select("response_id", uncached_cost_usd="cost_usd")
    return usage.join(costs, on="response_id", how="left")


def _sums(usage: pl.LazyFrame) -> list[pl.Expr]:
    known = usage.collect_schema().names()
    money = [
        *CLASS_COSTS.values(),
        *(["uncached_cost_usd"] if "uncached_cost_usd" in known else []),
    ]
    return [
        *cost_measures(),
        pl.col("cost_usd").count().cast(pl.Int64).alias("priced"),
        *(pl.col(name).sum() for name in money),
    ]


def _runner() -> pl.Expr:
    """(number of the agent in `domains.AGENT_NAMES`, type of the subagent)."""
    names = list(domains.AGENT_NAMES)
    agent = pl.when(pl.col("kind") == "advisor").then(pl.lit("advisor")).otherwise("agent")
    number = agent.replace_strict(names, list(range(len(names))), return_dtype=pl.Int64, default=0)
    kind = pl.when(agent == "subagent").then("agent_type")
    return pl.struct(number=number, kind=kind)


def _rate() -> pl.Expr:
    """The rate of a response: its model, and the price of its output.

    That only tells apart what has other rates, so that money follows from the counts; what it
    does not explain is carried next to them.
    """
    price = pl.col("output_cost_usd").cast(pl.Float64) / pl.col("output_tokens")
    derived = pl.when(pl.col("output_tokens") > 0).then(price.round_sig_figs(_DIGITS))
    known = pl.coalesce(pl.col("output_rate_usd").cast(pl.String), derived.cast(pl.String))
    is_priced = pl.col("cost_usd").is_not_null().cast(pl.String)
    model = pl.col("model").fill_null("")
    return pl.concat_str(model, is_priced, known.fill_null(""), separator="|")


def _in_days(source: CostSource) -> pl.Expr:
    return pl.col("day").is_between(source.since or date.min, source.until or date.max)


def _begins_in_days(source: CostSource) -> pl.Expr:
    began = pl.col("window").dt.date()
    return began.is_between(source.since or date.min, source.until or date.max)


def _by_day(cells: pl.DataFrame, dimensions: Sequence[str]) -> pl.DataFrame:
    """The cells without what tells sessions and windows of a day apart."""
    kept = [name for name in dimensions if name not in {"session", "window"}]
    first = pl.col("window").min().over("day").alias("window")
    counts = [name for name in cells.columns if name not in dimensions]
    costs = [
        pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name)
        if name == "cost_usd"
        else pl.col(name).sum()
        for name in counts
    ]
    return (
        cells.with_columns(first, session=pl.lit(None, pl.String))
        .group_by([*kept, "session", "window"])
        .agg(costs)
    )


def _domains(
    cells: pl.DataFrame,
    ranked: Sequence[str | None],
    sessions: pl.DataFrame,
    source: CostSource,
) -> dict[str, Domain]:
    projects = domains.projects({*cells["project"], *sessions["project"]})
    return {
        "day": domains.days(cells["day"]),
        "window": _windows(cells["window"], source),
        "session": session_domain(cells["session"], sessions, projects, source.pages),
        "project": projects,
        "branch": domains.named("branch", cells["branch"]),
        "machine": domains.named("machine", cells["machine"]),
        "product": domains.named("product", cells["product"]),
        "model": domains.models(cells["model"], ranked),
        "agent": domains.agents(cells["agent"]),
        "runner": domains.runners((row["number"], row["kind"]) for row in cells["runner"]),
        "rate": Domain("rate", domains.names_in_order(cells["rate"])),
        **{name: domains.named(name, cells[name]) for name in source.conversations},
    }


def models_by_cost(usage: pl.DataFrame) -> Sequence[str | None]:
    """The models of a whole history, the most expensive first: colours follow this order."""
    sums = usage.group_by("model").agg(pl.col("cost_usd").sum())
    return sums.sort("cost_usd", "model", descending=[True, False], nulls_last=True)[
        "model"
    ].to_list()


def _windows(begins: pl.Series, source: CostSource) -> Domain:
    """Five-hour windows: when each begins and ends, the day it begins on, whether it is running."""
    zone, now = ZoneInfo(source.timezone), source.made_at
    known = sorted(set(begins))
    ends = [(value.astimezone(UTC) + WINDOW).astimezone(zone) for value in known]
    attributes: Mapping[str, Sequence[Any]] = {
        "text": [moment(value) for value in known],
        "ends": [moment(end) for end in ends],
        "day": [str(value.date()) for value in known],
        "is_running": [int(at <= now < end) for at, end in zip(known, ends, strict=True)],
    }
    return Domain("window", tuple(known), attributes)
