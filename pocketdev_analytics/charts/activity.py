"""The charts of activity, each declared once, in the form of `charts.cost`."""

from __future__ import annotations

from typing import Any, Final

from pocketdev_analytics.charts.axes import DAY_AXIS
from pocketdev_analytics.charts.cost import MOST_BARS, MOST_ROWS, NOTHING, Panel
from pocketdev_analytics.charts.theme import LIGHT

__all__ = ["ACTIVITY_PANELS", "LEAST_CALLS", "NO_MODEL"]

#: A tool called less often has no error rate worth a bar.
LEAST_CALLS: Final = 5
#: How many sessions are drawn, the most expensive.
MOST_SESSIONS: Final = 1_000
#: A calendar shows at least and at most so many weeks: with fewer, a day would be no square.
CALENDAR_WEEKS: Final = (26, 53)
#: Shown with a filter on models, next to what has no model.
NO_MODEL: Final = "Prompts, tool calls, edits and errors have no model: only responses are shown."
_ACTIVE_NOTE: Final = "Active time has no model; it follows all other filters."

_PERIOD: Final = {"source": "period", "heading": "{Grain}", "cell": "text"}
_DAY: Final = {"source": "day", "heading": "Day", "cell": "text"}
_OVER_TIME: Final = {"hovermode": "x unified", "xaxis": DAY_AXIS}
_COUNTS: Final = {
    "sessions": "Sessions",
    "prompts": "Prompts",
    "responses": "Responses",
    "tool_calls": "Tool calls",
    "tool_errors": "Failed calls",
    "api_errors": "API errors",
    "lines_added": "Lines added",
    "lines_removed": "Lines removed",
}
_FAILURES: Final = {"errors": "Ended a turn", "retries": "Retried", "rate_limits": "Limits"}
_COLOURS: Final = (3, 0, 1, 2)


def _choose(conditions: list[list[Any]], then: Any, otherwise: Any = "") -> dict[str, Any]:
    return {"when": conditions, "then": then, "else": otherwise}


def _counts(*names: str) -> list[dict[str, Any]]:
    headings = {**_COUNTS, **_FAILURES}
    return [{"source": name, "heading": headings[name], "cell": "count"} for name in names]


def _count_axis(ticks: int) -> dict[str, Any]:
    return {"rangemode": "tozero", "fixedrange": True, "nticks": ticks, "tickformat": "~s"}


# Notes that are shown under a filter on models only.
_OF_MODEL: Final = [{"text": _choose([["is_filtered.model", "==", True]], NO_MODEL)}]
_OF_WORK: Final = [{"text": _choose([["is_filtered.model", "==", True]], _ACTIVE_NOTE)}]

CALENDAR: Final[Panel] = {
    "id": "calendar-heatmap",
    "title": "Prompts per day",
    "query": {"table": "acts", "by": ["day"], "measures": ["prompts"]},
    "sets": {
        "shown": [{"last_weeks": list(CALENDAR_WEEKS)}],
        "active": [{"from": "shown"}, {"where": [["prompts", ">", 0]]}],
    },
    "values": {
        "all": ["sum", "rows", "prompts"],
        "total": ["sum", "shown", "prompts"],
        "number": ["rows", "active"],
        "top": ["pick", "active", [["prompts", "desc"], ["day", "asc"]], "prompts"],
        "top_day": ["pick", "active", [["prompts", "desc"], ["day", "asc"]], "day"],
    },
    "summary": _choose(
        [["number", "==", 0]],
        NOTHING,
        [
            "{total:plural prompt}",
            _choose(
                [["number", "==", 1]],
                ", all on {top_day:day}",
                " on {number:count} days with prompts; the most on {top_day:day}, {top:count}",
            ),
            _choose(
                [["all", "!=", "@total"]],
                f". These are the last {CALENDAR_WEEKS[1]} weeks of {{all:plural prompt}}",
            ),
            ".",
        ],
    ),
    "chart": {
        "shape": "calendar",
        "set": "rows",
        "value": "prompts",
        "weeks": list(CALENDAR_WEEKS),
        "trace": {
            "type": "heatmap",
            "coloraxis": "coloraxis",
            "hovertemplate": "%{customdata}<extra></extra>",
            "hoverongaps": False,
        },
        "layout": {
            "height": 250,
            "xaxis": {"type": "category", "side": "top", "fixedrange": True},
            "yaxis": {
                "autorange": "reversed",
                "showgrid": False,
                "fixedrange": True,
                "tickvals": ["Mon", "Wed", "Fri"],
            },
        },
        "filter": "day",
    },
    "table": {"set": "shown", "columns": [_DAY, *_counts("prompts")]},
    "notes": _OF_MODEL,
}

