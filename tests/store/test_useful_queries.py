"""The named queries that answer what people ask: each gives rows on the sample."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import pocketdev_analytics as pda
from pocketdev_analytics.files.resources import sql_dir
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.pricing import ModelPrice
from tests.agents.claude.by_hand import A, answer, prompt
from tests.agents.claude.by_hand import write as write_file

QUERIES = sorted((sql_dir() / "queries").glob("*.sql"))
USEFUL = (
    "api_errors_by_status",
    "busiest_hours",
    "cache_use_by_project",
    "columns_of",
    "compactions",
    "cost_by_branch",
    "cost_by_day",
    "cost_by_model",
    "cost_by_month",
    "cost_by_project",
    "cost_of_subagents",
    "most_expensive_prompts",
    "most_expensive_responses",
    "most_expensive_sessions",
    "failing_tools",
    "lines_changed",
    "longest_contexts",
    "mcp_servers_used",
    "prices_of_models_used",
    "responses_of_session",
    "slowest_turns",
    "tables_and_views",
    "tools_used",
    "unpriced_models",
    "versions_used",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pda.Store]:
    """The sample history, with one line that cannot be read."""
    folder = tmp_path_factory.mktemp("sample")
    history = pda.write_sample(folder / "history")
    damaged = history / "projects" / "damaged" / "damaged.jsonl"
    damaged.parent.mkdir()
    damaged.write_text('{"type": "assistant", "message": {"usage": {"input_tokens"\n')
    pda.import_history([history], folder / "store.duckdb")
    with pda.open_store(folder / "store.duckdb") as opened:
        yield opened


@pytest.fixture(scope="module")
def total(store: pda.Store) -> Decimal:
    cost: Decimal = pda.reports.totals(store.usage_cost()).collect()["cost_usd"][0]
    return cost


@pytest.mark.parametrize("name", USEFUL)
def test_a_question_has_an_answer_on_the_sample(store: pda.Store, name: str) -> None:
    rows = store.named_query(name)
    assert not rows.is_empty()
    assert rows.equals(store.named_query(name)), "the order is not settled"


@pytest.mark.parametrize(
    "path", sorted((sql_dir() / "queries").glob("*.sql")), ids=lambda p: p.stem
)
def test_a_query_says_its_grain_and_is_one_select(path: Path) -> None:
    question, _, *body = path.read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(rf"-- {path.stem}: \w.*\? .*[Oo]ne row.*\.", question)
    sql = "\n".join(line for line in body if not line.lstrip().startswith("--"))
    assert ";" not in sql
    bare = re.sub(r"'[^']*'", "''", sql)
    assert bare == bare.lower()


@pytest.mark.parametrize(
    "name", ["cost_by_month", "cost_by_model", "cost_by_project", "cost_of_subagents"]
)
def test_a_split_of_the_cost_adds_up_to_the_report(
    store: pda.Store, total: Decimal, name: str
) -> None:
    rows = store.named_query(name)
    assert rows["cost_usd"].sum() == total
    assert rows["responses"].sum() == store.counts()["responses"]
    assert rows["unpriced_tokens"].sum() > 0
    assert rows["lower_bound_responses"].sum() > 0


def test_the_most_expensive_session_agrees_with_the_report(store: pda.Store) -> None:
    ours = store.named_query("most_expensive_sessions", {"rows": 5})
    sessions = pda.reports.sessions(store.history()).collect()
    best = sessions.sort(["cost_usd", "session"], descending=[True, False], nulls_last=True)
    assert ours["session_id"].to_list() == best["session"].to_list()[:5]
    assert ours["cost_usd"].to_list() == best["cost_usd"].to_list()[:5]


def test_a_sessions_responses_are_in_order(store: pda.Store) -> None:
    session = store.named_query("most_expensive_sessions", {"rows": 3})["session_id"][2]
    rows = store.named_query("responses_of_session", {"session_id": session})
    usage = store.usage_cost().filter(pl.col("session_id") == session).collect()
    assert rows.height == usage.height
    assert rows["cost_usd"].sum() == usage["cost_usd"].sum()
    assert rows["responded_at"].is_sorted()


def test_tools_are_the_reports(store: pda.Store) -> None:
    columns = ["tool", "calls", "errors", "error_rate", "result_bytes"]
    ours = store.named_query("tools_used").select(columns).sort("tool")
    assert ours.rows() == pda.reports.tools(store.history()).select(columns).collect().rows()


def test_a_line_that_cannot_be_read_is_counted(store: pda.Store) -> None:
    assert store.named_query("unread_lines").select("lines", "files").rows() == [(1, 1)]


def test_columns_are_those_of_the_frame(store: pda.Store) -> None:
    names = store.named_query("columns_of", {"relation": "usage_cost"})["column_name"].to_list()
    assert names == list(pda.model.USAGE_COST)
    assert "pre_tokens" in store.named_query("columns_of", {"relation": "session_events"})[:, 0]


def test_the_queries_are_listed() -> None:
    listed = pda.list_queries()
    assert set(USEFUL) < set(listed["name"])
    assert listed["name"].is_sorted()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[pda.Store]:
    """Three prompts, and responses of models with a price of one's own, by alias and by region."""
    models = (
        "claude-opus-4-6",
        "us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "my-model",
        "nobody",
    )
    rows = [prompt("one", "10:00:00"), prompt("two", "10:00:00", uuid="z"), prompt("x", "11:00:00")]
    rows += [
        answer(f"msg_{number}", f"10:0{number}:00", model=model)
        for number, model in enumerate(models, 1)
    ]
    rows.append(answer("msg_9", "11:00:00", model="nobody"))
    write_file(tmp_path, A, *rows)
    pda.import_history([tmp_path / "projects"], tmp_path / "store.duckdb")
    with pda.open_store(tmp_path / "store.duckdb", read_only=False) as opened:
        price = ModelPrice("claude-opus-4-6", Decimal(7), Decimal(1), Decimal("0.5"), Decimal(9))
        opened.price_tables().set([price])
        opened.price_tables().set_alias("my-model", "claude-sonnet-4-5")
        yield opened


def test_prices_are_those_that_the_models_in_use_are_priced_at(own: pda.Store) -> None:
    rows = own.named_query("prices_of_models_used")
    assert rows["model"].unique().sort().to_list() == [
        *("claude-haiku-4-5", "claude-opus-4-6", "claude-sonnet-4-5")
    ]
    (mine,) = rows.filter(model="claude-opus-4-6").iter_rows(named=True)
    assert (mine["input_price_per_million"], mine["output_price_per_million"]) == (7, 9)
    assert (mine["cache_read_price_per_million"], mine["source_version"]) == (3.5, "your own")
    assert mine["valid_from"] is None


def test_every_response_is_of_one_prompt_and_tokens_without_a_price_are_named(
    own: pda.Store,
) -> None:
    rows = own.named_query("most_expensive_prompts").sort("prompted_at")
    assert rows["responses"].to_list() == [4, 1]
    usage = own.usage_cost().filter(pl.col("cost_usd").is_null()).collect()
    tokens = usage.select(pl.sum_horizontal(TOKEN_COLUMNS).sum()).item()
    assert rows["unpriced_tokens"].sum() == tokens > 0
