"""The shipped prices: build the seed file, and the rows that `model_pricing` is seeded with."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import polars as pl

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.pricing.book import PriceBook
from pocketdev_analytics.pricing.catalogue import news
from pocketdev_analytics.pricing.prices import (
    CATALOGUE,
    STANDARD,
    CatalogueRow,
    ModelPrice,
    Prices,
)

__all__ = [
    "BY_HAND",
    "SHIPPED",
    "catalogue_csv",
    "catalogue_frame",
    "extend_catalogue",
    "read_catalogue_csv",
    "read_catalogue_frame",
    "seeded_models",
]

#: The file of prices, maintained by hand, that genai-prices lacks or has different.
BY_HAND: Final = "prices_by_hand.csv"
#: The file that stores are seeded from: genai-prices with the prices above.
SHIPPED: Final = "price_catalogue.csv"

_PLACES: Final = Decimal("0.001")


def extend_catalogue(
    folder: Path, listed: Sequence[CatalogueRow], today: date
) -> list[CatalogueRow]:
    """Return the shipped catalogue of `folder`, with new rows of `listed` and of `BY_HAND`.

    New rows are appended; those of `BY_HAND` come last, since they correct the list.
    """
    shipped = folder / SHIPPED
    known = read_catalogue_csv(shipped) if shipped.exists() else []
    added = news(known, listed, today)
    by_hand = [row for row in read_catalogue_csv(folder / BY_HAND) if row not in known]
    return [*known, *added, *by_hand]


def read_catalogue_csv(file: Path) -> list[CatalogueRow]:
    """Read the rows of a file with the columns of the catalogue.

    Raises:
        PricingError: the file cannot be read.
    """
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return [CatalogueRow.from_texts(row) for row in csv.DictReader(lines)]
    except (OSError, ArithmeticError, KeyError, TypeError, ValueError) as error:
        raise PricingError(f"cannot read prices from {file}: {error!r}") from None


def read_catalogue_frame(file: Traversable) -> pl.DataFrame:
    """Read such a file as a frame with the columns of the catalogue."""
    texts = pl.read_csv(io.BytesIO(file.read_bytes()), infer_schema=False)
    return texts.select(_cast(name, kind) for name, kind in CATALOGUE.items())


def _cast(name: str, kind: pl.DataType | type[pl.DataType]) -> pl.Expr:
    text = pl.col(name)
    if kind == pl.Date:
        return text.str.to_date()
    return text.str.to_time("%H:%M") if kind == pl.Time else text.cast(kind)


def catalogue_frame(rows: Iterable[CatalogueRow]) -> pl.DataFrame:
    """Return the rows as a frame with the columns of the catalogue."""
    return pl.DataFrame([row.columns() for row in rows], CATALOGUE, orient="row")


def catalogue_csv(rows: Iterable[CatalogueRow]) -> str:
    """Return the rows as the text of such a file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CATALOGUE)
    writer.writerows([_cell(value) for value in row.columns().values()] for row in rows)
    return text.getvalue()


def seeded_models(book: PriceBook, names: Iterable[str], day: date) -> list[ModelPrice]:
    """Return rows of `model_pricing` for these names and all Claude models, at a day's prices."""
    claude = {model for model in book.catalogue.models if "/" not in model}
    rows = []
    for name in sorted({*names, *claude}):
        model = book.listed_model(name)
        row = book.catalogue.on((model, STANDARD, STANDARD, 0, None), day) if model else None
        if row and row.prices["input"]:
            rows.append(_model_price(name, row.prices))
    return rows


def _model_price(name: str, prices: Prices) -> ModelPrice:
    base = prices["input"] or Decimal(0)

    def multiplier(unit: str) -> Decimal:
        return ((prices[unit] or base) / base).quantize(_PLACES)

    return ModelPrice(
        name, base, multiplier("cache_write_5m"), multiplier("cache_read"), prices["output"]
    )


def _cell(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "" if value is None else value
