"""Contracted prices from Claude Code's managed settings."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pocketdev_analytics.cli import main
from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.pricing import (
    ManagedPrices,
    ModelPrice,
    PriceBook,
    price,
    read_managed_settings,
)
from pocketdev_analytics.store import open_store
from tests.pricing.test_formula import LIST, usage

DAY = date(2026, 11, 1)
OVERRIDE = {"input": 2.4, "output": 12, "cacheRead": 0.24, "cacheWrite": 3}
MILLIONS = (1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000)


def settings(tmp_path: Path, pricing: Any) -> Path:
    file = tmp_path / "managed-settings.json"
    file.write_text(json.dumps({"model": "opus", "modelPricing": pricing}), encoding="utf-8")
    return file


def book(tmp_path: Path, *models: ModelPrice, **pricing: Any) -> PriceBook:
    edition = read_managed_settings(settings(tmp_path, pricing), DAY)
    return PriceBook.of(LIST, models, managed=[edition])


def cost(known: PriceBook, model: str, *tokens: int, **fields: Any) -> Decimal | None:
    found: Decimal | None = price(usage(model, *tokens, **fields), known).collect()["cost_usd"][0]
    return found


def test_a_row_is_charged_exactly_as_written(tmp_path: Path) -> None:
    known = book(tmp_path, overrides={"claude-sonnet-4-5": OVERRIDE})
    # 2.4 input, 3 for writes of either lifetime, 0.24 reads, 12 output
    exact = Decimal("2.4") + 3 + 3 + Decimal("0.24") + 12
    assert cost(known, "claude-sonnet-4-5", *MILLIONS) == exact
    # no long-prompt, fast, batch or regional price on top
    for name, fields in {
        "claude-sonnet-4-5-20250929": {},
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0": {},
        "claude-sonnet-4-5[1m]": {"speed": "fast"},
        "anthropic/claude-4.5-sonnet": {"inference_geo": "us"},
    }.items():
        assert cost(known, name, *MILLIONS, **fields) == exact, name
    assert cost(known, "claude-opus-5-5", 1_000_000) == 4


def test_a_row_holds_from_its_day_on(tmp_path: Path) -> None:
    known = book(tmp_path, overrides={"claude-opus-5-5": OVERRIDE}, multiplier=0.5)
    before = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
    assert cost(known, "claude-opus-5-5", 1_000_000, responded_at=before) == 4
    assert cost(known, "claude-opus-5-5", 1_000_000) == Decimal("1.2")


def test_a_multiplier_scales_every_price(tmp_path: Path) -> None:
    known = book(tmp_path, multiplier=0.85)
    assert cost(known, "claude-opus-5-5", 1_000_000) == Decimal("3.4")
    assert cost(known, "claude-opus-5-5", 1_000_000, speed="fast") == Decimal("6.8")
    assert cost(known, "claude-opus-5-5", web_search_requests=1) == Decimal("0.0085")
    assert cost(known, "nobody-knows", 1_000_000) is None


def test_another_name_is_matched_exactly_and_goes_first(tmp_path: Path) -> None:
    cheap = {**OVERRIDE, "input": 1}
    known = book(
        tmp_path, overrides={"My-Gateway": OVERRIDE, "claude-opus-5-5": OVERRIDE,
                             "claude-opus-5-5[1m]": cheap}
    )  # fmt: skip
    assert cost(known, "my-gateway", 1_000_000) == Decimal("2.4")
    assert cost(known, "my-gateway-2", 1_000_000) is None
    assert cost(known, "claude-opus-5-5", 1_000_000) == Decimal("2.4")
    assert cost(known, "claude-opus-5-5[1m]", 1_000_000) == 1


def test_the_users_own_price_takes_precedence_over_a_contract(tmp_path: Path) -> None:
    own = ModelPrice(
        "claude-opus-5-5",
        Decimal(7),
        Decimal("1.25"),
        Decimal("0.1"),
        Decimal(9),
        is_customised=True,
    )
    known = book(tmp_path, own, overrides={"claude-opus-5-5": OVERRIDE}, multiplier=0.5)
    assert cost(known, "claude-opus-5-5", 1_000_000) == 7


@pytest.mark.parametrize(
    ("pricing", "message"),
    [
        (None, r"has no 'modelPricing'; expected Claude Code's managed-settings\.json"),
        ({"overides": {}}, r"unknown key 'overides'; expected multiplier, overrides"),
        ({"overrides": {"m": {"input": 1}}}, r"overrides\.m lacks 'output'; expected all of"),
        ({"overrides": {"m": {**OVERRIDE, "input": -1}}}, r"m\.input is -1; expected a number"),
        ({"overrides": {"m": {**OVERRIDE, "output": 10_001}}}, r"expected a number from 0 to"),
        ({"overrides": {"m": {**OVERRIDE, "cacheWrite": "3"}}}, r"cacheWrite is '3'"),
        ({"overrides": {"m": 3}}, r"overrides\.m is 3; expected an object"),
        ({"overrides": []}, r"overrides is \[\]; expected an object"),
        ({"multiplier": 0}, r"multiplier is 0; expected a number above 0 to 10"),
        ({"multiplier": 11}, r"multiplier is 11; expected"),
        ({"multiplier": True}, r"multiplier is True; expected"),
    ],
)
def test_what_claude_code_does_not_accept_is_refused(
    tmp_path: Path, pricing: Any, message: str
) -> None:
    with pytest.raises(PricingError, match=message):
        read_managed_settings(settings(tmp_path, pricing), DAY)


def test_a_file_that_is_not_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "managed-settings.json"
    file.write_text("{")
    with pytest.raises(PricingError, match=r"cannot read .*managed-settings\.json"):
        read_managed_settings(file, DAY)


def test_an_import_is_kept_by_the_store_and_a_later_one_follows_it(tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(main, ["--store", str(store), "--timezone", "UTC", *arguments])
        assert done.exit_code == 0, done.output
        return done.output

    first = settings(tmp_path, {"overrides": {"claude-sonnet-4-6": OVERRIDE}, "multiplier": 0.85})
    said = run("pricing", "import", str(first), "--since", "2026-10-01")
    assert "1 price from 2026-10-01 on" in said
    assert "every price times 0.85" in said
    again = settings(tmp_path, {})
    run("pricing", "import", str(again), "--since", "2026-11-01")
    with open_store(store) as opened:
        editions = opened.price_book().managed
    assert [(each.valid_from, each.multiplier) for each in editions] == [
        (date(2026, 10, 1), Decimal("0.85")),
        (date(2026, 11, 1), Decimal(1)),
    ]
    assert editions[0].overrides == {
        "claude-sonnet-4-6": {name: Decimal(str(rate)) for name, rate in OVERRIDE.items()}
    }
    assert editions[1].overrides == {}
    assert editions[0] == ManagedPrices(
        date(2026, 10, 1), Decimal("0.85"), editions[0].overrides, "managed-settings.json"
    )
