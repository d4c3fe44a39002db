from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from click.testing import CliRunner

from pocketdev_analytics import model
from pocketdev_analytics.cli.report import report
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.pricing import KINDS, PriceBook, price
from pocketdev_analytics.redaction import Redaction
from pocketdev_analytics.reports import (
    COST_STATES,
    DIMENSIONS,
    REPORTS,
    Evidence,
    History,
    Provenance,
    Queue,
)
from pocketdev_analytics.settings.config import Budget, Settings

TOKENS = dict(zip(model.TOKEN_COLUMNS, (1_000, 4_000, 6_000, 100_000, 1_000), strict=True))
KEYS = ["responses", *model.TOKEN_COLUMNS, "web_search_requests", "cost_usd"]
KEYS += ["lower_bound_responses", "unseen_calls", "unpriced_tokens"]


def frame(columns, defaults, rows):
    filled = [{**dict.fromkeys(columns), **defaults, **row} for row in rows]
    return pl.DataFrame(filled, columns, orient="row").lazy()


def response(at, cost_usd, **changed):
    return {
        "responded_at": datetime.fromisoformat(at),
        "cost_usd": cost_usd and Decimal(cost_usd),
        "session_id": "session-a",
        "project": "/home/me/app",
        "model": "claude-opus-5",
        "kind": "response",
        "response_count": 1,
        "is_lower_bound": False,
        "web_search_requests": 0,
        **TOKENS,
        **changed,
    }


FULL = [
    response("2026-11-01T22:30:00+00:00", "0.085500000000000"),
    response("2026-11-01T23:30:00+00:00", "0.000000010000000", is_lower_bound=True),
    response("2026-11-03T12:00:00+00:00", None, model="other", project="/home/me/app/web"),
]
SUNDAY = datetime.fromisoformat("2026-11-01T12:00:00+00:00")
PROMPT = {
    "session_id": "session-a",
    "project": "/home/me/app",
    "prompted_at": datetime.fromisoformat("2026-11-01T22:00:00+00:00"),
    "session_title": "=cmd()",
}


def history(usage, prompts):
    return History(
        usage=frame(model.USAGE_COST, {}, usage),
        prompts=frame(model.PROMPTS, {}, prompts),
        tool_calls=frame(model.TOOL_CALLS, {}, []),
        api_errors=frame(model.API_ERRORS, {}, []),
        session_events=frame(model.SESSION_EVENTS, {}, []),
    )


