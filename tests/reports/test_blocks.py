from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from pocketdev_analytics.reports import REPORTS, Filters, ReportInput, blocks

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIVE_HOURS = timedelta(hours=5)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def starts(frame):
    return [start.strftime("%d %H:%M") for start in frame["started_at"]]


def one_by_one(times):
    """The windows as the rule says them: one response after the other."""
    found = {}
    for time in sorted(times):
        start = max(found, default=None)
        if start is None or time >= start + FIVE_HOURS:
            start = time.replace(minute=0, second=0, microsecond=0)
        found.setdefault(start, []).append(time)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_windows_are_those_of_walking_over_every_response(make_usage, seed):
    chance = random.Random(seed)  # noqa: S311 - made-up times
    time, rows = at("2026-10-20T23:58:00"), []
    for _ in range(400):
        minutes = chance.choice([0, 0, 1, 3, 20, 59, 60, 61, 240, 299, 300, 301, 1500])
        time += timedelta(minutes=minutes, microseconds=chance.randrange(3))
        rows.append(time)
    chance.shuffle(rows)
    frame = blocks(make_usage(*({"responded_at": row} for row in rows)), now=NOW).collect()
    expected = one_by_one(rows)
    assert frame.select("started_at", "first_at", "last_at", "responses").rows() == [
        (start, found[0], found[-1], len(found)) for start, found in expected.items()
    ]
    lasts = [found[-1] for found in expected.values()]
    gaps = [
        round((start - last).total_seconds() / 3600, 1)
        for start, last in zip(list(expected)[1:], lasts, strict=False)
    ]
    assert frame["gap_hours"].to_list() == [None, *gaps]


def test_a_window_begins_at_the_full_hour_and_its_end_begins_the_next(make_usage):
    times = ("10:59:59", "14:59:59", "15:00:00", "20:30:00")
    rows = [{"responded_at": f"2026-11-01T{time}+00:00"} for time in times]
    frame = blocks(make_usage(*rows), now=NOW).collect()
    assert starts(frame) == ["01 10:00", "01 15:00", "01 20:00"]
    assert frame["responses"].to_list() == [2, 1, 1]
    assert (frame["ends_at"] - frame["started_at"]).unique().to_list() == [FIVE_HOURS]


def test_a_window_has_its_tokens_cost_and_rates_exactly(make_usage):
    usage = make_usage(
        {"responded_at": "2026-11-01T10:10:00+00:00", "input_tokens": 100, "cost_usd": "0.10"},
        {"responded_at": "2026-11-01T10:40:00+00:00", "output_tokens": 200, "cost_usd": "0.20"},
    )
    (row,) = blocks(usage, now=NOW).collect().to_dicts()
    assert (row["input_tokens"], row["output_tokens"], row["total_tokens"]) == (100, 200, 300)
    assert (row["cost_usd"], row["hourly_cost_usd"]) == (Decimal("0.3"), Decimal("0.6"))
    assert row["tokens_per_minute"] == 10.0
    assert not row["is_running"]
    assert row["projected_tokens"] is row["projected_cost_usd"] is None


def test_the_running_window_is_projected_to_its_end(make_usage):
    usage = make_usage(
        {"responded_at": "2026-11-24T10:00:00+00:00", "input_tokens": 600, "cost_usd": "1.2"},
        {"responded_at": "2026-11-24T11:00:00+00:00", "input_tokens": 600, "cost_usd": "1.2"},
    )
    (row,) = blocks(usage, now=NOW).collect().to_dicts()
    assert row["is_running"]
    # 20 tokens a minute and 2.40 dollars an hour, for the three hours that are left.
    assert row["projected_tokens"] == 1_200 + 20 * 180
    assert row["projected_cost_usd"] == Decimal("2.4") + Decimal("7.2")


@pytest.mark.parametrize(
    ("now", "is_running"),
    [("10:00:00", True), ("14:59:59", True), ("15:00:00", False), ("09:59:59", False)],
)
def test_a_window_runs_from_its_start_until_its_end(make_usage, now, is_running):
    usage = make_usage({"responded_at": "2026-11-24T10:30:00+00:00"})
    frame = blocks(usage, now=at(f"2026-11-24T{now}")).collect()
    assert frame["is_running"].to_list() == [is_running]


