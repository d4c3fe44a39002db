"""All prices known at one moment: the price lists, the user's own prices, and aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

import polars as pl

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.pricing.catalogue import Boundaries, Catalogue
from pocketdev_analytics.pricing.managed import ManagedPrices
from pocketdev_analytics.pricing.names import Spelling, spelled
from pocketdev_analytics.pricing.prices import PRICE_COLUMNS, STANDARD, CatalogueRow, ModelPrice

__all__ = ["PriceBook"]

_MULTIPLIERS: Final = {
    "cache_write_multiplier": Decimal("1.25"),
    "cache_read_multiplier": Decimal("0.1"),
}


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The catalogue, the rows of `model_pricing` by name, aliases, and contracted prices."""

    catalogue: Catalogue
    models: Mapping[str, ModelPrice]
    aliases: Mapping[str, str]
    managed: tuple[ManagedPrices, ...] = ()

    @classmethod
    def of(
        cls,
        rows: Iterable[CatalogueRow],
        models: Iterable[ModelPrice] = (),
        aliases: Mapping[str, str] | None = None,
        managed: Iterable[ManagedPrices] = (),
    ) -> PriceBook:
        """Build a book; the catalogue's rows come in the order they were added."""
        return cls(
            Catalogue(rows),
            {model.model_name: model for model in models},
            aliases or {},
            tuple(sorted(managed, key=lambda edition: edition.valid_from)),
        )

    def managed_on(self, day: date) -> ManagedPrices | None:
        """Return the edition of contracted prices that applies on this day."""
        return next((each for each in reversed(self.managed) if each.valid_from <= day), None)

    def boundaries(self, model: str | None = None) -> Boundaries:
        """Return where the prices of a listed model, or all prices, change."""
        found = self.catalogue.boundaries(model)
        days = {*found.days, *(each.valid_from for each in self.managed)}
        return replace(found, days=tuple(sorted(days)))

    def alias(self, name: str) -> str | None:
        """Return the alias that `name` is, or is a spelling of."""
        lowered = {each.strip().lower(): each for each in self.aliases}
        known = lowered | {each: each for each in self.aliases}
        return next((known[each] for each in spelled(name).ids if each in known), None)

    def spelling(self, name: str, provider: str | None = None) -> Spelling:
        """Return what `name` may stand for; an alias takes precedence over the rules."""
        alias = self.alias(name)
        if alias is None:
            return spelled(name, provider)
        meant, written = spelled(self.aliases[alias]), spelled(name)
        # A regional or fast spelling of an alias stays regional or fast.
        is_other = alias != name
        return replace(
            meant,
            is_regional=meant.is_regional or (is_other and written.is_regional),
            is_fast=meant.is_fast or (is_other and written.is_fast),
        )

    def listed_model(self, name: str, provider: str | None = None) -> str | None:
        """Return the catalogue's id of the model that `name` means; None if unknown."""
        spelling = self.spelling(name, provider)
        # If the response names its provider, that decides the list, not the model's name.
        by_name = provider is None or self.alias(name) is not None
        ids = [each for each in spelling.ids if by_name or "/" not in each]
        known = next((each for each in ids if each in self.catalogue.models), None)
        if known is not None:
            return known
        found = self._nearest(spelling)
        return found[0] if len(set(map(self._rows_of, found))) == 1 else None

    def ambiguous(self, name: str, provider: str | None = None) -> tuple[str, ...]:
        """Return the listed ids that `name` may mean, if their prices differ."""
        if self.listed_model(name, provider) is not None:
            return ()
        return self._nearest(self.spelling(name, provider))

    def _nearest(self, spelling: Spelling) -> tuple[str, ...]:
        groups = (
            tuple(each for each in group if each in self.catalogue.models)
            for group in spelling.listed
        )
        return next(filter(None, groups), ())

    def _rows_of(self, model: str) -> tuple[CatalogueRow, ...]:
        return tuple(replace(row, model="") for row in self.catalogue.of_model(model))

    def model_price(self, name: str) -> ModelPrice | None:
        """Return the row of `model_pricing` for `name`.

        It is the row of the nearest spelling, but rows that the user changed take precedence over
        seeded ones: a price set for `claude-opus-4-5` applies to its dated ids too.
        """
        rows = [self.models[each] for each in self.spelling(name).ids if each in self.models]
        return next((row for row in rows if row.is_own_price), rows[0] if rows else None)

    def meanings(self, names: Iterable[str]) -> pl.DataFrame:
        """Return what each name is priced as: `model, listed_model, own_model`, NULL if unknown.

        `own_model` is the row of `model_pricing` that the user set; it takes precedence.
        """
        rows = [
            (name, self.listed_model(name), row.model_name if row and row.is_own_price else None)
            for name, row in ((name, self.model_price(name)) for name in names)
        ]
        columns = ("model", "listed_model", "own_model")
        return pl.DataFrame(rows, dict.fromkeys(columns, pl.String), orient="row")

    def nearest(self, name: str) -> str:
        """Return the priced model with the most similar name; "" where none is similar."""
        near = get_close_matches(name, sorted({*self.catalogue.models, *self.models}), n=1)
        return near[0] if near else ""

    def check_model(self, name: str) -> str:
        """Return `name` if it has a price.

        Raises:
            PricingError: it has none.
        """
        is_managed = self.managed and self.managed[-1].override(name, self.listed_model)
        if self.listed_model(name) or self.model_price(name) or is_managed:
            return name
        if listed := self.ambiguous(name):
            raise PricingError(
                f"model {name!r} is ambiguous: {' and '.join(listed)} have different prices;"
                " name one of them"
            )
        near = self.nearest(name)
        hint = f"; did you mean {near!r}?" if near else "; `pricing list` shows those with one"
        raise PricingError(f"model {name!r} has no price{hint}")

    def completed_price(self, name: str, given: Mapping[str, Decimal]) -> ModelPrice:
        """Return the row of `model_pricing` to set for a model.

        Values that are not given stay as they are, else are those of the list; a model that is
        neither set nor listed gets the multipliers 1.25 for cache writes and 0.1 for reads.

        Raises:
            PricingError: its input or output price is neither given nor known.
        """
        known = self.models.get(name) or self.model_price(name)
        old = {each: getattr(known, each) for each in PRICE_COLUMNS} if known else _MULTIPLIERS
        row = {each: given.get(each, old.get(each)) for each in PRICE_COLUMNS}
        missing = next((each for each, number in row.items() if number is None), None)
        if missing:
            option = missing.partition("_")[0]
            raise PricingError(f"{name} has no {option} price yet; give --{option} too")
        return ModelPrice(name, **row)  # type: ignore[arg-type]

    def current_models(self, day: date) -> list[str]:
        """Return every Claude model with a list price on that day, by name."""
        noon = datetime.combine(day, time(12), UTC)
        return [
            model
            for model in sorted(self.catalogue.models)
            if "/" not in model and self.catalogue.find(model, STANDARD, STANDARD, 0, noon)
        ]
