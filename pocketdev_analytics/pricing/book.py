"""Everything that is known of prices at one moment: the list, the person's own, the aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.pricing.catalogue import Catalogue
from pocketdev_analytics.pricing.names import Spelling, model_version, spelled
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

    def spelling(self, name: str) -> Spelling:
        """What `name` may stand for; a person's word for it goes before the rule."""
        return spelled(self.aliases.get(name, name))

    def listed_model(self, name: str) -> str | None:
        """The catalogue's id of the model that `name` means, if it has it."""
        ids = self.spelling(name).ids
        return next((each for each in ids if each in self.catalogue.models), None)

    def model_price(self, name: str) -> ModelPrice | None:
        """The row of `model_pricing` for `name`.

        The row of its nearest spelling, but one that a person changed goes before one
        that is as it was seeded: who prices `claude-opus-4-5` means its dated ids too.
        """
        rows = [self.models[each] for each in self.spelling(name).ids if each in self.models]
        return next((row for row in rows if row.is_customised), rows[0] if rows else None)

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

    def newest_models(self) -> list[str]:
        """The newest listed model of each family: what is sold today, the dearest first."""
        newest: dict[str, tuple[tuple[int, int], str]] = {}
        for model in sorted(self.catalogue.models):
            family, version = _family(model)
            newest[family] = max(newest.get(family, ((0, 0), "")), (version, model))
        return sorted((model for _, model in newest.values()), key=self._output, reverse=True)

    def _output(self, model: str) -> tuple[object, str]:
        row = self.catalogue.of((model, STANDARD, STANDARD, 0))[-1]
        return row.prices.output, model


def _family(model: str) -> tuple[str, tuple[int, int]]:
    words = [word for word in model.split("-")[1:] if not word.isdigit()]
    return " ".join(words), model_version(model)
