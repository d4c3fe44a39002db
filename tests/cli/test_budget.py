from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import polars as pl
import pytest
from click.testing import CliRunner

from pocketdev_analytics.cli._report_options import make_request
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.reports import Limit
from pocketdev_analytics.reports.limits import configured_limits, exceeded_state
from pocketdev_analytics.settings.config import Budget, Settings
from tests.agents.claude.by_hand import A, answer, write

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
OWN = Budget(Decimal(100), Decimal(5), {"engine": Decimal(20)})
MONTH, DAY = Limit("month", Decimal(100)), Limit("day", Decimal(5))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Forty thousand tokens of 15 dollars a million each day of sixty, at ten o'clock."""
    folder = tmp_path_factory.mktemp("history")
    tokens = {"input_tokens": 0, "output_tokens": 40_000}
    days = [date(2026, 11, 10) - timedelta(days=number) for number in range(60)]
    lines = [answer(f"msg_{day}", f"{day} 10:00:00", tokens=tokens) for day in days]
    lines.append(answer("msg_x", "2026-10-05 10:00:00", model="nobodys-model"))
    write(folder, A, *lines)
    import_history([folder / "projects"], folder / "store.duckdb")
    return folder / "store.duckdb"


@pytest.fixture
def run(store, monkeypatch):
    """`run("--budget", "5")`: what `report budget` answers at noon of the last day."""
    module = import_module("pocketdev_analytics.cli.report")
    clock = SimpleNamespace(now=lambda _zone: NOW)
    monkeypatch.setattr("pocketdev_analytics.reports.run.datetime", clock)

    def run(*arguments, budget=None, name="budget"):
        context = SimpleNamespace(settings=Settings(store, "UTC", budget or Budget()))
        result = CliRunner().invoke(module.report, [name, *arguments], obj=context)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def test_the_answer_has_what_was_spent_and_what_will_be(run):
    result = run("--budget", "20", "--format", "json")
    (row,) = json.loads(result.output, parse_float=Decimal)["rows"]
    assert (row["period"], row["budget_usd"], row["cost_usd"]) == ("2026-11", 20, 6)
    assert (row["forecast_cost_usd"], row["state"]) == (18, "within")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--budget", "18"), 0),
        (("--budget", "17.99"), 4),
        (("--budget", "5.99"), 3),
        (("--budget", "$1", "--per", "day"), 0),
        (("--budget", "0.5", "--per", "day"), 3),
        (("--budget", "17.99", "--format", "csv"), 4),
        (("--budget", "17.99", "--format", "json"), 4),
        (("--budget-project", "engine=5"), 3),
        (("--budget", "7", "--budget-project", "engine=5"), 3),
        (("--budget", "99", "--budget-project", "engine=5", "--limit", "1"), 3),
        (("--budget", "18", "--period", "this-month"), 0),
        ((), 0),
    ],
)
def test_it_exits_with_3_when_over_and_with_4_when_the_forecast_is(run, arguments, code):
    assert run(*arguments).exit_code == code


def test_a_month_that_is_past_does_not_change_the_exit_code(run):
    result = run("--budget", "18", "--since", "2026-10-01", "--format", "json")
    states = [row["state"] for row in json.loads(result.output)["rows"]]
    assert (states, result.exit_code) == (["over", "within"], 0)


def test_the_settings_budget_counts_where_no_option_names_one(run):
    result = run("--format", "json", budget=OWN)
    rows = json.loads(result.output)["rows"]
    found = [(row["period"], row["project"], row["budget_usd"]) for row in rows]
    engine = "/home/ada/engine"
    assert found == [("2026-11", None, 100), ("2026-11-10", None, 5), ("2026-11", engine, 20)]
    assert result.exit_code == 0
    assert run(budget=Budget(daily=Decimal("0.1"))).exit_code == 3


def test_an_option_sets_the_limit_of_a_project_whose_name_has_an_equals_sign():
    options = {"pricing": "full", "prices_at": None, "as_model": None, "budget": None}
    request = make_request("budget", options | {"budget_projects": ["a=b=1.50"], "per": "day"})
    assert request.budgets == (Limit("day", Decimal("1.5"), "a=b"),)


def test_the_configured_limits_are_those_of_a_period():
    assert configured_limits(OWN) == (MONTH, DAY, Limit("month", Decimal(20), "engine"))
    assert configured_limits(OWN, "day") == (DAY,)
    assert configured_limits(Budget(), "day") == (Limit("day"),)


def test_an_exceeded_budget_takes_precedence_over_a_forecast():
    def states(*rows):
        return pl.DataFrame(rows, {"state": pl.String, "is_running": pl.Boolean}, orient="row")

    mixed = states(("over", False), ("forecast over", True), ("within", True))
    assert exceeded_state(states(("forecast over", True), ("over", True))) == "over"
    assert exceeded_state(mixed) == "forecast over"
    assert exceeded_state(states(("over", False), (None, True))) is None
    assert exceeded_state(states()) is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--budget", "ten"), "--budget 'ten' is not an amount of US dollars; expected 50"),
        (("--budget", ""), "--budget '' is not an amount of US dollars"),
        (("--budget", "1e-400"), "a budget must be an amount above 0 .*, got 1E-400"),
        (("--budget-project", " =5"), "the budget of a project is empty; expected a folder"),
        (("--budget", "0"), "a budget must be an amount above 0 .*, got 0"),
        (("--budget-project", "engine"), "has no amount; expected NAME=50"),
        (("--budget-project", "engin=5"), r"in a project 'engin'; did you mean 'engine'\?"),
    ],
)
def test_a_budget_that_means_nothing_is_refused(run, arguments, message):
    with pytest.raises(ReportError, match=message):
        run(*arguments)


@pytest.mark.parametrize(
    "option", [("--budget", "5"), ("--per", "day"), ("--budget-project", "a=1")]
)
def test_other_reports_take_no_budget(run, option):
    with pytest.raises(ReportError, match="report 'cost' takes no budget; use the report 'budget'"):
        run(*option, name="cost")


def test_the_help_names_the_exit_codes(run):
    text = " ".join(run("--help").output.split())
    assert "Exit code 3: over budget; 4: forecast to exceed it." in text


def test_notes_are_those_of_the_periods_that_are_shown(run):
    assert "nobodys-model has no price" not in run("--budget", "18").output
    october = run("--budget", "18", "--since", "2026-10-31").output
    assert "nobodys-model has no price" in october
    assert "≥ 18.60" in october
    assert run("--per", "day").output.count("At least") == 0


def test_a_configured_budget_of_an_unknown_project_is_reported_in_every_format(run):
    settings = Budget(projects={"engin": Decimal(5)})
    slip = "no usage in a project 'engin'; did you mean 'engine'?"
    for options in ((), ("--format", "csv")):
        result = run(*options, budget=settings)
        shown = result.stderr if options else result.output
        assert f"[budget.projects] of the configuration: {slip}" in " ".join(shown.split())
    redacted = run("--redact", "--format", "csv", budget=settings)
    assert "engin" not in redacted.output
    assert "a budget for a project without usage" in redacted.stderr


def test_a_project_with_a_budget_has_the_hash_that_it_has_elsewhere(run):
    budget = run("--budget-project", "engine=5", "--redact", "--format", "json")
    cost = run("--by", "project", "--redact", "--format", "json", name="cost")
    (row,), (other,) = (json.loads(each.stdout)["rows"] for each in (budget, cost))
    assert row["project"] == other["project"]


def test_a_budget_that_cannot_be_breaks_no_other_report(run):
    assert run(budget=Budget(Decimal("1e15")), name="cost").exit_code == 0
