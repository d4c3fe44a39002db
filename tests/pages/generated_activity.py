"""The made-up history with what else happened in it: prompts, tool calls, errors, events."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import polars as pl

from pocketdev_analytics import model
from pocketdev_analytics.reports import History
from tests.pages.generated import NOW, generated
from tests.pages.histories import frame

TOOLS = ("Bash", "Read", "Edit", "mcp__web__open_page", "Task<b>", "Grep", "T" * 90)
ERRORS = (("rate_limit", 429), ("server_error", 529), (None, 529), ("overloaded", None))
SHARED = (
    *("session_id", "session_title", "project", "git_branch"),
    *("agent", "agent_type", "version", "machine"),
)


def busy(responses: int = 1_500, sessions: int = 60, days: int = 156, seed: int = 5) -> History:
    """A history of everything, in which sessions overlap and work passes midnight."""
    random = Random(seed)  # noqa: S311  nothing is secret here
    history, _ = generated(responses, sessions, days)
    to_the_millisecond = pl.col("responded_at").dt.truncate("1ms")
    usage = history.usage.with_columns(to_the_millisecond).collect().sort("response_id")
    calls, prompts, errors, events = [], [], [], []
    for number, row in enumerate(usage.iter_rows(named=True)):
        where, at = {name: row[name] for name in SHARED}, row["responded_at"]
        calls += [
            _call(random, f"{number}-{each}", where, at) for each in range(random.choice((0, 1, 3)))
        ]
        if random.random() < 0.3:
            prompts.append({**where, "prompt_id": f"p{number}", "prompted_at": _near(random, at)})
        if random.random() < 0.04:
            errors.append(_error(random, number, where, at))
        if random.random() < 0.1:
            event = {"event_id": f"x{number}", "kind": "turn_duration", "duration_ms": number}
            events.append({**where, **event, "occurred_at": _near(random, at)})
    lone = {"prompt_id": "lone", "session_id": None, "prompted_at": NOW - timedelta(days=3)}
    prompts.append({**lone, "agent": "main", "project": "/srv/tool"})
    return History(
        usage=usage.lazy(),
        prompts=frame(model.PROMPTS, prompts),
        tool_calls=frame(model.TOOL_CALLS, calls),
        api_errors=frame(model.API_ERRORS, errors),
        session_events=frame(model.SESSION_EVENTS, events),
    )


def _near(random: Random, at: datetime) -> datetime:
    """A few minutes away, to the millisecond."""
    return min(at + timedelta(milliseconds=round(random.gauss(0, 400_000))), NOW)


def _call(random: Random, name: str, where: dict[str, Any], at: datetime) -> dict[str, Any]:
    tool = random.choice(TOOLS)
    is_edit = tool == "Edit"
    return {
        **where,
        "tool_use_id": name,
        "called_at": _near(random, at),
        "tool": tool,
        "is_error": random.choice((True, False, False, False, None)),
        "lines_added": random.randint(0, 90) if is_edit else None,
        "lines_removed": random.randint(0, 30) if is_edit else None,
    }


def _error(random: Random, number: int, where: dict[str, Any], at: datetime) -> dict[str, Any]:
    error, status = random.choice(ERRORS)
    kind = random.choice(("error", "retry"))
    found = {"error_id": f"e{number}", "kind": kind, "error": error, "status": status}
    return {**where, **found, "occurred_at": _near(random, at)}
