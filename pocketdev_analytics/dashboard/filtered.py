"""A page with the cubes that its script filters, as much of these as it has room for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import polars as pl

from pocketdev_analytics.dashboard.cube import Dictionary
from pocketdev_analytics.dashboard.packing import pack
from pocketdev_analytics.dashboard.parts import Page
from pocketdev_analytics.dashboard.render import Context, render
from pocketdev_analytics.dashboard.weight import MOST_NAMED, Choice, Left, choices, lightest

__all__ = ["dearest", "filtered"]

_NAMES: Final = "names"


def filtered(
    whole: Page,
    made: Callable[[Left], Page],
    *,
    parts: Mapping[str, bytes],
    names: Callable[[Left], Dictionary],
    named: frozenset[str | None],
    harm: Mapping[str, float],
    controls: dict[str, Any],
    context: Context,
) -> str | None:
    """The page with filters; None where there is no room for them.

    `made` is the page without what is left out, `whole` that with nothing left out. `parts` are
    its packed cubes, `names` what it calls sessions: all, or where that is left out the
    `named` ones. `harm` is that of leaving out a part, or `names`.
    """
    every, few = (pack({}, {"session": names(Left(named=some))}) for some in (None, named))

    def page(choice: Choice) -> str:
        left = Left(choice.out - {_NAMES}, named if _NAMES in choice.out else None)
        shown = made(left) if choice.out else whole
        return render(replace(shown, cubes=choice.parts, controls=controls), context)

    return lightest(choices({**parts, _NAMES: every}, {_NAMES: few}, harm), page)


def dearest(sessions: pl.DataFrame) -> frozenset[str | None]:
    """The sessions that are named where not all are. `sessions` has `session` and `cost_usd`."""
    first = sessions.sort("cost_usd", "session", descending=[True, False], nulls_last=True)
    return frozenset(first["session"].head(MOST_NAMED))
