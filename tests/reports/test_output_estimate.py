"""The estimate of missing output: its rule, its calibration, and its validation by hiding."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from pocketdev_analytics.cli import main
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.model import USAGE_COST
from pocketdev_analytics.reports.output_estimate import (
    calibrate_output,
    estimate_notes,
    estimate_output,
    estimated_cost,
    output_estimate,
)
from pocketdev_analytics.store import open_store

SIZES = (
    *("text_characters", "thinking_characters", "signature_characters"),
    *("tool_input_characters", "tool_use_blocks", "extra_bytes"),
)
OPUS_RATE = Decimal("0.000025")
# The usage in a placeholder of a stream, for any response.
PLACEHOLDER = 3


def response(session: str = "s", **changed: Any) -> dict[str, Any]:
    """A cut response of Opus 4.6 with 4,000 characters of text: 1,008 tokens by the rule."""
    return {
        **dict.fromkeys(USAGE_COST),
        **dict.fromkeys(SIZES, 0),
        "response_id": str(id(changed)),
        "session_id": session,
        "kind": "response",
        "response_count": 1,
        "model": "claude-opus-4-6",
        "input_tokens": 10,
        "cache_write_5m_tokens": 0,
        "cache_write_1h_tokens": 0,
        "cache_read_tokens": 0,
        "output_tokens": PLACEHOLDER,
        "web_search_requests": 0,
        "cost_usd": Decimal("0.001"),
        "output_rate_usd": OPUS_RATE,
        "text_characters": 4000,
        "is_lower_bound": True,
        **changed,
    }


def usage(*rows: dict[str, Any]) -> pl.LazyFrame:
    return pl.LazyFrame(
        list(rows), schema={**USAGE_COST, **dict.fromkeys(SIZES, pl.Int64)}, orient="row"
    )


def missing(*rows: dict[str, Any]) -> list[float]:
    found = estimate_output(usage(*rows)).collect()
    return [round(value, 3) for value in found["missing_output_tokens"]]


@pytest.mark.parametrize(
    ("changed", "tokens"),
    [
        ({}, 4000 * 0.25 + 8),
        ({"text_characters": 0, "tool_input_characters": 1000, "tool_use_blocks": 2}, 280 + 90 + 8),
        ({"thinking_characters": 100}, 1008 + 28),
        # The signature tells how long the thinking was that the file does not hold.
        ({"signature_characters": 1230}, 1008 + 1000 * 0.75 * 0.28),
        ({"thinking_characters": 900, "signature_characters": 1230}, 1008 + 900 * 0.28),
        ({"extra_bytes": 2000}, 1008 + 2000 * 0.28),
        ({"model": "claude-opus-4-7"}, 1008 * 1.25),
        ({"model": "us.anthropic.claude-sonnet-5-5-v1:0"}, 1008 * 1.25),
        ({"model": "anthropic/claude-opus-4.8"}, 1008 * 1.25),
        ({"model": "claude-3-5-haiku-20241022"}, 1008),
        ({"model": "deepseek-v4-pro"}, 1008),
    ],
)
def test_the_rule_turns_sizes_into_tokens(changed: dict[str, Any], tokens: float) -> None:
    assert missing(response(**changed)) == [round(tokens - PLACEHOLDER, 3)]


def test_only_lower_bounds_with_a_known_size_miss_output() -> None:
    assert missing(
        response(is_lower_bound=False),
        response(output_tokens=5000),
        response(text_characters=None),
        response(text_characters=0),
        response(kind="unlisted", **dict.fromkeys(SIZES)),
    ) == [0, 0, 0, 0, 0]


def test_a_family_is_calibrated_on_its_finished_responses_alone() -> None:
    known = [
        response(f"k{n}", is_lower_bound=False, output_tokens=1512, model="claude-sonnet-4-5-2025")
        for n in range(40)
    ]
    other = response(model="claude-opus-4-6")
    *_, sonnet, opus = missing(*known, response(model="claude-sonnet-4-5"), other)
    assert 1450 < sonnet < 1512  # half as much again as by the rule
    assert opus == 1008 - PLACEHOLDER
    factors = calibrate_output(usage(*known)).collect().row(0, named=True)
    assert factors["model_family"] == "sonnet-4-5"
    assert factors["output_base"] + factors["output_factor"] * 1008 == pytest.approx(1512, rel=0.03)


def test_a_placeholder_of_a_finished_response_does_not_calibrate() -> None:
    odd = [response(f"k{n}", is_lower_bound=False) for n in range(40)]
    assert calibrate_output(usage(*odd)).collect().is_empty()


def test_the_output_of_unlisted_calls_is_subtracted() -> None:
    cut = response("a")
    listed = response("a", kind="unlisted", input_tokens=0, output_tokens=500, is_lower_bound=False)
    with_prompt = response("b", kind="unlisted", output_tokens=500, is_lower_bound=False)
    assert missing(cut, listed) == [1005 - 500, 0]
    assert missing(response("b"), with_prompt) == [1005, 0]
    assert missing(response("a", text_characters=400), listed) == [0, 0]


def test_the_interval_narrows_with_what_is_known() -> None:
    known = [
        response(f"k{n}", is_lower_bound=False, output_tokens=1000 + n % 3) for n in range(200)
    ]
    few, many = (
        output_estimate(usage(*rows, response()), by=()).collect().row(0, named=True)
        for rows in ([], known)
    )
    widths = [
        row["high_missing_output_tokens"] - row["low_missing_output_tokens"] for row in (few, many)
    ]
    assert widths[1] < widths[0] / 1.5
    assert few["low_missing_output_tokens"] <= 1005 <= few["high_missing_output_tokens"]


def test_money_is_the_missing_tokens_at_their_price() -> None:
    rows = [response("a"), response("b", output_rate_usd=None, cost_usd=None)]
    found = output_estimate(usage(*rows), by=("session",)).collect().rows_by_key("session")
    tokens, _, _, cost, low, high = found["a"][0]
    assert tokens == 1005
    assert cost == Decimal("0.025125")
    assert low < cost < high
    assert found["b"][0][0] == 1005
    assert found["b"][0][3:] == (None, None, None)


def test_a_cost_is_estimated_next_to_its_lower_bound() -> None:
    rows = [response("a"), response("b", is_lower_bound=False, output_tokens=1000)]
    found = estimated_cost(usage(*rows), by=("session",)).collect()
    a, b = found.to_dicts()
    assert a["cost_usd"] == Decimal("0.001")
    assert a["cost_usd"] <= a["low_cost_usd"] < a["estimated_cost_usd"] < a["high_cost_usd"]
    assert (b["missing_output_tokens"], b["estimated_cost_usd"]) == (0, b["cost_usd"])
    total = estimated_cost(usage(*rows), by=()).collect().row(0, named=True)
    assert total["estimated_cost_usd"] == a["estimated_cost_usd"] + b["estimated_cost_usd"]
    empty = estimated_cost(usage(), by=()).collect().row(0, named=True)
    assert (empty["missing_output_tokens"], empty["estimated_cost_usd"]) == (0, 0)


def test_a_note_says_about_and_at_least() -> None:
    cut = usage(response("a", cost_usd=Decimal(1)))
    (note,) = estimate_notes(cut, cut)
    assert note.startswith("About $1.03, at least $1.00: with the output that is missing")
    assert "between $1.0" in note
    final = usage(response("a", is_lower_bound=False, output_tokens=1000))
    assert estimate_notes(final, final) == ()
    unpriced = usage(response("a", cost_usd=None, output_rate_usd=None))
    assert estimate_notes(unpriced, unpriced) == ()


def hidden(known: pl.DataFrame, which: pl.Expr) -> pl.DataFrame:
    """The responses with the final counts of some replaced by a placeholder."""
    count = pl.min_horizontal("output_tokens", PLACEHOLDER)
    return known.with_columns(is_lower_bound=which).with_columns(
        output_tokens=pl.when("is_lower_bound").then(count).otherwise("output_tokens")
    )


def validate(known: pl.DataFrame) -> tuple[float, float]:
    """Hide the counts of each session in turn: the share of it all, and of sessions covered."""
    estimates, covered = 0, []
    sessions = known.group_by("session_id").agg(pl.col("output_tokens").sum()).sort("session_id")
    for session, truth in sessions.iter_rows():
        masked = hidden(known, pl.col("session_id") == session)
        own = masked.filter(session_id=session)
        found = output_estimate(own.lazy(), by=(), calibration=calibrate_output(masked.lazy()))
        middle, low, high, *_ = found.collect().row(0)
        recorded = own["output_tokens"].sum()
        estimates += recorded + middle
        covered.append(recorded + low <= truth <= recorded + high)
    return estimates / known["output_tokens"].sum(), sum(covered) / len(covered)


def finished(folders: list[Path], tmp_path: Path) -> pl.DataFrame:
    tmp_path.mkdir()
    import_history(folders, tmp_path / "store.duckdb")
    is_finished = ~pl.col("is_lower_bound") & (pl.col("kind") == "response")
    is_sized = pl.sum_horizontal(SIZES) > 0
    with open_store(tmp_path / "store.duckdb") as store:
        usage = store.usage_cost().filter(is_finished & is_sized & (pl.col("output_tokens") > 0))
        return usage.sort("response_id").collect()


def test_hidden_counts_of_generated_sessions_are_estimated() -> None:
    rng = random.Random(7)  # noqa: S311 - a seeded choice
    rows = []
    for number in range(40):
        style = rng.gauss(1, 0.08)
        for _ in range(rng.randrange(2, 20)):
            characters = rng.randrange(100, 12_000)
            tokens = round((characters * 0.25 + 8) * style * 1.2 * rng.gauss(1, 0.12))
            rows.append(
                response(
                    f"s{number}",
                    text_characters=characters,
                    output_tokens=tokens,
                    is_lower_bound=False,
                )
            )
    share, covered = validate(usage(*rows).collect())
    assert share == pytest.approx(1, abs=0.1)
    assert covered >= 0.9


@pytest.mark.parametrize("name", ["corpus", "realclient"])
def test_hidden_counts_of_real_sessions_are_estimated(
    name: str, shared: Path, tmp_path: Path
) -> None:
    """Within 10 % of the truth, and the interval holds it in nine of ten sessions."""
    pattern = "*/projects" if name == "corpus" else "*/config/projects"
    folders = sorted(each.parent for each in (shared / name).glob(pattern))
    # The mock counts its ids from 1 in every scenario: each has a store of its own.
    sets = [folders] if name == "corpus" else [[folder] for folder in folders]
    known = pl.concat(finished(each, tmp_path / str(n)) for n, each in enumerate(sets))
    assert known.height > 250
    share, covered = validate(known)
    assert share == pytest.approx(1, abs=0.1)
    assert covered >= 0.9


def test_the_command_line_shows_the_estimate_and_what_it_is_an_estimate_of(tmp_path: Path) -> None:
    folder = tmp_path / "projects" / "-work"
    folder.mkdir(parents=True)
    line = {
        "type": "assistant",
        "uuid": "u1",
        "sessionId": "11111111-2222-4333-8444-555555555555",
        "cwd": "/work",
        "timestamp": "2026-11-02T10:00:00.000Z",
        "version": "2.1.20",
        "message": {
            "id": "msg_1",
            "model": "claude-opus-4-6",
            "stop_reason": None,
            "content": [{"type": "text", "text": "four" * 1000}],
            "usage": {"input_tokens": 10, "output_tokens": PLACEHOLDER},
        },
    }
    file = folder / "11111111-2222-4333-8444-555555555555.jsonl"
    file.write_text(f"{json.dumps(line)}\n", encoding="utf-8")
    import_history([tmp_path], tmp_path / "store.duckdb")

    def run(*arguments: str) -> Any:
        command = ["--store", str(tmp_path / "store.duckdb"), "--timezone", "UTC", "report"]
        return CliRunner().invoke(main, [*command, *arguments])

    done = run("cost", "--estimate", "--format", "json")
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout, parse_float=Decimal)["rows"]
    assert row["missing_output_tokens"] == 1005
    assert row["estimated_cost_usd"] == row["cost_usd"] + Decimal("0.025125")
    assert row["cost_usd"] <= row["low_cost_usd"] < row["estimated_cost_usd"]
    table = run("cost", "--estimate", "--by", "model").stdout
    assert "≥ 0.00013" in table
    assert "0.03" in table
    assert "≥ 0.03" not in table  # about, not at least
    refused = run("tools", "--estimate")
    assert refused.exit_code == 1
    assert "report 'tools' estimates no missing output; these can: cost" in refused.output
