"""Findings: each kind on a history made by hand, with money that can be computed in the head."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pocketdev_analytics import model, reports
from pocketdev_analytics.reports import FindingInput, History
from pocketdev_analytics.reports.findings import KINDS

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
# US dollars for a token: the price of each class.
RATES = {
    "input": Decimal("0.000005"),
    "cache_write_5m": Decimal("0.00000625"),
    "cache_write_1h": Decimal("0.00001"),
    "cache_read": Decimal("0.0000005"),
    "output": Decimal("0.000025"),
}


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def response(number: int, minutes: float, **changed: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "response_id": f"r{number}",
        "kind": "response",
        "response_count": 1,
        "session_id": "s",
        "project": "/home/ada/app",
        "agent": "main",
        "model": "claude-opus-5",
        "responded_at": at(minutes),
        **dict.fromkeys(model.TOKEN_COLUMNS, 0),
        "web_search_requests": 0,
        "is_lower_bound": False,
        **changed,
    }
    costs = {f"{name}_cost_usd": row[f"{name}_tokens"] * rate for name, rate in RATES.items()}
    return {**costs, "web_search_cost_usd": Decimal(0), "cost_usd": sum(costs.values()), **row}


def frame(columns: model.Schema, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    filled = [{name: row.get(name) for name in columns} for row in rows]
    return pl.LazyFrame(filled, schema=columns, orient="row")


def history(
    *usage: dict[str, Any],
    prompts: tuple[dict[str, Any], ...] = (),
    calls: tuple[dict[str, Any], ...] = (),
    events: tuple[dict[str, Any], ...] = (),
) -> History:
    common = {"session_id": "s", "agent": "main", "project": "/home/ada/app"}
    return History(
        frame(model.USAGE_COST, list(usage)),
        frame(model.PROMPTS, [{**common, **row} for row in prompts]),
        frame(model.TOOL_CALLS, [{**common, **row} for row in calls]),
        frame(model.API_ERRORS, []),
        frame(model.SESSION_EVENTS, [{**common, **row} for row in events]),
    )


def found(
    given: History, kind: str, cheaper: pl.LazyFrame | None = None
) -> list[tuple[str, float]]:
    rows = reports.evidence(FindingInput(given, cheaper)).filter(pl.col("kind") == kind)
    return [
        (row["evidence"] or row["session"], round(float(row["cost_usd"]), 6))
        for row in rows.sort("at").collect().iter_rows(named=True)
    ]


def step(number: int, minutes: float, read: int, write: int, **more: Any) -> dict[str, Any]:
    tokens = {"cache_read_tokens": read, "cache_write_5m_tokens": write, **more}
    return response(number, minutes, **tokens)


# 40,000 tokens written again at 6.25, instead of read at 0.5, US dollars per million.
AGAIN = round(40_000 * (6.25 - 0.5) / 1e6, 6)


def test_a_pause_longer_than_the_cache_lives_is_what_rebuilt_it():
    given = history(step(1, 0, 0, 40_000), step(2, 1, 40_000, 0), step(3, 7, 0, 40_000))
    assert found(given, "cache-pause") == [("r3", AGAIN)]
    assert found(given, "cache-first") == [("r1", 0.25)]
    assert found(given, "cache-other") == []


def test_a_cache_of_an_hour_outlives_a_pause_of_ten_minutes():
    one_hour = {"cache_write_1h_tokens": 40_000}
    given = history(
        step(1, 0, 0, 0, **one_hour),
        step(2, 10, 40_000, 0, **one_hour),
        step(3, 20, 0, 0, **one_hour),
        step(4, 90, 0, 0, **one_hour),
    )
    assert [name for name, _ in found(given, "cache-pause")] == ["r4"]
    assert [name for name, _ in found(given, "cache-other")] == ["r3"]


def test_a_switch_of_the_model_and_a_compaction_are_causes_before_a_pause():
    given = history(
        step(1, 0, 0, 40_000),
        step(2, 1, 40_000, 0),
        step(3, 9, 0, 40_000, model="claude-haiku-4-5"),
        step(4, 20, 0, 9_000, model="claude-haiku-4-5"),
        events=({"event_id": "e", "kind": "compact_boundary", "occurred_at": at(19)},),
    )
    assert [name for name, _ in found(given, "cache-model")] == ["r3"]
    assert found(given, "cache-compaction") == [("r4", round(9_000 * 6.25 / 1e6, 6))]
    assert found(given, "cache-pause") == []


def test_each_lane_has_a_cache_of_its_own():
    sub = {"agent": "subagent", "agent_id": "a1"}
    given = history(step(1, 0, 0, 40_000), step(2, 1, 0, 9_000, **sub), step(3, 2, 40_000, 0))
    assert [name for name, _ in found(given, "cache-first")] == ["r1", "r2"]
    assert found(given, "cache-other") == []


@pytest.mark.parametrize(("pauses", "is_worth_it"), [(1, False), (8, True)])
def test_writes_of_an_hour_pay_where_pauses_cost_more_than_the_dearer_writes(pauses, is_worth_it):
    steps = [step(1, 0, 0, 40_000), step(2, 1, 40_000, 30_000)]
    steps += [step(3 + n, 11 + 10 * n, 0, 70_000) for n in range(pauses)]
    saved = pauses * 70_000 * (6.25 - 0.5) / 1e6
    extra = 70_000 * 6.25 * 0.6 / 1e6
    rows = found(history(*steps), "cache-1h")
    assert bool(rows) == is_worth_it or saved > extra
    assert rows == ([("s", round(saved - extra, 6))] if saved > extra else [])


def test_writes_of_an_hour_that_would_cost_more_are_no_finding():
    steps = [step(n, n, 40_000 * n, 40_000) for n in range(9)]
    assert found(history(*steps, step(10, 20, 0, 2_000)), "cache-1h") == []


def test_a_session_that_starts_heavy_pays_for_it_in_every_later_response():
    lean = [step(n, n, 0, 10_000, session_id=f"lean-{n}") for n in range(20)]
    heavy = [step(20, 20, 0, 30_000), step(21, 21, 30_000, 0), step(22, 22, 30_000, 0)]
    assert found(history(*lean, *heavy), "context-start") == [("s", round(2 * 20_000 * 5e-7, 6))]


def test_a_long_context_costs_what_is_above_a_hundred_thousand_tokens():
    given = history(step(1, 0, 150_000, 0, output_tokens=1_000), step(2, 1, 99_000, 0))
    assert found(given, "context-long") == [("r1", 0.025)]


def test_compactions_cost_what_their_calls_cost():
    call = response(1, 0, kind="compaction", response_count=0, input_tokens=100_000)
    assert found(history(call), "compactions") == [("r1", 0.5)]


def call(number: int, minutes: float, *, is_error: bool, tool: str = "Bash") -> dict[str, Any]:
    return {
        "tool_use_id": f"t{number}",
        "called_at": at(minutes),
        "tool": tool,
        "is_error": is_error,
    }


def test_a_tool_that_fails_three_times_in_a_row_costs_the_responses_between():
    usage = [response(n, n, output_tokens=10_000) for n in range(6)]
    failing = [call(n, n + 0.5, is_error=True) for n in range(1, 4)]
    given = history(*usage, calls=(call(0, 0.5, is_error=False), *failing))
    assert found(given, "tool-loops") == [("t1", 0.5)]
    other = [call(9, 2.2, is_error=False, tool="Read")]
    assert found(history(*usage, calls=(*failing, *other)), "tool-loops") == []
    assert found(history(*usage, calls=tuple(failing[:2])), "tool-loops") == []


def test_an_interruption_costs_the_response_before_it():
    usage = [response(n, n, output_tokens=1_000 * n) for n in range(1, 4)]
    event = {"event_id": "e", "kind": "interruption", "occurred_at": at(2.5)}
    late = {"event_id": "l", "kind": "interruption", "occurred_at": at(200)}
    assert found(history(*usage, events=(event, late)), "interrupted") == [("r2", 0.05)]


def test_a_refusal_costs_its_response():
    usage = response(1, 0, output_tokens=1_000, stop_reason="refusal")
    assert found(history(usage, response(2, 1, output_tokens=1)), "refused") == [("r1", 0.025)]


def test_subagents_cost_what_is_above_the_main_thread():
    sub = {"agent": "subagent", "agent_id": "a1"}
    given = history(
        response(1, 0, output_tokens=1_000),
        response(2, 1, output_tokens=9_000, **sub),
        response(3, 2, output_tokens=9_000, session_id="other"),
        response(4, 3, output_tokens=1_000, session_id="other", **sub),
    )
    assert found(given, "subagents") == [("s", 0.2)]


def test_a_short_answer_of_an_expensive_model_is_priced_on_the_cheaper_one():
    prompts = tuple({"prompt_id": f"p{n}", "prompted_at": at(10 * n)} for n in range(4))
    usage = [
        response(1, 1, output_tokens=100, input_tokens=10_000),
        response(2, 11, output_tokens=5_000),
        response(3, 21, output_tokens=100),
        response(4, 22, output_tokens=100),
        response(5, 31, output_tokens=100, model="claude-sonnet-5"),
    ]
    given = history(*usage, prompts=prompts)
    cheaper = given.usage.select("response_id", cost_usd=pl.col("cost_usd") / 2)
    assert found(given, "short-turns", cheaper) == [("r1", round(0.0525 / 2, 6))]
    assert found(given, "short-turns") == []


def test_the_cheaper_model_is_the_latest_sonnet():
    models = ["claude-sonnet-4-5", "claude-opus-9", "claude-sonnet-5", "claude-sonnet-4-6"]
    assert reports.cheaper_model(models) == "claude-sonnet-5"
    assert reports.cheaper_model(["claude-opus-9"]) == ""


def test_a_finding_is_measured_again_as_a_share_of_all_cost():
    def day(number: int, days: int, refused: int, whole: int) -> list[dict[str, Any]]:
        minutes = days * 24 * 60
        refusal = {"stop_reason": "refusal", "output_tokens": refused}
        return [
            response(number, minutes, **refusal),
            response(number + 1, minutes + 1, output_tokens=whole - refused),
        ]

    given = history(*day(0, 0, 4_000, 10_000), *day(2, 20, 4_000, 20_000))
    rows = reports.findings(FindingInput(given)).collect()
    (row,) = rows.filter(pl.col("kind") == "refused").to_dicts()
    assert row["cost_usd"] == Decimal("0.2")
    assert (row["since"].isoformat(), row["change_percent"]) == ("2026-11-09", -50.0)
    assert "Since 9 Nov: down 50%." in " ".join(reports.finding_notes(rows))


def test_what_was_not_there_before_is_not_compared():
    usage = response(1, 0, output_tokens=1_000, stop_reason="refusal")
    (row,) = reports.findings(FindingInput(history(usage))).collect().to_dicts()
    assert (row["since"], row["change_percent"], row["share"]) == (None, None, 1.0)


def test_an_empty_history_has_no_findings_and_no_notes():
    rows = reports.findings(FindingInput(history())).collect()
    assert rows.is_empty()
    assert reports.finding_notes(rows) == ()


def test_a_model_without_a_price_is_no_money_and_no_error():
    unpriced = {name: None for name in model.USAGE_COST if name.endswith("_usd")}
    rows = [step(1, 0, 0, 40_000) | unpriced, step(2, 30, 0, 40_000) | unpriced]
    assert reports.evidence(FindingInput(history(*rows))).collect().is_empty()


def test_every_kind_says_what_to_do_and_how_its_money_is_computed():
    for kind in KINDS.values():
        assert kind.advice.endswith(".")
        assert kind.rule
        assert not kind.title.endswith(".")


def test_the_rows_of_a_finding_add_up_to_its_money():
    given = FindingInput(
        history(step(1, 0, 0, 40_000), step(2, 1, 40_000, 0), step(3, 9, 0, 40_000))
    )
    rows = reports.evidence(given).collect()
    for row in reports.findings(given).collect().iter_rows(named=True):
        own = rows.filter(pl.col("kind") == row["kind"])
        assert own["cost_usd"].sum() == row["cost_usd"]
        assert own.height == row["occurrences"]
        assert own["evidence"][0] == row["example"]


def test_the_documentation_has_every_kind_and_its_rule():
    text = (Path(__file__).parents[2] / "docs/findings.md").read_text(encoding="utf-8")
    for kind in KINDS.values():
        estimate = "yes" if kind.is_estimate else "no"
        assert f"| `{kind.name}` | {kind.title} | {kind.rule} | {estimate} |" in text
