from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.pricing import PriceBook
from pocketdev_analytics.pricing.console import console_costs
from pocketdev_analytics.store import open_store

HEADER = (
    "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,"
    "usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,"
    "usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,"
    "web_search_count,inference_geo,speed"
)

SHORT = "2026-11-01,claude-sonnet-4-5,key,Default,standard,≤ 200k,"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> PriceBook:
    with open_store(tmp_path_factory.mktemp("s") / "s.duckdb", read_only=False) as store:
        return store.price_book()


@pytest.fixture
def costs(book: PriceBook, tmp_path: Path) -> Callable[..., list[tuple[str, str, Decimal]]]:
    def read(*lines: str) -> list[tuple[str, str, Decimal]]:
        file = tmp_path / "usage.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
        rows = console_costs(file, book).iter_rows()
        return [(str(day), model, cost) for day, model, cost in rows]

    return read


@pytest.mark.parametrize(
    ("line", "cost"),
    [
        (f"{SHORT}1000,4000,6000,100000,1000,0,,", "0.099"),
        # a day's requests add up to more than a long prompt, and were none
        (f"{SHORT}3000000,0,0,0,0,0,not_available,", "9"),
        ("2026-11-01,claude-sonnet-4-5,key,Default,standard,> 200k,3000000,0,0,0,0,0,,", "18"),
        ("2026-11-01,claude-opus-5-5,key,Default,batch,,1000000,0,0,0,0,1,,", "2.01"),
        ("2026-11-01,claude-opus-5-5,key,Default,standard,,1000000,0,0,0,0,0,us,fast", "8.8"),
        ('2026-11-01T00:00:00Z,claude-opus-5-5,key,,,,"1,000,000",0,0,0,0,,,', "4"),
    ],
)
def test_tokens_are_priced_at_the_list_prices(costs, line: str, cost: str) -> None:
    ((day, _, found),) = costs(HEADER, line)
    assert (day, found) == ("2026-11-01", Decimal(cost))


def test_a_cost_in_the_file_is_taken_as_it_is(costs) -> None:
    rows = costs("usage_date_utc,model_version,cost_usd", "2026-11-01,claude-opus-5-5,$1.234567")
    assert rows == [("2026-11-01", "claude-opus-5-5", Decimal("1.234567"))]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["day,model"], r"lacks the column 'usage_date_utc'; it has day, model"),
        ([""], r"lacks the column 'usage_date_utc'; it has none"),
        (["usage_date_utc,model_version"], "lacks the column 'usage_input_tokens_no_cache'"),
        (
            ["usage_date_utc,model_version,cost_usd", "yesterday,m,1"],
            r"usage.csv:2: usage_date_utc is 'yesterday'; expected a date such as 2026-11-01",
        ),
        (
            ["usage_date_utc,model_version,cost_usd", "2026-11-01,m,much"],
            "usage.csv:2: cost_usd is 'much'; expected an amount",
        ),
        (
            [HEADER, "2026-11-01,m,,,,,some,0,0,0,0,0,,"],
            "usage.csv:2: usage_input_tokens_no_cache is 'some'; expected a count of tokens",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_what_is_wrong(costs, lines, message: str) -> None:
    with pytest.raises(PricingError, match=message):
        costs(*lines)


@pytest.mark.parametrize("amount", ["1e30", "-1e20", "NaN", "sNaN", "Infinity", "9" * 25])
def test_an_amount_that_no_column_holds_is_refused(costs, amount: str) -> None:
    with pytest.raises(PricingError, match=f"cost_usd is '{amount}'; expected an amount"):
        costs("usage_date_utc,model_version,cost_usd", f"2026-11-01,m,{amount}")


@pytest.mark.parametrize("amount", ["99999999999999999999", "-8.07", "0", "1e-7"])
def test_an_amount_that_a_column_holds_is_exact(costs, amount: str) -> None:
    rows = costs("usage_date_utc,model_version,cost_usd", f"2026-11-01,m,{amount}")
    assert rows == [("2026-11-01", "m", Decimal(amount))]


@pytest.mark.parametrize("count", ["99999999999999999999", str(2**63), "9" * 5000])
def test_a_count_that_no_column_holds_is_refused(costs, count: str) -> None:
    with pytest.raises(PricingError, match=f"web_search_count is '{count}'; expected a count"):
        costs(HEADER, f"2026-11-01,m,,,,,0,0,0,0,0,{count},,")


def test_a_file_that_is_not_there_is_named(book: PriceBook, tmp_path: Path) -> None:
    with pytest.raises(PricingError, match=r"cannot read .*nothing.csv"):
        console_costs(tmp_path / "nothing.csv", book)
