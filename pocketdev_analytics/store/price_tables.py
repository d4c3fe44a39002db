"""Change the store's prices on behalf of the user."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import duckdb

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.pricing import CatalogueRow, ManagedPrices, ModelPrice
from pocketdev_analytics.pricing.managed import RATES
from pocketdev_analytics.store.arrow import fetch
from pocketdev_analytics.store.migrations import transaction
from pocketdev_analytics.store.price_book import (
    MANAGED_RATES,
    MODEL,
    PRICES,
    model_values,
    read_book,
)
from pocketdev_analytics.store.price_seeds import update_prices

__all__ = ["PriceTables"]

_NOW: Final = "current_timestamp at time zone 'UTC'"


class PriceTables:
    """Changes to prices, in one transaction each."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def set(self, models: Sequence[ModelPrice]) -> None:
        """Write these rows of `model_pricing`, replacing those of the same name: all or none."""
        with transaction(self._connection):
            for model in models:
                self._set(model)

    def reset(self, model: str) -> None:
        """Reset a model to its seeded price.

        Raises:
            PricingError: it was never seeded.
        """
        seeded = self._connection.execute(
            f"select {', '.join(MODEL)} from model_pricing_seeds where model_name = ?", [model]
        ).fetchall()
        if not seeded:
            raise PricingError(
                f"model {model!r} has no list price; `pricing list` shows those with one"
            )
        self.set([ModelPrice(*seeded[0])])

    def remove(self, model: str) -> None:
        """Remove a model that was never seeded from `model_pricing`."""
        with transaction(self._connection):
            self._connection.execute("delete from model_pricing where model_name = ?", [model])

    def set_alias(self, name: str, model: str) -> str:
        """Price `name` as `model`, or as the model that `model` is an alias of.

        Returns:
            The model.

        Raises:
            PricingError: the model has no price.
        """
        book = read_book(lambda sql: fetch(self._connection, sql))
        alias = book.alias(book.check_model(model))
        meant = book.aliases[alias] if alias else model
        with transaction(self._connection):
            self._connection.execute(
                "insert or replace into model_aliases (name, model) values (?, ?)", [name, meant]
            )
        return meant

    def drop_alias(self, name: str) -> None:
        """Remove the alias `name`.

        Raises:
            PricingError: it is not an alias.
        """
        with transaction(self._connection):
            gone = self._connection.execute(
                "delete from model_aliases where name = ? returning 1", [name]
            ).fetchall()
        if not gone:
            raise PricingError(f"unknown alias {name!r}; `pricing list --aliases` shows all")

    def set_managed(self, edition: ManagedPrices) -> None:
        """Add an edition of contracted prices, replacing one with the same first day."""
        names = ", ".join(("valid_from", "model", *MANAGED_RATES))
        rows = [
            [edition.valid_from, model, *(rates[name] for name in RATES)]
            for model, rates in edition.overrides.items()
        ]
        with transaction(self._connection):
            self._connection.execute(
                "delete from managed_prices where valid_from = ?", [edition.valid_from]
            )
            self._connection.execute(
                "insert or replace into managed_price_editions values (?, ?, ?)",
                [edition.valid_from, edition.multiplier, edition.source],
            )
            for row in rows:
                self._connection.execute(
                    f"insert into managed_prices ({names}) values (?, ?, ?, ?, ?, ?)", row
                )

    def update(self, listed: Sequence[CatalogueRow], today: date) -> list[CatalogueRow]:
        """Add a newer price list; return the added rows. The user's own prices are kept."""
        with transaction(self._connection):
            return update_prices(self._connection, listed, today)

    def _set(self, model: ModelPrice) -> None:
        known = self._connection.execute(
            f"update model_pricing set {', '.join(f'{name} = ?' for name in PRICES)}, "
            f"updated_at = {_NOW} where model_name = ? returning id",
            [*model_values(model)[1:], model.model_name],
        ).fetchall()
        if not known:
            self._connection.execute(
                f"insert into model_pricing ({', '.join(MODEL)}, created_at, updated_at) "
                f"values (?, ?, ?, ?, ?, {_NOW}, {_NOW})",
                model_values(model),
            )
