"""The one formula: plain, in full, with tiers, and with a person's own prices."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from operator import mul
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.model import COST_USD, TOKEN_COLUMNS, USAGE, USAGE_COST
from pocketdev_analytics.pricing import CatalogueRow, ModelPrice, PriceBook, Prices, Pricing, price

DAY = datetime(2026, 11, 1, 12, tzinfo=UTC)
PLAIN = Pricing("plain")
PARTS = [name.replace("_tokens", "_cost_usd") for name in TOKEN_COLUMNS] + ["web_search_cost_usd"]


def listed(model: str, *prices: str, **changed: Any) -> CatalogueRow:
    """A row: input, 5m write, 1h write, read, output, and $10 for searches."""
    values = {
        "valid_from": None,
        "valid_until": None,
        "speed": "standard",
        "service_tier": "standard",
        "min_prompt_tokens": 0,
        "source": "a list",
        "source_version": "1",
        **changed,
    }
    return CatalogueRow(model, prices=Prices(tuple(map(Decimal, (*prices, "10")))), **values)


SONNET = listed("claude-sonnet-4-5", "3", "3.75", "6", "0.3", "15")
LONG_SONNET = listed(
    "claude-sonnet-4-5", "6", "7.5", "12", "0.6", "22.5", min_prompt_tokens=200_000
)
HAIKU_3 = listed("claude-3-haiku", "0.25", "0.3", "0.5", "0.03", "1.25")
OPUS = listed("claude-opus-5-5", "4", "5", "8", "0.2", "20")
FAST_OPUS = listed("claude-opus-5-5", "8", "10", "16", "0.4", "40", speed="fast")
BATCH_OPUS = listed("claude-opus-5-5", "2", "2.5", "4", "0.1", "10", service_tier="batch")
LIST = (SONNET, LONG_SONNET, HAIKU_3, OPUS, FAST_OPUS, BATCH_OPUS)


def own(name: str, *numbers: str | None, changed: bool = True) -> ModelPrice:
    """A row of model_pricing: input, write and read multiplier, output."""
    cells = [None if cell is None else Decimal(cell) for cell in numbers]
    return ModelPrice(name, *cells, is_customised=changed)  # type: ignore[arg-type]


def usage(model: str, *tokens: int, **fields: Any) -> pl.LazyFrame:
    counts = dict(zip(TOKEN_COLUMNS, (*tokens, 0, 0, 0, 0, 0), strict=False))
    row = {**dict.fromkeys(USAGE), "model": model, "web_search_requests": 0, "responded_at": DAY}
    return pl.LazyFrame([{**row, **counts, **fields}], schema=USAGE)


def cost(
    lines: pl.LazyFrame, *models: ModelPrice, options: Pricing | None = None
) -> Decimal | None:
    book = PriceBook.of(LIST, models)
    (found,) = price(lines, book, options).collect()["cost_usd"]
    return found if found is None else Decimal(found)


@pytest.mark.parametrize(
    ("model", "tokens", "expected"),
    [
        (SONNET.model, (1000, 10_000, 0, 100_000, 1000), "0.0855"),
        (SONNET.model, (1000, 0, 10_000, 100_000, 1000), "0.108"),
        (SONNET.model, (1000, 4000, 6000, 100_000, 1000), "0.099"),
        (SONNET.model, (1,), "0.000003"),
        (HAIKU_3.model, (0, 1, 0, 0), "0.0000003"),
        (HAIKU_3.model, (0, 0, 0, 1), "0.00000003"),
        (OPUS.model, (10**12, 10**12, 10**12, 10**12, 10**12), "37200000"),
        (OPUS.model, (), "0"),
    ],
)
def test_a_cost_is_exact(model: str, tokens: tuple[int, ...], expected: str) -> None:
    assert cost(usage(model, *tokens)) == Decimal(expected)


def test_a_cost_has_its_six_parts_and_they_add_up_to_it() -> None:
    lines = usage(SONNET.model, 1000, 4000, 6000, 100_000, 1000, web_search_requests=3)
    frame = price(lines, PriceBook.of(LIST)).collect()
    parts = frame.select(PARTS).row(0)
    assert [f"{part.normalize():f}" for part in parts] == [
        *("0.003", "0.015", "0.036", "0.03", "0.015", "0.03"),
    ]
    assert sum(parts, Decimal(0)) == frame["cost_usd"][0]


def test_the_columns_are_those_of_the_schema() -> None:
    for mode in ("full", "plain", "recorded"):
        frame = price(usage("a"), PriceBook.of([]), Pricing(mode))
        assert frame.collect_schema() == USAGE_COST
        assert frame.collect().schema == USAGE_COST


def test_a_model_without_a_price_costs_null_and_not_0() -> None:
    for model in ("qwen3-coder:30b", "claude-opus-48", "claude-sonnet-4"):
        assert cost(usage(model, 1000)) is None
        assert cost(usage(model, 1000), options=PLAIN) is None


def test_a_prompt_is_long_only_if_it_exceeds_the_length() -> None:
    assert cost(usage(SONNET.model, 100_000, 50_000, 30_000, 20_000)) == Decimal("0.6735")
    assert cost(usage(SONNET.model, 100_001, 50_000, 30_000, 20_000)) == Decimal("1.347006")
    assert cost(usage(SONNET.model, 0, 0, 0, 0, 500_000)) == Decimal("7.5")


def test_fast_and_batch_have_their_own_prices() -> None:
    tokens = (1_000_000, 0, 0, 1_000_000, 1_000_000)
    assert cost(usage(OPUS.model, *tokens)) == Decimal("24.2")
    assert cost(usage(OPUS.model, *tokens, speed="fast")) == Decimal("48.4")
    assert cost(usage(OPUS.model, *tokens, service_tier="batch")) == Decimal("12.1")


def test_a_batch_pays_its_searches_in_full() -> None:
    lines = usage(OPUS.model, service_tier="batch", web_search_requests=1)
    assert cost(lines) == Decimal("0.01")


def test_a_price_that_no_list_has_is_not_guessed() -> None:
    for fields in (
        {"speed": "fast", "service_tier": "batch"},
        {"service_tier": "priority"},
        {"inference_geo": "mars"},
    ):
        assert cost(usage(OPUS.model, 1000, **fields)) is None, fields
    assert cost(usage(SONNET.model, 1000, speed="fast")) is None


@pytest.mark.parametrize("name", ["", "standard", None])
def test_standard_may_be_left_unsaid(name: str | None) -> None:
    assert cost(usage(OPUS.model, 1000, speed=name, service_tier=name)) == Decimal("0.004")


@pytest.mark.parametrize(
    ("model", "fields", "expected"),
    [
        ("claude-opus-5-5", {"inference_geo": "us"}, "4.41"),
        ("claude-opus-5-5", {"inference_geo": "us", "speed": "fast"}, "8.81"),
        ("claude-opus-5-5", {"inference_geo": "us", "service_tier": "batch"}, "2.21"),
        ("claude-opus-5-5", {"inference_geo": "not_available"}, "4.01"),
        ("claude-opus-5-5", {"inference_geo": "global"}, "4.01"),
        ("claude-opus-5-5", {"inference_geo": ""}, "4.01"),
        ("claude-haiku-4-5", {"inference_geo": "us"}, "1.01"),
        ("us.anthropic.claude-opus-5-5", {}, "4.41"),
        ("eu.anthropic.claude-opus-5-5-v1:0", {"inference_geo": "us"}, "4.41"),
        ("global.anthropic.claude-opus-5-5", {}, "4.01"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", {}, "3.01"),
    ],
)
def test_a_place_costs_more_for_tokens_and_not_for_searches(
    model: str, fields: dict[str, str], expected: str
) -> None:
    others = [
        listed("claude-haiku-4-5", "1", "1.25", "2", "0.1", "5"),
        listed("claude-sonnet-4", "3", "3.75", "6", "0.3", "15"),
    ]
    short = [row for row in LIST if not row.min_prompt_tokens]
    lines = usage(model, 1_000_000, web_search_requests=1, **fields)
    found = price(lines, PriceBook.of([*short, *others])).collect()["cost_usd"][0]
    assert found == Decimal(expected)


def test_a_price_holds_from_its_day_on_by_utc() -> None:
    rows = [
        listed("m", "1", "1", "2", "1", "1"),
        listed("m", "5", "5", "10", "5", "5", valid_from=date(2026, 3, 13)),
    ]
    at = {
        datetime(2026, 3, 12, 23, 59, 59, tzinfo=UTC): 1,
        datetime(2026, 3, 13, tzinfo=UTC): 5,
    }
    for when, expected in at.items():
        lines = usage("m", 1_000_000, responded_at=when)
        assert price(lines, PriceBook.of(rows)).collect()["cost_usd"][0] == expected
        asked = Pricing(prices_at=date(2026, 1, 1))
        assert price(lines, PriceBook.of(rows), asked).collect()["cost_usd"][0] == 1


def test_searches_without_a_listed_price_have_none_and_their_absence_costs_nothing() -> None:
    prices = Prices.of({"input": Decimal(1), "output": Decimal(1)})
    row = CatalogueRow("m", None, None, "standard", "standard", 0, prices, "", "")
    for searches, expected in ((0, Decimal("0.000001")), (1, None)):
        frame = price(usage("m", 1, web_search_requests=searches), PriceBook.of([row]))
        assert frame.collect()["cost_usd"][0] == expected


def test_plain_is_the_documented_formula_on_the_row_alone() -> None:
    row = own(SONNET.model, "3", "1.25", "0.1", "15", changed=False)
    lines = usage(
        *(SONNET.model, 200_001, 4000, 6000, 100_000, 1000),
        speed="fast",
        inference_geo="us",
        web_search_requests=5,
    )
    # 200,001 at $3, 10,000 written at $3.75, 100,000 read at $0.30 and 1,000 at $15
    assert cost(lines, row, options=PLAIN) == Decimal("0.682503")


def test_plain_needs_a_row_of_model_pricing() -> None:
    assert cost(usage(SONNET.model, 1000), options=PLAIN) is None


LACKING = [(None, "1.25", "0.1", "15"), ("3", "1.25", "0.1", None)]


@pytest.mark.parametrize("lacking", LACKING)
def test_a_row_that_lacks_a_price_makes_the_cost_null_where_no_list_has_one(lacking: Any) -> None:
    for mode in ("full", "plain"):
        assert cost(usage("m", 1000), own("m", *lacking), options=Pricing(mode)) is None
    row = own(SONNET.model, *lacking)
    assert cost(usage(SONNET.model, 1000), row, options=PLAIN) is None


@pytest.mark.parametrize("lacking", LACKING)
def test_a_row_that_lacks_a_price_leaves_a_listed_model_its_list_price(lacking: Any) -> None:
    row = own(SONNET.model, *lacking)
    for mode in ("full", "recorded"):
        assert cost(usage(SONNET.model, 1000), row, options=Pricing(mode)) == Decimal("0.003")
    dated = own(f"{SONNET.model}-20250929", *lacking)
    mine = own(SONNET.model, "2", "1.25", "0.1", "15")
    assert cost(usage(dated.model_name, 1000), dated, mine) == Decimal("0.002")


def test_a_changed_row_takes_precedence_in_every_mode_and_a_seeded_one_does_not() -> None:
    lines = usage(SONNET.model, 1_000_000)
    for mode in ("full", "plain", "recorded"):
        row = own(SONNET.model, "2", "1.25", "0.1", "15")
        # The list bills long prompts twice.
        expected = 2 if mode == "plain" else 4
        assert cost(lines, row, options=Pricing(mode)) == expected
    seeded = own(SONNET.model, "2", "1.25", "0.1", "15", changed=False)
    assert cost(lines, seeded) == 6


def test_a_changed_row_keeps_the_lists_tiers_as_ratios() -> None:
    row = own(OPUS.model, "40", "2", "0.5", "100")
    tokens = (1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000)
    base = Decimal(40 + 80 + 80 + 20 + 100)
    assert cost(usage(OPUS.model, *tokens), row) == base
    assert cost(usage(OPUS.model, *tokens, speed="fast"), row) == base * 2
    assert cost(usage(OPUS.model, *tokens, service_tier="batch"), row) == base / 2
    assert cost(usage(OPUS.model, *tokens, inference_geo="us"), row) == base * Decimal("1.1")
    assert cost(usage(OPUS.model, *tokens, speed="fast", inference_geo="us"), row) == Decimal(704)


def test_a_price_of_every_place_at_every_tier_and_region_is_exact() -> None:
    haiku = ("claude-haiku-5-5", "0.1", "0.125", "0.2", "0.01", "0.5")
    long = ("claude-haiku-5-5", "0.5", "0.625", "1", "0.05", "2.5")
    rows = [listed(*haiku), listed(*long, min_prompt_tokens=100_000)]
    row = own("claude-haiku-5-5", "0.333333", "1.333", "0.077", "0.777777")
    tokens = (100_001, 100_003, 100_007, 100_008, 100_011)
    prices = [Decimal("0.333333") * Decimal(each) for each in ("1", "1.333", "2", "0.077")]
    exact = sum(map(mul, tokens, [*prices, Decimal("0.777777")])) * 5 * Decimal("1.1") / 10**6
    lines = usage("us.anthropic.claude-haiku-5-5", *tokens)
    (found,) = price(lines, PriceBook.of(rows, [row])).collect()["cost_usd"]
    assert found == exact
    assert len(f"{exact.normalize():f}".partition(".")[2]) == 16


def test_a_changed_row_of_an_undated_id_is_of_its_dated_ids_too() -> None:
    rows = [
        own("claude-opus-5-5", "1", "1.25", "0.1", "15"),
        own("claude-opus-5-5-20260901", "4", "1.25", "0.05", "20", changed=False),
    ]
    assert cost(usage("claude-opus-5-5-20260901", 1_000_000), *rows) == 1
    nearer = own("claude-opus-5-5-20260901", "9", "1.25", "0.1", "15")
    assert cost(usage("claude-opus-5-5-20260901", 1_000_000), rows[0], nearer) == 9


def test_a_model_that_only_model_pricing_has_is_priced_from_there() -> None:
    row = own("my-model", "2", "1.5", "0.25", "8")
    tokens = (1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000)
    assert cost(usage("my-model", *tokens), row) == Decimal(2) + 3 + 4 + Decimal("0.5") + 8
    assert cost(usage("my-model", *tokens), row, options=PLAIN) == Decimal("16.5")
    assert cost(usage("my-model", *tokens, speed="fast"), row) is None


def test_what_claude_code_recorded_is_taken_where_it_did() -> None:
    asked = Pricing("recorded")
    recorded = {"recorded_cost_usd": Decimal("0.123456789012345")}
    assert cost(usage(OPUS.model, 1000, **recorded), options=asked) == Decimal("0.123456789012345")
    assert cost(usage("unknown", 1000, **recorded), options=asked) == Decimal("0.123456789012345")
    assert cost(usage(OPUS.model, 1000), options=asked) == Decimal("0.004")
    assert cost(usage(OPUS.model, 1000, **recorded)) == Decimal("0.004")


def test_a_scenario_has_no_recorded_cost() -> None:
    recorded = usage(OPUS.model, 1000, recorded_cost_usd=Decimal(1))
    assert cost(recorded, options=Pricing("recorded", as_model=OPUS.model)) == Decimal("0.004")
    assert cost(recorded, options=Pricing("recorded", is_uncached=True)) == Decimal("0.004")


def test_what_if_another_model_had_run() -> None:
    lines = usage("made-up", 1_000_000, 0, 0, 0, 0, speed="fast", inference_geo="us")
    asked = Pricing(as_model="claude-3-haiku")
    # It has no fast mode and no residency: it would have run without.
    assert cost(lines, options=asked) == Decimal("0.25")
    assert cost(lines, options=Pricing(as_model=OPUS.model)) == Decimal("8.8")
    frame = price(lines, PriceBook.of(LIST), asked).collect()
    assert frame["model"].to_list() == ["made-up"]


def test_what_if_nothing_had_been_cached() -> None:
    lines = usage(SONNET.model, 1000, 4000, 6000, 100_000, 1000)
    # 111,000 tokens of input and 1,000 of output
    assert cost(lines, options=Pricing(is_uncached=True)) == Decimal("0.348")


def test_an_unknown_mode_or_model_says_what_there_is() -> None:
    with pytest.raises(
        PricingError, match=r"unknown pricing 'ful'; expected one of: .*did you mean 'full'\?"
    ):
        cost(usage("m"), options=Pricing("ful"))
    with pytest.raises(PricingError, match=r"'claude-opus-55' has no price; did you mean"):
        cost(usage("m"), options=Pricing(as_model="claude-opus-55"))


def test_each_response_is_priced_once_and_none_is_lost() -> None:
    models = ("a", SONNET.model, OPUS.model, "b", SONNET.model)
    lines = pl.concat([usage(model, 1000, speed=speed) for model in models for speed in (None, "")])
    frame = price(lines, PriceBook.of(LIST)).collect()
    assert frame.height == 10
    assert frame["cost_usd"].null_count() == 4
    assert frame["cost_usd"].sum() == Decimal("0.020")


_counts = st.integers(0, 10**9)
_money = st.decimals("0", "999", places=6)
_factor = st.decimals("0", "20", places=3)


@settings(max_examples=60, deadline=None)
@given(
    tokens=st.tuples(_counts, _counts, _counts, _counts, _counts),
    rates=st.tuples(_money, _factor, _factor, _money),
)
def test_any_plain_cost_equals_an_evaluation_in_pythons_decimals(
    tokens: tuple[int, ...], rates: tuple[Decimal, ...]
) -> None:
    i, w, r, o = rates
    fresh, write_5m, write_1h, read, output = tokens
    writes = write_5m + write_1h
    by_hand = (fresh * i + writes * i * w + read * i * r + output * o) / 10**6
    row = own("m", *map(str, rates))
    assert cost(usage("m", *tokens), row, options=PLAIN) == by_hand


@pytest.mark.parametrize("by", ["model", "session_id", "speed", "responded_at"])
def test_sums_over_any_grouping_agree_to_the_last_digit(by: str) -> None:
    lines = [
        usage(
            (SONNET.model, OPUS.model, HAIKU_3.model)[n % 3],
            *(n * 7919 % 9973, n * 31, n * 17, n * 104_729 % 99_991, n * 13),
            session_id=str(n % 7),
            responded_at=datetime(2026, 1 + n % 11, 1, tzinfo=UTC),
        )
        for n in range(300)
    ]
    priced = price(pl.concat(lines), PriceBook.of(LIST)).collect()
    exact = sum(priced["cost_usd"].to_list(), Decimal(0))
    groups = priced.group_by(by).agg(pl.col("cost_usd").sum())
    assert sum(groups["cost_usd"].to_list(), Decimal(0)) == exact == priced["cost_usd"].sum()
    assert priced["cost_usd"].dtype == COST_USD


def test_who_served_a_response_decides_its_price_list() -> None:
    rows = [
        listed("zai/glm-5.1", "1.4", "1.4", "1.4", "0.26", "4.4"),
        listed("zhipuai/glm-5.1", "0.8", "0.8", "0.8", "0.2", "3.3"),
    ]

    def found(**fields: Any) -> Decimal | None:
        frame = price(usage("glm-5.1", 1_000_000, **fields), PriceBook.of(rows)).collect()
        cost_usd: Decimal | None = frame["cost_usd"][0]
        return cost_usd

    assert found() is None
    assert found(provider="Z.AI") == Decimal("1.4")
    assert found(provider="BigModel") == Decimal("0.8")
    assert found(provider="Novita") is None
