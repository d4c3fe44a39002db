"""What holds for every history: nothing is counted twice, and nothing falls out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.reports import (
    cost,
    filter_history,
    group_projects,
    session_totals,
    sessions,
    token_classes,
    totals,
)
from pocketdev_analytics.reports.cost import COST_DIMENSIONS

APP = "/home/me/app"
FOLDERS = [
    APP,
    f"{APP}/web",
    f"{APP}/.worktrees/1",
    f"{APP}-worktrees/x",
    "/home/me",
    r"C:\a",
    None,
]
ZONES = ["UTC", "Europe/Berlin", "America/Havana", "Asia/Kolkata", "Pacific/Apia"]
PAIRS = [*((name,) for name in COST_DIMENSIONS), *combinations(COST_DIMENSIONS, 2)]
PARTS = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output", "web_search")

# Hours around the ends of summer time, and the day that Samoa left out.
INSTANTS = st.integers(0, 24 * 800).map(
    lambda hours: datetime(2011, 9, 1, 0, 30, tzinfo=UTC) + timedelta(hours=hours)
)
CENTS = st.integers(0, 10**12).map(lambda number: Decimal(number) / 10**15)


@st.composite
def responses(draw):
    """A response: in a session and a folder, with tokens and what each part of it cost."""
    priced = draw(st.booleans())
    parts = draw(st.tuples(*[CENTS] * len(PARTS))) if priced else [None] * len(PARTS)
    costs = {f"{name}_cost_usd": part for name, part in zip(PARTS, parts, strict=True)}
    return {
        "responded_at": draw(INSTANTS),
        "session_id": draw(st.sampled_from(["a", "b", "c"])),
        "project": draw(st.sampled_from(FOLDERS)),
        "git_branch": draw(st.sampled_from(["main", "x", None])),
        "agent": draw(st.sampled_from(["main", "subagent"])),
        "model": draw(st.sampled_from(["claude-opus-5", "other", None])),
        "version": draw(st.sampled_from(["2.1.0", None])),
        "is_lower_bound": draw(st.booleans()),
        **{name: draw(st.integers(0, 9)) for name in TOKEN_COLUMNS},
        **costs,
        "cost_usd": sum(parts, Decimal(0)) if priced else None,
    }


HISTORIES = st.lists(responses(), max_size=25)


def summed(frame):
    """What a frame of costs adds up to, NULL as nothing."""
    names = ("responses", *TOKEN_COLUMNS, "cost_usd", "lower_bound_responses", "unpriced_tokens")
    return tuple(frame[name].sum() for name in names)


def checked(history, timezone, week_start="monday"):
    whole = summed(totals(history.usage).collect())
    options = {"timezone": timezone, "week_start": week_start}
    views = pl.collect_all([cost(history.usage, by=by, **options) for by in PAIRS])
    wrong = [by for by, view in zip(PAIRS, views, strict=True) if summed(view) != whole]
    assert not wrong
    by_session = sessions(history, timezone=timezone).collect()
    classes = token_classes(history.usage).collect()
    all_sessions = session_totals(history).collect()
    for frame in (by_session, all_sessions, classes):
        assert frame["cost_usd"].sum() == whole[6]
    assert by_session["responses"].sum() == all_sessions["responses"].sum() == whole[0]


@pytest.mark.parametrize("timezone", ZONES)
@settings(max_examples=3, deadline=None)
@given(rows=HISTORIES, week_start=st.sampled_from(["monday", "sunday", "thursday"]))
def test_every_view_of_a_cost_adds_up_to_the_same_to_the_last_digit(
    make_history, timezone, rows, week_start
):
    checked(group_projects(make_history(usage=rows)), timezone, week_start)


@settings(max_examples=25, deadline=None)
@given(rows=HISTORIES, zone=st.sampled_from(ZONES), days=st.integers(0, 800))
def test_no_row_falls_out_of_filters_that_cover_everything(make_history, rows, zone, days):
    day = date(2011, 9, 1) + timedelta(days)
    groups = {"app": [APP], "rest": ["/home/**", "C:"]}
    rows = [{**row, "response_id": str(number)} for number, row in enumerate(rows)]
    history = group_projects(make_history(usage=rows))
    grouped = group_projects(make_history(usage=rows), groups=groups)
    covers = [
        (history, [{"agents": ["main"]}, {"agents": ["subagent"]}]),
        (history, [{"since": day}, {"until": day - timedelta(1)}]),
        (history, [{"branches": [name]} for name in ("main", "x", "(none)")]),
        (history, [{"models": [name]} for name in ("claude-opus-5", "other", "(none)")]),
        (history, [{"sessions": ["a"]}, {"sessions": ["b", "c"]}]),
        (grouped, [{"projects": ["app"]}, {"projects": ["rest", "(none)"]}]),
    ]
    for whole, parts in covers:
        found = [filter_history(whole, **part, timezone=zone).usage for part in parts]
        ids = pl.concat(found).collect()["response_id"].to_list()
        assert sorted(ids, key=int) == [row["response_id"] for row in rows], parts


@settings(max_examples=25, deadline=None)
@given(rows=HISTORIES)
def test_every_row_is_of_the_project_that_it_is_grouped_by(make_history, rows):
    history = group_projects(make_history(usage=rows))
    by_project = cost(history.usage, by=["project"]).collect()
    names = by_project["project"].fill_null("(none)")
    assert by_project["responses"].sum() == len(rows)
    for name, count in zip(names, by_project["responses"], strict=True):
        found = filter_history(history, projects=[name]).usage.collect()
        assert found.filter(pl.col("project").fill_null("(none)") == name).height == count


@pytest.mark.parametrize("timezone", ZONES)
@settings(max_examples=6, deadline=None)
@given(rows=HISTORIES, week_start=st.sampled_from(["monday", "saturday"]))
def test_a_day_is_the_same_alone_in_its_week_month_and_year(
    make_history, timezone, rows, week_start
):
    history = group_projects(make_history(usage=rows))
    options = {"timezone": timezone, "week_start": week_start}
    days = cost(history.usage, by=["day"], **options).collect()
    nested = cost(history.usage, by=["day", "week", "month", "year"], **options).collect()
    assert nested.drop("week", "month", "year").rows() == days.rows()
    for day, week, month, year in nested.select("day", "week", "month", "year").iter_rows():
        assert week <= day < week + timedelta(7)
        assert f"{week:%A}".lower() == week_start
        assert (month, year) == (f"{day:%Y-%m}", f"{day:%Y}")
        alone = filter_history(history, since=day, until=day, timezone=timezone)
        assert cost(alone.usage, by=["day"], **options).collect().rows() == [
            row for row in days.rows() if row[0] == day
        ]


def test_the_corpus_adds_up_in_every_view_and_groups_within_its_repositories(corpus, tmp_path):
    from pocketdev_analytics import import_history, open_store

    store = tmp_path / "store.duckdb"
    import_history([corpus], store)
    with open_store(store) as opened:
        history = group_projects(opened.history())
        usage = history.usage.collect()
        checked(replace(history, usage=usage.lazy()), "Europe/Berlin", "sunday")
    names = dict(usage.select("folder", "project").unique().drop_nulls().iter_rows())
    assert len(set(names.values())) < len(names)
    for folder, project in names.items():
        assert folder.startswith(project) or "worktrees/" in folder
        assert "/.worktrees/" not in project
        assert "/.claude/worktrees/" not in project


def test_the_projects_of_a_repository_add_up_to_its_reference(corpus, tmp_path):
    from pocketdev_analytics import import_history, open_store

    expected = json.loads((corpus / "expected.json").read_text(encoding="utf-8"))
    names = ("input", "write_5m", "write_1h", "read", "output")
    for name in sorted(expected.keys() - {"all"}):
        store = tmp_path / f"{name}.duckdb"
        import_history([corpus / name], store)
        with open_store(store) as opened:
            history = group_projects(opened.history())
            by_project = cost(history.usage, by=["project"]).collect()
        reference = expected[name]["total"]
        counted = summed(by_project)[: 1 + len(names)]
        assert counted == (reference["responses"], *(reference[each] for each in names)), name
