from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from click.testing import CliRunner

from pocketdev_analytics import store as wing
from pocketdev_analytics.cli.dashboard import dashboard
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.pricing import PriceBook
from pocketdev_analytics.settings.config import Budget, Settings
from tests.pages.histories import made, provenance


class OpenStore:
    def __init__(self, path, *, read_only):
        assert read_only, path
        self.path = path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    redaction = None

    def history(self, group=None, **_):
        return group(made()) if group else made()

    def provenance(self):
        return provenance()

    def price_book(self):
        return PriceBook.of([])

    def usage_cost(self, **_):
        return made().usage

    def named_query(self, *_):
        return pl.DataFrame({"fact": [], "value": []})


@pytest.fixture
def context(tmp_path):
    return SimpleNamespace(settings=Settings(tmp_path / "store.duckdb", "UTC"))


@pytest.fixture
def configured(context):
    """Call it with the budget that the person set."""

    def configure(budget):
        context.settings = replace(context.settings, budget=budget)

    return configure


@pytest.fixture
def run(tmp_path, monkeypatch, context):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wing, "open_store", OpenStore)

    def ran(*arguments):
        return CliRunner().invoke(dashboard, arguments, obj=context)

    return ran


def test_both_pages_are_written_by_default_and_their_paths_printed(run):
    result = run()
    assert result.output.split() == ["reports/cost.html", "reports/activity.html"]
    assert "<h1>Cost</h1>" in Path("reports/cost.html").read_text("utf-8")
    assert "<h1>Activity</h1>" in Path("reports/activity.html").read_text("utf-8")


def test_a_configured_pause_is_that_of_the_activity_page(run, context):
    run("activity", "-o", "usual.html")
    context.settings = replace(context.settings, idle_minutes=7)
    run("activity", "-o", "short.html")
    usual, short = (Path(name).read_text("utf-8") for name in ("usual.html", "short.html"))
    assert "Gaps over 15 min are not counted." in usual
    assert "Gaps over 7 min are not counted." in short


def test_one_page_goes_to_the_named_file(run):
    assert run("cost", "-o", "out/mine.html").output == "out/mine.html\n"
    assert not Path("reports").exists()


def test_a_session_is_named_by_the_beginning_of_its_id(run):
    assert run("session", "session-001", "-o", "one.html").output == "one.html\n"
    assert "<h1>site</h1>" in Path("one.html").read_text("utf-8")


def test_a_session_page_links_back_to_the_others(run):
    run("session", "session-001", "-o", "reports/sessions/session-001.html")
    page = Path("reports/sessions/session-001.html").read_text("utf-8")
    assert 'href="../cost.html"' in page
    run("cost")
    assert 'href="sessions/session-001.html"' in Path("reports/cost.html").read_text("utf-8")


def test_two_pages_go_to_the_named_folder(run):
    run("-o", "out")
    assert sorted(path.name for path in Path("out").iterdir()) == ["activity.html", "cost.html"]


def test_a_period_narrows_the_page_and_is_shown(run):
    run("cost", "--since", "2026-10-05", "--until", "2026-10-06")
    text = Path("reports/cost.html").read_text("utf-8")
    assert "requested: from Mon 5 Oct 2026 until Tue 6 Oct 2026" in text
    assert "Mon 5 Oct 2026 \u2013 Tue 6 Oct 2026" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "one.html"], "names one file for two dashboards"),
        (["--since", "yesterdya"], "since 'yesterdya' is not a date"),
        (["--since", "2026-11-02", "--until", "2026-11-01"], "swap them"),
        (["session"], "needs a session's id"),
        (["session", "nope"], "there is no session 'nope'"),
        (["session", "session-0"], "10 sessions begin with 'session-0'"),
        (["cost", "session-001"], "takes no 'session-001'"),
        (["session", "session-001", "--since", "2026-11-01"], "leave out --since"),
    ],
)
def test_an_impossible_request_is_an_error_in_one_sentence(run, arguments, said):
    error = run(*arguments).exception
    assert isinstance(error, ReportError)
    assert said in str(error)


def test_the_page_says_when_it_was_made(run):
    run("cost")
    assert f"Made {datetime.now(UTC):%Y-%m-%d}" in Path("reports/cost.html").read_text("utf-8")


def test_a_budget_of_an_ambiguous_project_is_reported_and_omitted(run, monkeypatch, configured):
    names = ("x/app", "y/app", "tool")
    monkeypatch.setattr(OpenStore, "history", lambda *_, **__: made(names=names))
    configured(Budget(monthly=Decimal(20), projects={"app": Decimal(5)}))
    result = run("cost")
    assert result.exit_code == 0
    assert "leaves out the budgets of projects" in result.stderr
    assert "matches several" in result.stderr
    assert "$20.00" in Path("reports/cost.html").read_text("utf-8")