HOURS: Final[Panel] = {
    "id": "hour-by-weekday",
    "title": "Responses by weekday and hour",
    "query": {"table": "hours", "by": ["weekday", "hour"], "measures": ["responses"]},
    "sets": {"weekdays": [{"group": ["weekday"]}], "hours": [{"group": ["hour"]}]},
    "values": {
        "total": ["sum", "rows", "responses"],
        "top": ["pick", "weekdays", [["responses", "desc"], ["weekday", "asc"]], "responses"],
        "weekday": ["pick", "weekdays", [["responses", "desc"], ["weekday", "asc"]], "weekday"],
        "hour": ["pick", "hours", [["responses", "desc"], ["hour", "asc"]], "hour"],
        "share": ["part", "top", "total"],
    },
    "summary": _choose(
        [["total", ">", 0]],
        "Busiest on {weekday}s with {share:share} of the responses, and in the hour from"
        " {hour}:00.",
        NOTHING,
    ),
    "chart": {
        "shape": "hours",
        "set": "rows",
        "value": "responses",
        "trace": {
            "type": "heatmap",
            "coloraxis": "coloraxis",
            "hovertemplate": "%{y} %{x}:00\u2013%{x}:59: %{z:,} responses<extra></extra>",
        },
        "layout": {
            "height": 250,
            "xaxis": {
                "tickvals": list(range(0, 24, 3)),
                "ticksuffix": ":00",
                "fixedrange": True,
            },
            "yaxis": {"autorange": "reversed", "showgrid": False, "fixedrange": True},
        },
    },
    "table": {"kind": "hours", "set": "rows", "value": "responses"},
    "span": 6,
}


def _daily_activity() -> Panel:
    names = list(_COUNTS)[:4]
    axes, words, traces = {}, [], []
    for index, name in enumerate(names):
        number = "" if index == 0 else str(index + 1)
        low, high = _band(index, len(names))
        axes[f"yaxis{number}"] = {"domain": [low, high], **_count_axis(4)}
        words.append(_row_name(_COUNTS[name], high))
        traces.append(
            {
                "type": "bar",
                "value": name,
                "name": _COUNTS[name],
                "yaxis": f"y{number}",
                "marker": {"color": LIGHT.series[_COLOURS[index]]},
                "hovertemplate": "%{y:,}",
            }
        )
    return {
        "id": "daily-activity",
        "title": "Sessions, prompts, responses and tool calls per {grain}",
        "query": {"table": "acts", "by": ["period"], "measures": list(_COUNTS)},
        "values": {
            "number": ["rows", "rows"],
            **{name: ["sum", "rows", name] for name in names[1:]},
        },
        "summary": _choose(
            [["number", "==", 0]],
            NOTHING,
            "{prompts:plural prompt}, {responses:plural response} and"
            " {tool_calls:plural tool_call} on {number:plural &grain} with activity.",
        ),
        "chart": {
            "shape": "columns",
            "set": "rows",
            "x": "period",
            "traces": traces,
            "count_axes": [
                {"axis": f"yaxis{index + 1 if index else ''}", "of": [name], "is_ranged": True}
                for index, name in enumerate(names)
            ],
            "layout": {
                "height": 400,
                "hovermode": "x unified",
                "showlegend": False,
                "annotations": words,
                "hoversubplots": "axis",
                "xaxis": {**DAY_AXIS, "anchor": f"y{len(names)}"},
                **axes,
            },
        },
        "table": {"set": "rows", "columns": [_PERIOD, *_counts(*_COUNTS)]},
        "notes": _OF_MODEL,
    }


def _band(index: int, rows: int) -> tuple[float, float]:
    """The part of the height that one of several rows takes, from the top."""
    height = 1 / rows
    high = 1 - index * height
    return round(high - height + (0.05 if index < rows - 1 else 0), 4), round(high - 0.06, 4)


def _row_name(name: str, high: float) -> dict[str, Any]:
    return {
        "text": f"<b>{name}</b>",
        "x": 0,
        "y": high,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 12},
    }


