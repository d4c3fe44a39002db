"""The charts of cost, each declared once: query, sets, values, chart, table and sentences.

docs/internals/pages.md explains the form. `pages` draws them from a page's facts, notebooks from
a report's frame, and the script of a page again under every filter.
"""

from __future__ import annotations

from typing import Any, Final

from pocketdev_analytics.charts.axes import DAY_AXIS, DOLLAR_AXIS, TODAY_MARK
from pocketdev_analytics.charts.theme import LIGHT
from pocketdev_analytics.model import TOKEN_COLUMNS

__all__ = ["COST_NOTES", "COST_PANELS", "NOTHING", "TOKEN_CLASS_NAMES", "Panel"]

Panel = dict[str, Any]

#: What a chart without data says.
NOTHING: Final = "Nothing to show in this period."
#: How many rows the table of a ranking has; `pocketdev-analytics report` has them all.
MOST_ROWS: Final = 100
#: How many bars a ranking has.
MOST_BARS: Final = 12
#: How many five-hour windows are drawn: the latest.
MOST_WINDOWS: Final = 60
MAX_SERIES: Final = len(LIGHT.series)
OTHER_MODELS: Final = "Other models"

#: The classes of `reports.token_classes` as people call them, in the order of a bill.
TOKEN_CLASS_NAMES: Final = {
    "input_tokens": "Input",
    "cache_write_5m_tokens": "Cache write, 5 min",
    "cache_write_1h_tokens": "Cache write, 1 h",
    "cache_read_tokens": "Cache read",
    "output_tokens": "Output",
    "web_search": "Web search",
}
# Of each class: its name, label, column of tokens and measure of money.
_CLASSES: Final = [
    [
        name,
        label,
        name if name in TOKEN_COLUMNS else "",
        f"{name.removesuffix('_tokens')}_cost_usd",
    ]
    for name, label in TOKEN_CLASS_NAMES.items()
]

_MONEY: Final = {"source": "cost_usd", "heading": "Cost, USD", "cell": "money"}
_RESPONSES: Final = {"source": "responses", "heading": "Responses", "cell": "count"}
_TOKENS: Final = {"source": "total_tokens", "heading": "Tokens", "cell": "count"}
_EXACT: Final = "{cost_usd:exact}"
_PERIOD_COLUMN: Final = {"source": "period", "heading": "{Grain}", "cell": "text"}

_BAR: Final = {"type": "bar", "hovertemplate": "%{customdata}"}
# A stack shows its sum on hover, by points that cannot be seen.
_SUM: Final = {
    "type": "scatter",
    "name": "<b>Total</b>",
    "mode": "markers",
    "marker": {"color": LIGHT.ink, "size": 1, "opacity": 0},
    "showlegend": False,
    "hovertemplate": "<b>%{customdata}</b>",
}
_OVER_TIME: Final = {"hovermode": "x unified", "yaxis": DOLLAR_AXIS}
_MONTH_AXIS: Final = {"type": "category", "categoryorder": "array", "fixedrange": True}
_RANKED_BAR: Final = {
    "type": "bar",
    "orientation": "h",
    "marker": {"color": LIGHT.series[0]},
    "textposition": "outside",
    "cliponaxis": False,
    "name": "Cost",
    "hovertemplate": "%{customdata[0]}<br><b>%{customdata[1]}</b><extra></extra>",
}
_PARETO: Final = {
    "type": "scatter",
    "xaxis": "x2",
    "mode": "lines+markers",
    "name": "Cumulative share",
    "line": {"color": LIGHT.series[1], "width": 2},
    "marker": {"size": 6, "color": LIGHT.series[1]},
    "hovertemplate": "first %{customdata}: %{x:.1f}% of all cost<extra></extra>",
}
_RANKING_LAYOUT: Final[dict[str, Any]] = {
    "showlegend": False,
    "bargap": 0.35,
    "xaxis": {"showticklabels": False, "showgrid": False, "fixedrange": True},
    "yaxis": {"fixedrange": True, "zeroline": False, "showgrid": False},
}
_PARETO_LAYOUT: Final = {
    **_RANKING_LAYOUT,
    "xaxis": {**_RANKING_LAYOUT["xaxis"], "domain": [0, 0.7]},
    "xaxis2": {
        "domain": [0.74, 1],
        "anchor": "y",
        "side": "top",
        "range": [0, 105],
        "tickvals": [0, 50, 100],
        "ticktext": ["0", "50", "100%"],
        "showgrid": True,
        "fixedrange": True,
        "title": {"text": "Cumulative share"},
    },
}


