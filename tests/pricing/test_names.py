from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.pricing import CatalogueRow, ModelPrice, PriceBook, Prices, spelled
from pocketdev_analytics.pricing.names import model_version

PROFILE = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile"
OTHERS = {
    "deepseek/deepseek-v4-pro": 1,
    "moonshotai/kimi-k2.6": 1,
    "openrouter/moonshotai/kimi-k2.6": 2,
    "minimax/minimax-m2.7": 1,
    "zai/glm-4.6": 1,
    "zai/glm-5.1": 2,
    "zhipuai/glm-5.1": 1,
    "zai/glm-5.2": 1,
    "zhipuai/glm-5.2": 1,
    "openrouter/qwen/qwen3-coder": 1,
}
LISTED = (
    *("claude-fable-5-2", "claude-opus-5-5", "claude-opus-5", "claude-opus-4-8", "claude-opus-4-5"),
    *("claude-opus-4", "claude-3-opus", "claude-sonnet-4-5", "claude-sonnet-4", "claude-haiku-4-5"),
    *("claude-3-7-sonnet", "claude-3-5-sonnet"),
)


def book(**aliases: str) -> PriceBook:
    prices = Prices.of({"input": Decimal(1), "output": Decimal(1)})
    rows = [CatalogueRow(m, None, None, "standard", "standard", 0, prices, "", "") for m in LISTED]
    return PriceBook.of(rows, aliases=aliases)


def book_of_vendors(**aliases: str) -> PriceBook:
    rows = [
        CatalogueRow(
            *(model, None, None, "standard", "standard", 0),
            Prices.of({"input": Decimal(price), "output": Decimal(price)}),
            *("a list", "1"),
        )
        for model, price in OTHERS.items()
    ]
    return PriceBook.of(rows, aliases=aliases)


@pytest.mark.parametrize(
    ("name", "provider", "model"),
    [
        # the vendor's own name
        ("deepseek-v4-pro", None, "deepseek/deepseek-v4-pro"),
        ("DeepSeek-V4-Pro", None, "deepseek/deepseek-v4-pro"),
        ("deepseek-v4-pro-20260817", None, "deepseek/deepseek-v4-pro"),
        ("MiniMax-M2.7", None, "minimax/minimax-m2.7"),
        ("glm-4.6", None, "zai/glm-4.6"),
        ("glm-5.2", None, "zai/glm-5.2"),  # both lists agree
        # vendor/model
        ("moonshotai/kimi-k2.6-20260420", None, "moonshotai/kimi-k2.6"),
        ("z-ai/glm-5.1", None, "zai/glm-5.1"),
        ("bigmodel/glm-5.1", None, "zhipuai/glm-5.1"),
        ("qwen/qwen3-coder", None, "openrouter/qwen/qwen3-coder"),
        ("openrouter/moonshotai/kimi-k2.6", None, "openrouter/moonshotai/kimi-k2.6"),
        # the provider that the response names
        ("moonshotai/kimi-k2.6", "Moonshot AI", "moonshotai/kimi-k2.6"),
        ("z-ai/glm-5.1", "Z.AI", "zai/glm-5.1"),
        # a listed id
        ("zhipuai/glm-5.1", None, "zhipuai/glm-5.1"),
    ],
)
def test_another_vendors_model_is_found_in_the_list_that_its_name_indicates(
    name: str, provider: str | None, model: str
) -> None:
    assert book_of_vendors().listed_model(name, provider) == model


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("glm-5.1", None),  # two lists of the vendor, two prices
        ("qwen3-coder", None),  # whoever serves it
        ("qwen3-coder:30b", None),
        ("deepseek-v9", None),
        ("someproxy/deepseek-v4-pro", None),
        ("moonshotai/kimi-k2.6", "Novita"),  # its price is in no list here
    ],
)
def test_a_name_without_a_price_list_has_no_price(name: str, provider: str | None) -> None:
    assert book_of_vendors().listed_model(name, provider) is None


def test_an_ambiguous_name_is_decided_by_an_alias() -> None:
    assert book_of_vendors().ambiguous("glm-5.1") == ("zai/glm-5.1", "zhipuai/glm-5.1")
    assert book_of_vendors().ambiguous("glm-9") == ()
    with pytest.raises(PricingError, match=r"'glm-5.1' is ambiguous: zai/glm-5.1 and zhipuai"):
        book_of_vendors().check_model("glm-5.1")
    decided = book_of_vendors(**{"glm-5.1": "zai/glm-5.1"})
    assert decided.listed_model("glm-5.1") == "zai/glm-5.1"
    assert decided.ambiguous("glm-5.1") == ()


