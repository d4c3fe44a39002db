"""The named queries that answer what people ask: each gives rows on the sample."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import pocketdev_analytics as pda
from pocketdev_analytics.resources import sql_dir

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
    "dearest_prompts",
    "dearest_responses",
    "dearest_sessions",
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
    sql = "\n".join(line for line in body if not line.startswith("--"))
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


def test_the_dearest_session_is_the_reports(store: pda.Store) -> None:
    ours = store.named_query("dearest_sessions", {"rows": 5})
    sessions = pda.reports.sessions(store.history()).collect()
    best = sessions.sort(["cost_usd", "session"], descending=[True, False], nulls_last=True)
    assert ours["session_id"].to_list() == best["session"].to_list()[:5]
    assert ours["cost_usd"].to_list() == best["cost_usd"].to_list()[:5]


def test_a_sessions_responses_are_in_order(store: pda.Store) -> None:
    session = store.named_query("dearest_sessions", {"rows": 3})["session_id"][2]
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
    assert names == list(pda.schema.USAGE_COST)
    assert "pre_tokens" in store.named_query("columns_of", {"relation": "session_events"})[:, 0]


def test_the_queries_are_listed() -> None:
    listed = pda.list_queries()
    assert set(USEFUL) < set(listed["name"])
    assert listed["name"].is_sorted()
