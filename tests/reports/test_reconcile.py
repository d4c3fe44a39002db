from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from pocketdev_analytics.model import COST_USD
from pocketdev_analytics.reports import BILLED, COST_STATES, reconcile

CAUSES = ("helper_calls", "unpriced", "price_date", "lower_bound", "unexplained")


def response(id_, cost, *, recorded=None, session="s", model="claude-opus-5", bound=False):
    return {
        "response_id": id_,
        "session_id": session,
        "model": model,
        "cost_usd": cost,
        "recorded_cost_usd": recorded and Decimal(recorded),
        "is_lower_bound": bound,
    }


def states(*rows):
    """Session, model, its cost, and the session's total."""
    cells = [
        (session, model, Decimal(cost), Decimal(total)) for session, model, cost, total in rows
    ]
    return pl.LazyFrame(cells, COST_STATES, orient="row")


def parts(row):
    """The causes that have a part in the difference."""
    found = {cause: row[f"{cause}_usd"] for cause in CAUSES}
    assert sum(found.values(), Decimal(0)) == row["difference_usd"]
    assert row["other_cost_usd"] - row["cost_usd"] == row["difference_usd"]
    return {cause: str(part.normalize()) for cause, part in found.items() if part}


@pytest.fixture
def compared(make_usage):
    """`compared([response, …], latest={id: cost})`: the rows of `reconcile`."""

    def made(rows, *shown, latest=None, billed=None, names=None):
        usage = make_usage(*rows)
        other = pl.LazyFrame(
            [(id_, Decimal(cost)) for id_, cost in (latest or {}).items()],
            {"response_id": pl.String, "other": COST_USD},
            orient="row",
        )
        today = usage.join(other, on="response_id", how="left").with_columns(
            pl.coalesce("other", "cost_usd").alias("cost_usd")
        )
        return reconcile(usage, today, states(*shown), billed, names=names).collect().to_dicts()

    return made


def test_equal_figures_have_no_difference(compared):
    state, own = compared(
        [response("a", "1", recorded="1"), response("b", "2")], ("s", "claude-opus-5", "3", "3")
    )
    assert (own["source"], own["responses"], own["cost_usd"]) == ("costUSD", 1, 1)
    assert (state["source"], state["responses"], state["cost_usd"]) == ("cost-state", 2, 3)
    assert parts(own) == parts(state) == {}


def test_without_others_figures_there_is_nothing_to_compare(compared):
    assert compared([response("a", "1")]) == []
    assert compared([]) == []


def test_a_model_without_lines_is_that_of_a_helper(compared):
    (row,) = compared(
        [response("a", "1")],
        ("s", "claude-opus-5", "1", "1.25"),
        ("s", "claude-haiku-4-5", "0.25", "1.25"),
    )
    assert parts(row) == {"helper_calls": "0.25"}


def test_what_we_have_no_price_for_is_unpriced(compared):
    (row,) = compared([response("a", None, recorded="0.5")])
    assert parts(row) == {"unpriced": "0.5"}


def test_missing_output_explains_only_that_they_say_more(compared):
    more, less = (
        compared([response("a", "1", recorded=recorded, bound=True)])[0]
        for recorded in ("1.5", "0.5")
    )
    assert parts(more) == {"lower_bound": "0.5"}
    assert parts(less) == {"unexplained": "-0.5"}


def test_a_price_of_another_day_explains_what_it_brings_nearer(compared):
    (same,) = compared([response("a", "1", recorded="2")], latest={"a": "2"})
    assert parts(same) == {"price_date": "1"}
    (near,) = compared([response("a", "1", recorded="2.1")], latest={"a": "2"})
    assert parts(near) == {"price_date": "1", "unexplained": "0.1"}
    (far,) = compared([response("a", "1", recorded="1.1")], latest={"a": "2"})
    assert parts(far) == {"unexplained": "0.1"}


def test_a_total_beyond_its_models_is_unexplained(compared):
    (row,) = compared([response("a", "1")], ("s", "claude-opus-5", "1", "1.5"))
    assert row["other_cost_usd"] == Decimal("1.5")
    assert parts(row) == {"unexplained": "0.5"}


def test_our_usage_of_a_model_they_do_not_name_is_unexplained(compared):
    rows = [response("a", "1"), response("b", "2", model="other")]
    (row,) = compared(rows, ("s", "claude-opus-5", "1", "1"))
    assert parts(row) == {"unexplained": "-2"}


def test_each_session_is_compared_on_its_own(compared):
    rows = compared(
        [response("a", "1", session="s"), response("b", "5", session="t")],
        ("s", "claude-opus-5", "2", "2"),
        ("t", "claude-opus-5", "5", "5"),
    )
    assert [(row["session"], row["difference_usd"]) for row in rows] == [("s", 1), ("t", 0)]


def test_a_console_export_is_compared_by_day_and_model_over_its_days(compared):
    billed = pl.LazyFrame(
        [
            (date(2026, 11, 1), "claude-opus-5-20260724", Decimal(3)),
            (date(2026, 11, 1), "claude-haiku-4-5", Decimal(1)),
        ],
        BILLED,
        orient="row",
    )
    outside = {**response("b", "7"), "responded_at": "2026-11-02T10:00:00+00:00"}
    rows = compared(
        [response("a", "2"), outside],
        billed=billed,
        names={"claude-opus-5-20260724": "claude-opus-5"},
    )
    assert [(row["day"], row["model"], row["responses"]) for row in rows] == [
        (date(2026, 11, 1), "claude-haiku-4-5", 0),
        (date(2026, 11, 1), "claude-opus-5", 1),
    ]
    assert parts(rows[0]) == {"helper_calls": "1"}
    assert parts(rows[1]) == {"unexplained": "1"}


def test_a_long_context_name_is_the_model(compared):
    (row,) = compared([response("a", "1")], ("s", "claude-opus-5[1m]", "1", "1"))
    assert parts(row) == {}