@pytest.mark.parametrize(
    ("name", "model"),
    [
        # as Anthropic's API has them
        ("claude-opus-5-5", "claude-opus-5-5"),
        ("claude-opus-4-5-20251101", "claude-opus-4-5"),
        ("claude-opus-4-20250514", "claude-opus-4"),
        ("claude-opus-4-0", "claude-opus-4"),
        ("claude-3-7-sonnet-latest", "claude-3-7-sonnet"),
        ("claude-3-5-sonnet-20240620", "claude-3-5-sonnet"),
        ("claude-3-opus-20240229", "claude-3-opus"),
        ("Claude-Opus-5-5 ", "claude-opus-5-5"),
        # with the long context that Claude Code asks for
        ("claude-sonnet-4-5[1m]", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250929[1m]", "claude-sonnet-4-5"),
        # Vertex
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
        ("claude-opus-4@20250514", "claude-opus-4"),
        ("claude-3-7-sonnet@20250219", "claude-3-7-sonnet"),
        ("claude-opus-5-5@default", "claude-opus-5-5"),
        # Bedrock
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("eu.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
        ("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("global.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5"),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"),
        ("jp.anthropic.claude-fable-5-2", "claude-fable-5-2"),
        ("us.anthropic.claude-opus-4-8-v1", "claude-opus-4-8"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]", "claude-sonnet-4-5"),
        # gateways
        ("anthropic/claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("anthropic/claude-opus-4.5", "claude-opus-4-5"),
        ("anthropic/claude-3.7-sonnet", "claude-3-7-sonnet"),
        ("anthropic/claude-4.5-sonnet-20250929", "claude-sonnet-4-5"),
        ("anthropic/claude-opus-4.8:thinking", "claude-opus-4-8"),
        ("openrouter/anthropic/claude-opus-4.8", "claude-opus-4-8"),
        ("vertex_ai/claude-opus-4-8", "claude-opus-4-8"),
        ("litellm/vertex_ai/claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
        ("bedrock/us.anthropic.claude-opus-4-8", "claude-opus-4-8"),
        ("bedrock/us-east-1/anthropic.claude-opus-4-8-v1:0", "claude-opus-4-8"),
        ("bedrock:claude-opus-4-8", "claude-opus-4-8"),
        ("azure_ai/claude-opus-4-8", "claude-opus-4-8"),
        ("github_copilot/claude-opus-4.8", "claude-opus-4-8"),
        ("databricks-claude-opus-4-8", "claude-opus-4-8"),
        (
            "projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-4-8@default",
            "claude-opus-4-8",
        ),
        # Bedrock ARNs, and Bedrock's endings without its beginning
        (f"{PROFILE}/eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-v1", "claude-opus-5"),
        (
            "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-opus-5",
            "claude-opus-5",
        ),
        ("claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0:200k", "claude-3-5-sonnet"),
        ("claude-3-5-sonnet-v2@20241022", "claude-3-5-sonnet"),
        # Copilot and others
        ("claude-opus-4.8", "claude-opus-4-8"),
        ("claude-opus-4.5-1m", "claude-opus-4-5"),
        ("claude-opus-4-8-fast", "claude-opus-4-8"),
        ("claude-sonnet-4-5-20250929-thinking", "claude-sonnet-4-5"),
        ("claude-4-5-sonnet", "claude-sonnet-4-5"),
        ("claude-sonnet-3.7", "claude-3-7-sonnet"),
    ],
)
def test_a_spelling_of_a_known_model_finds_it(name: str, model: str) -> None:
    assert book().listed_model(name) == model


@pytest.mark.parametrize(
    "name",
    [
        *("claude-opus-48", "claude-opus-4-9", "claude-opus", "opus", "sonnet", "opusplan", ""),
        *("claude-opus-5-5-2026", "xclaude-opus-5", "claude-opus-5x", "claude-opus-5.9"),
        PROFILE.replace(":inference", ":application-inference") + "/abcd1234",
        *("MiniMax-M2.7", "qwen3-coder:30b", "gpt-5.5", "openai/claude-opus-5", "<synthetic>"),
        *("us.claude-opus-5", "mars.anthropic.claude-opus-5", "claude-opus-5[2m]"),
        *("anthropic/claude-opus-6", "someproxy/claude-opus-5", "claude-opus-5:free"),
    ],
)
def test_a_misspelt_or_foreign_model_finds_nothing(name: str) -> None:
    assert book().listed_model(name) is None


@pytest.mark.parametrize(
    ("name", "is_regional"),
    [
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", True),
        ("apac.anthropic.claude-sonnet-4-5-20250929-v1:0", True),
        ("global.anthropic.claude-sonnet-4-5-20250929-v1:0", False),
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", False),
        ("claude-sonnet-4-5@20250929", False),
        (
            "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-opus-5-5-v1:0",
            True,
        ),
        ("arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-opus-5-5-v1:0", False),
        ("bedrock/us.anthropic.claude-opus-4-8", True),
    ],
)
def test_only_bedrock_regions_are_regional(name: str, is_regional: bool) -> None:  # noqa: FBT001
    assert spelled(name).is_regional is is_regional


@pytest.mark.parametrize(
    ("name", "is_fast"),
    [
        ("claude-opus-4-8-fast", True),
        ("claude-opus-4.6-fast", True),
        ("anthropic/claude-opus-4.8-fast", True),
        ("claude-opus-4-8", False),
        ("grok-code-fast-1", False),
    ],
)
def test_a_claude_name_may_ask_for_fast_mode(name: str, is_fast: bool) -> None:  # noqa: FBT001
    assert spelled(name).is_fast is is_fast


def test_an_alias_takes_precedence_over_the_rules() -> None:
    mine = book(**{"claude-opus-48": "claude-opus-4-8", "claude-opus-5": "claude-haiku-4-5"})
    assert mine.listed_model("claude-opus-48") == "claude-opus-4-8"
    assert mine.listed_model("claude-opus-5") == "claude-haiku-4-5"
    assert book(mine="us.anthropic.claude-opus-5-5").spelling("mine").is_regional


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("my-model", "my-model[1m]"),
        ("my-model", "My-Model "),
        ("My-Model", "my-model"),
        ("my-model", "my-model-20260901"),
        ("my-model", "my-model@default"),
    ],
)
def test_an_alias_holds_for_every_spelling_of_its_name(alias: str, name: str) -> None:
    assert book(**{alias: "claude-opus-5-5"}).listed_model(name) == "claude-opus-5-5"


def test_the_alias_that_is_nearest_to_the_name_counts() -> None:
    mine = book(**{"m": "claude-opus-5", "M": "claude-opus-4", "m-20260901": "claude-opus-4-8"})
    assert mine.listed_model("m-20260901[1m]") == "claude-opus-4-8"
    assert mine.listed_model("M") == "claude-opus-4"
    assert mine.listed_model("m") == "claude-opus-5"


def test_a_region_s_spelling_of_an_alias_is_in_that_region() -> None:
    mine = book(**{"claude-new": "claude-opus-5-5"})
    assert mine.spelling("us.anthropic.claude-new-v1:0").is_regional
    assert not mine.spelling("claude-new").is_regional
    exact = book(**{"us.anthropic.claude-new": "claude-opus-5-5"})
    assert not exact.spelling("us.anthropic.claude-new").is_regional


def test_a_row_of_model_pricing_is_found_by_its_own_name_and_by_plainer_ones() -> None:
    def row(name: str, *, is_customised: bool = False) -> ModelPrice:
        one = Decimal(1)
        return ModelPrice(name, one, one, one, one, is_customised)

    seeded = [row("claude-opus-4-5"), row("claude-opus-4-5-20251101")]
    name = "us.anthropic.claude-opus-4-5-20251101-v1:0"
    assert PriceBook.of([], seeded).model_price(name) == seeded[1]
    changed = row("claude-opus-4-5", is_customised=True)
    assert PriceBook.of([], [seeded[1], changed]).model_price(name) == changed
    assert PriceBook.of([], [changed]).model_price("claude-opus-4") is None


@pytest.mark.parametrize(
    ("model", "version"),
    [
        ("claude-opus-4-6", (4, 6)),
        ("claude-opus-5", (5, 0)),
        ("claude-fable-5-2", (5, 2)),
        ("claude-3-7-sonnet", (0, 0)),
        ("my-model-9", (0, 0)),
    ],
)
def test_a_version_is_read_from_the_id(model: str, version: tuple[int, int]) -> None:
    assert model_version(model) == version


def test_every_model_with_a_current_price_is_current() -> None:
    assert book().current_models(date(2026, 11, 1)) == sorted(LISTED)
    gone = replace(next(iter(book().catalogue)), model="gone", valid_until=date(2026, 11, 1))
    rows = [*book().catalogue, gone, replace(gone, model="fast-alone", speed="fast")]
    known = PriceBook.of(rows)
    assert "gone" in known.current_models(date(2026, 10, 31))
    assert known.current_models(date(2026, 11, 1)) == sorted(LISTED)


def test_a_model_without_a_price_is_refused_with_a_suggestion() -> None:
    with pytest.raises(PricingError, match=r"model 'claude-opus-55' has no price; did you mean"):
        book().check_model("claude-opus-55")
    with pytest.raises(PricingError, match="`pricing list` shows"):
        book().check_model("zzz")