class Store:
    """What `open_store` hands out: a history and where it comes from."""

    def __init__(self, usage, prompts, facts=None, session_files=None, **provenance):
        columns = {"path": pl.String, "is_remote": pl.Boolean}
        self.files = pl.DataFrame(schema=columns) if session_files is None else session_files
        self.facts = replace(history(usage, prompts), **(facts or {}))
        self.source = Provenance(
            **{
                "sessions": 1,
                "files": len(usage),
                "files_gone": 0,
                "quarantined_lines": 0,
                "unfinished_files": 0,
                "first_at": None,
                "last_at": None,
                "price_source": "genai-prices 0.2.3",
                "price_date": date(2026, 11, 1),
                "is_sample": False,
                **provenance,
            }
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def history(self):
        return self.facts

    def provenance(self):
        return self.source

    def session_files(self):
        return self.files

    def queue(self):
        kinds = (model.QUEUE_JOBS, model.QUEUE_BATCHES, model.QUEUE_EXPIRATIONS)
        return Queue(*(pl.LazyFrame(schema=kind) for kind in kinds), synced_at=None)

    def usage_cost(self, **_options):
        return self.facts.usage

    def usage_kinds(self):
        return self.facts.usage.select(*KINDS).unique()

    def evidence(self):
        return Evidence(
            folds=frame(model.RESPONSE_FOLDS, {}, []),
            sessions=self.facts.usage.select("session_id").unique(),
            files=frame(model.FILE_STATES, {}, []),
            quarantine=frame(model.QUARANTINED_LINES, {}, []),
            usage=self.facts.usage,
            latest=self.facts.usage,
            cost_states=self.cost_states(),
            bills=self.session_bills(),
            model_names={},
        )

    def session_bills(self, **_options):
        return pl.LazyFrame(schema={**model.USAGE_COST, "part": pl.String})

    def line_tokens(self):
        return pl.LazyFrame(schema={"day": pl.Date, "model": pl.String, "tokens": pl.Int64})

    def price_calls(self, calls, **_options):
        blank = {name: kind for name, kind in KINDS.items() if name != "model"}
        kinds = calls.with_columns(pl.lit(None, kind).alias(name) for name, kind in blank.items())
        return price(kinds, self.price_book(), prompt_tokens=pl.lit(0))

    def price_book(self):
        return PriceBook.of([])

    def cost_states(self):
        return pl.LazyFrame(schema=COST_STATES)


@pytest.fixture
def run(monkeypatch):
    """`run("cost", "--by", "model")`: what the command prints of a small store."""

    def run(*arguments, usage=FULL, prompts=(PROMPT,), says="stdout", **others):
        timezone, groups = others.pop("timezone", "UTC"), others.pop("groups", {})
        budget = Budget(others.pop("budget", None))
        store = Store(usage, prompts, **others)
        stub = SimpleNamespace(open_store=lambda _path, **_options: store)
        monkeypatch.setitem(sys.modules, "pocketdev_analytics.store", stub)
        settings = Settings(Path("store.duckdb"), timezone, budget, groups=groups)
        context = SimpleNamespace(settings=settings)
        result = CliRunner().invoke(report, arguments, obj=context)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return getattr(result, says)

    return run


@pytest.fixture
def redacts(monkeypatch):
    """Hashes under a salt of zeros, without a store that it would be next to."""
    monkeypatch.setattr(
        "pocketdev_analytics.redaction.store_redaction", lambda _store: Redaction(bytes(32))
    )


def test_cost_as_json_has_rows_totals_and_unpriced_models_with_all_digits(run):
    text = run("cost", "--format", "json")
    document = json.loads(text, parse_float=Decimal)
    assert list(document) == ["report", "by", "timezone", "rows", "totals", "unpriced_models"]
    assert (document["report"], document["by"], document["timezone"]) == ("cost", ["day"], "UTC")
    first, second = document["rows"]
    assert list(first) == ["day", *KEYS]
    assert list(document["totals"]) == KEYS
    assert (first["day"], first["responses"]) == ("2026-11-01", 2)
    assert first["cost_usd"] == Decimal("0.08550001")
    assert '"cost_usd": 0.08550001,' in text
    assert second["cost_usd"] is None
    assert second["unpriced_tokens"] == document["totals"]["unpriced_tokens"] == 112_000
    assert document["unpriced_models"] == ["other"]


def test_days_are_those_of_the_settings_time_zone(run):
    document = json.loads(run("cost", "--format", "json", timezone="Europe/Berlin"))
    assert document["timezone"] == "Europe/Berlin"
    assert [row["day"] for row in document["rows"]] == ["2026-11-01", "2026-11-02", "2026-11-03"]


@pytest.mark.parametrize(
    "by", [("--by", "model", "--by", "month"), ("--by", "model,month"), ("--by", "Model, month")]
)
def test_dimensions_may_be_repeated_or_a_comma_list(run, by):
    document = json.loads(run("cost", *by, "--format", "json"))
    assert document["by"] == ["model", "month"]
    groups = [(row["model"], row["month"]) for row in document["rows"]]
    assert groups == [("claude-opus-5", "2026-11"), ("other", "2026-11")]


@pytest.mark.parametrize(
    ("filters", "responses"),
    [
        (("--since", "2026-11-02"), 1),
        (("--until", "2026-11-02"), 2),
        (("--since", "2026-11-01", "--until", "2026-11-03"), 3),
        (("--project", "/home/me/app/web"), 1),
        (("--project", "/home/me"), 3),
        (("--model", "claude-opus-5"), 2),
        (("--model", "claude-opus-5", "--model", "other"), 3),
        (("--model", "claude-opus-5", "--since", "2026-11-02"), 0),
    ],
)
def test_filters_narrow_rows_and_totals_alike(run, filters, responses):
    document = json.loads(run("cost", *filters, "--format", "json"))
    assert sum(row["responses"] for row in document["rows"]) == responses
    assert document["totals"]["responses"] == responses


def test_a_project_may_be_the_folder_one_stands_in(run, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    usage = [response("2026-11-01T00:00:00+00:00", "1", project=str(tmp_path.resolve() / "web"))]
    document = json.loads(run("cost", "--project", ".", "--format", "json", usage=usage))
    assert document["totals"]["responses"] == 1


def test_an_empty_answer_as_json_has_no_rows_and_totals_of_zero(run):
    document = json.loads(run("cost", "--format", "json", usage=[], prompts=[]))
    assert document["rows"] == []
    assert document["totals"] == dict.fromkeys(KEYS, 0)
    assert document["unpriced_models"] == []


def test_an_empty_answer_as_csv_is_its_header(run):
    text = run("cost", "--format", "csv", usage=[], prompts=[])
    assert text == ",".join(["day", *KEYS]) + "\n"


def test_an_empty_table_says_when_the_last_usage_was(run):
    text = run("cost", "--since", "2026-12-01", timezone="Asia/Tokyo")
    assert text == "There is no usage in that period; the last one was on 2026-11-03.\n"


def test_an_empty_table_says_which_project_or_model_was_meant(run):
    text = run("cost", "--project", "/home/me/ap")
    assert text == "There is no usage of /home/me/ap; did you mean '/home/me/app'?\n"
    assert "did you mean '/home/me/app'?" in run("cost", "--project", "/home/you/app")
    assert "did you mean 'claude-opus-5'?" in run("cost", "--model", "claude-opus-4")


def test_an_empty_store_says_what_to_run(run):
    text = run("cost", usage=[], prompts=[])
    assert text == (
        "The store holds no usage: no session file was imported yet;"
        " `pocketdev-analytics import PATH` takes in a folder that has some.\n"
    )
    assert run("errors") == "The store holds no API errors yet.\n"


def test_a_store_of_files_without_sessions_names_the_folder_that_they_were_in(run, redacts):
    empty = {"usage": [], "prompts": [], "sessions": 0, "files": 2}
    paths = pl.DataFrame({"path": ["/home/me/claude/projects/a/1.jsonl"]})
    text = run("cost", **empty, session_files=paths)
    assert text == (
        "The store holds no usage: there is none in the 2 session files that were imported"
        " from /home/me/claude/projects/a.\n"
    )
    # Names of folders are names: a redacted report says nothing of them.
    assert "/home" not in run("cost", "--redact", **empty, session_files=paths, says="output")


def test_a_budget_without_limit_and_usage_has_no_row(run):
    text = run("budget", usage=[], prompts=[])
    assert text.startswith("The store holds no usage: ")
    rows = json.loads(run("budget", "--format", "json", usage=[], prompts=[]))["rows"]
    assert [row["cost_usd"] for row in rows] == [0]


def test_the_table_of_costs_reads_at_least_and_says_why(run):
    text = run("cost", "--by", "model", quarantined_lines=2)
    assert text.startswith("cost by model, time zone UTC\n")
    assert "≥ 0.09" in text
    assert "no price" in text
    assert "At least: 33% of responses (1 of 3) were written without" in text
    assert "At least: other has no price; its 1 response with 112,000 tokens" in text
    assert "2 lines of the session files could not be read" in text
    assert text.endswith(
        "Prices: genai-prices 0.2.3 of 2026-11-01.\n"
        "To price other: pocketdev-analytics pricing set other --input USD --output USD\n"
    )


@pytest.mark.parametrize("name", ["cost", "activity"])
def test_a_table_of_sample_data_says_so(run, name):
    assert "This is sample data" in run(name, is_sample=True)


def test_activity_of_a_model_has_no_columns_that_know_no_model(run):
    for arguments in (("--model", "other"), ("--by", "model")):
        document = json.loads(run("activity", *arguments, "--format", "json"))
        *_, last = document["rows"]
        assert list(last)[1:] == list(document["totals"]) == ["sessions", "responses"]
        assert last["responses"] == 1


def test_sessions_of_a_model_are_those_that_used_it(run):
    other = {**PROMPT, "session_id": "session-b"}
    document = json.loads(run("sessions", "--model", "other", "--format", "json", prompts=[other]))
    (row,) = document["rows"]
    assert (row["session"], row["responses"], row["models"]) == ("session-a", 1, ["other"])
    assert not {"prompts", "tool_calls"} & (set(row) | set(document["totals"]))


def test_what_has_no_model_at_all_refuses_to_be_filtered_by_one(run):
    with pytest.raises(ReportError, match=r"'tools' cannot be filtered by model: only responses"):
        run("tools", "--model", "claude-opus-5")


def test_a_csv_of_sessions_runs_no_title_as_a_formula(run):
    header, row = csv.reader(io.StringIO(run("sessions", "--format", "csv")))
    assert dict(zip(header, row, strict=True))["title"] == "'=cmd()"


@pytest.mark.parametrize(
    "name", [name for name, entry in REPORTS.items() if "week" in entry.dimensions]
)
def test_every_report_by_week_begins_weeks_on_the_given_day(run, name):
    place = {"session_id": "session-a"}
    call = frame(model.TOOL_CALLS, place, [{"called_at": SUNDAY, "tool": "Read"}])
    error = frame(model.API_ERRORS, place, [{"occurred_at": SUNDAY, "kind": "error"}])
    found = {
        day: json.loads(
            run(
                *(name, "--by", "week", "--week-start", day, "--format", "json"),
                facts={"api_errors": error, "tool_calls": call},
            )
        )["rows"][0]["week"]
        for day in ("monday", "sunday")
    }
    assert found == {"monday": "2026-10-26", "sunday": "2026-11-01"}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown"])
def test_every_report_is_printed_in_every_format(run, name, format_):
    assert run(name, "--format", format_)
    assert run(name, "--format", format_) == run(name, "--format", format_)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("costs",), r"unknown report 'costs'; expected one of: cost, .*did you mean 'cost'\?"),
        (("cost", "--by", "dya"), r"unknown dimension 'dya'.*did you mean 'day'\?"),
        (("activity", "--by", "tool"), "cannot be grouped by 'tool'.*the report 'tools'"),
        (("sessions", "--by", "day"), "'sessions' cannot be grouped: its rows are by session"),
        (
            ("cost", "--since", "yesterdya"),
            "since 'yesterdya' is not a date or a span; expected .*, or one of: today, .*7d",
        ),
        (("cost", "--since", "2026-11-02", "--until", "2026-11-01"), "is after until.*swap them"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_ones(run, arguments, message):
    with pytest.raises(ReportError, match=message):
        run(*arguments)


def test_the_help_names_every_report_and_dimension_with_examples(run):
    text = run("--help")
    for name in (*REPORTS, *DIMENSIONS):
        assert name in text
    assert "pocketdev-analytics report cost --by month --by model" in text


def test_a_session_may_be_named_by_its_beginning(run):
    document = json.loads(run("cost", "--session", "sess", "--format", "json"))
    assert document["totals"]["responses"] == 3
    with pytest.raises(ReportError, match="no session begins with 'x'"):
        run("cost", "--session", "x")


def test_a_branch_and_an_agent_narrow_a_report(run):
    usage = [
        response("2026-11-01T12:00:00+00:00", "1", git_branch="main", agent="main"),
        response("2026-11-01T12:00:00+00:00", "2", git_branch="main", agent="subagent"),
        response("2026-11-01T12:00:00+00:00", "4", agent="main"),
    ]

    def costs(*options):
        return json.loads(run("cost", *options, "--format", "json", usage=usage))["totals"][
            "cost_usd"
        ]

    assert costs("--branch", "main") == 3
    assert costs("--branch", "main", "--agent", "subagent") == 2
    assert costs("--branch", "(none)") == 4


def test_folders_below_the_sessions_own_are_one_project_and_a_group_is_configured(run):
    def groups(*options, **settings):
        document = json.loads(run("cost", *options, "--format", "json", **settings))
        return {next(iter(row.values())): row["responses"] for row in document["rows"]}

    assert groups("--by", "project") == {"/home/me/app": 3}
    assert groups("--by", "folder") == {"/home/me/app": 2, "/home/me/app/web": 1}
    grouped = {"groups": {"web": ("/home/*/app/web",)}}
    assert groups("--by", "project", **grouped) == {"/home/me/app": 2, "web": 1}
    assert groups("--project", "web", **grouped) == {"2026-11-03": 1}


def test_rows_are_sorted_and_cut_while_totals_stay(run):
    options = ("--by", "model", "--sort", "responses", "--limit", "1")
    document = json.loads(run("cost", *options, "--format", "json"))
    assert [row["model"] for row in document["rows"]] == ["other"]
    assert (document["rows_left_out"], document["totals"]["responses"]) == (1, 3)
    assert "1 more row is not shown; totals cover all rows. To see all" in run("cost", *options)
    for descending in ("-responses", "Responses:desc"):
        text = run("cost", "--by", "model", "--sort", descending, "--format", "csv")
        assert text.splitlines()[1].startswith("claude-opus-5,2,")


def test_rows_are_sorted_by_a_list_as_it_reads(run):
    usage = [
        response("2026-11-01T12:00:00+00:00", "1", session_id=name, model=name)
        for name in ("b", "c", "a")
    ]
    options = ("sessions", "--sort", "-models", "--format", "json")
    rows = json.loads(run(*options, usage=usage, prompts=[]))["rows"]
    assert [row["models"] for row in rows] == [["c"], ["b"], ["a"]]


def test_unknown_costs_are_sorted_last_both_ways(run):
    for order in ("cost-usd", "-cost-usd"):
        document = json.loads(run("cost", "--by", "model", "--sort", order, "--format", "json"))
        assert document["rows"][-1]["cost_usd"] is None


def test_a_period_is_compared_with_the_one_before(run):
    usage = [
        response("2026-10-31T12:00:00+00:00", "2"),
        response("2026-11-01T12:00:00+00:00", "3"),
        response("2026-11-02T12:00:00+00:00", "5"),
    ]
    options = ("cost", "--since", "2026-11-01", "--until", "2026-11-01", "--compare")
    document = json.loads(run(*options, "--format", "json", usage=usage))
    assert document["compared_with"] == {"first": "2026-10-31", "last": "2026-10-31"}
    (row,) = document["rows"]
    assert (row["day"], row["day_before"]) == ("2026-11-01", "2026-10-31")
    assert (row["cost_usd"], row["cost_before_usd"], row["cost_change_usd"]) == (3, 2, 1)
    assert document["totals"]["cost_change_percent"] == 50
    text = run(*options, usage=usage)
    assert "cost by day, 2026-11-01, compared with 2026-10-31, time zone UTC" in text
    assert "+1.00" in text
    assert "+50.0%" in text


def test_a_period_with_nothing_is_compared_all_the_same(run):
    text = run("cost", "--period", "2026-12", "--compare", "--by", "model")
    assert "-100.0%" in text


def test_a_comparison_marks_both_costs_by_their_own_bounds(run):
    usage = [
        response("2026-10-01T12:00:00+00:00", "2", is_lower_bound=True),
        response("2026-11-01T12:00:00+00:00", "3"),
    ]
    text = run("cost", "--period", "2026-11", "--compare", "--by", "model", usage=usage)
    line = next(line for line in text.splitlines() if line.startswith("claude-opus-5"))
    assert line.split()[1:5] == ["3.00", "≥", "2.00", "+1.00"]


@pytest.mark.parametrize("format_", ["json", "csv", "parquet", "markdown"])
def test_an_empty_result_comes_with_its_reason_in_every_format(run, format_):
    options = ("cost", "--since", "2026-12-01", "--format", format_)
    says = "stdout" if format_ == "markdown" else "stderr"
    reason = "There is no usage in that period; the last one was on 2026-11-03.\n"
    assert run(*options, says=says) == reason


def test_an_empty_answer_names_the_first_one_where_all_is_later(run):
    text = run("cost", "--until", "2026-10-01")
    assert text == "There is no usage in that period; the first one was on 2026-11-01.\n"


def test_an_empty_answer_names_what_there_is_for_every_filter(run):
    usage = [response("2026-11-01T12:00:00+00:00", "1", git_branch="main", agent="main")]
    text = run("cost", "--branch", "x", usage=usage)
    assert text == "There is no usage of branch x; there are main.\n"
    text = run("cost", "--agent", "subagent", usage=usage)
    assert text == "There is no usage of agent subagent.\n"


def test_an_answer_is_written_to_a_file_with_its_types(run, tmp_path):
    path = tmp_path / "cost.parquet"
    text = run("cost", "--by", "weekday", "-o", str(path), timezone="Europe/Berlin")
    assert text == f"{path}: 3 rows\n"
    frame = pl.read_parquet(path)
    assert (frame.schema["cost_usd"], frame.schema["weekday"]) == (model.COST_USD, pl.String)
    assert frame["cost_usd"].to_list()[0] == Decimal("0.000000010000000")
    path = tmp_path / "sessions.parquet"
    run("sessions", "-o", str(path), timezone="Europe/Berlin")
    assert pl.read_parquet_schema(path)["started_at"] == pl.Datetime("us", "Europe/Berlin")


def test_a_markdown_table_renders_nothing_of_a_title(run):
    prompt = {**PROMPT, "session_title": "a|b <i>*c*</i>"}
    text = run("sessions", "--format", "markdown", prompts=[prompt])
    assert r"| a\|b \<i\>\*c\*\</i\> |" in text
    assert "| --- |" in text
    assert "- Prices: genai-prices" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cost", "--compare"), "a comparison needs a period, such as last-month"),
        (("sessions", "--period", "7d", "--compare"), "'sessions' cannot be compared .*: cost, "),
        (
            ("cost", "--sort", "costs"),
            r"unknown column 'costs' to sort by; expected one of: day, .*'cost_usd'",
        ),
        (("cost", "--sort", "day:up"), "unknown order 'up' in 'day:up'; expected :asc or :desc"),
        (("cost", "-o", "a.xls"), "has no known extension"),
        (("cost", "--period", "soon"), "period 'soon' is not a date or a span"),
    ],
)
def test_an_option_that_means_nothing_is_answered_with_what_does(run, arguments, message):
    with pytest.raises(ReportError, match=message):
        run(*arguments)


