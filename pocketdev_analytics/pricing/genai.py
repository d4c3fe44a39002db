"""What the package genai-prices lists for Anthropic's models, as rows of the catalogue.

The only importer of genai-prices, and of its semi-public parts: `data_snapshot`,
`ModelInfo.prices`, `price_variants` and `get_prices`. It is an extra: `pip install
'pocketdev_analytics[prices]'`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from typing import Any, Final

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.pricing.prices import STANDARD, CatalogueRow, Prices

__all__ = ["SOURCE", "installed_version", "listed_rows"]

SOURCE: Final = "genai-prices"

_PROVIDER: Final = "anthropic"
_FIELDS: Final = {
    "input": "input_mtok",
    "cache_write_5m": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "cache_read": "cache_read_mtok",
    "output": "output_mtok",
}
_WEB: Final = "web_searches_kcount"
_VARIANTS: Final = {
    (): (STANDARD, STANDARD),
    (("processing", "batch"),): (STANDARD, "batch"),
    (("speed", "fast"),): ("fast", STANDARD),
}
# Its ids of the models that it names by an alias.
_NAMES: Final = {"claude-opus-4-0": "claude-opus-4", "claude-sonnet-4-0": "claude-sonnet-4"}


def installed_version() -> str:
    """The version of genai-prices that is installed.

    Raises:
        PricingError: it is not.
    """
    try:
        return version(SOURCE)
    except PackageNotFoundError:
        raise PricingError(
            "genai-prices is not installed; run `pip install 'pocketdev_analytics[prices]'`"
        ) from None


def listed_rows() -> list[CatalogueRow]:
    """Every price it has of a model that Claude Code could run, oldest first.

    Models whose cache prices it does not know are left out.

    Raises:
        PricingError: it is not installed, or this version of it cannot be read.
    """
    edition = installed_version()
    try:
        return [row for model in _models() for row in _rows_of(model, edition)]
    except (ImportError, AttributeError, TypeError, KeyError, ValueError) as error:
        raise PricingError(
            f"cannot read the prices of genai-prices {edition}: {error}; install a version"
            " from 0.2.3 on, below 0.3"
        ) from error


def _models() -> list[Any]:
    from genai_prices import data_snapshot

    providers = data_snapshot.get_snapshot().providers
    return next(each for each in providers if each.id == _PROVIDER).models


def _rows_of(model: Any, edition: str) -> Iterator[CatalogueRow]:
    name = _name(model.id)
    for when, (speed, tier) in _VARIANTS.items():
        yield from _merged(
            CatalogueRow(name, start, end, speed, tier, length, prices, SOURCE, edition)
            for start, end, at in _spans(model, when)
            for length, prices in _by_length(at)
        )


def _merged(rows: Iterable[CatalogueRow]) -> list[CatalogueRow]:
    """The rows, those in a row that say the same for one length as one."""
    merged: dict[int, list[CatalogueRow]] = {}
    for row in rows:
        known = merged.setdefault(row.min_prompt_tokens, [])
        if known and (known[-1].valid_until, known[-1].prices) == (row.valid_from, row.prices):
            known[-1] = replace(known[-1], valid_until=row.valid_until)
        else:
            known.append(row)
    return [row for length in sorted(merged) for row in merged[length]]


def _name(model: str) -> str:
    return _NAMES.get(model, model.removesuffix("-latest"))


def _spans(
    model: Any, when: tuple[tuple[str, str], ...]
) -> list[tuple[date | None, date | None, Any]]:
    """From when until when which prices hold for requests of that variant."""
    known = {tuple(variant.when.items()) for variant in model.price_variants or ()}
    if unknown := known - set(_VARIANTS):
        raise ValueError(f"{model.id} has prices for {dict(*unknown)}")
    variants = [v for v in model.price_variants or () if tuple(v.when.items()) == when]
    days = {_start(each) for each in (*_dated(model), *variants)} - {None}
    spans = []
    for start, end in pairwise([date.min, *sorted(filter(None, days)), None]):
        day = start or date.min
        if when and not any((_start(each) or date.min) <= day for each in variants):
            continue
        at = datetime.combine(max(day, date(1970, 1, 1)), time(12), UTC)
        prices = model.get_prices(at, price_context=dict(when) or None)
        spans.append((None if day == date.min else day, end, prices))
    return spans


def _dated(model: Any) -> Sequence[Any]:
    return model.prices if isinstance(model.prices, list) else ()


def _start(priced: Any) -> date | None:
    constraint = priced.constraint
    if constraint is None:
        return None
    day: date = constraint.start_date  # any other condition has none, and is refused
    return day


def _by_length(at: Any) -> Iterator[tuple[int, Prices]]:
    """The prices for prompts of any length, then those over each length where some change."""
    values = {name: getattr(at, field) for name, field in _FIELDS.items()}
    if None in values.values():
        return
    tiered = [value for value in values.values() if hasattr(value, "tiers")]
    for length in sorted({0, *(tier.start for value in tiered for tier in value.tiers)}):
        prices = {name: _beyond(value, length) for name, value in values.items()}
        yield length, Prices(**prices, web_search=getattr(at, _WEB))


def _beyond(value: Any, length: int) -> Any:
    if not hasattr(value, "tiers"):
        return value
    reached = [tier.price for tier in value.tiers if 0 < tier.start <= length]
    return reached[-1] if reached else value.base
