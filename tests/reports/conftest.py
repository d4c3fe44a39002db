"""Hand-made facts: a row names what its test is about, the rest are defaults."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from pocketdev_analytics import model
from pocketdev_analytics.reports import COST_STATES, Evidence, History, Provenance, Queue

PLACE = {
    "session_id": "session-a",
    "session_title": None,
    "project": "/home/me/app",
    "git_branch": "main",
    "agent": "main",
    "agent_id": None,
    "version": "2.1.0",
}
DEFAULTS: dict[str, tuple[model.Schema, dict[str, Any]]] = {
    "usage": (
        model.USAGE_COST,
        {
            **PLACE,
            "source": "message",
            "kind": "response",
            "response_count": 1,
            "responded_at": "2026-11-01T10:00:00+00:00",
            "model": "claude-opus-5",
            **dict.fromkeys((*model.TOKEN_COLUMNS, "web_search_requests"), 0),
            "is_lower_bound": False,
            "cost_usd": "0",
        },
    ),
    "prompts": (
        model.PROMPTS,
        {**PLACE, "prompted_at": "2026-11-01T10:00:00+00:00", "prompt_bytes": 10},
    ),
    "tool_calls": (
        model.TOOL_CALLS,
        {
            **PLACE,
            "called_at": "2026-11-01T10:00:00+00:00",
            "tool": "Read",
            "is_error": False,
            "result_bytes": 100,
        },
    ),
    "api_errors": (
        model.API_ERRORS,
        {**PLACE, "occurred_at": "2026-11-01T10:00:00+00:00", "kind": "error"},
    ),
    "session_events": (
        model.SESSION_EVENTS,
        {**PLACE, "occurred_at": "2026-11-01T10:00:00+00:00", "kind": "turn_duration"},
    ),
}


def made(name: str, *rows: dict[str, Any]) -> pl.LazyFrame:
    """A frame of `History`: times as ISO text, costs as decimal text."""
    columns, defaults = DEFAULTS[name]
    filled = [{**dict.fromkeys(columns), **defaults, **row} for row in rows]
    for row in filled:
        for key, value in row.items():
            if isinstance(value, str) and columns[key] == model.INSTANT:
                row[key] = datetime.fromisoformat(value)
            if isinstance(value, str) and columns[key] == model.COST_USD:
                row[key] = Decimal(value)
    return pl.DataFrame(filled, schema=columns, orient="row").lazy()


@pytest.fixture(scope="session")
def make_usage() -> Callable[..., pl.LazyFrame]:
    """`make_usage(row, row, …)`: a usage frame."""
    return lambda *rows: made("usage", *rows)


@pytest.fixture(scope="session")
def make_history() -> Callable[..., History]:
    """`make_history(usage=[row, …], prompts=[…])`: a history; what is not named is empty."""
    return lambda **rows: History(**{name: made(name, *rows.get(name, ())) for name in DEFAULTS})


@pytest.fixture(scope="session")
def make_evidence() -> Callable[..., Evidence]:
    """`make_evidence(usage=history.usage, folds=[…])`: what is not named is empty."""

    def evidence(usage: pl.LazyFrame, **rows: list[dict[str, Any]]) -> Evidence:
        def frame(name: str, columns: model.Schema) -> pl.LazyFrame:
            return pl.DataFrame(rows.get(name, []), schema=columns, orient="row").lazy()

        return Evidence(
            folds=frame("folds", model.RESPONSE_FOLDS),
            sessions=usage.select("session_id").unique(),
            files=frame("files", model.FILE_STATES),
            quarantine=frame("quarantine", model.QUARANTINED_LINES),
            usage=usage,
            latest=usage,
            cost_states=frame("cost_states", COST_STATES),
            bills=frame("bills", {**model.USAGE_COST, "part": pl.String}),
            model_names={},
        )

    return evidence


@pytest.fixture
def make_queue() -> Callable[..., Queue]:
    """`make_queue(jobs=[row, …])`: a synced queue; what is not named is empty."""
    columns = {
        "jobs": model.QUEUE_JOBS,
        "batches": model.QUEUE_BATCHES,
        "expirations": model.QUEUE_EXPIRATIONS,
    }

    def make(**rows: list[dict[str, Any]]) -> Queue:
        frames = {
            name: pl.LazyFrame(
                [{**dict.fromkeys(kinds), **row} for row in rows.get(name, ())], schema=kinds
            )
            for name, kinds in columns.items()
        }
        return Queue(**frames, synced_at=datetime(2026, 11, 20, 10, tzinfo=UTC))

    return make


@pytest.fixture(scope="session")
def make_provenance() -> Callable[..., Provenance]:
    """`make_provenance(files_gone=1)`: where all else is well."""
    clean = {
        "sessions": 1,
        "files": 1,
        "files_gone": 0,
        "quarantined_lines": 0,
        "unfinished_files": 0,
        "first_at": None,
        "last_at": None,
        "price_source": "genai-prices 0.2.3",
        "price_date": date(2026, 11, 1),
        "is_sample": False,
    }
    return lambda **changed: Provenance(**{**clean, **changed})
