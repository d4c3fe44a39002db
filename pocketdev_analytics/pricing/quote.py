"""Decide which prices apply to a kind of request, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from pocketdev_analytics.pricing.book import PriceBook
from pocketdev_analytics.pricing.managed import ManagedPrices
from pocketdev_analytics.pricing.names import model_version
from pocketdev_analytics.pricing.options import Pricing
from pocketdev_analytics.pricing.prices import STANDARD, CatalogueRow, ModelPrice, Prices

__all__ = ["Quote", "RequestKey", "quote"]

#: Anthropic's pricing page: a cache write that lives an hour costs twice the input price.
WRITE_1H_MULTIPLIER: Final = Decimal(2)
#: Anthropic's pricing page: data residency in the US, and AWS's for a region's endpoints.
_RESIDENCY_FACTOR: Final = Decimal("1.1")
_RESIDENCY_SINCE: Final = (4, 6)
_REGION_SINCE: Final = (4, 5)
_NOWHERE: Final = ("", "not_available", "global")
_US: Final = "us"
_FAST: Final = "fast"


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The attributes of a request that decide its prices; None if the response lacks one."""

    model: str
    speed: str | None = None
    service_tier: str | None = None
    inference_geo: str | None = None
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """The prices of a kind of request, or the reason for having none.

    Attributes:
        model: The listed model.
        prices: The prices of its units.
        base: The prices of the same model at the same time, before tiers and factors.
        row: The catalogue's row, if one was used.
        own: The row of `model_pricing`, if one was used.
        factor: The region's factor.
        reason: Why there is no price.
        why: The rules that were applied, in order.
    """

    model: str | None = None
    prices: Prices | None = None
    base: Prices | None = None
    row: CatalogueRow | None = None
    own: ModelPrice | None = None
    factor: Decimal = Decimal(1)
    reason: str = ""
    why: tuple[str, ...] = ()


def quote(
    book: PriceBook, kind: RequestKey, *, prompt_tokens: int, at: datetime, options: Pricing
) -> Quote:
    """Return the prices of a request with a prompt of this length at this time (UTC)."""
    name = options.as_model or kind.model
    found = _plain(book, name) if options.mode == "plain" else None
    if not found:
        found = _full(book, kind, name, prompt_tokens, at, is_what_if=bool(options.as_model))
    return replace(found, why=(*_naming(book, kind.model, name, found), *found.why))


def _plain(book: PriceBook, name: str) -> Quote:
    own = book.model_price(name)
    if own is None:
        return Quote(reason="model_pricing has no row with that name")
    prices = own.prices(write_1h_multiplier=own.cache_write_multiplier, web_search=Decimal(0))
    if prices is None:
        return Quote(own.model_name, own=own, reason="its row of model_pricing lacks a price")
    return Quote(own.model_name, prices, prices, own=own, why=(f"model_pricing {own.model_name}",))


def _full(
    book: PriceBook,
    kind: RequestKey,
    name: str,
    prompt_tokens: int,
    at: datetime,
    *,
    is_what_if: bool,
) -> Quote:
    provider = None if is_what_if else kind.provider
    model, own = book.listed_model(name, provider), book.model_price(name)
    edition = book.managed_on(at.date()) if not (own and own.is_own_price) else None
    if edition and (key := edition.override(name, book.listed_model)):
        return _contract_quote(book, edition, key, model, at)
    if model is None:
        return _own_quote(own, kind) if own else Quote(reason=_unknown(book, name, provider))
    speed, tier = _speed(book, kind, name), kind.service_tier or STANDARD
    if is_what_if and not book.catalogue.has(model, speed, tier):
        speed = STANDARD
    row = book.catalogue.find(model, speed, tier, prompt_tokens, at)
    base = book.catalogue.base(model, at)
    customised = own if own and own.is_own_price else None
    if row is None or base is None:
        return Quote(model, own=customised, reason=_missing(book, model, speed, tier, at.date()))
    listed = Quote(model, row.prices, base.prices, row, customised, why=(str(row),))
    quoted = _apply_own_prices(listed, customised, base.prices) if customised else listed
    regional = _apply_region(quoted, kind, is_regional=book.spelling(name).is_regional)
    return _scale(regional, edition) if edition else regional


