from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from pocketdev_analytics.reports import UnpricedModel, audit, notes, quality, quality_table


def test_a_clean_history_needs_no_notes(make_history, make_provenance):
    found = quality(make_history(usage=[{}]), make_provenance())
    assert notes(found) == ()
    assert not found.is_at_least
    assert found.responses == 1


def test_everything_that_limits_the_numbers_is_counted(make_history, make_provenance):
    history = make_history(
        usage=[
            {"is_lower_bound": True, "source": "progress"},
            {"model": "other", "cost_usd": None, "input_tokens": 1_200},
            {},
        ]
    )
    found = quality(history, make_provenance(quarantined_lines=4, unfinished_files=1, files_gone=2))
    assert found.is_at_least
    assert (found.responses, found.lower_bound_responses) == (3, 1)
    assert found.progress_only_responses == 1
    assert found.unpriced == (UnpricedModel("other", 1, 1_200),)
    assert notes(found) == (
        (
            "At least: 33% of responses (1 of 3) were written without their final output count,"
            " so their cost is a lower bound."
        ),
        "At least: other has no price; its 1 response with 1,200 tokens are in no sum of money.",
        (
            "1 response of subagents is known from progress lines only,"
            " because the subagent's own file is gone."
        ),
        "4 lines of the session files could not be read and are not counted.",
        "1 session file ends in the middle of a line, which is not counted yet.",
        "2 session files are no longer on disk; what was imported from there still counts.",
    )
    assert quality_table(found).collect().rows() == [
        (
            *("responses without their final output count", 1, 3, 1 / 3),
            "`report lower-bounds` lists them by version",
        ),
        ("responses known from progress lines only", 1, 3, 1 / 3, None),
        ("responses with a time in the future", 0, 3, 0.0, None),
        ("responses with a time before 2024", 0, 3, 0.0, None),
        ("responses without a price", 1, 3, 1 / 3, None),
        ("responses of other, without a price", 1, 3, 1 / 3, "1,200 tokens"),
        ("lines that could not be read", 4, None, None, None),
        ("files that end in the middle of a line", 1, None, None, None),
        ("files that are no longer on disk", 2, None, None, None),
    ]


def test_times_that_a_clock_got_wrong_are_counted(make_history, make_provenance):
    times = ["1970-01-01", "2023-12-31", "2026-11-01", "2099-01-01"]
    usage = [{"responded_at": f"{day}T00:00:00+00:00"} for day in times]
    now = datetime(2026, 11, 24, tzinfo=UTC)
    found = quality(make_history(usage=usage), make_provenance(), now=now)
    assert (found.future_responses, found.too_early_responses) == (1, 2)
    rows = {row["check"]: row for row in quality_table(found).collect().to_dicts()}
    assert rows["responses with a time in the future"]["count"] == 1
    assert "clock" in rows["responses with a time before 2024"]["detail"]


def test_sample_data_is_called_sample_data_first(make_history, make_provenance):
    found = quality(make_history(usage=[{"is_lower_bound": True}]), make_provenance(is_sample=True))
    assert notes(found)[0] == "This is sample data, not a real history."


def test_an_empty_history_has_nothing_to_note(make_history, make_provenance):
    assert notes(quality(make_history(), make_provenance())) == ()


def test_a_model_that_lacks_a_price_in_one_mode_alone_is_named_with_it(
    make_history, make_provenance
):
    rows = [
        {"model": "claude-opus-4-7", "cost_usd": None, "speed": "fast", "input_tokens": 5},
        {"model": "claude-opus-4-7", "cost_usd": None, "speed": "standard"},
        {"model": "claude-opus-5", "cost_usd": None, "service_tier": "priority"},
    ]
    found = quality(make_history(usage=rows), make_provenance())
    names = [each.model for each in found.unpriced]
    assert names == ["claude-opus-4-7", "claude-opus-4-7 (fast)", "claude-opus-5 (priority)"]
    assert "At least: claude-opus-4-7 (fast) has no price; its 1 response" in notes(found)[1]


def test_traces_of_uncounted_usage_are_counted_by_kind(make_history, make_evidence):
    usage = make_history(usage=[{}]).usage
    rows = [
        ("session-a", "unseen call", "web_search"),
        ("session-a", "unseen call", "web_search"),
        ("session-a", "unknown pass", "review_message"),
        ("session-a", "negative", None),
        ("another", "unseen call", "title"),
    ]
    traces = pl.LazyFrame(rows, ["session_id", "trace", "name"], orient="row")
    found = audit(usage, replace(make_evidence(usage), traces=traces))
    assert found.traces == {
        ("negative", None): 1,
        ("unknown pass", "review_message"): 1,
        ("unseen call", "web_search"): 2,
    }
