"""The cubes of the cost page: usage by session and day, and the five-hour windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from pocketdev_analytics.dashboard import cost_names
from pocketdev_analytics.dashboard.cost_frames import CostFacts
from pocketdev_analytics.dashboard.cube import Cube, Dictionary, Money, cube, distinct, scale_of
from pocketdev_analytics.reports.blocks import in_windows
from pocketdev_analytics.reports.cost import cost_measures
from pocketdev_analytics.reports.dimensions import FACTS, local_date
from pocketdev_analytics.schema import TOKEN_COLUMNS

__all__ = ["CLASSES", "Cubes", "cubes_of"]

#: What a response is billed for, in the order of a bill.
CLASSES: Final = (*TOKEN_COLUMNS, "web_search")

_KEYS: Final = {
    "session": pl.col("session_id"),
    "project": pl.col("project"),
    "model": pl.col("model"),
    "agent": pl.col("agent"),
    "branch": pl.col("git_branch"),
}
_PROMPT: Final = tuple(name for name in TOKEN_COLUMNS if name != "output_tokens")
_COUNTS: Final = (
    "responses",
    "priced_responses",
    *TOKEN_COLUMNS,
    "web_search_requests",
    "lower_bound_responses",
    "unpriced_tokens",
)
_WINDOW_COUNTS: Final = (
    "responses",
    "priced_responses",
    "total_tokens",
    "lower_bound_responses",
    "unpriced_tokens",
)


def _of(token_class: str) -> str:
    return f"{token_class.removesuffix('_tokens')}_cost_usd"


def _money(*, has_uncached: bool) -> dict[str, Money]:
    """How each column of money follows from the tokens; what does not is carried beside it."""
    units = {name: name for name in TOKEN_COLUMNS} | {"web_search": "web_search_requests"}
    classes = {_of(name): Money({unit: _of(name)}) for name, unit in units.items()}
    rest = (_of("output_tokens"), _of("web_search"))
    uncached = Money(dict.fromkeys(_PROMPT, _of("input_tokens")), rest)
    return {
        **classes,
        "cost_usd": Money(sums=tuple(classes)),
        **({"uncached_cost_usd": uncached} if has_uncached else {}),
    }


@dataclass(frozen=True, slots=True)
class Cubes:
    """The page's cubes by their names, what their numbers stand for, and the places of money."""

    cubes: Mapping[str, Cube]
    dictionaries: Mapping[str, Dictionary]
    scale: int


def cubes_of(
    facts: CostFacts,
    sessions: pl.DataFrame,
    projects: Dictionary,
    ranked_models: tuple[str | None, ...],
) -> Cubes:
    """The cubes of what the page shows. `sessions` is `reports.sessions` of the store."""
    money = _money(has_uncached=facts.uncached is not None)
    lazy = [_usage(facts, money), _windows(facts)]
    usage, windows = pl.collect_all(lazy)
    scale = scale_of(*(usage[name] for name in money), windows["cost_usd"])
    shared = {
        "project": projects,
        "model": cost_names.models(distinct(usage["model"], windows["model"]), ranked_models),
        "agent": cost_names.agents(distinct(usage["agent"], windows["agent"])),
    }
    of_usage = {
        "session": cost_names.sessions(distinct(usage["session"]), sessions, projects, facts.pages),
        "day": cost_names.days(usage["day"]),
        **shared,
        "runner": cost_names.runners(distinct(usage["runner"])),
        "branch": cost_names.named(distinct(usage["branch"])),
    }
    of_windows = {"window": cost_names.windows(distinct(windows["window"]), facts), **shared}
    cubes = {
        "usage": cube(usage, of_usage, counts=_COUNTS, money=money, scale=scale),
        "windows": cube(
            windows, of_windows, counts=_WINDOW_COUNTS, money={"cost_usd": Money()}, scale=scale
        ),
    }
    return Cubes(cubes, of_usage | of_windows, scale)


def _usage(facts: CostFacts, money: Mapping[str, Any]) -> pl.LazyFrame:
    """One row a session, day, project, model, branch, and kind of agent."""
    day = local_date(FACTS["usage"], facts.timezone)
    keys = {**_KEYS, "day": day, "runner": _runner()}
    priced = pl.col("cost_usd").count().cast(pl.Int64).alias("priced_responses")
    parts = [pl.col(name).sum() for name in money if name not in ("cost_usd", "uncached_cost_usd")]
    cells = facts.history.usage.group_by(_named(keys)).agg(*cost_measures(), priced, *parts)
    if facts.uncached is None:
        return cells
    uncached = pl.col("cost_usd").sum().alias("uncached_cost_usd")
    others = facts.uncached.group_by(_named(keys)).agg(uncached)
    return cells.join(others, on=list(keys), how="left", nulls_equal=True)


def _windows(facts: CostFacts) -> pl.LazyFrame:
    """One row a five-hour window, project, model and agent."""
    keys = {name: _KEYS[name] for name in ("project", "model", "agent")}
    keys["window"] = pl.col("started_at").dt.convert_time_zone(facts.timezone)
    priced = pl.col("cost_usd").count().cast(pl.Int64).alias("priced_responses")
    tokens = pl.sum_horizontal(TOKEN_COLUMNS).alias("total_tokens")
    return (
        in_windows(facts.store.usage)
        .with_columns(pl.col("started_at").dt.convert_time_zone(facts.timezone))
        .filter(facts.begins_in(None))
        .group_by(_named(keys))
        .agg(*cost_measures(), priced)
        .with_columns(tokens)
    )


def _named(keys: Mapping[str, pl.Expr]) -> list[pl.Expr]:
    return [expression.alias(name) for name, expression in keys.items()]


def _runner() -> pl.Expr:
    """What responded, in the order of `reports.agents`: see `cost_names.runners`."""
    kind = pl.concat_str(pl.lit("1:"), "agent_type")
    is_subagent = pl.col("agent") == "subagent"
    return (
        pl.when("is_advisor")
        .then(pl.lit("3"))
        .when(is_subagent)
        .then(pl.coalesce(kind, pl.lit("2")))
        .otherwise(pl.lit("0"))
    )
