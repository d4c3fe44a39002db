"""The cubes of the cost page, each no finer than its panels: usage, and what it was spent on.

A place is a day, project, model and agent: what a filter can tell apart. What responses used is
told once for each place and tariff; sessions, branches and kinds of agent are parts of a place
with their cost alone, and the last of a place is what the others leave of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from pocketdev_analytics.dashboard import cost_names
from pocketdev_analytics.dashboard.cost_frames import CostFacts
from pocketdev_analytics.dashboard.cube import (
    Cube,
    Dictionary,
    Money,
    cube,
    distinct,
    parts_of,
    scale_of,
)
from pocketdev_analytics.dashboard.packing import pack
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.reports.blocks import in_windows
from pocketdev_analytics.reports.cost import cost_measures
from pocketdev_analytics.reports.dimensions import FACTS, local_date

__all__ = ["Cubes", "cubes_of"]

_PLACE: Final = ("day", "project", "model", "agent")
_PROMPT: Final = tuple(name for name in TOKEN_COLUMNS if name != "output_tokens")
_PART_COUNTS: Final = (
    "responses",
    "priced_responses",
    "lower_bound_responses",
    "unseen_calls",
    "unpriced_tokens",
    "web_search_requests",
)
_COUNTS: Final = (*_PART_COUNTS, *TOKEN_COLUMNS, "total_tokens")
# A tariff that has prices has them for all, one that has none for nothing.
_ALL_PRICED: Final = {"priced_responses": ("responses",)}
_SEARCHED: Final = pl.col("web_search_cost_usd").sum()
_TOTAL: Final = pl.sum_horizontal(TOKEN_COLUMNS).alias("total_tokens")
_MIX: Final = pl.col("tariff").unique().sort().str.join("\n").alias("mix")
_DIGITS: Final = 9
# What the page can do without, and which dictionaries are only of that.
_PARTS: Final = {
    "windows": ("windows",),
    "branches": ("branches",),
    "runners": ("runners", "teams"),
}
_OF_PART: Final = {
    "window": "windows",
    "branch": "branches",
    "runner": "runners",
    "team": "runners",
}


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
    """The page's cubes by their names, what their numbers stand for, and the places of money.

    `ids` are those of sessions in their order; what these are called is no part of it.
    """

    cubes: Mapping[str, Cube]
    dictionaries: Mapping[str, Dictionary]
    scale: int
    ids: tuple[Any, ...]

    def packed(self) -> dict[str, bytes]:
        """The parts that the page carries, in their order: `base`, and what can be left out."""
        known, made = self.dictionaries, {}
        base = {name: each for name, each in known.items() if name not in _OF_PART}
        made["base"] = pack(self._some("places", "usage", "sessions"), base, self.scale)
        for part, names in _PARTS.items():
            own = {name: known[name] for name, of in _OF_PART.items() if of == part}
            made[part] = pack(self._some(*names), own)
        return made

    def _some(self, *names: str) -> dict[str, Cube]:
        return {name: self.cubes[name] for name in names}


def cubes_of(
    facts: CostFacts,
    sessions: pl.DataFrame,
    projects: Dictionary,
    ranked_models: tuple[str | None, ...],
) -> Cubes:
    """The cubes of what the page shows. `sessions` is `reports.sessions` of the store."""
    money = _money(has_uncached=facts.uncached is not None)
    cells = _cells(facts, money)
    usage, windows = cells["usage"], cells["windows"]
    paid = [usage[name] for name in money]
    scale = scale_of(*paid, windows["cost_usd"], windows["web_search_cost_usd"])
    shared = {
        "project": projects,
        "model": cost_names.models(distinct(usage["model"], windows["model"]), ranked_models),
        "agent": cost_names.agents(distinct(usage["agent"], windows["agent"])),
    }
    places = {"day": cost_names.days(usage["day"]), **shared}
    place = {"place": _placed(cells)}
    ids = cost_names.in_time(cells["sessions"]["session"], sessions)
    own = {
        "tariff": Dictionary(distinct(usage["tariff"])),
        "session": cost_names.sessions(ids, sessions, projects),
        "team": cost_names.teams(cells["sessions"]["team"]),
        "runner": cost_names.runners(distinct(cells["runners"]["runner"])),
        "branch": cost_names.named(distinct(cells["branches"]["branch"])),
        "window": cost_names.windows(distinct(windows["window"]), facts),
    }

    def parts(name: str, dimensions: Sequence[str], *counts: str) -> Cube:
        known = place | {each: own[each] for each in dimensions}
        return parts_of(
            cells[name],
            known,
            counts=(*_PART_COUNTS, *counts),
            scale=scale,
            follows=_followed(counts),
            models=shared["model"].values,
            within="places",
            left_by="usage",
        )

    cubes = {
        "places": cube(cells["places"], places, counts=()),
        "usage": cube(
            cells["usage"],
            place | {"tariff": own["tariff"]},
            counts=_COUNTS,
            money=money,
            scale=scale,
            rated_by="tariff",
            within="places",
            follows={"total_tokens": TOKEN_COLUMNS, **_followed(("total_tokens",))},
            models=shared["model"].values,
        ),
        **_apart(parts("sessions", ("session", "team"))),
        "branches": parts("branches", ("branch",)),
        "runners": parts("runners", ("runner",), "total_tokens"),
        "windows": parts_of(
            windows,
            {"window": own["window"], **shared},
            counts=(*_PART_COUNTS, "total_tokens"),
            scale=scale,
            follows=_followed(("total_tokens",)),
            models=shared["model"].values,
        ),
    }
    del own["tariff"]
    return Cubes(cubes, places | own, scale, ids)


def _apart(sessions: Cube) -> dict[str, Cube]:
    """Sessions, and who ran in them, cell by cell."""
    dimensions = dict(sessions.dimensions)
    team = dimensions.pop("team")
    return {
        "sessions": replace(sessions, dimensions=dimensions),
        "teams": Cube({"team": team}, {}, {}, sessions.cells),
    }


def _followed(tokens: Sequence[str]) -> dict[str, Sequence[str]]:
    return {**_ALL_PRICED, **({"unpriced_tokens": tokens} if tokens else {})}


def _placed(cells: dict[str, pl.DataFrame]) -> Dictionary:
    """The places of all cells, which these are told by from here on."""
    places = cells["usage"].select(_PLACE).unique()
    found = places.sort(_PLACE, nulls_last=True).with_row_index("place")
    cells["places"] = found
    for name in ("usage", "sessions", "branches", "runners"):
        cells[name] = cells[name].join(found, on=list(_PLACE), how="left", nulls_equal=True)
    return Dictionary(tuple(range(found.height)))


def _cells(facts: CostFacts, money: Mapping[str, Any]) -> dict[str, pl.DataFrame]:
    """One row a place and what the cube of that name tells apart there."""
    zone = facts.timezone
    usage = _rated(facts.history.usage, zone)
    parts = [*cost_measures(), _priced(), _SEARCHED, _MIX]
    team = pl.col("runner").unique().sort().str.join("\n").alias("team")
    lazy = {
        "usage": _usage(facts, usage, money),
        "sessions": usage.group_by(*_PLACE, session="session_id").agg(*parts, team),
        "branches": usage.group_by(*_PLACE, branch="git_branch").agg(*parts),
        "runners": usage.group_by(*_PLACE, "runner").agg(*parts).with_columns(_TOTAL),
        "windows": _windows(facts),
    }
    return dict(zip(lazy, pl.collect_all(list(lazy.values())), strict=True))


def _rated(usage: pl.LazyFrame, timezone: str) -> pl.LazyFrame:
    """Usage with its day, what responded, and the tariff."""
    return usage.with_columns(
        day=local_date(FACTS["usage"], timezone), runner=_runner(), tariff=_tariff()
    )


def _tariff() -> pl.Expr:
    """What a response's tokens are priced at: its model, and the price of its output.

    That is only to tell apart what has other rates, so that money follows from the tokens;
    where it does not, the difference is carried.
    """
    price = pl.col("output_cost_usd").cast(pl.Float64) / pl.col("output_tokens")
    known = pl.when(pl.col("output_tokens") > 0).then(price.round_sig_figs(_DIGITS))
    model = pl.col("model").fill_null("")
    is_priced = pl.col("cost_usd").is_not_null().cast(pl.String)
    return pl.concat_str(model, is_priced, known.cast(pl.String).fill_null(""), separator="|")


def _priced() -> pl.Expr:
    return pl.col("cost_usd").count().cast(pl.Int64).alias("priced_responses")


def _usage(facts: CostFacts, usage: pl.LazyFrame, money: Mapping[str, Any]) -> pl.LazyFrame:
    """One row a place and tariff."""
    keys = [*_PLACE, "tariff"]
    parts = [pl.col(name).sum() for name in money if name not in ("cost_usd", "uncached_cost_usd")]
    cells = usage.group_by(keys).agg(*cost_measures(), _priced(), *parts).with_columns(_TOTAL)
    if facts.uncached is None:
        return cells
    uncached = pl.col("cost_usd").sum().alias("uncached_cost_usd")
    others = _rated(facts.uncached, facts.timezone).group_by(keys).agg(uncached)
    # A tariff that only the other prices know is a row that is nothing but their money.
    return cells.join(others, on=keys, how="full", nulls_equal=True, coalesce=True)


def _windows(facts: CostFacts) -> pl.LazyFrame:
    """One row a five-hour window, project, model and agent."""
    keys = ["project", "model", "agent"]
    return (
        in_windows(facts.store.usage)
        .with_columns(pl.col("started_at").dt.convert_time_zone(facts.timezone), tariff=_tariff())
        .filter(facts.begins_in(None))
        .group_by(*keys, window="started_at")
        .agg(*cost_measures(), _priced(), _SEARCHED, _MIX)
        .with_columns(_TOTAL)
    )


def _runner() -> pl.Expr:
    """What responded, in the order of `reports.agents`: see `cost_names.runners`."""
    kind = pl.concat_str(pl.lit("1:"), "agent_type")
    is_subagent = pl.col("agent") == "subagent"
    return (
        pl.when(pl.col("kind") == "advisor")
        .then(pl.lit("3"))
        .when(is_subagent)
        .then(pl.coalesce(kind, pl.lit("2")))
        .otherwise(pl.lit("0"))
    )
