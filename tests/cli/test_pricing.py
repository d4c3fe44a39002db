"""`pricing`, `explain` and the pricing options, on a store made from session files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics import import_history
from pocketdev_analytics.cli import main
from pocketdev_analytics.pricing import genai
from pocketdev_analytics.reports.difference_causes import CAUSES
from pocketdev_analytics.store import open_store

SESSION = "11111111-2222-4333-8444-555555555555"
WORKED = {"input_tokens": 1000, "cache_read_input_tokens": 100_000, "output_tokens": 1000}
LONG = {"input_tokens": 300_000, "output_tokens": 1000}


def writes(five: int, hour: int) -> dict[str, Any]:
    split = {"ephemeral_5m_input_tokens": five, "ephemeral_1h_input_tokens": hour}
    return {"cache_creation_input_tokens": five + hour, "cache_creation": split}


#: id, day, model, usage, and what else stands on the line; with what each costs in full.
RESPONSES: dict[str, tuple[str, str, dict[str, Any], dict[str, Any], str | None]] = {
    "msg_5m": ("2026-11-01", "claude-sonnet-4-5", WORKED | writes(10_000, 0), {}, "0.0855"),
    "msg_1h": ("2026-11-01", "claude-sonnet-4-5", WORKED | writes(0, 10_000), {}, "0.108"),
    "msg_both": ("2026-11-01", "claude-sonnet-4-5", WORKED | writes(4000, 6000), {}, "0.099"),
    "msg_before": ("2026-02-20", "claude-opus-4-6", LONG, {"costUSD": 1.525}, "3.0375"),
    "msg_after": ("2026-03-13", "claude-opus-4-6", LONG, {"costUSD": 1.6}, "1.525"),
    "msg_fast": ("2026-03-13", "claude-opus-4-6", LONG | {"speed": "fast"}, {}, "9.15"),
    "msg_batch": ("2026-11-01", "claude-opus-5-5", LONG | {"service_tier": "batch"}, {}, "0.61"),
    "msg_us": ("2026-11-01", "claude-opus-5-5", LONG | {"inference_geo": "us"}, {}, "1.342"),
    "msg_eu": ("2026-11-01", "eu.anthropic.claude-opus-5-5-v1:0", LONG, {}, "1.342"),
    "msg_long": ("2026-11-01", "claude-haiku-5-5", LONG, {}, "0.1525"),
    "msg_web": (
        *("2026-11-01", "claude-opus-5-5"),
        {**LONG, "server_tool_use": {"web_search_requests": 3}},
        {},
        "1.25",
    ),
    "msg_dot": ("2026-11-01", "claude-opus-48", LONG, {}, None),
    "msg_fast_47": ("2026-11-01", "claude-opus-4-7", LONG | {"speed": "fast"}, {}, None),
}
IN_FULL = {id_: cost and Decimal(cost) for id_, (*_, cost) in RESPONSES.items()}


def line(id_: str) -> dict[str, Any]:
    day, model, usage, fields, _ = RESPONSES[id_]
    message = {"id": id_, "model": model, "role": "assistant", "stop_reason": "end_turn"}
    return {
        "type": "assistant",
        "uuid": f"uuid-{id_}",
        "sessionId": SESSION,
        "cwd": "/home/kim/app",
        "timestamp": f"{day}T12:00:00.000Z",
        "message": {**message, "content": [], "usage": usage},
        **fields,
    }


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    file = folder / "projects" / "-home-kim-app" / f"{SESSION}.jsonl"
    file.parent.mkdir(parents=True)
    state = {
        "type": "cost-state",
        "sessionId": SESSION,
        "totalCostUSD": 25,
        "modelUsage": {
            "claude-opus-4-6": {"costUSD": 13.7125},
            "claude-haiku-4-5": {"costUSD": 0.25},
        },
    }
    lines = [*map(line, RESPONSES), state]
    file.write_text("".join(json.dumps(each) + "\n" for each in lines))
    import_history([folder], folder / "store.duckdb")
    return folder / "store.duckdb"


class Shell:
    """Runs the command line on a store of its own."""

    def __init__(self, store: Path) -> None:
        self.store = store

    def __call__(self, *arguments: str) -> Result:
        command = ["--store", str(self.store), "--timezone", "UTC", *arguments]
        return CliRunner().invoke(main, command)

    def json(self, *arguments: str) -> Any:
        done = self(*arguments, "--format", "json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout, parse_float=Decimal)

    def costs(self, *arguments: str) -> dict[str, Decimal | None]:
        """What `report cost --by session` says each model cost."""
        rows = self.json("report", "cost", "--by", "model", *arguments)["rows"]
        return {row["model"]: row["cost_usd"] for row in rows}


@pytest.fixture
def shell(imported: Path, tmp_path: Path) -> Shell:
    store = tmp_path / "store.duckdb"
    store.write_bytes(imported.read_bytes())
    return Shell(store)


def test_every_worked_case_costs_what_the_vendor_bills(shell: Shell) -> None:
    rows = shell.json("query", "select response_id, cost_usd from usage_cost")
    assert {row["response_id"]: row["cost_usd"] for row in rows} == IN_FULL


def test_json_csv_and_api_show_the_same_number(shell: Shell) -> None:
    total = sum(filter(None, IN_FULL.values()), Decimal(0))
    assert shell.json("report", "cost")["totals"]["cost_usd"] == total
    for by in ("day", "model", "project", "hour"):
        table = shell("report", "cost", "--by", by, "--format", "csv").stdout
        cells = [row["cost_usd"] for row in csv.DictReader(io.StringIO(table))]
        assert sum((Decimal(cell) for cell in cells if cell), Decimal(0)) == total
    with open_store(shell.store) as store:
        assert store.usage_cost().collect()["cost_usd"].sum() == total


def test_the_dashboard_has_the_same_number_with_every_digit(shell: Shell, tmp_path: Path) -> None:
    page = tmp_path / "cost.html"
    assert shell("dashboard", "cost", "-o", str(page)).exit_code == 0
    total = sum(filter(None, IN_FULL.values()), Decimal(0))
    assert f"at least ${total:f}" in page.read_text(encoding="utf-8")


def test_plain_is_what_pocketdev_shows(shell: Shell) -> None:
    plain = shell.costs("--pricing", "plain")
    # 3,000 at $3, 30,000 written at $3.75, 300,000 read at $0.30 and 3,000 at $15
    assert plain["claude-sonnet-4-5"] == Decimal("0.2565")
    assert plain["claude-opus-4-6"] == Decimal("4.575")
    assert plain["claude-opus-4-7"] == Decimal("1.525")
    assert plain["claude-opus-48"] is None


def test_recorded_takes_claude_codes_own_figure_where_there_is_one(shell: Shell) -> None:
    recorded = shell.costs("--pricing", "recorded")
    assert recorded["claude-opus-4-6"] == Decimal("1.525") + Decimal("1.6") + Decimal("9.15")
    assert recorded["claude-sonnet-4-5"] == shell.costs()["claude-sonnet-4-5"]


def test_all_usage_can_be_priced_at_the_prices_of_a_day(shell: Shell) -> None:
    at = shell.costs("--prices-at", "2026-02-20")
    # fast, too, cost twice the input and 1.5 times the output then
    assert at["claude-opus-4-6"] == Decimal("3.0375") * 2 + Decimal("18.225")
    assert "is not a date" in shell("report", "cost", "--prices-at", "today").output


def test_the_same_usage_as_if_another_model_had_run(shell: Shell) -> None:
    asked = shell.json("report", "cost", "--by", "model", "--as-model", "claude-haiku-4-5")
    costs = {row["model"]: row["cost_usd"] for row in asked["rows"]}
    assert costs["claude-opus-48"] == costs["claude-opus-4-7"] == Decimal("0.305")
    assert asked["unpriced_models"] == []
    done = shell("report", "cost", "--as-model", "haiku")
    assert done.exit_code == 1
    assert "model 'haiku' has no price" in done.output


def test_an_unpriced_response_is_listed_with_its_reason(shell: Shell) -> None:
    rows = shell.json("pricing", "list", "--unpriced")
    reasons = {row["model"]: (row["responses"], row["tokens"], row["reason"]) for row in rows}
    assert reasons == {
        "claude-opus-48": (
            1,
            301_000,
            "no price list has it; name its model with `pricing alias 'claude-opus-48' MODEL`",
        ),
        "claude-opus-4-7": (1, 301_000, "claude-opus-4-7 had no such list price on 2026-10-14"),
    }


def test_an_alias_prices_a_name_until_it_is_removed(shell: Shell) -> None:
    assert shell("pricing", "alias", "claude-opus-48", "claude-opus-4-8").exit_code == 0
    assert shell.costs()["claude-opus-48"] == Decimal("1.525")
    rows = shell.json("pricing", "list", "--aliases")
    assert rows == [{"name": "claude-opus-48", "model": "claude-opus-4-8"}]
    assert shell("pricing", "alias", "claude-opus-48", "--remove").exit_code == 0
    assert shell.costs()["claude-opus-48"] is None


def test_an_alias_of_an_alias_is_the_model_that_it_means(shell: Shell) -> None:
    assert shell("pricing", "alias", "best", "claude-opus-4-8").exit_code == 0
    done = shell("pricing", "alias", "claude-opus-48", "best")
    assert done.stdout == "claude-opus-48 is priced as claude-opus-4-8\n"
    assert shell.costs()["claude-opus-48"] == Decimal("1.525")
    assert shell("pricing", "alias", "best", "--remove").exit_code == 0
    assert shell.costs()["claude-opus-48"] == Decimal("1.525")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("alias", "x", "claude-opus-48"), "model 'claude-opus-48' has no price; did you mean"),
        (("alias", "x"), "no model given for x"),
        (("alias", "x", "--remove"), "unknown alias 'x'"),
        (("set", "my-model"), "no price given for my-model"),
        (("set", "my-model", "--input", "2"), "my-model has no output price yet; give --output"),
        (("set", "m", "--input", "-1"), "input_price_per_million is '-1'; expected a number"),
        (("set", "m", "--input", "1e9", "--output", "1"), "from 0 to below 10,000"),
        (("set", "m", "--cache-read", "0.1234"), "expected at most 3 decimal places"),
        (("set", "m", "--input", "cheap"), "'cheap'; expected a number"),
        (("reset", "my-model"), "model 'my-model' has no list price"),
        (("import", "/nowhere.csv"), "cannot read /nowhere.csv"),
    ],
)
def test_a_wrong_price_is_refused_in_one_sentence(
    shell: Shell, arguments: tuple[str, ...], message: str
) -> None:
    done = shell("pricing", *arguments)
    assert done.exit_code == 1
    assert message in done.output
    assert len(done.output.strip().splitlines()) == 1


@pytest.fixture(params=["command", "sql", "import"])
def edit(request: pytest.FixtureRequest, shell: Shell, tmp_path: Path) -> Callable[[], object]:
    """Sets Opus 5.5 to $8 and $20, in each of the ways that there are."""

    def by_sql() -> None:
        with duckdb.connect(shell.store) as connection:
            connection.execute(
                "update model_pricing set input_price_per_million = 8 "
                "where model_name = 'claude-opus-5-5'"
            )

    def by_import() -> None:
        file = tmp_path / "prices.csv"
        file.write_text("model_name,input_price_per_million\nclaude-opus-5-5,8\n")
        assert shell("pricing", "import", str(file)).exit_code == 0

    ways = {
        "command": lambda: shell("pricing", "set", "claude-opus-5-5", "--input", "8"),
        "sql": by_sql,
        "import": by_import,
    }
    return ways[request.param]


def test_an_edit_counts_in_every_mode_however_it_was_made(
    shell: Shell, edit: Callable[[], object]
) -> None:
    before = shell.costs()
    edit()
    after, plain = shell.costs(), shell.costs("--pricing", "plain")
    # batch, us and web search: 300,000 tokens of input each, now at $8 instead of $4
    assert after["claude-opus-5-5"] == Decimal("1.21") + Decimal("2.662") + Decimal("2.45")
    assert after["eu.anthropic.claude-opus-5-5-v1:0"] == Decimal("2.662")
    assert plain["claude-opus-5-5"] == Decimal("2.42") * 3
    same = {model: cost for model, cost in before.items() if "opus-5-5" not in model}
    assert same == {model: after[model] for model in same}
    changed = [row for row in shell.json("pricing", "list") if row["price"] == "changed"]
    assert [row["model_name"] for row in changed] == ["claude-opus-5-5"]


def test_a_reset_price_is_the_lists_again(shell: Shell) -> None:
    before = shell.costs()
    shell("pricing", "set", "claude-opus-5-5", "--input", "8", "--cache-write", "2")
    assert shell.costs() != before
    assert shell("pricing", "reset", "claude-opus-5-5").exit_code == 0
    assert shell.costs() == before


def test_a_model_of_ones_own_can_be_priced(shell: Shell) -> None:
    done = shell("pricing", "set", "claude-opus-48", "--input", "$2", "--output", "8")
    assert done.output == (
        "claude-opus-48: $2 input, $8 output, cache writes 1.25 and reads 0.1 times input\n"
    )
    assert shell.costs()["claude-opus-48"] == Decimal("0.608")


def test_an_import_of_prices_is_all_or_nothing(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    header = "model_name,input_price_per_million,output_price_per_million\n"
    file.write_text(f"{header}claude-opus-5-5,8,20\nmine,much,1\n")
    done = shell("pricing", "import", str(file))
    assert done.exit_code == 1
    assert f"{file}:3: input_price_per_million is 'much'" in done.output
    assert not [row for row in shell.json("pricing", "list") if row["price"] == "changed"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks the column 'model_name'; it has none"),
        ("model,input\nm,1\n", "lacks the column 'model_name'; it has model, input"),
        ("model_name,input_price_per_million\n", "has no prices; add a row for each model"),
        ("model_name,input_price\nm,1\n", "unknown column 'input_price'; did you mean"),
        ("model_name,cache_write\nm,1\n", "did you mean 'cache_write_multiplier'?"),
        ("model_name,output\nm,1\n", "did you mean 'output_price_per_million'?"),
        ("model_name,note\nm,1\n", "unknown column 'note'; expected input_price_per_million"),
        ("model_name,id,id\nm,1,1\n", "column 'id' occurs twice"),
        ("model_name,input_price_per_million\nm,\n", ":2: m has no price; fill in input_price"),
        ("model_name,input_price_per_million\nm\n", ":2: m has no price; fill in input_price"),
        ("model_name,input_price_per_million\nm,1,5\n", ":2: more cells than columns"),
        ("model_name,input_price_per_million\n,1\n", ":2: model_name is empty"),
    ],
)
def test_a_file_of_prices_that_would_set_nothing_is_refused(
    shell: Shell, tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(text)
    done = shell("pricing", "import", str(file))
    assert done.exit_code == 1
    assert message in done.output
    assert len(done.output.strip().splitlines()) == 1


def test_a_list_of_prices_can_be_changed_and_imported(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    text = shell("pricing", "list", "--format", "csv").stdout
    file.write_text(text.replace("claude-opus-5-5,4,", "claude-opus-5-5,8,"))
    done = shell("pricing", "import", str(file))
    assert done.exit_code == 0, done.output
    changed = [row for row in shell.json("pricing", "list") if row["price"] == "changed"]
    assert [(row["model_name"], row["input_price_per_million"]) for row in changed] == [
        ("claude-opus-5-5", 8)
    ]


def test_an_update_from_the_same_list_brings_nothing_new(shell: Shell) -> None:
    done = shell("pricing", "update")
    assert done.exit_code == 0, done.output
    assert "nothing new" in done.output


def test_an_update_without_the_extra_says_how_to_get_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(genai, "SOURCE", "genai-prices-is-not-here")
    done = shell("pricing", "update")
    assert done.exit_code == 1
    assert "pip install 'pocketdev_analytics[prices]'" in done.output


def test_the_seeds_can_be_exported(shell: Shell, tmp_path: Path) -> None:
    from pocketdev_analytics.files.resources import sql_dir

    seeds = sql_dir() / "seeds"
    (tmp_path / "prices_by_hand.csv").write_text((seeds / "prices_by_hand.csv").read_text())
    done = shell("pricing", "export-seeds", str(tmp_path))
    assert done.exit_code == 0, done.output
    made = (tmp_path / "price_catalogue.csv").read_text().splitlines()
    assert sorted(made) == sorted((seeds / "price_catalogue.csv").read_text().splitlines())


def test_the_catalogue_is_shown_with_every_source(shell: Shell) -> None:
    rows = shell.json("pricing", "list", "--catalogue")
    assert {row["source"] for row in rows} >= {"genai-prices", "Anthropic pricing page"}
    assert "source_version" in shell("pricing", "list", "--catalogue", "--format", "csv").stdout


def test_the_prices_line_says_which_prices(shell: Shell) -> None:
    def prices(*arguments: str) -> str:
        lines = shell("report", "cost", *arguments).stdout.splitlines()
        return next(line for line in lines if line.startswith("Prices: "))

    assert "(plain: today's row of model_pricing alone" in prices("--pricing", "plain")
    assert "all at the prices of 2026-02-20" in prices("--prices-at", "2026-02-20")
    other = prices("--as-model", "claude-haiku-4-5")
    assert "as if claude-haiku-4-5 had run" in other
    # nobody recorded that
    recorded = ("--pricing", "recorded", "--as-model", "claude-haiku-4-5")
    assert prices(*recorded) == other
    assert shell.costs(*recorded) == shell.costs("--as-model", "claude-haiku-4-5")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("report", "cost", "--pricing", "plain", "--prices-at", "2026-02-20"),
            "pricing 'plain' uses today's row of model_pricing for any day; leave out",
        ),
        (
            ("report", "cost", "--pricing", "recorded", "--prices-at", "2026-02-20"),
            "pricing 'recorded' uses the recorded cost for any day; leave out",
        ),
        (
            ("explain", "msg_before", "--pricing", "plain", "--prices-at", "2026-02-20"),
            "pricing 'plain' uses today's row of model_pricing",
        ),
        (("report", "cost", "--usage-csv", "f.csv"), "report 'cost' takes no usage CSV"),
        (("report", "savings", "--usage-csv", "f.csv"), "report 'savings' takes no usage CSV"),
        (
            ("report", "savings", "--as-model", "claude-haiku-4-5"),
            "report 'savings' compares with the models that ran",
        ),
        (("report", "reconcile", "--as-model", "claude-haiku-4-5"), "leave out the model"),
    ],
)
def test_options_that_mean_nothing_together_are_refused(
    shell: Shell, arguments: tuple[str, ...], message: str
) -> None:
    done = shell(*arguments)
    assert done.exit_code == 1
    assert message in done.output
    assert len(done.output.strip().splitlines()) == 1


@pytest.mark.parametrize("mode", ["plain", "recorded"])
def test_every_mode_can_be_compared(shell: Shell, mode: str) -> None:
    rows = shell.json("report", "savings", "--pricing", mode)["rows"]
    costs = [value for value in shell.costs("--pricing", mode).values() if value is not None]
    assert rows[0]["cost_usd"] == sum(costs, Decimal(0))
    rows = {
        row["source"]: row for row in shell.json("report", "reconcile", "--pricing", mode)["rows"]
    }
    assert rows["costUSD"]["other_cost_usd"] == Decimal("3.125")
    if mode == "recorded":
        assert rows["costUSD"]["difference_usd"] == 0


def test_savings_cover_caching_and_each_current_model(shell: Shell) -> None:
    rows = {row["scenario"]: row for row in shell.json("report", "savings")["rows"]}
    uncached = rows["without caching"]
    assert uncached["responses"] == len(RESPONSES)
    assert uncached["difference_usd"] == uncached["scenario_cost_usd"] - uncached["cost_usd"]
    # 110,000 tokens of prompt each, at $3 instead of what the cache cost
    assert uncached["difference_usd"] == Decimal("1.044") - Decimal("0.2925")
    haiku = rows["all on claude-haiku-5-5"]
    assert (haiku["first_day"], haiku["last_day"]) == ("2026-11-01", "2026-11-01")
    assert haiku["responses"] == 10
    others = [row["scenario"].removeprefix("all on ") for row in [*rows.values()][1:]]
    assert {"claude-opus-5", "claude-sonnet-5", "claude-haiku-4-5", "claude-opus-5-5"} <= {*others}
    with open_store(shell.store) as store:
        assert {*others} == {*store.price_book().current_models(date(2026, 11, 1))}
    costs = [row["scenario_cost_usd"] for row in [*rows.values()][1:]]
    assert costs == sorted(costs, reverse=True)


def test_what_would_have_cost_less_is_shown_with_its_sign_in_front(shell: Shell) -> None:
    savings = shell("report", "savings").stdout
    (haiku,) = [line for line in savings.splitlines() if "all on claude-haiku-5-5" in line]
    assert re.search(r" -\d+\.\d\d ", haiku)
    reconcile = shell("report", "reconcile").stdout
    assert " -1.51 " in reconcile
    assert "<-" not in savings + reconcile


def test_reconcile_splits_each_difference_by_cause(shell: Shell) -> None:
    rows = {row["source"]: row for row in shell.json("report", "reconcile")["rows"]}
    own, state = rows["costUSD"], rows["cost-state"]
    assert (own["cost_usd"], own["other_cost_usd"]) == (Decimal("4.5625"), Decimal("3.125"))
    assert own["price_date_usd"] == Decimal("-1.5125")
    assert own["unexplained_usd"] == Decimal("0.075")
    assert state["unlisted_calls_usd"] == Decimal("0.25")
    for row in rows.values():
        parts = [Decimal(row[cause]) for cause in CAUSES]
        assert sum(parts, Decimal(0)) == row["difference_usd"]
        assert row["difference_usd"] == row["other_cost_usd"] - row["cost_usd"]


def test_reconcile_takes_a_consoles_csv(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text(
        "usage_date_utc,model_version,usage_input_tokens_no_cache,"
        "usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,"
        "usage_input_tokens_cache_read,usage_output_tokens,web_search_count\n"
        "2026-11-01,claude-sonnet-4-5-20250929,3000,14000,16000,300000,3000,0\n"
        "2026-11-01,claude-haiku-4-5-20251001,1000,0,0,0,0,0\n"
    )
    rows = shell.json("report", "reconcile", "--usage-csv", str(file))["rows"]
    console = {row["model"]: row for row in rows if row["source"] == "console"}
    assert console["claude-sonnet-4-5"]["difference_usd"] == 0
    assert console["claude-haiku-4-5"]["unlisted_calls_usd"] == Decimal("0.001")
    file.write_text("day,model\n")
    done = shell("report", "reconcile", "--usage-csv", str(file))
    assert "lacks the column 'usage_date_utc'; it has day, model" in done.output
