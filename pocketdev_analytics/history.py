"""What a store hands to reports: the facts of a history, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

import polars as pl

__all__ = ["Evidence", "History", "Provenance", "Queue"]


@dataclass(frozen=True, slots=True)
class History:
    """Everything that happened, as lazy frames with the columns that `schema` names."""

    usage: pl.LazyFrame  #: schema.USAGE_COST
    prompts: pl.LazyFrame  #: schema.PROMPTS
    tool_calls: pl.LazyFrame  #: schema.TOOL_CALLS
    api_errors: pl.LazyFrame  #: schema.API_ERRORS
    session_events: pl.LazyFrame  #: schema.SESSION_EVENTS

    def frames(self) -> dict[str, pl.LazyFrame]:
        """The frames by their names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def only_usage(self) -> History:
        """The responses, with every other frame empty."""
        empty = {name: frame.clear() for name, frame in self.frames().items()}
        return History(**{**empty, "usage": self.usage})


@dataclass(frozen=True, slots=True)
class Evidence:
    """How the facts of a whole store came about, and what can be held against them.

    `sessions` are those with responses (`session_id`). `usage` is all of it, `latest` the
    same at today's prices; `cost_states` are Claude Code's own figures, one row a session
    and model. `model_names` gives spellings of a model one name.
    """

    folds: pl.LazyFrame  #: schema.RESPONSE_FOLDS
    sessions: pl.LazyFrame
    files: pl.LazyFrame  #: schema.FILE_STATES
    quarantine: pl.LazyFrame  #: schema.QUARANTINED_LINES
    usage: pl.LazyFrame  #: schema.USAGE_COST
    latest: pl.LazyFrame  #: schema.USAGE_COST
    cost_states: pl.LazyFrame
    model_names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Queue:
    """PocketDev's queue at the last sync, without what is in a job or under a key.

    `synced_at` is the moment that the rows show, in UTC; None before a first sync.
    """

    jobs: pl.LazyFrame  #: schema.QUEUE_JOBS
    batches: pl.LazyFrame  #: schema.QUEUE_BATCHES
    expirations: pl.LazyFrame  #: schema.QUEUE_EXPIRATIONS
    synced_at: datetime | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the store holds and what it is priced with; times are UTC.

    `files_gone` are files that were imported and are no longer on disk;
    `unfinished_files` end in the middle of a line; `quarantined_lines` could not
    be read. `price_source` names the price list, `price_date` its newest date.
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
