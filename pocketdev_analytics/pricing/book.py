"""Everything that is known of prices at one moment: the list, the person's own, the aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

import polars as pl

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.pricing.catalogue import Catalogue
from pocketdev_analytics.pricing.names import Spelling, spelled
from pocketdev_analytics.pricing.prices import STANDARD, CatalogueRow, ModelPrice

__all__ = ["PriceBook"]


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The catalogue, the rows of `model_pricing` by name, and what names a person gave models."""

    catalogue: Catalogue
    models: Mapping[str, ModelPrice]
    aliases: Mapping[str, str]

    @classmethod
    def of(
        cls,
        rows: Iterable[CatalogueRow],
        models: Iterable[ModelPrice] = (),
        aliases: Mapping[str, str] | None = None,
    ) -> PriceBook:
        """A book of these rows, the catalogue's in the order they were added."""
        return cls(Catalogue(rows), {model.model_name: model for model in models}, aliases or {})

    def alias(self, name: str) -> str | None:
        """The alias that `name` is, or is a spelling of."""
        folded = {each.strip().lower(): each for each in self.aliases}
        known = folded | {each: each for each in self.aliases}
        return next((known[each] for each in spelled(name).ids if each in known), None)

    def spelling(self, name: str) -> Spelling:
        """What `name` may stand for; a person's word for it goes before the rule."""
        alias = self.alias(name)
        if alias is None:
            return spelled(name)
        meant = spelled(self.aliases[alias])
        # A region's spelling of an alias is in that region; a person's own word is taken whole.
        is_regional = meant.is_regional or (alias != name and spelled(name).is_regional)
        return replace(meant, is_regional=is_regional)

    def listed_model(self, name: str) -> str | None:
        """The catalogue's id of the model that `name` means, if it has it."""
        ids = self.spelling(name).ids
        return next((each for each in ids if each in self.catalogue.models), None)

    def model_price(self, name: str) -> ModelPrice | None:
        """The row of `model_pricing` for `name`.

        The row of its nearest spelling, but one that a person priced goes before one
        that is as it was seeded: who prices `claude-opus-4-5` means its dated ids too.
        """
        rows = [self.models[each] for each in self.spelling(name).ids if each in self.models]
        return next((row for row in rows if row.is_own_price), rows[0] if rows else None)

    def meanings(self, names: Iterable[str]) -> pl.DataFrame:
        """What each name is priced as: `model, listed_model, own_model`, NULL where it is none.

        `own_model` is the row of `model_pricing` that a person set, and goes first.
        """
        rows = [
            (name, self.listed_model(name), row.model_name if row and row.is_own_price else None)
            for name, row in ((name, self.model_price(name)) for name in names)
        ]
        columns = ("model", "listed_model", "own_model")
        return pl.DataFrame(rows, dict.fromkeys(columns, pl.String), orient="row")

    def check_model(self, name: str) -> str:
        """`name`, if it has a price.

        Raises:
            PricingError: it has none.
        """
        if self.listed_model(name) or self.model_price(name):
            return name
        near = get_close_matches(name, sorted({*self.catalogue.models, *self.models}), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "; `pricing list` shows those that have"
        raise PricingError(f"no model {name!r} has a price{hint}")

    def current_models(self, day: date) -> list[str]:
        """Every listed model that has a price on that day, by name."""
        catalogue = self.catalogue
        return [
            model
            for model in sorted(catalogue.models)
            if catalogue.on((model, STANDARD, STANDARD, 0), day)
        ]
