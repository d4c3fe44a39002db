"""Hand-made sessions for the page of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pocketdev_analytics import model
from pocketdev_analytics.reports import History
from tests.pages.histories import START, frame, place, response

SESSION = "5e55101a-0000-4000-8000-000000000001"


def one_session(responses: int = 40, lanes: int = 3, names: tuple[str, ...] = ("app",)) -> History:
    """A response and a call every 20 seconds, in turn on each lane, with a break half way.

    A prompt and an error every tenth, a compaction every twentieth.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _SCHEMAS}
    for number in range(responses):
        lane, at = number % lanes, START + timedelta(seconds=20 * number)
        at += timedelta(hours=3) if number * 2 >= responses else timedelta()
        agent = {"agent": "subagent", "agent_id": f"agent-{lane:02}"} if lane else {"agent": "main"}
        name = names[number % len(names)]
        where = {**place(0, names), **agent, "session_id": SESSION}
        rows["usage"].append({**response(number, where), "responded_at": at})
        call = {"tool_use_id": f"c{number}", "called_at": at, "tool": name}
        rows["tool_calls"].append({**where, **call, "is_error": number % 5 == 0})
        if number % 10 == 0:
            main = {**where, "agent": "main", "agent_id": None}
            error = {"error_id": f"e{number}", "occurred_at": at, "kind": "error", "error": name}
            rows["prompts"].append({**main, "prompt_id": f"p{number}", "prompted_at": at})
            rows["api_errors"].append({**where, **error})
        if number % 20 == 0:
            event = {"kind": "compact_boundary", "trigger": name, "pre_tokens": 4000}
            event |= {"event_id": f"x{number}", "occurred_at": at}
            rows["session_events"].append({**where, **event})
    return History(**{name: frame(_SCHEMAS[name], rows[name]) for name in _SCHEMAS})


_SCHEMAS = {
    "usage": model.USAGE_COST,
    "prompts": model.PROMPTS,
    "tool_calls": model.TOOL_CALLS,
    "api_errors": model.API_ERRORS,
    "session_events": model.SESSION_EVENTS,
}