def test_now_may_be_in_any_time_zone(make_usage):
    usage = make_usage({"responded_at": "2026-11-24T10:30:00+00:00"})
    now = datetime(2026, 11, 24, 20, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert blocks(usage, now=now).collect()["is_running"].to_list() == [True]


def test_one_response_or_a_burst_has_no_rate(make_usage):
    burst = ("10:30:00", "10:30:59.9")
    for times in (burst[:1], burst):
        rows = [{"responded_at": f"2026-11-24T{time}+00:00", "input_tokens": 9} for time in times]
        (row,) = blocks(make_usage(*rows), now=NOW).collect().to_dicts()
        assert row["is_running"]
        assert row["tokens_per_minute"] is row["hourly_cost_usd"] is None
        assert row["projected_tokens"] is row["projected_cost_usd"] is None


def test_unpriced_usage_has_tokens_and_an_unknown_cost(make_usage):
    rows = [
        {"responded_at": f"2026-11-24T1{hour}:00:00+00:00", "input_tokens": 5, "cost_usd": None}
        for hour in (0, 1)
    ]
    (row,) = blocks(make_usage(*rows), now=NOW).collect().to_dicts()
    assert row["cost_usd"] is row["hourly_cost_usd"] is row["projected_cost_usd"] is None
    assert (row["unpriced_tokens"], row["projected_tokens"]) == (10, 10 + 10 * 3)


def test_windows_stand_still_while_clocks_change(make_usage):
    # In Berlin clocks went back at 01:00 UTC on 2026-10-25.
    times = ("2026-10-24T23:30:00+00:00", "2026-10-25T03:30:00+00:00", "2026-10-25T04:30:00+00:00")
    frame = blocks(
        make_usage(*({"responded_at": time} for time in times)), now=NOW, timezone="Europe/Berlin"
    ).collect()
    assert starts(frame) == ["25 01:00", "25 05:00"]
    assert [end.strftime("%d %H:%M") for end in frame["ends_at"]] == ["25 05:00", "25 10:00"]
    assert frame["responses"].to_list() == [2, 1]


def test_windows_begin_at_full_hours_of_utc_in_every_zone(make_usage):
    usage = make_usage({"responded_at": "2026-11-01T10:10:00+00:00"})
    frame = blocks(usage, now=NOW, timezone="Asia/Kolkata").collect()
    assert starts(frame) == ["01 15:30"]


def test_no_usage_has_no_windows(make_usage):
    empty, full = blocks(make_usage(), now=NOW), blocks(make_usage({}), now=NOW)
    assert empty.collect().height == 0
    assert empty.collect_schema() == empty.collect().schema == full.collect().schema


def test_the_windows_of_a_project_are_the_accounts(make_usage):
    usage = make_usage(
        {"responded_at": "2026-11-01T08:00:00+00:00", "project": "/home/me/other"},
        {"responded_at": "2026-11-01T12:30:00+00:00", "input_tokens": 1},
        {"responded_at": "2026-11-01T13:30:00+00:00", "input_tokens": 2},
    )
    mine = usage.filter(pl.col("project") == "/home/me/app")
    frame = blocks(mine, now=NOW, account_usage=usage).collect()
    assert starts(frame) == ["01 08:00", "01 13:00"]
    assert frame["total_tokens"].to_list() == [1, 2]


def test_a_period_cuts_no_window_in_two(make_history, make_provenance):
    times = ("2026-11-01T22:00:00+00:00", "2026-11-02T01:00:00+00:00", "2026-11-02T04:00:00+00:00")
    history = make_history(usage=[{"responded_at": time} for time in times])
    filters = Filters(since=date(2026, 11, 2))
    asked = ReportInput(
        filters.apply(history, timezone="UTC"),
        make_provenance(),
        (),
        "UTC",
        now=NOW,
        unfiltered=history,
        filters=filters,
    )
    frame = REPORTS["blocks"].rows(asked).collect()
    assert starts(frame) == ["02 04:00"]
    assert frame["responses"].to_list() == [1]
