"""The seeded prices: the table of the vendor's list prices, typed in by hand."""

from __future__ import annotations

import csv
import itertools
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

SQL = Path(__file__).parents[2] / "sql"

# USD per million tokens: input, output, 5m write, 1h write, read; November 2026.
LIST_PRICES = {
    "claude-fable-5-2": "8 40 10 16 0.20",
    "claude-fable-5-1": "10 50 12.5 20 0.25",
    "claude-fable-5": "10 50 12.5 20 1",
    "claude-mythos-5": "10 50 12.5 20 1",
    "claude-mythos-5-1": "10 50 12.5 20 0.25",
    "claude-opus-5-5": "4 20 5 8 0.20",
    "claude-opus-5": "5 25 6.25 10 0.50",
    "claude-opus-4-8": "5 25 6.25 10 0.50",
    "claude-opus-4-7": "5 25 6.25 10 0.50",
    "claude-opus-4-6": "5 25 6.25 10 0.50",
    "claude-opus-4-5": "5 25 6.25 10 0.50",
    "claude-opus-4-1": "15 75 18.75 30 1.50",
    "claude-opus-4": "15 75 18.75 30 1.50",
    "claude-3-opus": "15 75 18.75 30 1.50",
    "claude-sonnet-5-5": "2 10 2.5 4 0.10",
    "claude-sonnet-5": "2 10 2.5 4 0.20",
    "claude-sonnet-4-6": "3 15 3.75 6 0.30",
    "claude-sonnet-4-5": "3 15 3.75 6 0.30",
    "claude-sonnet-4": "3 15 3.75 6 0.30",
    "claude-3-7-sonnet": "3 15 3.75 6 0.30",
    "claude-3-5-sonnet": "3 15 3.75 6 0.30",
    "claude-haiku-5-5": "0.1 0.5 0.125 0.2 0.01",
    "claude-haiku-4-5": "1 5 1.25 2 0.10",
    "claude-3-5-haiku": "0.8 4 1 1.6 0.08",
    "claude-3-haiku": "0.25 1.25 0.30 0.5 0.03",
}
# The ids that Claude Code wrote, and the model each stands for.
DATED = {
    "claude-opus-4-5-20251101": "claude-opus-4-5",
    "claude-opus-4-1-20250805": "claude-opus-4-1",
    "claude-opus-4-20250514": "claude-opus-4",
    "claude-3-opus-20240229": "claude-3-opus",
    "claude-sonnet-4-5-20250929": "claude-sonnet-4-5",
    "claude-sonnet-4-20250514": "claude-sonnet-4",
    "claude-3-7-sonnet-20250219": "claude-3-7-sonnet",
    "claude-3-5-sonnet-20241022": "claude-3-5-sonnet",
    "claude-3-5-sonnet-20240620": "claude-3-5-sonnet",
    "claude-haiku-4-5-20251001": "claude-haiku-4-5",
    "claude-3-5-haiku-20241022": "claude-3-5-haiku",
    "claude-3-haiku-20240307": "claude-3-haiku",
}
PRICES = ("input", "output", "cache_write_5m", "cache_write_1h", "cache_read")

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (SQL / "seeds" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MODELS = {row["model_name"]: row for row in rows("model_pricing.csv")}
_KEY = ("model", "speed", "service_tier", "min_prompt_tokens", "hours_from", "valid_from")
# Of rows with one key and first day the last counts.
CATALOGUE = [
    *{
        tuple(row[name] for name in _KEY): row
        for row in rows("price_catalogue.csv")
        if "/" not in row["model"]
    }.values()
]


def prices(row: Row) -> list[Decimal]:
    return [Decimal(row[f"{name}_price_per_million"]) for name in PRICES]


def listed(model: str) -> list[Decimal]:
    return [Decimal(price) for price in LIST_PRICES[model].split()]


def catalogued(model: str, **wanted: str) -> list[Row]:
    wanted = {"speed": "standard", "service_tier": "standard", "min_prompt_tokens": "0"} | wanted
    return [row for row in CATALOGUE if {"model": model, **wanted}.items() <= row.items()]


@pytest.mark.parametrize("name", [*LIST_PRICES, *DATED])
def test_model_pricing_has_each_model_at_its_list_price(name: str) -> None:
    row = MODELS[name]
    input_price, output, write, _, read = listed(DATED.get(name, name))
    assert Decimal(row["input_price_per_million"]) == input_price
    assert Decimal(row["output_price_per_million"]) == output
    assert input_price * Decimal(row["cache_write_multiplier"]) == write
    assert input_price * Decimal(row["cache_read_multiplier"]) == read


def test_model_pricing_fits_its_table_without_losing_a_digit() -> None:
    with duckdb.connect() as connection:
        connection.execute((SQL / "schema" / "0008_model_pricing.sql").read_text(encoding="utf-8"))
        columns = list(rows("model_pricing.csv")[0])[:5]
        connection.executemany(
            f"insert into model_pricing ({', '.join(columns)}) values (?, ?, ?, ?, ?)",
            [[row[name] for name in columns] for row in MODELS.values()],
        )
        stored = connection.execute(f"select {', '.join(columns)} from model_pricing").fetchall()
    assert {name: values for name, *values in stored} == {
        name: [Decimal(text) for text in list(row.values())[1:5]] for name, row in MODELS.items()
    }


@pytest.mark.parametrize("model", LIST_PRICES)
def test_the_catalogue_has_each_model_at_its_list_price(model: str) -> None:
    (row,) = catalogued(model)
    assert prices(row) == listed(model)
    assert (row["valid_from"], row["valid_until"]) == ("", "")


def test_every_model_of_the_catalogue_is_in_model_pricing_at_the_same_price() -> None:
    for model in {row["model"] for row in CATALOGUE}:
        (row,) = catalogued(model)
        seeded = MODELS[model]
        base = Decimal(seeded["input_price_per_million"])
        write = base * Decimal(seeded["cache_write_multiplier"])
        read = base * Decimal(seeded["cache_read_multiplier"])
        output = Decimal(seeded["output_price_per_million"])
        assert prices(row) == [base, output, write, base * 2, read], model


def test_one_hour_writes_cost_twice_the_input_in_every_row() -> None:
    for row in CATALOGUE:
        input_price, _, _, write_1h, _ = prices(row)
        assert write_1h == 2 * input_price, row


def test_a_batch_costs_half_of_the_tokens_and_all_of_the_searches() -> None:
    models = {row["model"] for row in CATALOGUE}
    for model, threshold in itertools.product(models, ("0", "100000", "200000")):
        standard = catalogued(model, min_prompt_tokens=threshold)
        batches = catalogued(model, service_tier="batch", min_prompt_tokens=threshold)
        assert bool(batches) == bool(standard)
        for batch in batches:
            assert [2 * price for price in prices(batch)] == prices(standard[0])
            searches = "web_search_per_thousand_usd"
            assert batch[searches] == standard[0][searches]


@pytest.mark.parametrize(
    ("model", "factor"),
    [
        ("claude-fable-5-2", 2),
        ("claude-opus-5-5", 2),
        ("claude-opus-5", 2),
        ("claude-opus-4-8", 2),
        ("claude-opus-4-7", 6),
    ],
)
def test_fast_mode_multiplies_every_token_price(model: str, factor: int) -> None:
    (fast,) = catalogued(model, speed="fast")
    assert prices(fast) == [factor * price for price in listed(model)]


def test_fast_mode_ends_when_its_documentation_says() -> None:
    ends = {
        (row["model"], row["valid_until"])
        for row in CATALOGUE
        if row["speed"] == "fast" and row["valid_until"] and row["model"] != "claude-opus-4-6"
    }
    assert ends == {("claude-opus-4-7", "2026-07-24"), ("claude-opus-4-8", "2026-12-01")}


def test_fast_mode_of_opus_4_6_cost_half_at_first_and_nothing_more_at_last() -> None:
    dated = {
        (row["valid_from"], row["hours_until"]): prices(row)[0] / 5
        for row in catalogued("claude-opus-4-6", speed="fast")
    }
    assert dated == {
        ("", ""): 3,
        ("2026-02-17", "08:00"): 3,
        ("2026-02-17", ""): 6,
        ("2026-06-29", ""): 1,
    }


@pytest.mark.parametrize(
    ("model", "threshold", "until", "factors"),
    [
        ("claude-opus-4-6", "200000", "2026-03-13", "2 1.5 2 2 2"),
        ("claude-sonnet-4-6", "200000", "2026-03-13", "2 1.5 2 2 2"),
        ("claude-sonnet-4-5", "200000", "", "2 1.5 2 2 2"),
        ("claude-haiku-5-5", "100000", "", "5 5 5 5 5"),
    ],
)
def test_long_prompts_cost_more_while_their_tier_applied(
    model: str, threshold: str, until: str, factors: str
) -> None:
    (tier,) = catalogued(model, min_prompt_tokens=threshold)
    expected = zip(listed(model), factors.split(), strict=True)
    assert prices(tier) == [price * Decimal(factor) for price, factor in expected]
    assert tier["valid_until"] == until


def test_no_two_rows_of_the_catalogue_hold_at_the_same_time() -> None:
    spans = defaultdict(list)
    for row in CATALOGUE:
        key = tuple(row[name] for name in _KEY[:-1])
        spans[key].append((row["valid_from"], row["valid_until"] or "9999-12-31"))
    for key, found in spans.items():
        for (_, until), (since, _) in itertools.pairwise(sorted(found)):
            assert until <= since, key


def test_every_row_of_the_catalogue_names_its_source_and_its_version() -> None:
    assert {(row["source"], row["source_version"]) for row in CATALOGUE} == {
        ("genai-prices", "0.2.3"),
        ("Anthropic pricing page", "2026-11"),
        ("Anthropic fast mode page", "2026-12"),
        ("Claude Code price table", "2.1.332"),
    }
