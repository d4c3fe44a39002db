"""Every report by its name: a new report is one entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.history import Evidence, History, Provenance, Queue
from pocketdev_analytics.reports.active_time import IDLE_MINUTES, TIME_DIMENSIONS, active_time
from pocketdev_analytics.reports.activity import ACTIVITY_DIMENSIONS, activity, hour_by_weekday
from pocketdev_analytics.reports.agents import agents
from pocketdev_analytics.reports.audit import audit, lower_bounds, quarantine
from pocketdev_analytics.reports.blocks import blocks
from pocketdev_analytics.reports.budget import Limit, budget
from pocketdev_analytics.reports.cost import COST_DIMENSIONS, cost, totals
from pocketdev_analytics.reports.dimensions import check_dimensions, suggestion
from pocketdev_analytics.reports.filters import Filters
from pocketdev_analytics.reports.quality import quality, quality_table
from pocketdev_analytics.reports.queue import QUEUE_DIMENSIONS, batches, locks, queue
from pocketdev_analytics.reports.reconcile import reconcile
from pocketdev_analytics.reports.savings import savings
from pocketdev_analytics.reports.sessions import session_totals, sessions
from pocketdev_analytics.reports.streaks import streaks
from pocketdev_analytics.reports.tokens import TOKEN_DIMENSIONS, tokens
from pocketdev_analytics.reports.tools import ERROR_DIMENSIONS, TOOL_DIMENSIONS, errors, tools
from pocketdev_analytics.schema import TOKEN_COLUMNS

__all__ = ["REPORTS", "Comparison", "Question", "Report", "find_report"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the comparing reports ask for: other prices, other models, others' figures.

    `usage` gives the history's usage priced otherwise (`as_model`, `is_uncached`,
    `prices_at`), `unfiltered` the same of all time. `models` are those to compare with.
    `names` gives spellings of a model one name. `cost_states` and `billed` are as
    `reconcile` takes them.
    """

    usage: Callable[..., pl.LazyFrame]
    unfiltered: Callable[..., pl.LazyFrame]
    cost_states: pl.LazyFrame
    billed: pl.LazyFrame | None = None
    models: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    today: date = date.max


@dataclass(frozen=True, slots=True)
class Question:
    """What a report is asked about; `by`, `timezone`, `week_start` as its function takes them.

    `now` is the moment that it is asked at. `history` is what `filters` leave of
    `unfiltered`, for reports to which a filter's edge means something.
    """

    history: History
    provenance: Provenance
    by: tuple[str, ...]
    timezone: str
    comparison: Comparison | None = None
    week_start: str = "monday"
    evidence: Callable[[], Evidence] | None = None
    now: datetime = datetime(9999, 1, 1, tzinfo=UTC)  # nothing is running any more
    unfiltered: History | None = None
    filters: Filters = field(default_factory=Filters)
    limits: tuple[Limit, ...] = (Limit(),)
    idle_minutes: float = IDLE_MINUTES
    queue: Queue | None = None

    def grouping(self) -> dict[str, Any]:
        """How a report that takes any dimensions is to group."""
        return {"by": self.by, "timezone": self.timezone, "week_start": self.week_start}

    def audited(self) -> Evidence:
        """How the facts came about.

        Raises:
            ReportError: there is nothing that tells.
        """
        if self.evidence is None:
            raise ReportError("this report audits a store; ask with its evidence")
        return self.evidence()

    def compared(self) -> Comparison:
        """What to compare with.

        Raises:
            ReportError: there is nothing.
        """
        if self.comparison is None:
            raise ReportError("this report compares with other prices; ask the store for them")
        return self.comparison

    def queued(self) -> Queue:
        """PocketDev's queue.

        Raises:
            ReportError: there is none, or it was asked to be filtered.
        """
        if self.queue is None:
            raise ReportError("this report is of PocketDev's queue; ask the store for it")
        if self.filters != Filters():
            raise ReportError(
                "PocketDev's queue is told as it was at the last sync; leave out what filters"
            )
        return self.queue

    def queued_at(self) -> datetime:
        """The moment that ages of the queue count up to."""
        return self.queued().synced_at or self.now

    def of_all_time(self) -> History:
        """The history with every filter but that of a period."""
        history = self.unfiltered or self.history
        return self.filters.without_period().apply(history, timezone=self.timezone)


