"""Full pricing next to genai-prices' own calculation, on usage as Claude Code writes it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from genai_prices import Usage, data_snapshot

from pocketdev_analytics.model import USAGE
from pocketdev_analytics.pricing import PriceBook, Pricing, price, spelled
from pocketdev_analytics.store import open_store

SIZE = 12_000
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
CONTEXTS = {
    ("standard", "standard"): None,
    ("fast", "standard"): {"speed": "fast"},
    ("standard", "batch"): {"processing": "batch"},
}
BATCH_LISTED_FROM = datetime(2026, 10, 14, tzinfo=UTC)
NOT_FOR_CLAUDE_CODE = {"claude-2", "claude-v1"}  # they have no cache prices

SNAPSHOT = data_snapshot.get_snapshot()
PROVIDER = next(each for each in SNAPSHOT.providers if each.id == "anthropic")
MODELS = [each.id for each in PROVIDER.models if each.id not in NOT_FOR_CLAUDE_CODE]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> PriceBook:
    with open_store(tmp_path_factory.mktemp("s") / "s.duckdb", read_only=False) as store:
        return store.price_book()


def variants(model: str) -> list[tuple[str, str]]:
    """The speeds and tiers that genai-prices has prices for."""
    info = next(each for each in PROVIDER.models if each.id == model)
    known = [variant.when for variant in info.price_variants or ()]
    return [key for key, when in CONTEXTS.items() if when is None or when in known]


def generated() -> list[dict[str, Any]]:
    """Requests over all models, days, speeds, tiers and lengths, as the API tells of them."""
    rng = random.Random(20261101)  # noqa: S311 - a seeded choice, no secret
    rows = []
    while len(rows) < SIZE:
        model = MODELS[len(rows) % len(MODELS)]
        speed, tier = rng.choice(variants(model))
        at = FIRST + timedelta(seconds=rng.randrange(330 * 86_400))
        if tier == "batch" and at < BATCH_LISTED_FROM and "5-2" not in model:
            continue
        scale = rng.choice([100, 30_000, 120_000, 400_000])
        w5, w1 = rng.randrange(scale), rng.randrange(scale)
        searches = rng.choice([0, 0, 0, 1, 7])
        rows.append(
            {
                "at": at,
                "model": model,
                "usage": {
                    "input_tokens": rng.choice([0, rng.randrange(scale)]),
                    "cache_creation_input_tokens": w5 + w1,
                    "cache_creation": {
                        "ephemeral_5m_input_tokens": w5,
                        "ephemeral_1h_input_tokens": w1,
                    },
                    "cache_read_input_tokens": rng.randrange(scale),
                    "output_tokens": rng.randrange(scale),
                    "server_tool_use": {"web_search_requests": searches},
                    "service_tier": tier,
                    "speed": speed,
                },
            }
        )
    return rows


def theirs(row: dict[str, Any]) -> Decimal:
    usage = row["usage"]
    extracted = SNAPSHOT.extract_usage({"model": row["model"], "usage": usage}, "anthropic")
    return extracted.calc_price(
        genai_request_timestamp=row["at"],
        price_context=CONTEXTS[usage["speed"], usage["service_tier"]],
    ).total_price


def as_usage(rows: list[dict[str, Any]]) -> pl.LazyFrame:
    frame = [
        {
            **dict.fromkeys(USAGE),
            "response_id": str(index),
            "responded_at": row["at"],
            "model": row["model"],
            "input_tokens": row["usage"]["input_tokens"],
            "cache_write_5m_tokens": row["usage"]["cache_creation"]["ephemeral_5m_input_tokens"],
            "cache_write_1h_tokens": row["usage"]["cache_creation"]["ephemeral_1h_input_tokens"],
            "cache_read_tokens": row["usage"]["cache_read_input_tokens"],
            "output_tokens": row["usage"]["output_tokens"],
            "web_search_requests": row["usage"]["server_tool_use"]["web_search_requests"],
            "speed": row["usage"]["speed"],
            "service_tier": row["usage"]["service_tier"],
        }
        for index, row in enumerate(rows)
    ]
    return pl.LazyFrame(frame, schema=USAGE)


def has_price_of_searches(row: dict[str, Any], book: PriceBook) -> bool:
    model = book.listed_model(row["model"]) or ""
    listed = book.catalogue.of((model, "standard", "standard", 0, None))[-1].prices["web_search"]
    return listed is not None or not row["usage"]["server_tool_use"]["web_search_requests"]


def listed_by_genai(book: PriceBook) -> set[str]:
    return {row.model for row in book.catalogue if row.source == "genai-prices"} - {
        row.model for row in book.catalogue if "/" in row.model
    }


def test_full_prices_equal_those_of_genai_prices_to_the_last_decimal(book: PriceBook) -> None:
    rows = [row for row in generated() if has_price_of_searches(row, book)]
    assert len(rows) > 10_000
    ours = price(as_usage(rows), book, Pricing()).collect()
    ours = ours.sort(pl.col("response_id").cast(pl.Int64))["cost_usd"].to_list()
    wrong = [
        (row, own, other)
        for row, own in zip(rows, ours, strict=True)
        if own != (other := theirs(row))
    ]
    assert not wrong, wrong[:3]
    assert {book.listed_model(row["model"]) for row in rows} == listed_by_genai(book)


def test_every_model_of_genai_prices_is_found_by_its_name(book: PriceBook) -> None:
    assert {book.listed_model(model) for model in MODELS} == listed_by_genai(book)
    assert all(set(spelled(model).ids) & book.catalogue.models for model in MODELS)


# What is meant to differ: the vendor bills it, and genai-prices does not know it.
AT = datetime(2026, 11, 1, tzinfo=UTC)
DIFFERENCES = {
    "a batch before genai-prices lists batches, at half of all tokens": (
        *("claude-opus-4-6", {"service_tier": "batch"}, datetime(2026, 4, 1, tzinfo=UTC)),
        *(Decimal("2.5"), Decimal(5)),
    ),
    "data residency in the US": (
        *("claude-opus-5-5", {"inference_geo": "us"}, AT, Decimal("4.4"), Decimal(4)),
    ),
    "fast mode of Opus 4.6": (
        *("claude-opus-4-6", {"speed": "fast"}, datetime(2026, 6, 28, tzinfo=UTC)),
        *(Decimal(30), Decimal(5)),
    ),
    "fast mode of Opus 4.7, while there was one": (
        *("claude-opus-4-7", {"speed": "fast"}, datetime(2026, 7, 23, tzinfo=UTC)),
        *(Decimal(30), Decimal(5)),
    ),
    "fast mode of Opus 4.7 after its end": (
        *("claude-opus-4-7", {"speed": "fast"}, datetime(2026, 7, 24, tzinfo=UTC)),
        *(None, Decimal(5)),
    ),
    "fast mode where nobody lists a price, which is not the standard price": (
        *("claude-sonnet-4-5", {"speed": "fast"}, AT, None, Decimal(6)),
    ),
}


@pytest.mark.parametrize("reason", DIFFERENCES)
def test_full_differs_from_genai_prices_where_it_is_meant_to(book: PriceBook, reason: str) -> None:
    model, fields, at, ours, other = DIFFERENCES[reason]
    usage = {
        "input_tokens": 1_000_000,
        "cache_creation_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "cache_read_input_tokens": 0,
        "output_tokens": 0,
        "server_tool_use": {"web_search_requests": 0},
        "speed": "standard",
        "service_tier": "standard",
        **fields,
    }
    row = {"at": at, "model": model, "usage": usage}
    lines = as_usage([row]).with_columns(
        pl.lit(fields.get("inference_geo"), pl.String).alias("inference_geo")
    )
    assert price(lines, book).collect()["cost_usd"][0] == ours
    assert theirs(row) == other


def test_bedrocks_regions_cost_what_genai_prices_lists_for_aws(book: PriceBook) -> None:
    aws = next(each for each in SNAPSHOT.providers if each.id == "aws")
    checked = 0
    for region, model in ((r, m) for r in ("us", "global") for m in sorted(book.catalogue.models)):
        name = f"{region}.anthropic.{model}-v1:0"
        found = aws.find_model(name)
        if found is None:
            continue
        listed = found.get_prices(AT).input_mtok
        listed = getattr(listed, "base", listed)
        short = {"prompt_tokens": pl.lit(0)}  # Sonnet 4.5 and Haiku 5.5 cost more for long ones
        lines = as_usage([{"at": AT, "model": name, "usage": MILLION}])
        assert price(lines, book, **short).collect()["cost_usd"][0] == listed, name
        checked += 1
    assert checked > 12


THEIR_MODELS = {
    "deepseek-v4-pro": "deepseek",
    "deepseek-v4-flash": "deepseek",
    "kimi-k3": "moonshotai",
    "MiniMax-M3": "minimax",
    "z-ai/glm-5.3-flash": "zai",
    "bigmodel/glm-5.1": "zhipuai",
    "openrouter/qwen/qwen3.7-flash": "openrouter",
    "gpt-5.4": "openai",
}


@pytest.mark.parametrize(("name", "provider"), THEIR_MODELS.items())
def test_other_vendors_models_cost_what_genai_prices_computes(
    book: PriceBook, name: str, provider: str
) -> None:
    """At every hour of a year of days: DeepSeek's prices depend on the time of day."""
    info = next(each for each in SNAPSHOT.providers if each.id == provider)
    listed = info.find_model(name.partition("/")[2] if "/" in name else name)
    rows = [
        {
            "at": FIRST + timedelta(days=number // 4, hours=number % 24, minutes=number % 60),
            "model": name,
            "usage": {
                "input_tokens": 1000 + number,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": number * 7,
                    "ephemeral_1h_input_tokens": 0,
                },
                "cache_read_input_tokens": number * 500,
                "output_tokens": number,
                "server_tool_use": {"web_search_requests": 0},
                "speed": None,
                "service_tier": None,
            },
        }
        for number in range(1320)
    ]
    ours = price(as_usage(rows), book).collect()
    ours = ours.sort(pl.col("response_id").cast(pl.Int64))["cost_usd"].to_list()
    for row, own in zip(rows, ours, strict=True):
        usage = row["usage"]
        writes, reads = usage["cache_creation"], usage["cache_read_input_tokens"]
        written = writes["ephemeral_5m_input_tokens"]
        tokens = Usage(
            input_tokens=usage["input_tokens"] + written + reads,
            cache_write_tokens=written,
            cache_read_tokens=reads,
            output_tokens=usage["output_tokens"],
        )
        other = listed.calc_price(tokens, info, genai_request_timestamp=row["at"]).total_price
        assert own == other, (row, own, other)


MILLION = {
    "input_tokens": 1_000_000,
    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
    "cache_read_input_tokens": 0,
    "output_tokens": 0,
    "server_tool_use": {"web_search_requests": 0},
    "speed": None,
    "service_tier": None,
}
