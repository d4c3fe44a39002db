from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics import import_history
from pocketdev_analytics.cli import main

SESSION = "22222222-2222-4333-8444-555555555555"
ADVISED = {
    "type": "advisor_message",
    "model": "claude-opus-5-5",
    "input_tokens": 1000,
    "output_tokens": 10,
}


def line(id_: str, model: str, **changed: Any) -> dict[str, Any]:
    usage = {
        "input_tokens": 1000,
        "cache_creation_input_tokens": 2000,
        "cache_creation": {"ephemeral_1h_input_tokens": 2000, "ephemeral_5m_input_tokens": 0},
        "output_tokens": 100,
        **changed,
    }
    return {
        "type": "assistant",
        "uuid": f"uuid-{id_}",
        "sessionId": SESSION,
        "cwd": "/home/kim/app",
        "timestamp": f"2026-11-01T12:00:{id_[-2:]}.000Z",
        "message": {
            "id": id_,
            "model": model,
            "role": "assistant",
            "content": [],
            "stop_reason": "end_turn",
            "usage": usage,
        },
    }


LINES = [
    line("msg_aaaaaa01", "claude-sonnet-4-5-20250929"),
    line("msg_aaaaaa02", "claude-sonnet-4-5-20250929"),
    line("msg_bbbbbb03", "claude-opus-5-5", speed="fast", inference_geo="us"),
    line("msg_cccccc04", "qwen3-coder:30b"),
    line("msg_dddddd05", "claude-haiku-4-5", iterations=[{"type": "message"}, ADVISED]),
]
Explain = Callable[..., Result]


@pytest.fixture(scope="module")
def explain(tmp_path_factory: pytest.TempPathFactory) -> Explain:
    folder = tmp_path_factory.mktemp("history")
    file = folder / "projects" / "-home-kim-app" / f"{SESSION}.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("".join(json.dumps(each) + "\n" for each in LINES))
    store: Path = folder / "store.duckdb"
    import_history([folder], store)
    start = ["--store", str(store), "--timezone", "UTC", "explain"]
    return lambda *arguments: CliRunner().invoke(main, [*start, *arguments])


def document(done: Result) -> Any:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout, parse_float=Decimal)


def test_a_response_is_explained_class_by_class(explain: Explain) -> None:
    found = document(explain("msg_bbbbbb03", "--format", "json"))
    # 1,000 at $8, 2,000 at $16 and 100 at $40, all 1.1 times
    assert found["cost_usd"] == Decimal("0.0484")
    rows = {row["class"]: row for row in found["parts"]}
    write = rows["cache_write_1h_tokens"]
    assert (write["count"], write["base_price_usd"], write["multiplier"]) == (
        2000,
        4,
        Decimal("4.4"),
    )
    assert (write["price_usd"], write["per"]) == (Decimal("17.6"), 1_000_000)
    assert write["cost_usd"] == Decimal("0.0352")
    assert rows["output_tokens"]["base_price_usd"] == 20
    assert sum(row["cost_usd"] for row in found["parts"]) == found["cost_usd"]
    (why,) = found["why"].values()
    assert why[0].startswith("list price of claude-opus-5-5, fast, since it was released (genai-")
    assert why[1] == "inference_geo us costs 1.1 times"


def test_a_response_is_explained_with_its_file_and_line(explain: Explain) -> None:
    text = explain("msg_bbbbbb03").stdout
    assert text.startswith("response msg_bbbbbb03 cost $0.0484\n")
    assert f"{SESSION}.jsonl:3\n" in text
    (place,) = document(explain("msg_bbbbbb03", "--format", "json"))["responses"]
    assert place["file"].endswith(f"{SESSION}.jsonl")
    assert place["line"] == 3


def test_a_session_is_explained_by_its_prices_and_its_responses(explain: Explain) -> None:
    found = document(explain(SESSION, "--format", "json"))
    assert (found["kind"], len(found["responses"])) == ("session", 6)
    sonnet = [row for row in found["parts"] if "sonnet" in row["model"]]
    assert [(row["responses"], row["count"]) for row in sonnet] == [(2, 2000), (2, 4000), (2, 200)]
    priced = [row["cost_usd"] for row in found["parts"] if row["cost_usd"] is not None]
    assert sum(priced) == found["cost_usd"]
    text = explain(SESSION).stdout
    assert f"session {SESSION} cost at least $" in text
    assert "no price: no price list has it; name its model with" in text
    assert "msg_cccccc04  2026-11-01 12:00:04  no price" in text


def test_an_advisors_call_is_part_of_the_response_at_its_own_model(explain: Explain) -> None:
    found = document(explain("msg_dddddd05", "--format", "json"))
    assert {row["model"] for row in found["parts"]} == {"claude-haiku-4-5", "claude-opus-5-5"}
    # (1000*1 + 2000*2 + 100*5) + (1000*4 + 10*20), per million
    assert found["cost_usd"] == Decimal("0.0055") + Decimal("0.0042")


def test_the_beginning_of_an_id_is_enough_where_only_one_begins_so(explain: Explain) -> None:
    assert explain("msg_bbbb").stdout == explain("msg_bbbbbb03").stdout
    assert explain(SESSION[:8]).stdout == explain(SESSION).stdout
    done = explain("msg_aaaa")
    assert done.exit_code == 1
    assert "2 ids begin with 'msg_aaaa'; give more of it, such as msg_aaaaaa01" in done.output


@pytest.mark.parametrize("id_", ["msg_zzzzzz", "msg_", "x"])
def test_an_unknown_id_says_where_to_find_one(explain: Explain, id_: str) -> None:
    done = explain(id_)
    assert done.exit_code == 1
    assert f"no response or session has the id '{id_}'" in done.output
    assert "report sessions" in done.output


def test_other_prices_are_explained_too(explain: Explain) -> None:
    found = document(explain("msg_bbbbbb03", "--pricing", "plain", "--format", "json"))
    # 1,000 at $4, 2,000 at $5 and 100 at $20
    assert found["cost_usd"] == Decimal("0.016")
    assert list(found["why"].values()) == [["model_pricing claude-opus-5-5"]]


def test_csv_has_the_parts(explain: Explain) -> None:
    header, *rows = explain("msg_aaaaaa01", "--format", "csv").stdout.splitlines()
    assert (
        header
        == "group,model,responses,class,count,base_price_usd,multiplier,price_usd,per,cost_usd"
    )
    assert len(rows) == 3


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_cost_is_shown_in_any_terminal(
    explain: Explain, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for id_, cost in (("msg_bbbbbb03", "0.0484"), (SESSION, "0.0")):
        heading, _, rest = explain(id_).stdout.partition("\n\n")
        table = rest.partition("\n\nGroup 1")[0].splitlines()
        assert f"${cost}" in heading
        assert max(map(len, table)) <= width
        (header,) = [line for line in table if " per " in line]
        assert header.endswith("USD")
        (total,) = [line for line in table if line.lstrip().startswith("total")]
        assert total.split()[-1] == heading.rpartition("$")[2]


def test_what_one_price_has_in_common_is_stated_once(
    explain: Explain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = explain("msg_bbbbbb03").stdout
    assert "\nIn every row: group 1, model claude-opus-5-5, responses 1.\n" in text
    assert "Not shown" not in text