def test_the_rows_of_an_answer_are_shown_whenever_there_are_any(run):
    # Asked for on the Indian day before the one that it was used on: the window began then.
    usage = [response("2026-09-01T18:46:00+00:00", "1")]
    options = ("blocks", "--period", "2026-09-01")
    table = run(*options, usage=usage, timezone="Asia/Kolkata")
    assert "2026-09-01 23:30" in table
    assert run(*options, usage=usage, timezone="Asia/Kolkata", says="stderr") == ""
    assert "0.00" in run("budget", "--since", "today", usage=usage, budget=Decimal(9))
    empty = run("budget", usage=[], prompts=[], budget=Decimal(9))
    assert "9.00" in empty
    assert "within" in empty


def test_a_day_whose_usage_is_in_a_window_of_the_evening_before_says_so(run):
    usage = [response(f"2026-11-{at}:00+00:00", "1") for at in ("10T23:10", "11T01:00")]
    text = run("blocks", "--period", "2026-11-11", usage=usage)
    assert text.startswith("No five-hour window begins in that period; what was used in it is of")


@pytest.mark.parametrize("options", [(), ("--redact",), ("--project", "/home/me/app")])
def test_without_unreadable_lines_the_quarantine_says_so(run, options, redacts):
    assert run("quarantine", *options) == "Every line of these sessions could be read.\n"


