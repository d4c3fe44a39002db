"""What the names on the activity page are: of sessions as a whole, tools, and API errors."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from pocketdev_analytics.charts.text import shortened
from pocketdev_analytics.charts.tools import tool_name
from pocketdev_analytics.dashboard import tables
from pocketdev_analytics.dashboard.cost_names import session_link
from pocketdev_analytics.dashboard.cube import Dictionary
from pocketdev_analytics.dashboard.weight import Left

__all__ = ["kind", "kinds", "session_names", "sessions", "tools"]

_COUNTS = ("prompts", "responses", "subagent_responses", "tool_calls")
_BOUNDS = ("lower_bound_responses", "unseen_calls", "unpriced_tokens")
_LONGEST_LABEL = 30


def sessions(
    ids: tuple[Any, ...], facts: pl.DataFrame, project: Dictionary, scale: int
) -> Dictionary:
    """Sessions with what they were as a whole. `facts` is `reports.sessions`.

    `latest` is their place, the latest first; -1 of what is none. `starts` are in that order.
    """
    latest = facts.sort(["started_at", "session"], descending=[True, False])
    known = pl.DataFrame({"session": ids}, schema={"session": pl.String}).join(
        facts, on="session", how="left", maintain_order="left"
    )
    places = {value: place for place, value in enumerate(project.values)}
    return Dictionary(
        ids,
        {
            "is_known": [int(value is not None) for value in ids],
            "starts": [tables.instant(value).text for value in latest["started_at"]],
            "minutes": known["duration_minutes"].to_list(),
            "active": known["active_minutes"].to_list(),
            "cost": [_units(value, scale) for value in known["cost_usd"]],
            "has_subagents": [int(bool(value)) for value in known["subagents"]],
            "project": [places.get(value, -1) for value in known["project"]],
            **{name: known[name].to_list() for name in _COUNTS},
            "is_bounded": [int(any(row)) for row in known.select(_BOUNDS).iter_rows()],
            "latest": _places(ids, latest["session"]),
        },
    )


def session_names(
    ids: tuple[Any, ...], facts: pl.DataFrame, pages: Collection[str], left: Left
) -> Dictionary:
    """What sessions are called, and the page of their own."""
    titles = dict(left.called(facts).select("session", tables.TITLE_OR_ID).iter_rows())
    cells = [tables.name(titles.get(value)) for value in ids]
    links = [session_link(value, left.of(pages)) for value in ids]
    return Dictionary(
        ids,
        {
            "text": [cell.text for cell in cells],
            "exact": [cell.exact for cell in cells],
            "link": links,
        },
    )


def _units(cost: Decimal | None, scale: int) -> str | None:
    """Money as whole parts of a dollar: of the script, which has no decimals."""
    return None if cost is None else str(int(cost.scaleb(scale)))


def _places(ids: Sequence[Any], order: pl.Series) -> list[int]:
    places = {session: place for place, session in enumerate(order)}
    return [places.get(session, -1) for session in ids]


def tools(values: tuple[Any, ...]) -> Dictionary:
    """Tools: what a table shows, and the shorter label of a bar."""
    cells = [tables.name(value) for value in values]
    return Dictionary(
        values,
        {
            "text": [cell.text for cell in cells],
            "exact": [cell.exact for cell in cells],
            "label": [shortened(tool_name(value or "(none)"), _LONGEST_LABEL) for value in values],
        },
    )


def kind() -> pl.Expr:
    """An API error by its name and its status, as one key."""
    status = pl.col("status").cast(pl.String)
    name = [pl.col("error").is_null().cast(pl.String), pl.col("error").fill_null("")]
    return pl.concat_str(*name, status.fill_null(""), separator="\n")


def kinds(rows: pl.DataFrame) -> Dictionary:
    """Kinds of API errors in the order of their names and statuses, those without one first."""
    found = rows.select("error", "status").unique().sort("error", "status")
    errors = [tables.name(error) for error in found["error"]]
    statuses = [tables.name(status) for status in found["status"].cast(pl.String)]
    return Dictionary(
        tuple(found.select(kind().alias("kind"))["kind"]),
        {
            "error": [[cell.text, cell.exact] for cell in errors],
            "status": [[cell.text, cell.exact] for cell in statuses],
        },
    )
