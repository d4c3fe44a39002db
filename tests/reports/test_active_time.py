from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import active_time

BOTH = ["active_minutes", "session_minutes"]


def prompted(*times, **changed):
    """Prompts at these times of 2026-11-01, or of a day and a time, in UTC."""
    return [
        {"prompted_at": f"{time if ' ' in time else f'2026-11-01 {time}'}+00:00", **changed}
        for time in times
    ]


def minutes(frame):
    return frame.collect().select(BOTH).rows()


def test_pauses_of_up_to_fifteen_minutes_are_worked_through(make_history):
    history = make_history(prompts=prompted("10:00", "10:15", "10:31", "10:32"))
    assert minutes(active_time(history, by=())) == [(16.0, 16.0)]
    assert minutes(active_time(history, by=(), idle_minutes=16)) == [(32.0, 32.0)]
    assert minutes(active_time(history, by=(), idle_minutes=0.5)) == [(0.0, 0.0)]


def test_events_of_every_kind_carry_on(make_history):
    history = make_history(
        prompts=prompted("10:00"),
        usage=[{"responded_at": "2026-11-01T10:10:00+00:00"}],
        tool_calls=[{"called_at": "2026-11-01T10:20:00+00:00"}],
        api_errors=[{"occurred_at": "2026-11-01T10:30:00+00:00"}],
        session_events=[{"occurred_at": "2026-11-01T10:40:00+00:00", "kind": "interruption"}],
    )
    frame = active_time(history).collect()
    assert frame.columns == [
        *("day", *BOTH, "turns", "median_turn_seconds", "p90_turn_seconds"),
        "longest_turn_seconds",
    ]
    assert frame.row(0) == (date(2026, 11, 1), 40.0, 40.0, 0, None, None, None)


@pytest.mark.parametrize(
    "kind", ["notification", "away_summary", "scheduled_task_fire", "stop_hook_summary"]
)
def test_time_without_a_person_or_the_model_is_not_active(make_history, kind):
    shown = {"occurred_at": "2026-11-01T10:10:00+00:00", "kind": kind}
    unlisted = {"responded_at": "2026-11-01T10:12:00+00:00", "kind": "unlisted"}
    history = make_history(
        prompts=prompted("10:00"), session_events=[shown], usage=[{**unlisted, "response_count": 0}]
    )
    assert minutes(active_time(history, by=())) == [(0.0, 0.0)]


@pytest.mark.parametrize("kind", ["slash_command", "shell_command", "interruption"])
def test_commands_and_interruptions_are_work(make_history, kind):
    entered = {"occurred_at": "2026-11-01T10:10:00+00:00", "kind": kind}
    history = make_history(prompts=prompted("10:00"), session_events=[entered])
    assert minutes(active_time(history, by=())) == [(10.0, 10.0)]


def test_sessions_side_by_side_pass_once_on_the_clock(make_history):
    history = make_history(
        prompts=[
            *prompted("10:00", "10:10"),
            *prompted("10:05", "10:15", "10:25", session_id="session-b"),
            *prompted("10:06", "10:07", session_id="session-c"),
        ]
    )
    assert minutes(active_time(history)) == [(25.0, 31.0)]
    assert minutes(active_time(history, by=["session"])) == [(10.0, 10.0), (20.0, 20.0), (1.0, 1.0)]


def test_a_pause_between_sessions_is_not_worked(make_history):
    history = make_history(prompts=[*prompted("10:00"), *prompted("10:10", session_id="session-b")])
    assert active_time(history).collect().height == 0


def test_a_stretch_belongs_to_what_ends_it(make_history):
    history = make_history(
        prompts=[
            *prompted("10:00", "10:05"),
            *prompted("10:08", project="/home/me/web"),
            *prompted("10:09"),
        ]
    )
    frame = active_time(history, by=["project"]).collect()
    assert frame.select("project", "active_minutes").rows() == [
        ("/home/me/app", 6.0),
        ("/home/me/web", 3.0),
    ]


def test_days_follow_the_time_zone_even_when_clocks_change(make_history):
    history = make_history(
        prompts=prompted(
            "2026-10-24 21:55", "2026-10-24 22:05", "2026-10-25 00:55", "2026-10-25 01:05"
        )
    )
    frame = active_time(history, timezone="Europe/Berlin").collect()
    # The hour from 2:00 on came twice; ten minutes across it are ten minutes.
    assert frame.select("day", "active_minutes").rows() == [(date(2026, 10, 25), 20.0)]


@pytest.mark.parametrize("seed", range(5))
def test_active_minutes_are_those_of_marking_every_second(make_history, seed):
    chance = random.Random(seed)  # noqa: S311 - made-up times
    start, rows, marked = datetime(2026, 11, 1, tzinfo=UTC), [], set()
    for session in "abc":
        seconds = sorted(6 * chance.randrange(3_500) for _ in range(40))
        rows += [
            {"prompted_at": start + timedelta(seconds=second), "session_id": session}
            for second in seconds
        ]
        for one, other in pairwise(seconds):
            if other - one <= 15 * 60:
                marked |= set(range(one, other))
    chance.shuffle(rows)
    (found,) = active_time(make_history(prompts=rows), by=()).collect()["active_minutes"]
    assert found == round(len(marked) / 60, 1)


def test_turns_have_their_median_90th_percentile_and_longest(make_history):
    turns = [{"duration_ms": seconds * 1_000} for seconds in (10, 20, 30, 40, 110)]
    others = [{"kind": "compact_boundary"}, {"duration_ms": None}]
    history = make_history(session_events=[*turns, *others])
    names = ["turns", "median_turn_seconds", "p90_turn_seconds", "longest_turn_seconds"]
    for by in (("day",), ()):
        assert active_time(history, by=by).collect().select(names).rows() == [(5, 30, 82, 110)]


def test_no_history_has_no_days_and_no_time(make_history):
    empty = make_history()
    assert active_time(empty).collect().height == 0
    assert active_time(empty, by=()).collect().rows() == [(0.0, 0.0, 0, None, None, None)]


def test_what_not_all_events_have_is_refused(make_history):
    with pytest.raises(ReportError, match="'time' cannot be grouped by 'model'"):
        active_time(make_history(), by=["model"])
    with pytest.raises(ReportError, match="idle_minutes must be greater than 0, got 0"):
        active_time(make_history(), idle_minutes=0)
