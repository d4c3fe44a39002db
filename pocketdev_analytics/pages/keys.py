"""The key figures of pages, each declared once: its queries, values and texts.

They have the form of panels, with the texts `name`, `value`, `exact`, `prefix` and `notes` (joined
by semicolons). `change` names the value to compare with the equal period before; a share is
compared in percentage `points`. A figure is shown only if its `when` conditions hold.
"""

from __future__ import annotations

from typing import Any, Final

__all__ = ["ACTIVITY_KEYS", "COST_KEYS", "LAST_DAYS", "SPARK_DAYS"]

Key = dict[str, Any]

#: The number of days of "Last … days", and of the days before that they are compared with.
LAST_DAYS: Final = 30
#: The maximum number of days of a sparkline.
SPARK_DAYS: Final = 60

_BY_DAY: Final = {"table": "usage", "by": ["day"], "measures": ["cost_usd"]}
_TOTAL: Final = {"table": "usage", "by": [], "measures": ["cost_usd", "responses"]}
_NONE: Final = "\u2013"


def _choose(conditions: list[list[Any]], then: Any, otherwise: Any = "") -> dict[str, Any]:
    return {"when": conditions, "then": then, "else": otherwise}


def _money(value: str) -> dict[str, Any]:
    return {
        "value": f"{{{value}:usd}}",
        "exact": f"{{{value}:exact}}",
        "prefix": f"{{{value}:bound}}",
    }


def _per(name: str, dimension: str) -> Key:
    """The mean cost of a day with usage, or of a session with usage (docs/glossary.md)."""
    groups = {"table": "usage", "by": [dimension], "measures": ["cost_usd"]}
    return {
        "name": name,
        "query": {"total": _TOTAL, "groups": groups},
        # What has no price at all would lower the mean.
        "sets": {"priced": [{"from": "groups"}, {"where": [["cost_usd", "known"]]}]},
        "values": {
            "number": ["rows", "priced"],
            "mean": ["div", ["sum", "total", "cost_usd"], "number"],
        },
        **_money("mean"),
        "notes": [f"over {{number:plural {dimension}}} with usage"],
        "change": "mean",
    }


COST_KEYS: Final[list[Key]] = [
    {
        "name": "Total cost",
        "query": {
            "total": _TOTAL,
            "daily": _BY_DAY,
            "models": {"table": "usage", "by": ["model"], "measures": ["cost_usd"]},
        },
        "sets": {"unpriced": [{"from": "models"}, {"where": [["unpriced_tokens", ">", 0]]}]},
        "values": {
            "cost": ["sum", "total", "cost_usd"],
            "incomplete": ["sum", "total", "lower_bound_responses"],
            "share": ["part", "incomplete", ["sum", "total", "responses"]],
            "unseen": ["sum", "total", "unseen_calls"],
            "unpriced": ["rows", "unpriced"],
        },
        **_money("cost"),
        "notes": [
            _choose([["incomplete", ">", 0]], "{share:share} of responses incomplete"),
            _choose([["unseen", ">", 0]], "{unseen:plural call} without usage"),
            _choose([["unpriced", ">", 0]], "{unpriced:plural model} without a price"),
        ],
        "spark": ["daily", "cost_usd"],
        "change": "cost",
    },
    {
        "name": "Previous period",
        "when": [["has_before", "==", True]],
        "query": {"total": _TOTAL, "daily": _BY_DAY},
        "values": {"cost": ["sum", "before.total", "cost_usd"]},
        **_money("cost"),
        "notes": ["{before_days}"],
        "spark": ["before.daily", "cost_usd"],
    },
    {
        "name": f"Last {LAST_DAYS} days",
        "when": [["has_period", "==", False]],
        "query": {"daily": _BY_DAY},
        "sets": {
            "recent": [{"from": "daily"}, {"last_days": LAST_DAYS}],
            "earlier": [{"from": "daily"}, {"before_last_days": LAST_DAYS}],
        },
        "values": {
            "cost": ["sum", "recent", "cost_usd"],
            "earlier": ["sum", "earlier", "cost_usd"],
            "used": ["rows", "recent"],
            "days": ["rows", "earlier"],
            "last": ["pick", "daily", [["day", "desc"]], "day"],
        },
        **_money("cost"),
        # The same days as those of the filter and of `--since 30d`: they end on the day that the
        # page was made.
        "notes": [
            _choose(
                [["used", ">", 0]],
                [
                    "up to {today:day}",
                    _choose([["days", ">", 0]], f", compared with the {LAST_DAYS} days before"),
                ],
                "no usage since {last:day}",
            )
        ],
        "spark": ["recent", "cost_usd"],
        "change": {"from": "earlier", "to": "cost"},
    },
    _per("Per day with usage", "day"),
    _per("Per session with usage", "session"),
    {
        "name": "Tokens",
        "query": {
            "total": {
                "table": "usage",
                "by": [],
                "measures": ["total_tokens", "output_tokens", "responses"],
            },
            "daily": {"table": "usage", "by": ["day"], "measures": ["total_tokens"]},
        },
        "values": {
            "tokens": ["sum", "total", "total_tokens"],
            "output": ["sum", "total", "output_tokens"],
            "responses": ["sum", "total", "responses"],
        },
        "value": "{tokens:tokens}",
        "exact": "{tokens:count} tokens in {responses:count} responses",
        "notes": ["{output:tokens} of them output"],
        "spark": ["daily", "total_tokens"],
        "change": "tokens",
    },
    {
        "name": "Read from cache",
        "query": {
            "total": {
                "table": "usage",
                "by": [],
                "measures": ["prompt_tokens", "cache_read_tokens"],
            },
            "daily": {"table": "usage", "by": ["day"], "measures": ["cache_read_share"]},
        },
        "values": {
            "sent": ["sum", "total", "prompt_tokens"],
            "read": ["sum", "total", "cache_read_tokens"],
            "share": ["part", "read", "sent"],
        },
        "value": "{share:share}",
        "exact": "{read:count} of {sent:count} prompt tokens",
        "notes": ["of all prompt tokens"],
        "spark": ["daily", "cache_read_share"],
        "change": {"points": "share"},
    },
]

