"""The shipped prices: how the seed files are made, and what `model_pricing` is seeded with."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.pricing.book import PriceBook
from pocketdev_analytics.pricing.catalogue import news
from pocketdev_analytics.pricing.prices import CATALOGUE, STANDARD, CatalogueRow, ModelPrice

__all__ = ["BY_HAND", "SHIPPED", "catalogue_csv", "read_catalogue_csv", "renewed", "seeded_models"]

#: The file of prices that genai-prices lacks, kept by hand.
BY_HAND: Final = "prices_by_hand.csv"
#: The file that stores are seeded from: both together.
SHIPPED: Final = "price_catalogue.csv"

_PLACES: Final = Decimal("0.001")


def renewed(folder: Path, listed: Sequence[CatalogueRow], today: date) -> list[CatalogueRow]:
    """The shipped catalogue of `folder` with what its hand-kept file and `listed` add to it.

    Rows that are there stay as they are and where they are: the file is appended to.
    """
    shipped = folder / SHIPPED
    known = read_catalogue_csv(shipped) if shipped.exists() else []
    by_hand = [row for row in read_catalogue_csv(folder / BY_HAND) if row not in known]
    return [*known, *by_hand, *news(known, listed, today)]


def read_catalogue_csv(file: Path) -> list[CatalogueRow]:
    """The rows of a file with the columns of the catalogue.

    Raises:
        PricingError: it cannot be read as such.
    """
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return [CatalogueRow.from_texts(row) for row in csv.DictReader(lines)]
    except (OSError, ArithmeticError, KeyError, TypeError, ValueError) as error:
        raise PricingError(f"cannot read prices from {file}: {error!r}") from None


def catalogue_csv(rows: Iterable[CatalogueRow]) -> str:
    """The rows as such a file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CATALOGUE)
    writer.writerows([_cell(value) for value in row.columns().values()] for row in rows)
    return text.getvalue()


def seeded_models(book: PriceBook, names: Iterable[str], day: date) -> list[ModelPrice]:
    """The rows of `model_pricing` for these names and every listed model, at that day's prices."""
    rows = []
    for name in sorted({*names, *book.catalogue.models}):
        model = book.listed_model(name)
        row = book.catalogue.on((model, STANDARD, STANDARD, 0), day) if model else None
        if row and row.prices.input:
            rows.append(_model_price(name, row))
    return rows


def _model_price(name: str, row: CatalogueRow) -> ModelPrice:
    prices = row.prices
    return ModelPrice(
        name,
        prices.input,
        (prices.cache_write_5m / prices.input).quantize(_PLACES),
        (prices.cache_read / prices.input).quantize(_PLACES),
        prices.output,
    )


def _cell(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else value
