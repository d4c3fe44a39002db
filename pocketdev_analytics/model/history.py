"""The facts of a history as frames for reports, and their provenance."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from html import escape
from typing import Final

import polars as pl

from pocketdev_analytics import model
from pocketdev_analytics.model.columns import Schema

__all__ = ["Evidence", "History", "Provenance", "Queue", "coded_html", "facts_html"]

_CODE: Final = re.compile("`([^`]+)`")
_ROWS = {
    "usage": ("a response, with its cost", model.USAGE_COST),
    "prompts": ("a prompt", model.PROMPTS),
    "tool_calls": ("a tool call", model.TOOL_CALLS),
    "api_errors": ("an API error or retry", model.API_ERRORS),
    "session_events": ("a measured event", model.SESSION_EVENTS),
}


@dataclass(frozen=True, slots=True, repr=False)
class History:
    """The facts of a history as lazy frames, with the columns that `model` declares."""

    usage: pl.LazyFrame  #: model.USAGE_COST
    prompts: pl.LazyFrame  #: model.PROMPTS
    tool_calls: pl.LazyFrame  #: model.TOOL_CALLS
    api_errors: pl.LazyFrame  #: model.API_ERRORS
    session_events: pl.LazyFrame  #: model.SESSION_EVENTS

    def frames(self) -> dict[str, pl.LazyFrame]:
        """Return the frames by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def collect(self) -> History:
        """The same frames, computed once: what uses them does not read the store again."""
        frames = self.frames()
        read = pl.collect_all(list(frames.values()))
        return History(**{name: frame.lazy() for name, frame in zip(frames, read, strict=True)})

    def __repr__(self) -> str:
        return f"History({', '.join(_ROWS)}: lazy frames)"

    def _repr_html_(self) -> str:
        # Nothing is computed: a frame says what a row is, not how many there are.
        facts = {
            name: f"a row is {row}; {', '.join(columns)}" for name, (row, columns) in _ROWS.items()
        }
        return facts_html("History: lazy frames, computed when they are collected", facts)

    def only_usage(self) -> History:
        """Return the history with all frames but usage empty."""
        empty = {name: frame.clear() for name, frame in self.frames().items()}
        return History(**{**empty, "usage": self.usage})


#: One row a trace of usage that is not counted in full.
TRACES: Final[Schema] = dict.fromkeys(("session_id", "trace", "name"), pl.String)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The provenance of the facts of a store, for audits.

    `sessions` are those with responses (`session_id`). `usage` is all of it, `latest` the
    same at today's prices; `cost_states` are Claude Code's own figures, one row a session
    and model, `bills` what is in them beyond a session's lines. `model_names`
    gives spellings of a model one name. `traces` are of usage that is not counted in full:
    `trace` is 'unseen call', 'unknown pass' or 'negative' (a session whose lines hold more
    than its cost-state), `name` the kind of call or pass.
    """

    folds: pl.LazyFrame  #: model.RESPONSE_FOLDS
    sessions: pl.LazyFrame
    files: pl.LazyFrame  #: model.FILE_STATES
    quarantine: pl.LazyFrame  #: model.QUARANTINED_LINES
    usage: pl.LazyFrame  #: model.USAGE_COST
    latest: pl.LazyFrame  #: model.USAGE_COST
    cost_states: pl.LazyFrame
    bills: pl.LazyFrame
    model_names: Mapping[str, str]
    traces: pl.LazyFrame = field(default_factory=lambda: pl.LazyFrame(schema=TRACES))


@dataclass(frozen=True, slots=True)
class Queue:
    """PocketDev's queue at the last sync, without what is in a job or under a key.

    `synced_at` is the moment that the rows show, in UTC; None before a first sync.
    """

    jobs: pl.LazyFrame  #: model.QUEUE_JOBS
    batches: pl.LazyFrame  #: model.QUEUE_BATCHES
    expirations: pl.LazyFrame  #: model.QUEUE_EXPIRATIONS
    synced_at: datetime | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the store contains and which prices it uses; times are in UTC.

    `files_gone` are files that were imported and are no longer on disk;
    `unfinished_files` end in the middle of a line; `quarantined_lines` could not
    be read. `price_source` names the price list, `price_date` its newest date.
    `has_conversations`: PocketDev's database was synced and knows sessions.
    """

    sessions: int
    files: int
    files_gone: int
    quarantined_lines: int
    unfinished_files: int
    first_at: datetime | None
    last_at: datetime | None
    price_source: str
    price_date: date | None
    is_sample: bool
    has_conversations: bool = False

    @property
    def period(self) -> str:
        """The first and last UTC day with facts, as text."""
        if self.first_at is None or self.last_at is None:
            return "nothing yet; run `pocketdev-analytics import`"
        days = [f"{at:%Y-%m-%d}" for at in (self.first_at, self.last_at)]
        return " to ".join(dict.fromkeys(days))

    def facts(self) -> dict[str, str]:
        """Return the facts as text, by name."""
        gone = f", {self.files_gone:,} of them no longer on disk" if self.files_gone else ""
        unfinished = f"{self.unfinished_files:,} in the middle of a line"
        of = f" of {self.price_date}" if self.price_date else ""
        return {
            **({"Sample data": "a made-up history, not yours"} if self.is_sample else {}),
            "Period": self.period,
            "Sessions": f"{self.sessions:,}",
            "Session files": f"{self.files:,}{gone}",
            **({"Files that end": unfinished} if self.unfinished_files else {}),
            "Lines that cannot be read": f"{self.quarantined_lines:,}",
            "Prices": f"{self.price_source}{of}",
        }

    def _repr_html_(self) -> str:
        return facts_html("Where the numbers come from", self.facts())


def facts_html(caption: str, facts: Mapping[str, str]) -> str:
    """Return facts as a small, escaped HTML table without colours of its own.

    Text between backticks is code.
    """
    cell = 'style="text-align: left; vertical-align: top; background: none"'
    rows = "".join(
        f"<tr><th {cell}>{escape(name)}</th><td {cell}>{coded_html(value)}</td></tr>"
        for name, value in facts.items()
    )
    return (
        f'<table class="pocketdev-facts"><caption {cell}>{escape(caption)}</caption>'
        f"<tbody>{rows}</tbody></table>"
    )


def coded_html(text: str) -> str:
    """Return `text` as HTML, with text between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))