Answer = Callable[[Question], pl.LazyFrame]


@dataclass(frozen=True, slots=True)
class Report:
    """A report as the command line offers it.

    `by` is its default, `dimensions` what else it can be grouped by: where that
    is empty, `by` only names its grain. `facts` are the frames of `History` that
    it counts, so that an empty answer can say when the last of them was.
    `totals` is its row over everything, where that means something. `modelless`
    are the columns that know no model: a filter by model leaves them out, and
    where that is all of them (None), the report takes no such filter. `is_comparing`
    says that it needs a `Comparison`, `is_queue` PocketDev's queue. `compared` are the
    columns of which two periods can be compared. `has_projects` says that it tells of
    projects, however it is grouped. `nothing` is what to say instead of no rows. `is_fixed`
    says that it has rows also of nothing, which then are not worth showing. `order` are
    columns of names that rows of fixed grain are in the order of.
    """

    name: str
    help: str
    by: tuple[str, ...]
    rows: Answer
    facts: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    totals: Answer | None = None
    modelless: tuple[str, ...] | None = None
    has_money: bool = False
    is_comparing: bool = False
    is_queue: bool = False
    compared: tuple[str, ...] = ()
    has_projects: bool = False
    nothing: str = ""
    is_fixed: bool = False
    order: tuple[str, ...] = ()

    def grouping(self, by: Sequence[str]) -> tuple[str, ...]:
        """The dimensions to group by: the asked ones, else the default.

        Raises:
            ReportError: a name is no dimension of this report.
        """
        if not by:
            return self.by
        if not self.dimensions:
            raise ReportError(
                f"report {self.name!r} is always by {' and '.join(self.by) or 'its own rows'};"
                " leave out --by"
            )
        cure = "; the report 'tools' groups tool calls" if "tool" in by else ""
        return check_dimensions(by, self.dimensions, report=self.name, cure=cure)


def find_report(name: str) -> Report:
    """The report of that name.

    Raises:
        ReportError: there is none.
    """
    key = name.strip().lower().replace("_", "-")
    if key not in REPORTS:
        near = suggestion(key, REPORTS)
        raise ReportError(f"there is no report {name!r}; there are {', '.join(REPORTS)}{near}")
    return REPORTS[key]


_ACTIVITY_FACTS: Final = ("usage", "prompts", "tool_calls", "api_errors")
_ACTIVITY_MODELLESS: Final = (
    "prompts",
    "tool_calls",
    "tool_errors",
    "api_errors",
    "lines_added",
    "lines_removed",
)


def _savings(asked: Question) -> pl.LazyFrame:
    other = asked.compared()
    by_model = {model: other.usage(as_model=model) for model in other.models}
    uncached = other.usage(is_uncached=True)
    return savings(asked.history.usage, uncached, by_model, timezone=asked.timezone)


def _reconcile(asked: Question) -> pl.LazyFrame:
    other = asked.compared()
    # A session's own figure is of all of it, whatever part of it the filters name.
    sessions_asked = asked.history.usage.select("session_id").unique()
    usage, latest = (
        frame.join(sessions_asked, on="session_id", how="semi")
        for frame in (other.unfiltered(), other.unfiltered(prices_at=other.today))
    )
    return reconcile(usage, latest, other.cost_states, other.billed, names=other.names)


def _quality(asked: Question) -> pl.LazyFrame:
    found = quality(asked.history, asked.provenance)
    return quality_table(found, audit(asked.history.usage, asked.audited()))


def _time(asked: Question, by: Sequence[str]) -> pl.LazyFrame:
    # A stretch that ends on the period's first day may have begun the evening before.
    return active_time(
        asked.of_all_time(),
        **asked.grouping() | {"by": by},
        idle_minutes=asked.idle_minutes,
        since=asked.filters.since,
        until=asked.filters.until,
    )