DAILY_ACTIVITY: Final[Panel] = _daily_activity()

ACTIVE_HOURS: Final[Panel] = {
    "id": "active-hours",
    "title": "Active time per {grain}",
    "query": {"table": "worked", "by": ["period"], "measures": ["active_minutes"]},
    "sets": {"worked": [{"where": [["active_minutes", ">", 0]]}]},
    "values": {
        "number": ["rows", "worked"],
        "median": ["median", "worked", "active_minutes"],
        "top": [
            "pick",
            "worked",
            [["active_minutes", "desc"], ["period", "asc"]],
            "active_minutes",
        ],
        "top_period": ["pick", "worked", [["active_minutes", "desc"], ["period", "asc"]], "period"],
    },
    "summary": _choose(
        [["number", "==", 0]],
        NOTHING,
        _choose(
            [["number", "==", 1]],
            [
                "{top:duration}, all ",
                _choose([["grain", "==", "day"]], "on ", "in the week of "),
                "{top_period:day}.",
            ],
            [
                "Median {median:duration} on {number:plural &grain} with active time; the most ",
                _choose([["grain", "==", "day"]], "on ", "in the week of "),
                "{top_period:day}, {top:duration}.",
            ],
        ),
    ),
    "chart": {
        "shape": "columns",
        "set": "rows",
        "x": "period",
        "minutes": True,
        "blank_if_zero": ["active_minutes"],
        "traces": [
            {
                "type": "bar",
                "value": "active_minutes",
                "hover": "{active_minutes:duration}",
                "marker": {"color": LIGHT.series[0]},
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        ],
        "layout": {**_OVER_TIME, "yaxis": {"fixedrange": True, "rangemode": "tozero", "nticks": 5}},
    },
    "table": {
        "set": "rows",
        "columns": [
            _PERIOD,
            {"source": "active_minutes", "heading": "Active time", "cell": "minutes"},
        ],
    },
    "notes": _OF_WORK,
    "remark": "Gaps over {idle_minutes} min are not counted.",
}

_TOOL_TABLE: Final = {
    "limit": MOST_ROWS,
    "report": "tools",
    "columns": [
        {"source": "tool", "heading": "Tool", "cell": "name", "is_text": True},
        {"source": "calls", "heading": "Calls", "cell": "count"},
        {"source": "errors", "heading": "Failed", "cell": "count"},
        {"source": "error_rate", "heading": "Failed, share", "cell": "share"},
        {"source": "lines_added", "heading": "Lines added", "cell": "count"},
        {"source": "lines_removed", "heading": "Lines removed", "cell": "count"},
    ],
}
_TOOL_QUERY: Final = {
    "table": "calls",
    "by": ["tool"],
    "measures": ["calls", "errors", "error_rate", "lines_added", "lines_removed"],
}
_TOOL_CHART: Final = {
    "shape": "ranking",
    "limit": MOST_BARS,
    "label": "{tool.label:label 30}",
    "layout": {
        "showlegend": False,
        "bargap": 0.35,
        "xaxis": {"showticklabels": False, "showgrid": False, "fixedrange": True},
        "yaxis": {"fixedrange": True, "zeroline": False, "showgrid": False},
    },
}


def _tool_bar(colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "marker": {"color": colour},
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{customdata[0]}<br><b>%{customdata[1]}</b><extra></extra>",
    }


TOOL_MIX: Final[Panel] = {
    "id": "tool-mix",
    "title": "Calls by tool",
    "query": _TOOL_QUERY,
    "sets": {"often": [{"order": [["calls", "desc"], ["tool", "asc"]]}]},
    "values": {
        "total": ["sum", "rows", "calls"],
        "number": ["rows", "rows"],
        "top": ["pick", "often", [], "tool"],
        "share": ["part", ["pick", "often", [], "calls"], "total"],
    },
    "summary": _choose(
        [["number", "==", 0]],
        NOTHING,
        _choose(
            [["number", "==", 1]],
            "{total:plural call}, all of {top:name 60}.",
            "{total:count} calls of {number:plural tool}; most often {top:name 60}, {share:share}.",
        ),
    ),
    "chart": {
        **_TOOL_CHART,
        "set": "often",
        "of": "rows",
        "value": "calls",
        "hover": ["{tool:label 80}", "{calls:plural call}"],
        "text": "{calls:tokens} · {calls:of total}",
        "trace": _tool_bar(LIGHT.series[0]),
    },
    "table": {**_TOOL_TABLE, "set": "often"},
    "notes": _OF_MODEL,
    "span": 6,
}

TOOL_ERRORS: Final[Panel] = {
    "id": "tool-errors",
    "title": "Failed calls by tool, %",
    "query": _TOOL_QUERY,
    "sets": {
        "worst": [{"order": [["error_rate", "desc"], ["tool", "asc"]]}],
        "drawn": [
            {"from": "worst"},
            {"where": [["calls", ">=", LEAST_CALLS], ["error_rate", ">", 0]]},
        ],
    },
    "values": {
        "calls_total": ["sum", "rows", "calls"],
        "errors_total": ["sum", "rows", "errors"],
        "share": ["part", "errors_total", "calls_total"],
    },
    "summary": _choose(
        [["calls_total", "==", 0]],
        NOTHING,
        _choose(
            [["errors_total", "==", 0]],
            "None of {calls_total:plural call} failed.",
            "{errors_total:count} of {calls_total:count} calls failed, {share:share}; tools with"
            f" at least {LEAST_CALLS} calls are shown.",
        ),
    ),
    "chart": {
        **_TOOL_CHART,
        "set": "drawn",
        "of": "rows",
        "value": "error_rate",
        "scale": 100,
        "hover": ["{tool:label 80}", "{errors:count} of {calls:count} calls failed"],
        "text": "{error_rate:share}",
        "trace": _tool_bar(LIGHT.series[1]),
    },
    "table": {**_TOOL_TABLE, "set": "worst"},
    "notes": _OF_MODEL,
    "span": 6,
}


def _sign(name: str, sign: int, label: str, colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "value": name,
        "sign": sign,
        "hover": f"{{{name}:count}}",
        "name": label,
        "marker": {"color": colour},
        "hovertemplate": "%{customdata}",
    }


LINES_CHANGED: Final[Panel] = {
    "id": "daily-lines-changed",
    "title": "Lines added and removed per {grain}",
    "query": {"table": "acts", "by": ["period"], "measures": ["lines_added", "lines_removed"]},
    "values": {
        "number": ["rows", "rows"],
        "added": ["sum", "rows", "lines_added"],
        "removed": ["sum", "rows", "lines_removed"],
    },
    "summary": _choose(
        [["number", "==", 0]],
        NOTHING,
        "{added:plural line} added and {removed:count} removed by edits.",
    ),
    "chart": {
        "shape": "columns",
        "set": "rows",
        "x": "period",
        "blank_if_zero": ["lines_added", "lines_removed"],
        "traces": [
            _sign("lines_added", 1, "Added", LIGHT.series[2]),
            _sign("lines_removed", -1, "Removed", LIGHT.series[1]),
        ],
        "count_axes": [{"axis": "yaxis", "of": ["lines_added", "lines_removed"], "is_max": True}],
        "layout": {
            **_OVER_TIME,
            "barmode": "relative",
            "yaxis": {"fixedrange": True, "tickformat": "~s"},
        },
    },
    "table": {"set": "rows", "columns": [_PERIOD, *_counts("lines_added", "lines_removed")]},
    "notes": _OF_MODEL,
}

API_ERRORS: Final[Panel] = {
    "id": "api-errors",
    "title": "API errors and retries per day",
    "query": {
        "table": "failures",
        "by": ["day"],
        "measures": list(_FAILURES),
        "is_dense": True,
    },
    "sets": {
        "failed": [{"where": [["failures", ">", 0]]}],
        "ended_or_retried": [{"where": [["ended_or_retried", ">", 0]]}],
    },
    "values": {
        "errors_total": ["sum", "rows", "errors"],
        "retries_total": ["sum", "rows", "retries"],
        "limits": ["sum", "rows", "rate_limits"],
        "all": ["add", "errors_total", "retries_total"],
        "number": ["rows", "ended_or_retried"],
    },
    "summary": _choose(
        [["all", "==", 0]],
        "No API errors in this period.",
        [
            "{errors_total:plural error} ended a turn and {retries_total:count} ",
            _choose([["retries_total", "==", 1]], "was", "were"),
            " retried, on {number:plural day}; ",
            _choose([["limits", ">", 0]], "{limits:count}", "none"),
            " of them for a limit.",
        ],
    ),
    "chart": {
        "shape": "columns",
        "set": "rows",
        "x": "day",
        "blank_if_zero": ["errors", "retries"],
        "traces": [
            {
                "type": "bar",
                "value": name,
                "name": label,
                "marker": {"color": LIGHT.series[colour]},
                "hovertemplate": "%{y:,}",
            }
            for name, label, colour in (
                ("errors", "Ended the turn", 3),
                ("retries", "Retried", 1),
            )
        ]
        + [
            {
                "type": "scatter",
                "value": "rate_limits",
                "where": [["rate_limits", ">", 0]],
                "is_optional": True,
                "mode": "markers",
                "name": "Of these, limits",
                "marker": {"color": LIGHT.series[0], "symbol": "diamond", "size": 9},
                "hovertemplate": "%{y:,}",
            }
        ],
        "count_axes": [{"axis": "yaxis", "of": ["errors", "retries"], "is_ranged": True}],
        "layout": {**_OVER_TIME, "barmode": "stack", "yaxis": _count_axis(5)},
        "filter": "day",
    },
    "table": {"set": "failed", "columns": [_DAY, *_counts(*_FAILURES)]},
    "notes": _OF_MODEL,
    "span": 6,
}

ERROR_KINDS: Final[Panel] = {
    "id": "error-kinds",
    "title": "API errors by kind",
    "query": {
        "table": "failures",
        "by": ["kind"],
        "measures": [*_FAILURES, "ended_or_retried"],
        "attach": {"status": "kind.status"},
    },
    "sets": {"often": [{"order": [["ended_or_retried", "desc"], ["kind", "asc"]]}]},
    "summary": "By API error name, the most frequent first; no status means no response.",
    "table": {
        "set": "often",
        "limit": MOST_ROWS,
        "report": "errors --by error --by status",
        "columns": [
            {"source": "kind", "heading": "Error", "cell": "name", "is_text": True},
            {"source": "status", "heading": "HTTP status", "cell": "name", "is_text": True},
            *_counts(*_FAILURES),
        ],
    },
    "notes": _OF_MODEL,
    "span": 6,
}
API_ERRORS["query"]["measures"] += ["ended_or_retried", "failures"]

_SESSION_QUERY: Final = {
    "table": "acts",
    "by": ["session"],
    "measures": [],
    "attach": {
        "is_known": "session.is_known",
        "link": "session.link",
        "latest": "session.latest",
        "started_at": "session.started",
        "duration_minutes": "session.minutes",
        "active_minutes": "session.active",
        "cost_usd": "session.cost_usd",
        "lower_bound_responses": "session.is_bounded",
        "has_subagents": "session.has_subagents",
        "prompts": "session.prompts",
        "responses": "session.responses",
        "subagent_responses": "session.subagent_responses",
        "tool_calls": "session.tool_calls",
        "project": "session.project",
    },
}
_SESSION_COLUMNS: Final = [
    {"source": "session", "heading": "Session", "cell": "name", "is_text": True, "link": "link"},
    {"source": "started_at", "heading": "Started", "cell": "text"},
    {"source": "duration_minutes", "heading": "Duration", "cell": "minutes"},
    {"source": "active_minutes", "heading": "Active time", "cell": "minutes"},
    {"source": "cost_usd", "heading": "Cost, USD", "cell": "money"},
    {"source": "prompts", "heading": "Prompts", "cell": "count"},
    {"source": "responses", "heading": "Responses", "cell": "count"},
    {"source": "subagent_responses", "heading": "Of subagents", "cell": "count"},
    {"source": "tool_calls", "heading": "Tool calls", "cell": "count"},
    {"source": "project", "heading": "Project", "cell": "name", "is_text": True},
]
_SESSION_TABLE: Final = {
    "limit": MOST_ROWS,
    "report": "sessions",
    "columns": _SESSION_COLUMNS,
}
_LONGEST: Final = [["active_minutes", "desc"], ["session", "asc"]]

SESSION_LENGTHS: Final[Panel] = {
    "id": "session-lengths",
    "title": "Active time of each session against its cost, USD",
    "query": _SESSION_QUERY,
    "sets": {
        "known": [{"where": [["is_known", "==", 1]]}],
        "longest": [{"from": "known"}, {"order": _LONGEST}],
        # A session without a response cost nothing: it would be a dot on the edge.
        "used": [{"from": "known"}, {"where": [["responses", "!=", 0]]}],
        "priced": [{"from": "used"}, {"where": [["cost_usd", "known"]]}],
        "drawn": [
            {"from": "priced"},
            {"order": [["cost_usd", "desc"], ["session", "asc"]]},
            {"head": MOST_SESSIONS},
        ],
        "unpriced": [{"from": "used"}, {"where": [["cost_usd", "unknown"]]}],
    },
    "values": {
        "number": ["rows", "priced"],
        "unpriced": ["rows", "unpriced"],
        "unused": ["diff", ["rows", "known"], ["rows", "used"]],
        "median": ["median", "priced", "active_minutes"],
        "median_cost": ["median", "priced", "cost_usd"],
        "top": ["pick", "priced", _LONGEST, "session"],
        "top_minutes": ["pick", "priced", _LONGEST, "active_minutes"],
        "top_cost": ["pick", "priced", _LONGEST, "cost_usd"],
    },
    "summary": _choose(
        [["number", "==", 0]],
        NOTHING,
        [
            _choose(
                [["number", "==", 1]],
                "The only session with usage ({top:name 60}) took {top_minutes:duration} and"
                " {top_cost:usd}.",
                "Median {median:duration} and {median_cost:usd} across {number:count} sessions"
                " with usage; the longest ({top:name 60}) took {top_minutes:duration} and"
                " {top_cost:usd}.",
            ),
            _choose([["unpriced", ">", 0]], " {unpriced:count} without a price not shown."),
            _choose([["unused", ">", 0]], " {unused:count} without a response not shown."),
            _choose(
                [["number", ">", MOST_SESSIONS]],
                f" The {MOST_SESSIONS:,} most expensive are drawn.",
            ),
        ],
    ),
    "chart": {
        "shape": "scatter",
        "set": "drawn",
        "x": "active_minutes",
        "y": "cost_usd",
        # Where a session of one moment, and one that cost less, is drawn.
        "least": [0.5, 0.001],
        "room": 0.08,
        "ticks": [
            [
                [0.5, "< 1 min"],
                [5, "5 min"],
                [60, "1 h"],
                [480, "8 h"],
                [3840, "64 h"],
                [30720, "512 h"],
            ],
            [[10.0**power, f"${10.0**power:,.{max(-power, 0)}f}"] for power in range(-3, 7)],
        ],
        "hover": ["{session:label 60}", "{active_minutes:duration}", "{cost_usd:exact}"],
        "traces": [
            {
                "where": [["has_subagents", "==", has]],
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "marker": {"color": LIGHT.series[has], "size": 7, "opacity": 0.75},
                "hovertemplate": "%{customdata[0]}<br>%{customdata[1]}<br><b>%{customdata[2]}</b>"
                "<extra></extra>",
            }
            for has, name in enumerate(("Main thread alone", "With subagents"))
        ],
        "layout": {
            "hovermode": "closest",
            "xaxis": {"type": "log", "fixedrange": True, "showgrid": True},
            "yaxis": {"type": "log", "fixedrange": True},
        },
    },
    "table": {
        "set": "longest",
        "limit": MOST_ROWS,
        "report": "sessions",
        "columns": _SESSION_COLUMNS,
    },
}

SESSIONS: Final[Panel] = {
    "id": "sessions",
    "title": "Latest sessions",
    "query": _SESSION_QUERY,
    "sets": {
        "known": [{"where": [["is_known", "==", 1]]}],
        "latest": [{"from": "known"}, {"order": [["latest", "asc"]]}],
    },
    "summary": "Newest first; whole sessions, even if only partly in view: from the first prompt or"
    " response to the last.",
    "table": {
        "set": "latest",
        "limit": MOST_ROWS,
        "report": "sessions",
        "columns": _SESSION_COLUMNS,
    },
}

#: Every chart of activity, by the name of its function in `charts`.
ACTIVITY_PANELS: Final[dict[str, Panel]] = {
    "calendar_heatmap": CALENDAR,
    "hour_by_weekday": HOURS,
    "daily_activity": DAILY_ACTIVITY,
    "active_hours": ACTIVE_HOURS,
    "tool_mix": TOOL_MIX,
    "tool_errors": TOOL_ERRORS,
    "daily_lines_changed": LINES_CHANGED,
    "api_errors": API_ERRORS,
    "error_kinds": ERROR_KINDS,
    "session_lengths": SESSION_LENGTHS,
    "sessions": SESSIONS,
}