def test_a_filter_that_leaves_nothing_says_nothing_of_unreadable_lines(run, redacts):
    assert run("quarantine", "--project", "/nope").startswith("There is no usage of /nope")
    text = run("quarantine", "--project", "/nope", "--redact")
    assert text == "No data matches this request.\n"


STEERING = "evil\x1b[31m\nmodel <img src=x>"


def test_no_sentence_steers_the_terminal_or_renders_as_markup(run):
    usage = [
        response("2026-11-01T12:00:00+00:00", None, model=STEERING, git_branch=STEERING),
        response("2026-11-01T12:00:00+00:00", None, model=STEERING, project="/x/\x1b[31mred"),
    ]
    table = run("cost", usage=usage)
    assert "At least: evil\ufffd[31m model <img src=x> has no price" in table
    markdown = run("cost", "--format", "markdown", usage=usage)
    assert "- At least: evil\ufffd\\[31m model \\<img src=x\\> has no price" in markdown
    for options in ((), ("--format", "markdown"), ("--format", "csv")):
        for says in ("stdout", "stderr"):
            assert "\x1b" not in run("cost", "--branch", "x", *options, usage=usage, says=says)


def test_a_name_that_is_not_text_is_refused_in_one_sentence(run):
    for option in ("--branch", "--model", "--machine", "--project"):
        with pytest.raises(ReportError, match=r"'\\udcff' is not valid UTF-8"):
            run("cost", option, "\udcff")


