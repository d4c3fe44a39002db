"""The measures of pages, each declared once: what is summed, counted, or priced at which rates."""

from __future__ import annotations

from typing import Any, Final

from pocketdev_analytics.model import TOKEN_COLUMNS

__all__ = ["CLASS_COSTS", "MEASURES", "MOST_DAYS", "PRICED_UNITS", "PROMPT_TOKENS"]

#: Above so many days, time is shown by week: a bar a day would be thinner than a pixel.
MOST_DAYS: Final = 400
#: The classes of tokens that are sent.
PROMPT_TOKENS: Final = tuple(name for name in TOKEN_COLUMNS if name != "output_tokens")
#: Of each unit that has a price: the column that counts it.
PRICED_UNITS: Final = (*TOKEN_COLUMNS, "web_search_requests")
#: The cost of each unit, by the column that counts it.
CLASS_COSTS: Final = {
    **{name: f"{name.removesuffix('_tokens')}_cost_usd" for name in TOKEN_COLUMNS},
    "web_search_requests": "web_search_cost_usd",
}

#: By name. `money` has pairs (column that counts, list of rates); what rates do not explain is
#: carried next to them, under the name `rest`. A measure that is not here is a column's sum.
MEASURES: Final[dict[str, dict[str, Any]]] = {
    "total_tokens": {"sum": list(TOKEN_COLUMNS)},
    "prompt_tokens": {"sum": list(PROMPT_TOKENS)},
    "failures": {"sum": ["errors", "retries", "rate_limits"]},
    "ended_or_retried": {"sum": ["errors", "retries"]},
    "sessions": {"distinct": "session"},
    "models": {"names": "model"},
    "error_rate": {"ratio": ["errors", "known"]},
    "cache_read_share": {"ratio": ["cache_read_tokens", "prompt_tokens"]},
    "cost_usd": {"money": [[unit, unit] for unit in PRICED_UNITS], "rest": "cost_usd"},
    **{cost: {"money": [[unit, unit]], "rest": cost} for unit, cost in CLASS_COSTS.items()},
    "uncached_cost_usd": {
        "money": [
            *([unit, "uncached_tokens"] for unit in PROMPT_TOKENS),
            ["output_tokens", "output_tokens"],
            ["web_search_requests", "web_search_requests"],
        ],
        "rest": "uncached_cost_usd",
    },
    "saved_usd": {"minus": ["uncached_cost_usd", "cost_usd"]},
    "active_minutes": {"union": ["begin", "length"]},
}
