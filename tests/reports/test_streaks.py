from __future__ import annotations

from datetime import UTC, date, datetime

from pocketdev_analytics.reports import streaks

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)


def days(*numbers):
    return [{"responded_at": f"2026-11-{number:02}T12:00:00+00:00"} for number in numbers]


def rows(history, now=NOW, **options):
    return streaks(history, now=now, **options).collect().rows()


def day(number):
    return date(2026, 11, number)


def test_the_current_and_the_longest_run_are_reported(make_history):
    history = make_history(usage=days(1, 2, 3, 4, 6, 8, 9, 10, 10))
    assert rows(history) == [
        ("current", 3, day(8), day(10)),
        ("longest", 4, day(1), day(4)),
        ("all days with activity", 8, day(1), day(10)),
    ]


def test_a_run_goes_on_while_today_is_not_over(make_history):
    history = make_history(usage=days(7, 8, 9))
    assert rows(history)[0] == ("current", 3, day(7), day(9))
    assert rows(history, now=NOW.replace(day=11))[0] == ("current", 0, None, None)


def test_the_last_of_runs_of_equal_length_is_the_longest(make_history):
    history = make_history(usage=days(1, 2, 4, 5, 8))
    assert rows(history)[1] == ("longest", 2, day(4), day(5))


def test_any_activity_makes_a_day(make_history):
    history = make_history(
        usage=days(1),
        prompts=[{"prompted_at": "2026-11-02T10:00:00+00:00"}],
        tool_calls=[{"called_at": "2026-11-03T10:00:00+00:00"}],
        api_errors=[{"occurred_at": "2026-11-04T10:00:00+00:00"}],
        session_events=[{"occurred_at": "2026-11-05T10:00:00+00:00"}],
    )
    assert rows(history)[1] == ("longest", 4, day(1), day(4))


def test_days_are_those_of_the_time_zone(make_history):
    times = ("2026-10-24T21:30:00+00:00", "2026-10-24T22:30:00+00:00", "2026-10-25T23:30:00+00:00")
    history = make_history(usage=[{"responded_at": time} for time in times])
    now = datetime(2026, 10, 25, 23, 45, tzinfo=UTC)
    current = rows(history, now=now, timezone="Europe/Berlin")[0]
    assert current == ("current", 3, date(2026, 10, 24), date(2026, 10, 26))
    assert rows(history, now=now)[0][1] == 2


def test_times_in_the_future_make_no_run(make_history):
    assert rows(make_history(usage=days(9, 10, 11, 12)))[0] == ("current", 2, day(9), day(10))


def test_no_history_has_no_runs(make_history):
    assert [row[1:] for row in rows(make_history())] == [(0, None, None)] * 3
