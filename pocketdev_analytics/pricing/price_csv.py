"""Prices as text: a number typed or in a cell, and a CSV with columns of `model_pricing`."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.files.regular import open_regular_text
from pocketdev_analytics.pricing.prices import MODEL_PRICING, PRICE_COLUMNS

__all__ = ["price_number", "read_prices"]

# Columns of an export of the table or of `pricing list` that set nothing.
_IGNORED: Final = ("id", "created_at", "updated_at", "price")


def price_number(column: str, text: str) -> Decimal:
    """Parse a number of this column of `model_pricing`.

    Raises:
        PricingError: it is not a number, or does not fit the column.
    """
    size: Any = MODEL_PRICING[column]
    limit = 10 ** (size.precision - size.scale)
    try:
        number = Decimal(text.strip().removeprefix("$"))
        fits = number.is_finite() and 0 <= number < limit
    except InvalidOperation:
        fits = False
    if not fits:
        raise PricingError(f"{column} is {text!r}; expected a number from 0 to below {limit:,}")
    if number != round(number, size.scale):
        raise PricingError(f"{column} is {text!r}; expected at most {size.scale} decimal places")
    return number


def read_prices(file: Path) -> list[tuple[str, dict[str, Decimal]]]:
    """Read a CSV with columns of `model_pricing`: each model with the values that its row sets.

    Raises:
        PricingError: the file cannot be read, has no rows or an unknown column, or a row sets
            nothing.
    """
    try:
        with open_regular_text(file, "utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            _check_columns(file, reader.fieldnames or ())
            rows = [_row(f"{file}:{reader.line_num}", row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise PricingError(f"cannot read {file}: {reason}") from None
    if not rows:
        raise PricingError(f"{file} has no prices; add a row for each model below the first line")
    return rows


def _check_columns(file: Path, columns: Sequence[str]) -> None:
    if "model_name" not in columns:
        raise PricingError(
            f"{file} lacks the column 'model_name'; it has {', '.join(columns) or 'none'}"
        )
    for name in columns:
        if name not in (*MODEL_PRICING, *_IGNORED):
            raise PricingError(f"{file}: unknown column {name!r}; {_hint(name)}")
        if columns.count(name) > 1:
            raise PricingError(f"{file}: column {name!r} occurs twice; leave one out")


def _hint(name: str) -> str:
    named = [each for each in PRICE_COLUMNS if name and each.startswith(name)]
    near = named or get_close_matches(name, MODEL_PRICING, n=1)
    return f"did you mean {near[0]!r}?" if near else f"expected {', '.join(PRICE_COLUMNS)}"


def _row(place: str, row: Mapping[str | None, Any]) -> tuple[str, dict[str, Decimal]]:
    name = (row["model_name"] or "").strip()
    if not name:
        raise PricingError(f"{place}: model_name is empty; name a model")
    if None in row:
        raise PricingError(f"{place}: more cells than columns; write 1.5, not 1,5")
    try:
        given = {each: price_number(each, row[each]) for each in PRICE_COLUMNS if row.get(each)}
    except PricingError as error:
        raise PricingError(f"{place}: {error}") from None
    if not given:
        raise PricingError(f"{place}: {name} has no price; fill in {PRICE_COLUMNS[0]}")
    return name, given
