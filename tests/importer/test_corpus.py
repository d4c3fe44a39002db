"""Real session files against an independent count and an independent price of them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pocketdev_analytics.importer import import_history
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.pricing import MODEL_PRICING, ModelPrice, PriceBook, price
from pocketdev_analytics.store import Store, open_store

REPOSITORIES = (
    *("chiphuyen-sniffly", "d-kimuson-claude-code-viewer", "entireio-cli"),
    *("iansherr-claude-code-log", "jimmc414-cctrace", "marot-spotter"),
    *("moredip-session-share", "obra-episodic-memory", "randlee-claude-history"),
)
NAMES = dict(zip(TOKEN_COLUMNS, ("input", "write_5m", "write_1h", "read", "output"), strict=True))
#: USD per million tokens: input, 5-minute write, 1-hour write, read, output.
RATES = {
    "claude-3-5-haiku-20241022": ("0.8", "1", "1.6", "0.08", "4"),
    "claude-haiku-4-5-20251001": ("1", "1.25", "2", "0.1", "5"),
    "claude-opus-4-1-20250805": ("15", "18.75", "30", "1.5", "75"),
    "claude-opus-4-20250514": ("15", "18.75", "30", "1.5", "75"),
    "claude-opus-4-5-20251101": ("5", "6.25", "10", "0.5", "25"),
    "claude-opus-4-6": ("5", "6.25", "10", "0.5", "25"),
    "claude-opus-4-7": ("5", "6.25", "10", "0.5", "25"),
    "claude-opus-4-8": ("5", "6.25", "10", "0.5", "25"),
    "claude-sonnet-4-20250514": ("3", "3.75", "6", "0.3", "15"),
    "claude-sonnet-4-5-20250929": ("3", "3.75", "6", "0.3", "15"),
    "claude-sonnet-4-6": ("3", "3.75", "6", "0.3", "15"),
    "claude-fable-5": ("10", "12.5", "20", "1", "50"),
}

Counts = dict[str, Any]


@pytest.fixture(scope="module")
def expected(corpus: Path) -> dict[str, Counts]:
    found: dict[str, Counts] = json.loads((corpus / "expected.json").read_text())
    return found


@pytest.fixture(scope="module")
def usages(
    corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[pl.DataFrame, int, int]]:
    """Each repository's priced usage, the lines of its files and those quarantined."""
    found = {}
    for name in ("all", *REPOSITORIES):
        store = tmp_path_factory.mktemp("corpus") / "store.duckdb"
        import_history([corpus if name == "all" else corpus / name], store)
        with open_store(store) as opened:
            files = opened.session_files()
            quarantined = opened.counts()["quarantined_lines"]
            priced = price(opened.usage(), PriceBook.of([], plain_prices(opened)))
            found[name] = (priced.collect(), files.height, quarantined)
    return found


def plain_prices(store: Store) -> list[ModelPrice]:
    """The store's own rows of model_pricing, without the dated list behind them."""
    rows = store.query(f"select {', '.join(MODEL_PRICING)} from model_pricing")
    return [ModelPrice(*row) for row in rows.iter_rows()]


def counted(usage: pl.DataFrame) -> Counts:
    totals = {NAMES[name]: int(usage[name].sum()) for name in TOKEN_COLUMNS}
    return {"responses": usage.height, **totals}


@pytest.mark.parametrize("name", ["all", *REPOSITORIES])
def test_the_counts_are_those_of_the_reference(
    name: str, expected: dict[str, Counts], usages: dict[str, tuple[pl.DataFrame, int, int]]
) -> None:
    usage, files, quarantined = usages[name]
    reference = expected[name]
    calls = usage.filter(pl.col("kind") == "response")
    assert counted(calls) == reference["total"]
    assert (files, quarantined) == (reference["files"], reference["damaged_lines"])
    models = {str(model): counted(part) for (model,), part in calls.group_by("model")}
    assert models == reference["by_model"]
    assert calls["is_lower_bound"].sum() == reference["lower_bound_responses"]
    assert calls.filter(pl.col("source") == "progress").height == reference["from_progress_only"]
    days = calls.group_by(pl.col("responded_at").dt.date().cast(pl.String)).agg(
        pl.col("output_tokens").sum()
    )
    assert dict(days.iter_rows()) == reference["output_by_day"]
    advisors = usage.filter(pl.col("kind") == "advisor")
    found = {str(model): counted(part) for (model,), part in advisors.group_by("model")}
    assert found == reference["advisor"]


@pytest.mark.parametrize("name", ["all", *REPOSITORIES])
def test_the_cost_is_that_of_an_independent_evaluation(
    name: str, expected: dict[str, Counts], usages: dict[str, tuple[pl.DataFrame, int, int]]
) -> None:
    usage = usages[name][0]
    priced = usage.filter(pl.col("cost_usd").is_not_null())
    by_hand = Decimal(0)
    for model, counts in expected[name]["by_model"].items():
        rates = RATES.get(model)
        is_priced = usage.filter(pl.col("model") == model)["cost_usd"].is_not_null().all()
        assert is_priced == (rates is not None), model
        if rates:
            tokens = [counts[kind] for kind in NAMES.values()]
            pairs = zip(rates, tokens, strict=True)
            by_hand += sum((Decimal(rate) * count for rate, count in pairs), Decimal(0)) / 10**6
    assert sum(priced["cost_usd"], Decimal(0)) == by_hand