def _contract_quote(
    book: PriceBook, edition: ManagedPrices, key: str, model: str | None, at: datetime
) -> Quote:
    """Return the rates of a contract exactly as written: without tiers and surcharges."""
    listed = book.catalogue.base(model, at) if model else None
    prices = edition.prices(key, web_search=listed.prices["web_search"] if listed else None)
    quoted = Quote(model or key, prices, prices, listed, why=(f"{edition}, {key} as written",))
    return _scale(quoted, edition)


def _scale(quoted: Quote, edition: ManagedPrices) -> Quote:
    if quoted.prices is None or edition.multiplier == 1:
        return quoted
    why = (*quoted.why, f"{edition}, everything times {edition.multiplier.normalize():f}")
    return replace(quoted, prices=quoted.prices.times(edition.multiplier), why=why)


def _speed(book: PriceBook, kind: RequestKey, name: str) -> str:
    speed = kind.speed or STANDARD
    return _FAST if speed == STANDARD and book.spelling(name).is_fast else speed


def _own_quote(own: ModelPrice, kind: RequestKey) -> Quote:
    prices = own.prices(write_1h_multiplier=WRITE_1H_MULTIPLIER, web_search=None)
    found = Quote(own.model_name, prices, prices, own=own, why=(f"model_pricing {own.model_name}",))
    if prices is None:
        return replace(found, reason="its row of model_pricing lacks a price")
    modes = [each for each in (kind.speed, kind.service_tier) if each and each != STANDARD]
    if modes:
        return replace(found, prices=None, reason=f"model_pricing has no price for {modes[0]}")
    return found


def _apply_own_prices(listed: Quote, own: ModelPrice, base: Prices) -> Quote:
    """Apply the user's prices, keeping the ratios of the list's tiers to its base prices."""
    listed_input, write_1h = base["input"], base["cache_write_1h"]
    multiplier = write_1h / listed_input if listed_input and write_1h else WRITE_1H_MULTIPLIER
    changed = own.prices(write_1h_multiplier=multiplier, web_search=base["web_search"])
    if changed is None or listed.prices is None:
        return listed

    def scaled(name: str, tier: Decimal) -> Decimal:
        mine, theirs = changed[name] or Decimal(0), base[name]
        return mine * tier / theirs if theirs else mine

    why = (f"model_pricing {own.model_name}, as set, instead of the list's", *listed.why)
    return replace(listed, prices=listed.prices.of_tokens(scaled), base=changed, why=why)


def _apply_region(quoted: Quote, kind: RequestKey, *, is_regional: bool) -> Quote:
    """Apply the factor of the region: data residency, or one of Bedrock's regions."""
    geo, version = (kind.inference_geo or "").lower(), model_version(quoted.model or "")
    if geo not in (*_NOWHERE, _US):
        return replace(quoted, prices=None, reason=f"no price for inference_geo {geo!r}")
    if is_regional and version >= _REGION_SINCE:
        why = "a Bedrock region costs 1.1 times"
    elif geo == _US and version >= _RESIDENCY_SINCE:
        why = "inference_geo us costs 1.1 times"
    else:
        return quoted
    if quoted.prices is None:
        return quoted
    prices = quoted.prices.of_tokens(lambda _, price: price * _RESIDENCY_FACTOR)
    return replace(quoted, prices=prices, factor=_RESIDENCY_FACTOR, why=(*quoted.why, why))


def _unknown(book: PriceBook, name: str, provider: str | None) -> str:
    listed = book.ambiguous(name, provider)
    if listed:
        return (
            f"{' and '.join(listed)} have different prices; choose one with"
            f" `pricing alias {name!r} {listed[0]}`"
        )
    served = f" as served by {provider}" if provider else ""
    return f"no price list has it{served}; name its model with `pricing alias {name!r} MODEL`"


def _missing(book: PriceBook, model: str, speed: str, tier: str, day: date) -> str:
    if not book.catalogue.has(model, speed, tier):
        if speed == STANDARD:
            return f"{model} has no list price at service tier {tier!r}"
        at = "" if tier == STANDARD else f" at service tier {tier!r}"
        return f"{model} has no list price in {speed!r} mode{at}"
    return f"{model} had no such list price on {day}"


def _naming(book: PriceBook, written: str, name: str, found: Quote) -> tuple[str, ...]:
    if name != written:
        return (f"priced as {name}",)
    if alias := book.alias(name):
        return (f"alias {alias} = {book.aliases[alias]}",)
    is_other = found.model is not None and found.model != name
    return (f"{name} is {found.model}",) if is_other else ()
