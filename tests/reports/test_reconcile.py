from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from pocketdev_analytics.model import COST_USD, TOKEN_COLUMNS, USAGE_COST
from pocketdev_analytics.model.units import UNITS
from pocketdev_analytics.pricing import CLIENT_RUNS, TOKEN_DAYS
from pocketdev_analytics.reports import (
    BILLED,
    COST_STATES,
    reconcile,
    reconcile_runs,
    reconcile_token_days,
)
from pocketdev_analytics.reports.difference_causes import CAUSES as CAUSE_COLUMNS

CAUSES = tuple(cause.removesuffix("_usd") for cause in CAUSE_COLUMNS)


def response(id_, cost, *, recorded=None, session="s", model="claude-opus-5", bound=False):
    return {
        "response_id": id_,
        "session_id": session,
        "model": model,
        "cost_usd": cost,
        "recorded_cost_usd": recorded and Decimal(recorded),
        "is_lower_bound": bound,
    }


def unlisted(cost):
    return {**response("unlisted/s/claude-opus-5", cost), "kind": "unlisted", "response_count": 0}


def states(*rows):
    """Session, model, its cost, and the session's total."""
    cells = [
        (session, model, Decimal(cost), Decimal(total), None, None)
        for session, model, cost, total in rows
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
    assert parts(row) == {"unlisted_calls": "0.25"}


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
    assert parts(rows[0]) == {"unlisted_calls": "1"}
    assert parts(rows[1]) == {"unexplained": "1"}


def test_a_long_context_name_is_the_model(compared):
    (row,) = compared([response("a", "1")], ("s", "claude-opus-5[1m]", "1", "1"))
    assert parts(row) == {}


def make_bill(part, *, output=0, cost="0", **costs):
    tokens = {"input_tokens": 10, "output_tokens": output}
    return {
        "session_id": "s",
        "part": part,
        "model": "claude-opus-5",
        "cost_usd": Decimal(cost),
        **dict.fromkeys((*TOKEN_COLUMNS, "web_search_requests"), 0),
        **{unit.cost_column: Decimal(0) for unit in UNITS},
        **tokens,
        **{name: Decimal(amount) for name, amount in costs.items()},
    }


@pytest.fixture
def explained(make_usage):
    """`explained([response, ...], total, [bill, ...])`: the row of a session with tokens."""

    def made(rows, total, bills, *, is_guessed=None, stated_at="2026-11-02T00:00:00+00:00"):
        usage = make_usage(*rows)
        state = (
            "s",
            "claude-opus-5",
            Decimal(total),
            Decimal(total),
            is_guessed,
            datetime.fromisoformat(stated_at),
        )
        columns = {"session_id": pl.String, "part": pl.String, **USAGE_COST}
        return (
            reconcile(
                usage,
                usage,
                pl.LazyFrame([state], COST_STATES, orient="row"),
                bills=pl.LazyFrame(bills, columns),
            )
            .collect()
            .row(0, named=True)
        )

    return made


def test_a_cost_state_separates_unlisted_calls_from_copies_and_refusals(explained):
    bills = [
        make_bill("unlisted", cost="0.5", input_cost_usd="0.5"),
        make_bill("inherited", cost="2"),
        make_bill("refused", cost="0.25"),
    ]
    row = explained([response("a", "1"), unlisted("0.5")], "3.75", bills)
    assert row["cost_usd"] == 1
    assert parts(row) == {"unlisted_calls": "0.5", "forks": "2", "refused": "0.25"}


def test_output_alone_belongs_to_the_lower_bounds_of_the_session(explained):
    bills = [make_bill("unlisted", cost="0.5", output_cost_usd="0.5", output=100)]
    bound = explained([response("a", "1", bound=True)], "1.5", bills)
    assert parts(bound) == {"lower_bound": "0.5"}
    exact = explained([response("a", "1")], "1.5", bills)
    assert parts(exact) == {"unlisted_calls": "0.5"}


def test_responses_after_the_cost_state_are_not_in_it(explained):
    row = explained(
        [response("a", "1"), response("b", "2")],
        "1",
        [make_bill("unlisted")],
        stated_at="2026-10-31T00:00:00+00:00",
    )
    assert parts(row) == {"other_runs": "-3", "other_prices": "1"}


def test_passes_that_claude_code_leaves_out_are_a_cause(explained):
    compaction = {**response("a/compaction/1", "2"), "kind": "compaction", "response_count": 0}
    row = explained([response("a", "1"), compaction], "1", [make_bill("unlisted")])
    assert parts(row) == {"uncounted_passes": "-2"}


def test_a_model_unknown_to_claude_code_has_a_guessed_price(explained):
    row = explained([response("a", "1")], "1.5", [make_bill("unlisted")], is_guessed=True)
    assert parts(row) == {"guessed_price": "0.5"}
    assert row["has_unknown_model_cost"]


def test_with_every_token_accounted_for_only_prices_differ(explained):
    row = explained([response("a", "1")], "1.5", [make_bill("unlisted")])
    assert parts(row) == {"other_prices": "0.5"}
    less = make_bill("unlisted") | {"cache_read_tokens": -7}
    row = explained([response("a", "1")], "1.5", [less])
    assert parts(row) == {"unexplained": "0.5"}


def test_one_hour_writes_at_the_five_minute_rate_are_a_cause_up_to_2_1_172(compared):
    old = {**response("a", "2", recorded="1.25"), "cache_write_1h_cost_usd": "2"}
    for version, cause in (("2.1.165", "cache_write_rate"), ("2.1.173", "unexplained")):
        (row,) = compared([{**old, "version": version}])
        assert parts(row) == {cause: "-0.75"}


RUN = {
    "session_id": "s",
    "model": "claude-opus-5",
    "input_tokens": 30,
    "output_tokens": 5,
    "cache_read_tokens": 0,
    "written_tokens": 0,
    "web_search_requests": 0,
    "cost_usd": Decimal(3),
    "total_cost_usd": Decimal(3),
    "has_unknown_model_cost": False,
}


def test_the_last_run_of_a_session_is_its_last_responses(make_usage):
    rows = [
        {
            **response(id_, "1"),
            "input_tokens": 10,
            "output_tokens": 1,
            "responded_at": f"2026-11-01T1{hour}:00:00+00:00",
        }
        for hour, id_ in enumerate("abc")
    ]
    usage = make_usage(*rows)
    runs = pl.LazyFrame([RUN | {"input_tokens": 25}], CLIENT_RUNS)

    def price(calls):
        per_token = (pl.col("input_tokens") * Decimal("0.1")).cast(COST_USD)
        zero = pl.lit(0, COST_USD)
        names = ("cache_write_5m", "cache_write_1h", "cache_read", "output", "web_search")
        return calls.with_columns(
            *(zero.alias(f"{name}_cost_usd") for name in names),
            input_cost_usd=per_token,
            cost_usd=per_token,
        )

    (row,) = reconcile_runs(usage, usage, runs, price).collect().to_dicts()
    assert (row["source"], row["other_cost_usd"], row["cost_usd"]) == ("last run", 3, 3)
    # Two of three responses fit into 25 tokens; five tokens are in no line.
    assert parts(row) == {"other_runs": "-1", "unlisted_calls": "0.5", "unexplained": "0.5"}


def test_statistics_count_every_line_up_to_version_4_and_cache_tokens_from_5(make_usage):
    usage = make_usage(
        {**response("a", "1"), "input_tokens": 10, "output_tokens": 2, "cache_read_tokens": 100}
    )
    lines = pl.LazyFrame({"day": [date(2026, 11, 1)], "model": ["claude-opus-5"], "tokens": [24]})
    for others, is_of_lines, expected in ((25, True, (12, 12, 1)), (112, False, (112, 0, 0))):
        days = pl.LazyFrame(
            [(date(2026, 11, 1), "claude-opus-5", others, not is_of_lines, is_of_lines)],
            TOKEN_DAYS,
            orient="row",
        )
        (row,) = reconcile_token_days(usage, lines, days).collect().to_dicts()
        found = (row["tokens"], row["repeated_line_tokens"], row["unexplained_tokens"])
        assert found == expected
        assert row["difference_usd"] is None
