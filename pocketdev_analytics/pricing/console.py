"""Price the usage that Claude's console exports as CSV.

Required columns: `usage_date_utc` (2026-11-01), `model_version`, and either `cost_usd` or
the token columns `usage_input_tokens_no_cache, usage_input_tokens_cache_write_5m,
usage_input_tokens_cache_write_1h, usage_input_tokens_cache_read, usage_output_tokens`. Optional
columns: `web_search_count`, `usage_type` (`batch` is a batch), `context_window` (`> 200k`: long
prompts), `inference_geo`, `speed`. All others are ignored.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import polars as pl

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.files.regular import open_regular_text
from pocketdev_analytics.model import COST_USD, USAGE, Schema
from pocketdev_analytics.pricing.book import PriceBook
from pocketdev_analytics.pricing.formula import price

__all__ = ["console_costs"]

_DAY: Final = "usage_date_utc"
_MODEL: Final = "model_version"
_COST: Final = "cost_usd"
_TOKENS: Final = {
    "usage_input_tokens_no_cache": "input_tokens",
    "usage_input_tokens_cache_write_5m": "cache_write_5m_tokens",
    "usage_input_tokens_cache_write_1h": "cache_write_1h_tokens",
    "usage_input_tokens_cache_read": "cache_read_tokens",
    "usage_output_tokens": "output_tokens",
}
_SEARCHES: Final = "web_search_count"
_LONGER: Final = re.compile(r">\s*(?P<thousands>\d{1,9})\s*k", re.IGNORECASE)
# What a column holds: counts of 18 digits, amounts of 20 before the point.
_COUNT: Final = re.compile(r"\d{1,18}")
_AMOUNT_LIMIT: Final = Decimal(10) ** 20
_ROWS: Final[Schema] = {**USAGE, "prompt_tokens": pl.Int64, "billed_usd": COST_USD}


def console_costs(file: Path, book: PriceBook) -> pl.DataFrame:
    """Return the cost of each UTC day and model in the export: `day, model, cost_usd`.

    Without a column `cost_usd`, tokens are priced at the list prices of their day; rows whose
    model has no price are omitted.

    Raises:
        PricingError: the file cannot be read, lacks a column, or a cell is not a date or number.
    """
    rows = pl.DataFrame(_rows(file), schema=_ROWS, orient="row")
    # A row sums up a day's requests, so its tokens are not the length of a prompt.
    priced = price(rows.lazy(), book, prompt_tokens=pl.col("prompt_tokens"))
    cost = pl.coalesce("billed_usd", "cost_usd").alias("cost_usd")
    return (
        priced.select(pl.col("responded_at").dt.date().alias("day"), "model", cost)
        .drop_nulls("cost_usd")
        .collect()
    )


def _rows(file: Path) -> list[dict[str, Any]]:
    try:
        with open_regular_text(file, "utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            _check_columns(file, list(reader.fieldnames or ()))
            return [_row(f"{file}:{reader.line_num}", row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise PricingError(f"cannot read {file}: {reason}; give the console's CSV export") from None


def _check_columns(file: Path, columns: list[str]) -> None:
    needed = [_DAY, _MODEL, *((_COST,) if _COST in columns else _TOKENS)]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise PricingError(
            f"{file} lacks the column {missing[0]!r}; it has {', '.join(columns) or 'none'}"
        )


def _row(place: str, row: Mapping[str, str | None]) -> dict[str, Any]:
    tokens = {ours: _count(place, row, theirs) for theirs, ours in _TOKENS.items()}
    longer = _LONGER.search(row.get("context_window") or "")
    geo, speed = row.get("inference_geo"), row.get("speed")
    return {
        **dict.fromkeys(_ROWS),
        **tokens,
        "responded_at": datetime.combine(_day(place, row), time(), UTC),
        "model": (row.get(_MODEL) or "").strip(),
        "web_search_requests": _count(place, row, _SEARCHES),
        "service_tier": "batch" if (row.get("usage_type") or "").lower() == "batch" else None,
        "speed": speed if speed == "fast" else None,
        "inference_geo": geo if geo == "us" else None,
        "prompt_tokens": int(longer["thousands"]) * 1000 + 1 if longer else 0,
        "billed_usd": _amount(place, row),
    }


def _day(place: str, row: Mapping[str, str | None]) -> date:
    text = (row.get(_DAY) or "").strip()
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise PricingError(
            f"{place}: {_DAY} is {text!r}; expected a date such as 2026-11-01"
        ) from None


def _count(place: str, row: Mapping[str, str | None], column: str) -> int:
    text = (row.get(column) or "0").strip().replace(",", "")
    if not _COUNT.fullmatch(text):
        raise PricingError(f"{place}: {column} is {text!r}; expected a count of tokens")
    return int(text)


def _amount(place: str, row: Mapping[str, str | None]) -> Decimal | None:
    text = (row.get(_COST) or "").strip().removeprefix("$").replace(",", "")
    if not text:
        return None
    try:
        amount = Decimal(text)
        fits = amount.is_finite() and abs(amount) < _AMOUNT_LIMIT
    except InvalidOperation:
        fits = False
    if not fits:
        raise PricingError(f"{place}: {_COST} is {text!r}; expected an amount in US dollars")
    return amount
