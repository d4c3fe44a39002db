"""Small hand-made histories for the pages: every number can be shown by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from pocketdev_analytics import model
from pocketdev_analytics.reports import History, Provenance

START = datetime(2026, 10, 1, 12, tzinfo=UTC)
MADE_AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
MODELS = ("claude-opus-5", "claude-haiku-4-5", "local-model")
HOSTILE = (
    "<script>window.broken = 1</script>",
    "</script><img src=x onerror='window.broken = 1'>",
    "\"quotes\" & 'more'",
    "T" * 10_000,
    "\u202egnp.exe \u2067 marks",
    "=cmd|' /C calc'!A0",
    "<a href='javascript:window.broken = 1'>link</a>",
    "%{customdata} %{y}",
)


def frame(columns: model.Schema, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    filled = [{**dict.fromkeys(columns), **row} for row in rows]
    return pl.LazyFrame(filled, schema=columns, orient="row")


def provenance(**changed: Any) -> Provenance:
    known: dict[str, Any] = {
        "sessions": 12,
        "files": 15,
        "files_gone": 2,
        "quarantined_lines": 3,
        "unfinished_files": 0,
        "first_at": START,
        "last_at": START + timedelta(days=50),
        "price_source": "a price list",
        "price_date": date(2026, 11, 1),
        "is_sample": False,
    }
    return Provenance(**{**known, **changed})


def empty() -> History:
    return History(
        frame(model.USAGE_COST, []),
        frame(model.PROMPTS, []),
        frame(model.TOOL_CALLS, []),
        frame(model.API_ERRORS, []),
        frame(model.SESSION_EVENTS, []),
    )


def place(day: int, names: tuple[str, ...]) -> dict[str, Any]:
    name = names[day % len(names)]
    return {
        "session_id": f"session-{day // 4:03}",
        "session_title": name,
        "project": f"/home/me/{name}",
        "git_branch": "main",
        "agent": "main",
        "version": "2.1.238",
    }


def response(day: int, where: dict[str, Any]) -> dict[str, Any]:
    """A response of a dollar and a tenth of a cent; every third has no price."""
    name_of_model = MODELS[day % 3]
    cost = None if name_of_model == "local-model" else Decimal("1.001")
    tokens = dict(zip(model.TOKEN_COLUMNS, (100, 200, 300, 4000, 500), strict=True))
    parts = {f"{name.removesuffix('_tokens')}_cost_usd": cost and cost / 5 for name in tokens}
    return {
        **where,
        **tokens,
        **parts,
        "response_id": f"response-{day}",
        "source": "message",
        "kind": "response",
        "response_count": 1,
        "responded_at": START + timedelta(days=day),
        "model": name_of_model,
        "web_search_requests": 0,
        "is_lower_bound": day == 0,
        "cost_usd": cost,
    }


def made(days: int = 40, names: tuple[str, ...] = ("app", "site", "tool")) -> History:
    """A response, a prompt and a call every day; an error every tenth."""
    usage, prompts, calls, errors = [], [], [], []
    for day in range(days):
        where, at = place(day, names), START + timedelta(days=day)
        usage.append(response(day, where))
        prompts.append({**where, "prompt_id": f"prompt-{day}", "prompted_at": at})
        calls.append(
            {
                **where,
                "tool_use_id": f"call-{day}",
                "called_at": at,
                "tool": names[day % len(names)],
                "is_error": day % 8 == 0,
                "lines_added": 3,
                "lines_removed": 1,
            }
        )
        if day % 10 == 0:
            error = {"error_id": f"error-{day}", "occurred_at": at, "kind": "error"}
            errors.append({**where, **error})
    return History(
        frame(model.USAGE_COST, usage),
        frame(model.PROMPTS, prompts),
        frame(model.TOOL_CALLS, calls),
        frame(model.API_ERRORS, errors),
        frame(model.SESSION_EVENTS, []),
    )
