"""Read the prices of the package genai-prices as rows of the catalogue.

Claude models come from its provider `anthropic`; other models, as `list/model`, from the lists of
`_LISTS`. Only this module imports genai-prices and its semi-public parts: `data_snapshot`,
`ModelInfo.prices`, `price_variants`, `match` and `get_prices`. It is an extra: `pip install
'pocketdev_analytics[prices]'`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from typing import Any, Final

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.pricing.prices import STANDARD, CatalogueRow, Prices

__all__ = ["SOURCE", "installed_version", "listed_rows"]

SOURCE: Final = "genai-prices"

_CLAUDE: Final = "anthropic"
#: The lists in `names.VENDORS`, with a pattern of the ids to read: models that Claude Code can
#: run. OpenRouter has models of all vendors; Claude models are priced by Anthropic's list.
_LISTS: Final = {
    "deepseek": "",
    "moonshotai": "",
    "minimax": "",
    "zai": "",
    "zhipuai": "",
    "github-copilot": r"(?!claude-)",
    "openai": r"(?:gpt-[4-9]|codex-|o[134])(?!.*(?:audio|image|realtime|transcribe|tts|search))",
    "google": r"gemini-[2-9](?!.*(?:audio|image|live|tts|embedding))",
    "x-ai": r"grok-(?!.*(?:imag|voice|video))",
    "openrouter": r"(?:deepseek|moonshotai|minimax|z-ai|qwen|x-ai|openai|google)/[^:]*$",
}
_FIELDS: Final = {
    "input": "input_mtok",
    "cache_write_5m": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "cache_read": "cache_read_mtok",
    "output": "output_mtok",
    "web_search": "web_searches_kcount",
}
_VARIANTS: Final = {
    (): (STANDARD, STANDARD),
    (("processing", "batch"),): (STANDARD, "batch"),
    (("speed", "fast"),): ("fast", STANDARD),
}
# Service tiers, of the lists that have them.
_TIERS: Final = {
    (("processing", "batch"),): (STANDARD, "batch"),
    (("service_tier", "flex"),): (STANDARD, "flex"),
    (("service_tier", "priority"),): (STANDARD, "priority"),
}
_TIERED: Final = frozenset({"openai"})
# The ids of models that genai-prices names by an alias.
_NAMES: Final = {"claude-opus-4-0": "claude-opus-4", "claude-sonnet-4-0": "claude-sonnet-4"}
_PLACES: Final = Decimal("0.000000001")
_NOON: Final = time(12)


def installed_version() -> str:
    """Return the installed version of genai-prices.

    Raises:
        PricingError: it is not installed.
    """
    try:
        return version(SOURCE)
    except PackageNotFoundError:
        raise PricingError(
            "genai-prices is not installed; run `pip install 'pocketdev_analytics[prices]'`"
        ) from None


def listed_rows() -> list[CatalogueRow]:
    """Return all prices of models that Claude Code can run, oldest first.

    Claude models without cache prices, which are older than Claude Code, are omitted.

    Raises:
        PricingError: genai-prices is not installed, or its version is not supported.
    """
    edition = installed_version()
    try:
        claude = [row for model in _models(_CLAUDE) for row in _claude_rows(model, edition)]
        return claude + [row for name in _LISTS for row in _rows_of_list(name, edition)]
    except (ImportError, AttributeError, TypeError, KeyError, ValueError) as error:
        raise PricingError(
            f"cannot read the prices of genai-prices {edition}: {error}; install a version"
            " from 0.2.3 on, below 0.3"
        ) from error


def _models(provider: str) -> list[Any]:
    from genai_prices import data_snapshot

    providers = data_snapshot.get_snapshot().providers
    return next(each for each in providers if each.id == provider).models


def _claude_rows(model: Any, edition: str) -> Iterator[CatalogueRow]:
    name = _NAMES.get(model.id, model.id.removesuffix("-latest"))
    known = {tuple(variant.when.items()) for variant in model.price_variants or ()}
    if unknown := known - set(_VARIANTS):
        raise ValueError(f"{model.id} has prices for {dict(*unknown)}")
    for when in _VARIANTS:
        rows = _rows_of(model, [name], when, edition)
        yield from (row for row in rows if row.prices["cache_read"] != row.prices["input"])


def _rows_of_list(name: str, edition: str) -> Iterator[CatalogueRow]:
    wanted = re.compile(_LISTS[name])
    known: set[str] = set()
    for model in _models(name):
        ids = [each for each in _ids(model) if wanted.match(each) and each not in known]
        known.update(ids)
        for when in ((), *(_TIERS if name in _TIERED else ())):
            yield from _rows_of(model, [f"{name}/{each}" for each in ids], when, edition)


def _ids(model: Any) -> list[str]:
    """Return the ids of a model in the list: its own, and those that its `match` equals."""
    clauses = [model.match, *getattr(model.match, "or_", ())]
    names = [model.id, *(name for each in clauses if (name := getattr(each, "equals", None)))]
    return list(dict.fromkeys(name.lower() for name in names))


def _rows_of(
    model: Any, names: Sequence[str], when: tuple[tuple[str, str], ...], edition: str
) -> Iterator[CatalogueRow]:
    speed, tier = (_VARIANTS | _TIERS)[when]
    rows = [
        CatalogueRow("", start, end, speed, tier, length, prices, SOURCE, edition, *hours)
        for hours in _hours(model)
        for start, end, at in _spans(model, when, hours[0])
        for length, prices in _by_length(at)
    ]
    for name in names:
        yield from (replace(row, model=name) for row in _merge(rows))


def _merge(rows: Iterable[CatalogueRow]) -> list[CatalogueRow]:
    """Merge consecutive rows with the same prices for a length and hours."""
    merged: dict[tuple[int, time | None], list[CatalogueRow]] = {}
    for row in rows:
        known = merged.setdefault((row.min_prompt_tokens, row.hours_from), [])
        if known and (known[-1].valid_until, known[-1].prices) == (row.valid_from, row.prices):
            known[-1] = replace(known[-1], valid_until=row.valid_until)
        else:
            known.append(row)
    found = sorted(merged.items(), key=lambda each: (each[0][0], each[0][1] or time.min))
    return [row for _, rows_of_key in found for row in rows_of_key]


def _spans(
    model: Any, when: tuple[tuple[str, str], ...], hour: time | None
) -> list[tuple[date | None, date | None, Any]]:
    """Return first day, end and prices of requests of a variant, at an hour."""
    variants = [v for v in model.price_variants or () if tuple(v.when.items()) == when]
    days = {_start(each) for each in (*_conditional(model), *variants)} - {None}
    spans = []
    for start, end in pairwise([date.min, *sorted(filter(None, days)), None]):
        day = start or date.min
        if when and not any((_start(each) or date.min) <= day for each in variants):
            continue
        at = datetime.combine(max(day, date(1970, 1, 1)), hour or _quiet_hour(model), UTC)
        prices = model.get_prices(at, price_context=dict(when) or None)
        spans.append((None if day == date.min else day, end, prices))
    return spans


def _conditional(model: Any) -> Sequence[Any]:
    return model.prices if isinstance(model.prices, list) else ()


def _start(priced: Any) -> date | None:
    constraint = priced.constraint
    if constraint is None or hasattr(constraint, "start_time"):
        return None
    day: date = constraint.start_date  # other conditions lack it, which raises an error
    return day


def _hours(model: Any) -> list[tuple[time | None, time | None]]:
    """Return (None, None) for the entire day, then the hours with prices of their own."""
    found = [
        (each.constraint.start_time, each.constraint.end_time)
        for each in _conditional(model)
        if hasattr(each.constraint, "start_time")
    ]
    return [(None, None), *((_utc(start), _utc(end)) for start, end in found)]


def _utc(at: time) -> time:
    moment = datetime.combine(date(2026, 1, 1), at)
    return moment.astimezone(UTC).time() if at.tzinfo else at


def _quiet_hour(model: Any) -> time:
    """Return a time of day outside all hours with prices of their own."""
    hours = [(start, end) for start, end in _hours(model) if start and end]
    day = datetime(2026, 1, 1, _NOON.hour)  # noqa: DTZ001 - only its time is used
    times = [(day + timedelta(minutes=30 * number)).time() for number in range(48)]
    return next(at for at in times if not any(start <= at < end for start, end in hours))


def _by_length(at: Any) -> Iterator[tuple[int, Prices]]:
    """Yield the prices for prompts of any length, then those over each length with a change."""
    values = {name: getattr(at, field) for name, field in _FIELDS.items()}
    if values["input"] is None or values["output"] is None:
        return
    tiered = [value for value in values.values() if hasattr(value, "tiers")]
    for length in sorted({0, *(tier.start for value in tiered for tier in value.tiers)}):
        yield length, Prices.of({name: _beyond(value, length) for name, value in values.items()})


def _beyond(value: Any, length: int) -> Any:
    if hasattr(value, "tiers"):
        reached = [tier.price for tier in value.tiers if 0 < tier.start <= length]
        value = reached[-1] if reached else value.base
    return value if value is None else value.quantize(_PLACES).normalize() + 0