_OF_MODEL: Final = ("sessions", "responses")
_COUNTED: Final[dict[str, tuple[str, list[Any]]]] = {
    "sessions": (
        "Sessions",
        [
            _choose(
                [["median", "known"]],
                _choose([["number", ">", 1]], "median {median:duration}", "{median:duration} long"),
            )
        ],
    ),
    "prompts": ("Prompts", ["{each_session:dec 1} per session"]),
    "responses": ("Responses", ["{each_prompt:dec 1} per prompt"]),
    "tool_calls": (
        "Tool calls",
        [_choose([["tool_calls", ">", 0]], "{failed:share} failed")],
    ),
    "lines_added": ("Lines added", ["{lines_removed:tokens} removed"]),
}


def _count_key(name: str) -> Key:
    label, notes = _COUNTED[name]
    counts = ["sessions", "prompts", "responses", "tool_calls", "tool_errors", "lines_added"]
    is_shown = [] if name in _OF_MODEL else [["is_filtered.model", "==", False]]
    words = "has no model"
    return {
        "name": label,
        "query": {
            "total": {"table": "acts", "by": [], "measures": [*counts, "lines_removed"]},
            "daily": {"table": "acts", "by": ["day"], "measures": [name]},
            "lengths": {
                "table": "acts",
                "by": ["session"],
                "measures": [],
                "attach": {"minutes": "session.minutes", "is_known": "session.is_known"},
            },
        },
        "sets": {"known": [{"from": "lengths"}, {"where": [["is_known", "==", 1]]}]},
        "values": {
            **{each: ["sum", "total", each] for each in (*counts, "lines_removed")},
            "number": ["rows", "known"],
            "median": ["median", "known", "minutes"],
            "each_session": ["div", "prompts", "sessions"],
            "each_prompt": ["div", "responses", "prompts"],
            "failed": ["part", "tool_errors", "tool_calls"],
        },
        "value": _choose(is_shown, f"{{{name}:tokens}}", _NONE),
        "exact": _choose(is_shown, f"{{{name}:count}}", words),
        "notes": [_choose(is_shown, note, words) for note in notes],
        "spark": ["daily", name],
        "change": name,
    }


ACTIVITY_KEYS: Final[list[Key]] = [
    *map(_count_key, _COUNTED),
    {
        "name": "Active time",
        "query": {
            "total": {"table": "worked", "by": [], "measures": ["active_minutes"]},
            "daily": {"table": "worked", "by": ["day"], "measures": ["active_minutes"]},
        },
        "sets": {"worked": [{"from": "daily"}, {"where": [["active_minutes", ">", 0]]}]},
        "values": {
            "minutes": ["sum", "total", "active_minutes"],
            "days": ["rows", "worked"],
            "mean": ["div", "minutes", "days"],
        },
        "value": "{minutes:duration}",
        "exact": "{minutes:dec 1} minutes",
        "notes": [
            _choose(
                [["days", ">", 0]],
                [
                    "on {days:plural day} with active time",
                    _choose([["days", ">", 1]], ", {mean:duration} each"),
                ],
            )
        ],
        "spark": ["daily", "active_minutes"],
        "change": "minutes",
    },
]
