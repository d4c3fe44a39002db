"""`explain`: the cost of a response or session, step by step."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
import polars as pl

from pocketdev_analytics.cli._output import csv_text, format_option, json_text, table_width
from pocketdev_analytics.cli._prices import pricing_options
from pocketdev_analytics.cli._text import emit, tell
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.formatting import format_moment, format_usd

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.pricing import Pricing
    from pocketdev_analytics.pricing.explain import Explanation
    from pocketdev_analytics.store import Store

__all__ = ["explain"]

_SHORTEST_PREFIX = 6
# What makes up the cost: always shown, however narrow the terminal.
_ANSWER = ("count", "price_usd", "per", "cost_usd")
_RESPONSE = (
    *("response_id", "kind", "responded_at", "model", "cost_usd"),
    *("is_lower_bound", "lower_bound_reason", "file", "line"),
)
_BOUND = {
    "no_final_count": "without its final output count",
    "cut": "cut off before its final output count",
    "unknown_usage": "with unknown usage",
    "unknown_pass": "with a pass of an unknown kind",
    "unseen_call": "with usage that no line holds",
}


@dataclass(frozen=True, slots=True)
class _Found:
    id: str
    kind: str
    responses: pl.DataFrame
    explanation: Explanation


@click.command()
@click.argument("id_", metavar="RESPONSE_ID|SESSION_ID")
@pricing_options
@format_option
@click.pass_obj
def explain(session: Session, id_: str, pricing: str, prices_at: date | None, format_: str) -> None:
    """Explain the cost of a response or session, token class by token class.

    The table shows the tokens of each class, the model's price, its multipliers (cache, tier,
    region) and the product. Below it are the source and date of the price, and the file and line
    that each response was read from. The beginning of an id is enough.

    \b
    Find ids with, for example:
      pocketdev-analytics report sessions
      pocketdev-analytics query "from usage_cost order by cost_usd desc limit 10"
    """
    from pocketdev_analytics.pricing import Pricing
    from pocketdev_analytics.store import open_store

    with open_store(session.settings.store) as store:
        found = _found(store, id_, Pricing(pricing, prices_at))
    if format_ == "json":
        emit(json_text(_document(found)))
    elif format_ == "csv":
        emit(csv_text(found.explanation.parts))
    else:
        tell(_text(found, session.settings.timezone))


def _found(store: Store, id_: str, options: Pricing) -> _Found:
    from pocketdev_analytics.pricing.explain import explain as explained

    kind, whole, lines = _lines(store.response_lines(), id_)
    usage = store.usage_cost(**options.asked())
    usage_cost = usage.join(
        lines.lazy().select("response_id"), on="response_id", how="semi"
    ).collect()
    places = lines.select("response_id", file="path", line="line_no")
    responses = usage_cost.join(places, on="response_id").select(_RESPONSE)
    explanation = explained(usage_cost, store.price_book(), options)
    return _Found(whole, kind, responses.sort("responded_at", "response_id"), explanation)


def _lines(lines: pl.LazyFrame, id_: str) -> tuple[str, str, pl.DataFrame]:
    """Return the kind of the id, the full id, and the lines of its responses.

    An advisor's calls belong to the response that made them.
    """
    answer = pl.col("response_id").str.split("/").list.first()
    columns = {"call": pl.col("response_id"), "response": answer, "session": pl.col("session_id")}
    for kind, column in columns.items():
        rows = lines.filter(column == id_).collect()
        is_whole = kind != "call" or "/" in id_
        if is_whole and not rows.is_empty():
            return kind, id_, rows
    return _lines(lines, _whole(lines.select(answer, "session_id").collect(), id_))


def _whole(ids: pl.DataFrame, begin: str) -> str:
    """Return the one id that begins so.

    Raises:
        ReportError: no id or several ids do.
    """
    begun = sorted({each for column in ids for each in column if each.startswith(begin)})
    if not begun or len(begin) < _SHORTEST_PREFIX:
        raise ReportError(
            f"no response or session has the id {begin!r};"
            " `pocketdev-analytics report sessions` lists the sessions"
        )
    if len(begun) > 1:
        raise ReportError(
            f"{len(begun)} ids begin with {begin!r}; give more of it, such as {begun[0]}"
        )
    whole: str = begun[0]
    return whole


def _document(found: _Found) -> dict[str, Any]:
    return {
        "id": found.id,
        "kind": found.kind,
        "cost_usd": _total(found.responses),
        "parts": found.explanation.parts.to_dicts(),
        "why": {str(group): list(rules) for group, rules in found.explanation.why.items()},
        "responses": found.responses.to_dicts(),
    }


def _total(responses: pl.DataFrame) -> Any:
    costs = responses["cost_usd"].drop_nulls()
    return costs.sum() if len(costs) or responses.is_empty() else None


def _text(found: _Found, timezone: str) -> str:
    from pocketdev_analytics.cli._table import table_text

    has_groups = len(found.explanation.why) > 1
    parts = table_text(
        _shown_parts(found.explanation.parts),
        by=("group", "class") if has_groups else ("class",),
        totals={"cost_usd": _total(found.responses)},
        keep=_ANSWER,
        is_exact=True,
        width=table_width(),
        encoding=sys.stdout.encoding or "utf-8",
    )
    total, unknown = _total(found.responses), found.responses["cost_usd"].null_count()
    cost = format_usd(total, is_full=True)
    bound = "at least " if total is not None and (unknown or _is_bound(found.responses)) else ""
    lines = [f"{found.kind} {found.id} cost {bound}{cost}", "", parts]
    for group, rules in found.explanation.why.items():
        lines.append(f"Group {group}: {'; '.join(rules)}.")
    lines += ["", *(_line(row, timezone) for row in found.responses.iter_rows(named=True))]
    return "\n".join(lines) + "\n"


def _shown_parts(parts: pl.DataFrame) -> pl.DataFrame:
    """The parts to read: short names of classes, the model of a group in its first row only."""
    is_first = pl.col("group").is_first_distinct() | (pl.col("group").n_unique() == 1)
    return parts.with_columns(
        pl.col("class").str.strip_suffix("_tokens"),
        pl.when(is_first).then(pl.col("model", "responses")),
    )


def _is_bound(responses: pl.DataFrame) -> bool:
    return bool(responses["is_lower_bound"].any())


def _line(row: dict[str, Any], timezone: str) -> str:
    at = row["responded_at"].astimezone(ZoneInfo(timezone))
    cost = format_usd(row["cost_usd"], is_full=True)
    reason = row["lower_bound_reason"]
    bound = f", {_BOUND.get(reason, reason)}" if reason else ""
    when = format_moment(at, is_full=True)
    return f"{row['response_id']}  {when}  {cost}{bound}  {row['file']}:{row['line']}"
