from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pocketdev_analytics.reports import Filters, cost, filter_history
from pocketdev_analytics.reports.dimensions import FACTS

FRAMES = ("usage", "prompts", "tool_calls", "api_errors", "session_events")


def sizes(history):
    return {name: frame.collect().height for name, frame in history.frames().items()}


def test_no_filter_leaves_everything(make_history):
    history = make_history(**{name: [{}] for name in FRAMES})
    assert sizes(filter_history(history)) == dict.fromkeys(FRAMES, 1)


def test_both_days_of_a_period_are_in_it_in_every_frame(make_history):
    times = [
        "2026-10-31T22:59:59",
        "2026-10-31T23:00:00",
        "2026-11-02T22:59:59",
        "2026-11-02T23:00:00",
    ]
    history = make_history(
        **{name: [{FACTS[name].at: f"{time}+00:00"} for time in times] for name in FRAMES}
    )
    period = {"since": date(2026, 11, 1), "until": date(2026, 11, 2), "timezone": "Europe/Berlin"}
    assert sizes(filter_history(history, **period)) == dict.fromkeys(FRAMES, 2)


@pytest.mark.parametrize("project", ["/home/me/app", "/home/me/app/", "/home/me", "/"])
def test_a_project_holds_itself_and_the_folders_below(make_history, project):
    history = make_history(usage=[{"project": "/home/me/app"}, {"project": "/home/me/app/web"}])
    assert sizes(filter_history(history, projects=[project]))["usage"] == 2


def test_a_project_does_not_hold_those_whose_name_begins_alike(make_history):
    history = make_history(usage=[{"project": "/home/me/app-two"}, {"project": None}])
    assert sizes(filter_history(history, projects=["/home/me/app"]))["usage"] == 0


def test_a_windows_project_holds_the_folders_below(make_history):
    history = make_history(prompts=[{"project": r"C:\code\app\web"}, {"project": r"C:\code\apple"}])
    assert sizes(filter_history(history, projects=[r"C:\code\app"]))["prompts"] == 1


def test_several_projects_are_together(make_history):
    history = make_history(usage=[{"project": "/a"}, {"project": "/b"}, {"project": "/c"}])
    assert sizes(filter_history(history, projects=["/a", "/b"]))["usage"] == 2


def test_a_model_is_its_exact_id_and_only_responses_have_one(make_history):
    history = make_history(
        usage=[{"model": "claude-opus-5"}, {"model": "claude-opus-5-5"}, {"model": None}],
        prompts=[{}],
    )
    narrowed = sizes(filter_history(history, models=["claude-opus-5"]))
    assert (narrowed["usage"], narrowed["prompts"]) == (1, 1)
    asked = Filters(models=("claude-opus-5",)).apply(history, timezone="UTC")
    assert (sizes(asked)["usage"], sizes(asked)["prompts"]) == (1, 0)


@pytest.mark.parametrize(
    ("filters", "column", "values"),
    [
        ({"branches": ["main"]}, "git_branch", ["main", "other", None]),
        ({"sessions": ["a"]}, "session_id", ["a", "a-b", None]),
        ({"agents": ["subagent"]}, "agent", ["subagent", "main"]),
    ],
)
def test_a_branch_session_and_agent_narrow_every_frame(make_history, filters, column, values):
    history = make_history(**{name: [{column: value} for value in values] for name in FRAMES})
    assert sizes(filter_history(history, **filters)) == dict.fromkeys(FRAMES, 1)


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("branches", "git_branch"),
        ("projects", "project"),
        ("models", "model"),
        ("sessions", "session_id"),
    ],
)
def test_the_group_without_a_name_can_be_selected_and_is_in_no_other(make_history, kind, column):
    history = make_history(usage=[{column: None}, {column: "/a"}, {column: "/b"}])
    counts = [
        sizes(filter_history(history, **{kind: names}))["usage"]
        for names in (["(none)"], ["/a"], ["/b"], ["/a", "(none)"])
    ]
    assert counts == [1, 1, 1, 2]


def test_filters_of_several_kinds_all_hold(make_history):
    history = make_history(
        usage=[{"agent": "main"}, {"agent": "subagent"}, {"agent": "main", "git_branch": "x"}]
    )
    narrowed = filter_history(history, agents=["main"], branches=["main"])
    assert sizes(narrowed)["usage"] == 1


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin", "America/Havana", "Pacific/Apia"])
@settings(max_examples=20, deadline=None)
@given(hours=st.lists(st.integers(0, 24 * 400), max_size=20), first=st.integers(0, 400))
def test_a_day_is_the_same_alone_and_within_all_time(make_history, timezone, hours, first):
    start = date(2011, 6, 1)
    rows = [
        {"responded_at": f"{start + timedelta(h // 24)}T{h % 24:02}:30:00+00:00"} for h in hours
    ]
    history = make_history(usage=rows)
    day = start + timedelta(first)
    alone = filter_history(history, since=day, until=day, timezone=timezone)
    before = filter_history(history, until=day - timedelta(1), timezone=timezone)
    after = filter_history(history, since=day + timedelta(1), timezone=timezone)
    everything = cost(history.usage, timezone=timezone).collect()
    assert sum(sizes(part)["usage"] for part in (alone, before, after)) == len(rows)
    in_all = [row for row in everything.rows() if row[0] == day]
    assert cost(alone.usage, timezone=timezone).collect().rows() == in_all