def _choose(conditions: list[list[Any]], then: Any, otherwise: Any = "") -> dict[str, Any]:
    return {"when": conditions, "then": then, "else": otherwise}


def _top(source: str, dimension: str, column: str = "cost_usd") -> list[Any]:
    """The value that picks a column of the most expensive row."""
    return ["pick", source, [["cost_usd", "desc"], [dimension, "asc"]], column]


def _stack(x: str, title: str, **more: Any) -> dict[str, Any]:
    """Cost over time as a stack by model, with the table of both."""
    chart = {
        "shape": "stack",
        "set": "rows",
        "x": x,
        "series": "model",
        "value": "cost_usd",
        "limit": MAX_SERIES,
        "rest": OTHER_MODELS,
        "trace": _BAR,
        "sum": _SUM,
        "layout": {
            **_OVER_TIME,
            "barmode": "stack",
            "xaxis": _MONTH_AXIS if x == "month" else DAY_AXIS,
        },
        "filter": "model",
        **more,
    }
    return {
        "title": [title, _choose([["has_model", "==", True]], " by model"), ", USD"],
        "query": {"table": "usage", "by": [x, "model"], "measures": ["cost_usd"]},
        "sets": {
            "periods": [{"group": [x]}],
            "priced": [{"from": "periods"}, {"where": [["cost_usd", "known"]]}],
        },
        "chart": chart,
        "table": {
            "kind": "series",
            "set": "rows",
            "x": x,
            "series": "model",
            "value": "cost_usd",
            "limit": MAX_SERIES,
            "rest": OTHER_MODELS,
            "heading": "Month" if x == "month" else "{Grain}",
        },
    }


DAILY_COST: Final[Panel] = {
    "id": "daily-cost",
    **_stack("period", "Cost per {grain}", mark_today=TODAY_MARK),
    "values": {
        "total": ["sum", "rows", "cost_usd"],
        "number": ["rows", "priced"],
        "mean": ["mean", "priced", "cost_usd"],
        "top": _top("priced", "period"),
        "top_period": _top("priced", "period", "period"),
    },
    "summary": _choose(
        [["number", "==", 0]],
        NOTHING,
        [
            "{total:cost}",
            _choose(
                [["number", "==", 1]],
                [
                    _choose([["grain", "==", "day"]], ", all on ", ", all in the week of "),
                    "{top_period:day}.",
                ],
                [
                    " on {number:plural &grain} with usage, {mean:usd} each on average; the most ",
                    _choose([["grain", "==", "day"]], "on ", "in the week of "),
                    "{top_period:day}, {top:usd}.",
                ],
            ),
        ],
    ),
    "notes": "bounds",
}

MONTHLY_COST: Final[Panel] = {
    "id": "monthly-cost",
    **_stack("month", "Cost per month"),
    "values": {
        "number": ["rows", "priced"],
        "latest": ["pick", "priced", [["month", "desc"]], "cost_usd"],
        "latest_month": ["pick", "priced", [["month", "desc"]], "month"],
        "top": _top("priced", "month"),
        "top_month": _top("priced", "month", "month"),
    },
    "summary": _choose(
        [["number", "==", 0]],
        NOTHING,
        [
            "{latest:cost}",
            _choose(
                [["number", "==", 1]],
                ", all in {latest_month:month}.",
                [
                    " in {latest_month:month}, the latest month",
                    _choose(
                        [["latest_month", "==", "@top_month"]],
                        " and the most expensive.",
                        "; the most in {top_month:month}, {top:usd}.",
                    ),
                ],
            ),
        ],
    ),
    "span": 6,
}

