from __future__ import annotations

import json
from decimal import Decimal

import pytest
from click.testing import CliRunner

import pocketdev_analytics as pda
from pocketdev_analytics.cli import main
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.pricing import Pricing
from pocketdev_analytics.reports import explain_cost
from tests.agents.claude.by_hand import A, B, answer, write


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A session of two responses, and one of a response whose model has no price."""
    folder = tmp_path_factory.mktemp("history")
    write(folder, A, answer("msg_1", "2026-11-01 10:00:00"), answer("msg_2", "2026-11-01 11:00:00"))
    write(folder, B, answer("msg_3", "2026-11-01 12:00:00", model="made-up-model"))
    import_history([folder / "projects"], folder / "store.duckdb")
    return folder / "store.duckdb"


@pytest.fixture
def store(path):
    with pda.open_store(path) as opened:
        yield opened


@pytest.mark.parametrize("id_", [A, B, "msg_1"])
@pytest.mark.parametrize("mode", ["full", "plain"])
def test_python_gives_what_the_command_line_prints(store, path, id_, mode):
    options = ["explain", id_, "--pricing", mode, "--format", "json"]
    printed = CliRunner().invoke(main, ["--store", str(path), *options], catch_exceptions=False)
    document = json.loads(printed.stdout, parse_float=Decimal)
    breakdown = explain_cost(store, id_, Pricing(mode))
    assert breakdown.cost_usd == document["cost_usd"]
    assert [row["cost_usd"] for row in breakdown.parts.to_dicts()] == [
        row["cost_usd"] for row in document["parts"]
    ]
    assert breakdown.responses["response_id"].to_list() == [
        row["response_id"] for row in document["responses"]
    ]


def test_the_parts_add_up_to_the_cost(store):
    breakdown = explain_cost(store, A[:8])
    assert (breakdown.kind, breakdown.id) == ("session", A)
    assert breakdown.cost_usd == breakdown.parts["cost_usd"].sum() > 0
    assert not breakdown.is_at_least


def test_a_cost_without_any_price_is_unknown_not_zero(store):
    breakdown = explain_cost(store, B)
    assert breakdown.cost_usd is None
    assert not breakdown.is_at_least
    assert "no price" in breakdown.why[1][0]


@pytest.mark.parametrize("id_", ["msg_9999", "", "msg_"])
def test_an_unknown_id_is_an_error(store, id_):
    with pytest.raises(ReportError, match=f"no response or session has the id '{id_}'"):
        explain_cost(store, id_)