def test_a_days_active_time_is_the_same_alone_compared_and_in_a_list(run):
    days = ("2026-11-10", "2026-11-11")
    times = [f"{days[0]}T23:{minute}:00+00:00" for minute in (50, 58)]
    times += [f"{days[1]}T00:{minute}:00+00:00" for minute in ("05", 10)]
    options = {"usage": [response(at, "1") for at in times], "prompts": []}

    def minutes(*period):
        rows = json.loads(run("time", *period, "--format", "json", **options))["rows"]
        return {row["day"]: row["active_minutes"] for row in rows}

    both = minutes("--period", "2026-11")
    assert both == dict(zip(days, (8, 12), strict=True))
    assert [minutes("--since", day, "--until", day)[day] for day in days] == list(both.values())
    document = json.loads(
        run(
            *("time", "--since", days[1], "--until", days[1], "--compare", "--format", "json"),
            **options,
        )
    )
    (row,) = document["rows"]
    assert (row["active_minutes"], row["active_minutes_before"]) == (12, 8)
    assert document["totals"]["active_minutes"] == 12


def test_no_error_of_a_redacted_report_names_what_there_is(run, redacts):
    usage = [response("2026-11-01T12:00:00+00:00", "1", project=f"/{a}/app") for a in "xy"]
    with pytest.raises(ReportError, match="matches several: /x/app, /y/app"):
        run("cost", "--project", "app", usage=usage, prompts=[])
    for option in (("cost", "--project", "app"), ("budget", "--budget-project", "app=5")):
        with pytest.raises(
            ReportError, match="a name matches nothing, or several things"
        ) as reported:
            run(*option, "--redact", usage=usage)
        assert "/x/app" not in str(reported.value)