CUMULATIVE_COST: Final[Panel] = {
    "id": "cumulative-cost",
    "title": "Cumulative cost, USD",
    "query": {
        "table": "usage",
        "by": ["period"],
        "measures": ["cost_usd", "responses", *TOKEN_COLUMNS],
    },
    "sets": {"periods": [{"group": ["period"]}]},
    "values": {
        "number": ["rows", "periods"],
        "total": ["sum", "periods", "cost_usd"],
        "half": ["half", "periods", "cost_usd", "period"],
    },
    "summary": _choose(
        [["number", "==", 0]],
        NOTHING,
        [
            "{total:cost}",
            _choose(
                [["total", ">", 0]],
                _choose(
                    [["number", "==", 1]],
                    ", all by {half:day}.",
                    " in total, half of it by {half:day}.",
                ),
                " in total.",
            ),
        ],
    ),
    "chart": {
        "shape": "cumulative",
        "set": "periods",
        "x": "period",
        "value": "cost_usd",
        "trace": {
            "type": "scatter",
            "line": {"width": 2.5, "shape": "hv", "color": LIGHT.series[0]},
            "fill": "tozeroy",
            "fillcolor": LIGHT.area,
            "name": "Cost so far",
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        "layout": {**_OVER_TIME, "showlegend": False, "xaxis": DAY_AXIS},
    },
    "table": {
        "set": "periods",
        "columns": [
            _PERIOD_COLUMN,
            _MONEY,
            _RESPONSES,
            *(
                {"source": name, "heading": TOKEN_CLASS_NAMES[name], "cell": "count"}
                for name in TOKEN_COLUMNS
            ),
        ],
    },
    "span": 6,
}


def _ranking(
    dimension: str,
    heading: str,
    nouns: str,
    *,
    measures: tuple[str, ...] = (),
    columns: tuple[dict[str, Any], ...] = (),
    more: Any = "",
    **chart: Any,
) -> dict[str, Any]:
    """Cost by a dimension as bars, the most expensive first, with its table and sentence."""
    leader = f"{{top_{dimension}:name 60}}"
    return {
        "query": {
            "table": "usage",
            "by": [dimension],
            "measures": ["cost_usd", "responses", *measures],
        },
        "sets": {
            "ranked": [{"order": [["cost_usd", "desc"], [dimension, "asc"]]}],
            "unpriced": [{"where": [["cost_usd", "unknown"]]}],
        },
        "values": {
            "total": ["sum", "rows", "cost_usd"],
            "number": ["rows", "rows"],
            "unpriced": ["rows", "unpriced"],
            "top": _top("rows", dimension),
            f"top_{dimension}": _top("rows", dimension, dimension),
            "share": ["part", "top", "total"],
        },
        "summary": [
            _choose(
                [["total", ">", 0]],
                _choose(
                    [["number", "==", 1]],
                    f"{{total:cost}}, all for {leader}.",
                    f"{leader}: {{share:share}} of {{total:cost}}"
                    f" across {{number:plural {nouns}}}.",
                ),
                NOTHING,
            ),
            more,
        ],
        "chart": {
            "shape": "ranking",
            "set": "ranked",
            "of": "rows",
            "limit": MOST_BARS,
            "value": "cost_usd",
            "label": f"{{{dimension}:label 32}}",
            "hover": [f"{{{dimension}:label 80}}", _EXACT],
            "text": _AMOUNT,
            "trace": _RANKED_BAR,
            "layout": _RANKING_LAYOUT,
            "filter": dimension,
            **chart,
        },
        "table": {
            "set": "ranked",
            "limit": MOST_ROWS,
            "report": f"cost --by {dimension} --sort=-cost_usd",
            "columns": [
                {"source": dimension, "heading": heading, "cell": "name", "is_text": True},
                _MONEY,
                _RESPONSES,
                *columns,
            ],
        },
        "span": 6,
    }


_AMOUNT: Final = _choose(
    [["cost_usd", "known"]],
    "{cost_usd:usd} · {cost_usd:of total}",
    ["no price", _choose([["unpriced_tokens", ">", 0]], " · {unpriced_tokens:tokens} tokens")],
)

COST_BY_MODEL: Final[Panel] = {
    "id": "cost-by-model",
    "title": "Cost by model, USD",
    **_ranking(
        "model",
        "Model",
        "model",
        columns=(
            {"source": "lower_bound_responses", "heading": "Incomplete", "cell": "count"},
            {"source": "unpriced_tokens", "heading": "Tokens without a price", "cell": "count"},
        ),
        more=_choose(
            [["unpriced", ">", 0]],
            [
                " {unpriced:plural model} ",
                _choose([["unpriced", "==", 1]], "has", "have"),
                " no price.",
            ],
        ),
        colour={"rank": "model.rank"},
        hover=["{model:label 60}", _EXACT],
    ),
    "notes": "unpriced",
}

COST_BY_PROJECT: Final[Panel] = {
    "id": "cost-by-project",
    "title": "Cost by project, USD",
    **_ranking(
        "project",
        "Project",
        "project",
        label="{project:label 28}",
        hover=[
            _choose(
                [["project.exact", "!=", ""]], "{project.exact:label 80}", "{project:label 80}"
            ),
            _EXACT,
        ],
        text="{cost_usd:usd}",
        pareto=_PARETO,
        layout=_PARETO_LAYOUT,
    ),
}

COST_BY_BRANCH: Final[Panel] = {
    "id": "cost-by-branch",
    "title": "Cost by branch, USD",
    **_ranking("branch", "Branch", "branch branches"),
}

COST_BY_AGENT: Final[Panel] = {
    "id": "cost-by-agent",
    "title": "Cost of the main thread and of subagents, USD",
    **_ranking(
        "runner",
        "Agent",
        "agent",
        measures=("sessions", "total_tokens"),
        columns=({"source": "sessions", "heading": "Sessions", "cell": "count"}, _TOKENS),
        colour={"series": "runner.kind"},
        filter=None,
    ),
}
COST_BY_AGENT["sets"] |= {"subagents": [{"where": [["runner.kind", "==", 1]]}]}
COST_BY_AGENT["table"] |= {"set": "rows", "report": "agents"}
COST_BY_AGENT["values"] |= {
    "others": ["rows", "subagents"],
    "share": ["part", ["sum", "subagents", "cost_usd"], "total"],
    "responses": ["part", ["sum", "subagents", "responses"], ["sum", "rows", "responses"]],
}
COST_BY_AGENT["summary"] = _choose(
    [["total", ">", 0]],
    _choose(
        [["others", "==", 0]],
        "No subagent ran; {total:cost} in total.",
        "Subagents: {share:share} of {total:cost}, in {responses:share} of the responses.",
    ),
    NOTHING,
)

COST_BY_TOKEN_CLASS: Final[Panel] = {
    "id": "cost-by-token-class",
    "title": "Share of each token class in tokens and in cost, %",
    "query": {
        "table": "usage",
        "by": [],
        "measures": ["cost_usd", *TOKEN_COLUMNS, *(cost for *_, cost in _CLASSES)],
    },
    "sets": {
        "classes": [{"unpivot": _CLASSES}],
        "ranked": [{"from": "classes"}, {"order": [["cost_usd", "desc"], ["place", "asc"]]}],
    },
    "values": {
        "total": ["sum", "classes", "cost_usd"],
        "tokens": ["sum", "classes", "tokens"],
        "top": ["pick", "ranked", [], "label"],
        "share": ["part", ["pick", "ranked", [], "cost_usd"], "total"],
        "tokens_share": ["part", ["pick", "ranked", [], "tokens"], "tokens"],
    },
    "summary": _choose(
        [["total", ">", 0], ["tokens", ">", 0]],
        "{top} is the largest part of the cost, {share:share}, with {tokens_share:share} of"
        " {tokens:tokens} tokens.",
        NOTHING,
    ),
    "chart": {
        "shape": "shares",
        "set": "classes",
        "trace": {
            "type": "bar",
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "orientation": "h",
            "marker": {"line": {"width": 1, "color": LIGHT.surface}},
            "hovertemplate": "%{fullData.name}: %{customdata} (%{x:.1f}%)<extra></extra>",
        },
        "layout": {
            "barmode": "stack",
            "bargap": 0.35,
            "height": 210,
            # On a phone a share may have no room after all.
            "uniformtext": {"minsize": 10, "mode": "hide"},
            "xaxis": {"ticksuffix": "%", "range": [0, 100], "fixedrange": True},
            "yaxis": {"fixedrange": True, "tickfont": {"size": 13}},
        },
    },
    "table": {
        "set": "ranked",
        "columns": [
            {"source": "label", "heading": "Token class", "cell": "name", "is_text": True},
            _MONEY,
            {"source": "tokens", "heading": "Tokens", "cell": "count"},
        ],
    },
}

CACHING_SAVINGS: Final[Panel] = {
    "id": "caching-savings",
    "title": "Cost per month, and what caching saved, USD",
    "query": {
        "table": "usage",
        "by": ["month"],
        "measures": ["cost_usd", "uncached_cost_usd", "saved_usd"],
    },
    "sets": {"priced": [{"where": [["saved_usd", "known"]]}]},
    "values": {
        "number": ["rows", "priced"],
        "saved": ["sum", "priced", "saved_usd"],
        "uncached": ["sum", "priced", "uncached_cost_usd"],
        "share": ["part", "saved", "uncached"],
    },
    "summary": _choose(
        [["number", "==", 0]],
        NOTHING,
        "Caching saved {saved:usd}: {share:share} of the {uncached:usd} that the same usage would"
        " have cost without it.",
    ),
    "chart": {
        "shape": "columns",
        "set": "rows",
        "x": "month",
        "traces": [
            {
                **_BAR,
                "value": "cost_usd",
                "hover": _EXACT,
                "name": "Cost",
                "marker": {"color": LIGHT.series[0]},
            },
            {
                **_BAR,
                "value": "saved_usd",
                "floor": 0,
                "hover": "{saved_usd:exact}",
                "name": "Saved by caching",
                "marker": {"color": LIGHT.series[2]},
            },
        ],
        "layout": {**_OVER_TIME, "barmode": "stack", "xaxis": _MONTH_AXIS},
    },
    "table": {
        "set": "rows",
        "columns": [
            {"source": "month", "heading": "Month", "cell": "text"},
            _MONEY,
            {"source": "uncached_cost_usd", "heading": "Without caching, USD", "cell": "money"},
            {"source": "saved_usd", "heading": "Saved, USD", "cell": "money"},
        ],
    },
}

SESSION_COSTS: Final[Panel] = {
    "id": "session-costs",
    "title": "Most expensive sessions, USD",
    **_ranking(
        "session",
        "Session",
        "session",
        measures=("models",),
        label="{session.label:label 28}",
        hover=["{session:label 80}<br>{project:label 40}", _EXACT],
        text="{cost_usd:usd}",
        pareto=_PARETO,
        layout=_PARETO_LAYOUT,
        filter=None,
    ),
    "span": 12,
}
SESSION_COSTS["query"] |= {
    "attach": {
        "link": "session.link",
        "started_at": "session.started",
        "duration_minutes": "session.minutes",
        "prompts": "session.prompts",
        "project": "session.project",
        "id": "session.id",
    }
}
SESSION_COSTS["sets"] |= {
    "ten": [{"from": "ranked"}, {"head": 10}],
    "priced": [{"where": [["cost_usd", "known"]]}],
}
SESSION_COSTS["values"] |= {
    "priced": ["rows", "priced"],
    "first_ten": ["part", ["sum", "ten", "cost_usd"], "total"],
}
SESSION_COSTS["summary"] = _choose(
    [["total", ">", 0]],
    _choose(
        [["priced", "==", 1]],
        "The only session with usage cost {top:usd} ({top_session:name 60}).",
        [
            "The most expensive of {priced:plural session} with usage cost {top:usd} (",
            "{top_session:name 60})",
            _choose([["priced", ">", 10]], "; the first ten make up {first_ten:share}"),
            ".",
        ],
    ),
    NOTHING,
)
SESSION_COSTS["table"]["report"] = "sessions --sort=-cost_usd"
SESSION_COSTS["table"]["columns"] = [
    {
        "source": "session",
        "heading": "Session",
        "cell": "name",
        "is_text": True,
        "link": "link",
    },
    _MONEY,
    _RESPONSES,
    {"source": "started_at", "heading": "Started", "cell": "text"},
    {"source": "duration_minutes", "heading": "Duration", "cell": "minutes"},
    {"source": "prompts", "heading": "Prompts", "cell": "count"},
    {"source": "project", "heading": "Project", "cell": "name", "is_text": True},
    {"source": "models", "heading": "Models", "cell": "name", "is_text": True},
    {"source": "id", "heading": "Id", "cell": "name", "is_text": True},
    {
        "source": "query",
        "heading": "Query for its rows",
        "cell": {
            "text": "{command} query --name responses_of_session --param session_id={id:shell}"
        },
        "is_text": True,
    },
]
SESSION_COSTS["remark"] = (
    "Start, duration and prompts cover the whole session; cost and responses follow the filters."
    " To create a page for another session: {command} dashboard session ID -o sessions/ID.html,"
    " then rebuild this page."
)

BLOCK_COSTS: Final[Panel] = {
    "id": "block-costs",
    "title": "Cost of each five-hour window, USD",
    "query": {
        "table": "usage",
        "by": ["window"],
        "measures": ["cost_usd", "responses", "total_tokens"],
        "attach": {
            "begins": "window.text",
            "ends": "window.ends",
            "is_running": "window.is_running",
        },
        "period_of": "window",
    },
    "sets": {
        "drawn": [{"tail": MOST_WINDOWS}],
        "priced": [{"where": [["cost_usd", "known"]]}],
        "latest": [{"order": [["window", "desc"]]}],
        "running": [{"where": [["is_running", "==", 1]]}],
    },
    "values": {
        "number": ["rows", "rows"],
        "priced": ["rows", "priced"],
        "running": ["rows", "running"],
        "mean": ["mean", "priced", "cost_usd"],
        "top": _top("priced", "window"),
        "tokens": _top("priced", "window", "total_tokens"),
        "began": _top("priced", "window", "begins"),
    },
    "summary": _choose(
        [["priced", "==", 0]],
        NOTHING,
        _choose(
            [["number", "==", 1]],
            [
                "One window: it began {began}",
                _choose([["running", ">", 0]], " and is running"),
                ", and cost {top:usd}, {tokens:tokens} tokens.",
            ],
            [
                "{number:count} windows",
                _choose([["number", ">", MOST_WINDOWS]], f", the latest {MOST_WINDOWS} shown"),
                ", {mean:usd} each on average; ",
                "the most expensive began {began} and cost {top:usd}, {tokens:tokens} tokens.",
                _choose([["running", ">", 0]], " The last one is running."),
            ],
        ),
    ),
    "chart": {
        "shape": "columns",
        "set": "drawn",
        "x": "window",
        "traces": [
            {
                "type": "bar",
                "value": "cost_usd",
                "name": "Cost",
                "hover": "{cost_usd:exact}<br>{total_tokens:tokens} tokens",
                "marker": {"color": LIGHT.series[0]},
                "colour_if": [[["is_running", "==", 1]], LIGHT.series[1]],
                "hovertemplate": "from %{x}<br>%{customdata}<extra></extra>",
            }
        ],
        "layout": {
            "showlegend": False,
            "xaxis": {"type": "category", "fixedrange": True},
            "yaxis": DOLLAR_AXIS,
        },
    },
    "table": {
        "set": "latest",
        "limit": MOST_ROWS,
        "report": "blocks",
        "columns": [
            {"source": "begins", "heading": "From", "cell": "text"},
            {"source": "ends", "heading": "To", "cell": "text"},
            _MONEY,
            _RESPONSES,
            _TOKENS,
        ],
    },
}

_UNPRICED_NOTE: Final = {
    "each": "unpriced_models",
    "limit": 5,
    "text": "At least: {model:name 60} has no price for {unpriced_tokens:count} tokens; they are"
    " not included in any total.",
    "more": "At least: {more:count} more models have no price.",
}
#: Why a sum of cost is a lower bound: the notes of panels by name, with what they are made of.
COST_NOTES: Final[dict[str, Any]] = {
    "query": {"table": "usage", "by": ["model"], "measures": ["cost_usd", "responses"]},
    "sets": {"unpriced_models": [{"where": [["unpriced_tokens", ">", 0]]}]},
    "values": {
        "incomplete": ["sum", "rows", "lower_bound_responses"],
        "responses": ["sum", "rows", "responses"],
        "share": ["part", "incomplete", "responses"],
        "unpriced_models": ["rows", "unpriced_models"],
    },
    "notes": {
        "bounds": [
            {
                "text": _choose(
                    [["incomplete", ">", 0]],
                    "At least: {share:share} of responses ({incomplete:count} of"
                    " {responses:count}) have incomplete token counts.",
                )
            },
            _UNPRICED_NOTE,
        ],
        "unpriced": [_UNPRICED_NOTE],
    },
}

#: Every chart of cost, by the name of its function in `charts`.
COST_PANELS: Final[dict[str, Panel]] = {
    "daily_cost": DAILY_COST,
    "monthly_cost": MONTHLY_COST,
    "cumulative_cost": CUMULATIVE_COST,
    "cost_by_model": COST_BY_MODEL,
    "cost_by_project": COST_BY_PROJECT,
    "cost_by_token_class": COST_BY_TOKEN_CLASS,
    "cost_by_branch": COST_BY_BRANCH,
    "cost_by_agent": COST_BY_AGENT,
    "caching_savings": CACHING_SAVINGS,
    "session_costs": SESSION_COSTS,
    "block_costs": BLOCK_COSTS,
}
