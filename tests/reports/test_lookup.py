from __future__ import annotations

import pytest

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import find_projects, find_sessions, group_projects


@pytest.fixture
def history(make_history):
    usage = [
        {"session_id": "0a-1", "project": "/home/me/app"},
        {"session_id": "0b-1", "project": "/home/you/app"},
        {"session_id": "0b-2", "project": "/home/me/site/.worktrees/fix"},
        {"session_id": "0b-1-long", "project": r"C:\code\tool"},
    ]
    return group_projects(make_history(usage=usage))


@pytest.mark.parametrize(
    ("text", "project"),
    [
        ("site", "/home/me/site"),
        ("tool", r"C:\code\tool"),
        ("fix", "/home/me/site/.worktrees/fix"),
        ("app", "app"),
        ("you/app", "/home/you/app"),
        (r"code\tool", r"C:\code\tool"),
        ("/home/me", "/home/me"),
        ("nope", "nope"),
        ("(none)", "(none)"),
    ],
)
def test_a_project_is_named_by_the_last_part_of_its_path(history, text, project):
    groups = ["app"]  # a group takes precedence over projects that end with its name
    assert find_projects(history, [text], groups) == (project,)


def test_an_ambiguous_project_lists_those_it_may_be(history):
    with pytest.raises(
        ReportError, match="'app' matches several: /home/me/app, /home/you/app; give"
    ):
        find_projects(history, ["app"])


@pytest.mark.parametrize(("text", "session"), [("0a", "0a-1"), ("0b-1", "0b-1"), ("0b-2", "0b-2")])
def test_a_session_is_named_by_its_beginning(history, text, session):
    assert find_sessions(history, [text]) == (session,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0b", "'0b' matches several: 0b-1, 0b-1-long, 0b-2; give more of its id"),
        ("1", "no session begins with '1'"),
        ("", "no session begins with ''"),
    ],
)
def test_a_session_that_is_not_one_is_answered_with_those_there_are(history, text, message):
    with pytest.raises(ReportError, match=message):
        find_sessions(history, [text])


def test_many_candidates_are_listed_by_the_first(make_history):
    history = make_history(usage=[{"session_id": f"s{n:02}"} for n in range(20)])
    with pytest.raises(ReportError, match=r"several: s00, .*, s07 and 12 more; give more"):
        find_sessions(history, ["s"])


def test_an_empty_project_is_not_every_project(history):
    with pytest.raises(ReportError, match="project is empty; expected a folder"):
        find_projects(history, [" "])