def _blocks(asked: Question) -> pl.LazyFrame:
    # A period names whole windows, by the day they begin: its edges cut none in two.
    account = (asked.unfiltered or asked.history).usage
    usage = asked.of_all_time().usage
    rows = blocks(usage, now=asked.now, timezone=asked.timezone, account_usage=account)
    first, last = asked.filters.since or date.min, asked.filters.until or date.max
    return rows.filter(pl.col("started_at").dt.date().is_between(first, last))


def _budget(asked: Question) -> pl.LazyFrame:
    return budget(
        asked.of_all_time().usage,
        asked.limits,
        now=asked.now,
        timezone=asked.timezone,
        since=asked.filters.since,
        until=asked.filters.until,
    )


_ALL: Final = (
    Report(
        name="cost",
        help="what your usage cost, in tokens and US dollars",
        by=("day",),
        dimensions=COST_DIMENSIONS,
        facts=("usage",),
        rows=lambda asked: cost(asked.history.usage, **asked.grouping()),
        totals=lambda asked: totals(asked.history.usage),
        modelless=(),
        has_money=True,
        compared=("cost_usd", "responses", "output_tokens"),
    ),
    Report(
        name="tokens",
        help="tokens of each class, and how many of the prompts' came from the cache",
        by=("day",),
        dimensions=TOKEN_DIMENSIONS,
        facts=("usage",),
        rows=lambda asked: tokens(asked.history.usage, **asked.grouping()),
        totals=lambda asked: tokens(asked.history.usage, by=()),
        modelless=(),
        compared=("total_tokens", "cache_read_tokens", "output_tokens"),
    ),
    Report(
        name="agents",
        help="the main thread beside subagents and advisors: runs, tokens, cost",
        by=("agent", "agent_type"),
        facts=("usage",),
        rows=lambda asked: agents(asked.history.usage),
        order=("agent", "agent_type"),
        totals=lambda asked: totals(asked.history.usage).with_columns(
            total_tokens=pl.sum_horizontal(TOKEN_COLUMNS)
        ),
        modelless=(),
        has_money=True,
    ),
    Report(
        name="activity",
        help="sessions, prompts, responses, tool calls, errors and edited lines",
        by=("day",),
        dimensions=ACTIVITY_DIMENSIONS,
        facts=_ACTIVITY_FACTS,
        rows=lambda asked: activity(asked.history, **asked.grouping()),
        totals=lambda asked: activity(asked.history, by=()),
        modelless=_ACTIVITY_MODELLESS,
        compared=("sessions", "prompts", "responses", "tool_calls"),
    ),
    Report(
        name="hour-by-weekday",
        help="activity in each hour of the week",
        by=("weekday", "hour_of_day"),
        facts=_ACTIVITY_FACTS,
        rows=lambda asked: hour_by_weekday(
            asked.history, timezone=asked.timezone, week_start=asked.week_start
        ),
        totals=lambda asked: activity(asked.history, by=()),
        modelless=_ACTIVITY_MODELLESS,
        compared=("sessions", "prompts", "responses", "tool_calls"),
        is_fixed=True,
    ),
    Report(
        name="time",
        help="how long was worked, and how long turns took",
        by=("day",),
        dimensions=TIME_DIMENSIONS,
        facts=_ACTIVITY_FACTS,
        rows=lambda asked: _time(asked, asked.by),
        totals=lambda asked: _time(asked, ()),
        compared=("active_minutes", "turns"),
    ),
    Report(
        name="streaks",
        help="the current and the longest run of days with activity",
        by=(),
        facts=_ACTIVITY_FACTS,
        rows=lambda asked: streaks(asked.history, now=asked.now, timezone=asked.timezone),
        is_fixed=True,
    ),
    Report(
        name="sessions",
        help="one row a session: where, when, how long, and what it cost",
        by=("session",),
        facts=("usage", "prompts", "tool_calls"),
        rows=lambda asked: sessions(
            asked.history, timezone=asked.timezone, idle_minutes=asked.idle_minutes
        ),
        totals=lambda asked: session_totals(asked.history),
        modelless=(
            *("prompts", "tool_calls", "active_minutes", "tool_errors", "api_errors"),
            "compactions",
        ),
        has_money=True,
        has_projects=True,
    ),
    Report(
        name="blocks",
        help="five-hour windows as limits count them: tokens, cost, rate, projection",
        by=(),
        facts=("usage",),
        rows=_blocks,
        modelless=(),
        has_money=True,
        nothing=(
            "No five-hour window begins in that period; what was used in it is of one that began"
            " before."
        ),
    ),
    Report(
        name="budget",
        help="what a budget was spent of, and a forecast to the end of the month or day",
        by=(),
        facts=("usage",),
        rows=_budget,
        modelless=(),
        has_money=True,
        has_projects=True,
    ),
    Report(
        name="tools",
        help="calls of each tool, how often they fail, and lines they edited",
        by=("tool",),
        dimensions=TOOL_DIMENSIONS,
        facts=("tool_calls",),
        rows=lambda asked: tools(asked.history, **asked.grouping()),
        totals=lambda asked: tools(asked.history, by=()),
        compared=("calls", "errors"),
    ),
    Report(
        name="errors",
        help="API errors, retries and rate limits",
        by=("day",),
        dimensions=ERROR_DIMENSIONS,
        facts=("api_errors",),
        rows=lambda asked: errors(asked.history, **asked.grouping()),
        totals=lambda asked: errors(asked.history, by=()),
        compared=("errors", "retries", "rate_limits"),
    ),
    Report(
        name="quality",
        help="what limits the numbers: lower bounds, missing prices, unreadable lines",
        by=(),
        facts=("usage",),
        rows=_quality,
        modelless=(),
        is_fixed=True,
    ),
    Report(
        name="lower-bounds",
        help="responses without their final output count, by version of Claude Code",
        by=("version",),
        dimensions=COST_DIMENSIONS,
        facts=("usage",),
        rows=lambda asked: lower_bounds(asked.history.usage, **asked.grouping()),
        totals=lambda asked: lower_bounds(asked.history.usage, by=()),
        modelless=(),
    ),
    Report(
        name="quarantine",
        help="each line that could not be read: file, line, reason and byte offset",
        by=(),
        facts=("usage",),
        rows=lambda asked: quarantine(asked.history.usage, asked.audited()),
        nothing="Every line of these sessions could be read.",
        order=("file", "line"),
    ),
    Report(
        name="savings",
        help="what caching saved, and what other models would have cost",
        by=(),
        facts=("usage",),
        rows=_savings,
        modelless=(),
        is_comparing=True,
    ),
    Report(
        name="reconcile",
        help="our cost beside Claude Code's own figures and a console's, by cause",
        by=(),
        facts=("usage",),
        rows=_reconcile,
        is_comparing=True,
        nothing=(
            "None of these sessions has a figure of Claude Code's own to compare with; --usage-csv"
            " FILE compares with what Claude's console exports."
        ),
    ),
    Report(
        name="queue",
        help="jobs of PocketDev's queue that wait, run or have failed, as last synced",
        by=("queue",),
        dimensions=QUEUE_DIMENSIONS,
        facts=(),
        rows=lambda asked: queue(
            asked.queued(), by=asked.by, now=asked.queued_at(), timezone=asked.timezone
        ),
        totals=lambda asked: queue(
            asked.queued(), by=(), now=asked.queued_at(), timezone=asked.timezone
        ),
        is_queue=True,
    ),
    Report(
        name="batches",
        help="batches of PocketDev's jobs and how far they are, as last synced",
        by=(),
        facts=(),
        rows=lambda asked: batches(asked.queued(), timezone=asked.timezone),
        is_queue=True,
    ),
    Report(
        name="locks",
        help="PocketDev's cached values and locks, and which have expired, as last synced",
        by=(),
        facts=(),
        rows=lambda asked: locks(asked.queued(), now=asked.queued_at()),
        is_queue=True,
    ),
)

#: The reports by their names, in the order that help shows them.
REPORTS: Final[dict[str, Report]] = {report.name: report for report in _ALL}
