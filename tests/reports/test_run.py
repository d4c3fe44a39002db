from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

import pocketdev_analytics as pda
from pocketdev_analytics.cli.report import report as report_command
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.reports import ReportRequest
from pocketdev_analytics.settings.config import Settings
from tests.agents.claude.by_hand import A, B, answer, write


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Two sessions, late in the evening of two days, in two worktrees of a repository."""
    folder = tmp_path_factory.mktemp("history")
    tree = "/home/ada/app/.claude/worktrees/fix"
    write(folder, A, answer("msg_1", "2026-11-01 23:30:00"))
    write(folder, B, answer("msg_2", "2026-11-02 23:30:00", cwd=tree))
    import_history([folder / "projects"], folder / "store.duckdb")
    return folder / "store.duckdb"


@pytest.fixture
def settings(path):
    return Settings(path, "Europe/Berlin", groups={"work": ("/home/ada/app",)})


@pytest.fixture
def store(path):
    with pda.open_store(path) as opened:
        yield opened


def printed(settings, *arguments):
    """What the command line prints as JSON."""
    context = type("Context", (), {"settings": settings})()
    options = [*arguments, "--format", "json"]
    result = CliRunner().invoke(report_command, options, obj=context, catch_exceptions=False)
    return json.loads(result.stdout, parse_float=Decimal)


def plain(value):
    """A document with dates as JSON writes them."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize(
    ("name", "arguments", "options"),
    [
        ("cost", [], {}),
        ("cost", ["--by", "project,day"], {"by": ["project", "day"]}),
        ("cost", ["--by", "model", "--project", "app"], {"by": "model", "projects": "app"}),
        (
            "cost",
            ["--since", "2026-11-02", "--until", "2026-11-03", "--compare"],
            {"since": date(2026, 11, 2), "until": "2026-11-03", "compare": True},
        ),
        ("sessions", ["--sort", "-session", "--limit", "1"], {"sort": "-session", "limit": 1}),
        ("cost", ["--pricing", "plain"], {"pricing": "plain"}),
        ("savings", [], {}),
    ],
)
def test_python_gives_what_the_command_line_prints(store, settings, name, arguments, options):
    result = pda.report(store, name, settings=settings, **options)
    assert plain(result.to_dict()) == printed(settings, name, *arguments)


def test_days_and_projects_are_those_of_the_settings(store, settings):
    result = pda.report(store, "cost", by=["day", "project"], settings=settings)
    assert result.timezone == "Europe/Berlin"
    days = [date(2026, 11, 2), date(2026, 11, 3)]
    assert result.rows["day"].to_list() == days
    assert result.rows["project"].to_list()[1] == "work"
    utc = pda.report(store, "cost", settings=settings, timezone="UTC")
    assert utc.rows["day"].to_list() == [date(2026, 11, 1), date(2026, 11, 2)]


def test_redacting_once_does_not_change_later_answers(store, settings):
    before = pda.report(store, "cost", by="project", settings=settings)
    redacted = pda.report(store, "cost", by="project", settings=settings, redact=True)
    after = pda.report(store, "cost", by="project", settings=settings)
    assert after.rows.equals(before.rows)
    assert not set(redacted.rows["project"]) & set(before.rows["project"])
    assert redacted.totals == before.totals


def test_a_result_says_why_it_is_empty(store, settings):
    result = pda.report(store, "cost", since="2027-01-01", settings=settings)
    assert (result.rows.height, result.notes) == (0, ())
    assert result.empty_reason.startswith("There is no usage in that period; the last one was on")


def test_an_unknown_option_is_answered_with_the_known_ones(store, settings):
    with pytest.raises(ReportError, match=r"unknown option 'project'; .*did you mean 'projects'"):
        pda.report(store, "cost", project="app", settings=settings)


def test_one_name_stands_for_a_sequence_of_one():
    one, several = ReportRequest.of("cost", by="day"), ReportRequest.of("cost", by=["day"])
    assert one == several
    assert replace(one, by=()) == ReportRequest(report="cost")
