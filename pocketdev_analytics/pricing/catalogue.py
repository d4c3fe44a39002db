"""The dated catalogue: which listed price held when, and what a newer list adds to it.

The catalogue is appended to, never overwritten. Of rows with the same key and the same first
day the last one counts: that is how a later edition corrects, ends or withdraws a price. Of
those that hold on a day, the one with the latest first day counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from pocketdev_analytics.pricing.prices import CatalogueRow

__all__ = ["Catalogue", "news"]

Key = tuple[str, str, str, int]


class Catalogue:
    """Listed prices, in the order in which they were added."""

    def __init__(self, rows: Iterable[CatalogueRow]) -> None:
        editions: dict[Key, dict[date, CatalogueRow]] = defaultdict(dict)
        for row in rows:
            editions[row.key][row.from_day] = row
        self._rows = {
            key: sorted(by_day.values(), key=lambda row: row.from_day)
            for key, by_day in editions.items()
        }
        self.models = frozenset(model for model, *_ in self._rows)
        self._lengths: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for model, speed, tier, length in sorted(self._rows, reverse=True):
            self._lengths[model, speed, tier].append(length)

    def of(self, key: Key) -> list[CatalogueRow]:
        """The rows of a key that count, by their first day."""
        return self._rows.get(key, [])

    def on(self, key: Key, day: date) -> CatalogueRow | None:
        """The row of a key that holds on that day."""
        holding = [row for row in self.of(key) if row.holds_on(day)]
        return holding[-1] if holding else None

    def find(
        self, model: str, speed: str, service_tier: str, prompt_tokens: int, day: date
    ) -> CatalogueRow | None:
        """The price of a request with a prompt of that length on that day."""
        for length in self._lengths.get((model, speed, service_tier), ()):
            if prompt_tokens > length or not length:
                row = self.on((model, speed, service_tier, length), day)
                if row:
                    return row
        return None

    def has(self, model: str, speed: str, service_tier: str) -> bool:
        """Whether there is, or ever was, such a price."""
        return (model, speed, service_tier) in self._lengths

    def days(self) -> list[date]:
        """Every day on which a price begins or ends, sorted."""
        return sorted({day for row in self for day in (row.valid_from, row.valid_until) if day})

    def lengths(self) -> list[int]:
        """Every length of a prompt beyond which some price changes, sorted."""
        return sorted({length for *_, length in self._rows if length})

    def __iter__(self) -> Iterator[CatalogueRow]:
        return (row for rows in self._rows.values() for row in rows)


def news(
    known: Sequence[CatalogueRow], offered: Sequence[CatalogueRow], today: date
) -> list[CatalogueRow]:
    """The rows to append to `known`, so that it says what the newer list `offered` says.

    A change that the list gives no day for counts from `today`: what was reported
    yesterday stays. An announced price that the list no longer has is withdrawn, and a
    price that it no longer has for a model it still knows ends `today`.
    """
    catalogue = Catalogue(known)
    added = [new for row in offered if (new := _addition(catalogue, row, today))]
    return added + _endings(catalogue, offered, today)


def _addition(catalogue: Catalogue, row: CatalogueRow, today: date) -> CatalogueRow | None:
    if row.model not in catalogue.models:
        return row
    same_start = [old for old in catalogue.of(row.key) if old.from_day == row.from_day]
    if any(_says_the_same(old, row) for old in same_start):
        return None
    if row.valid_from:
        before = catalogue.on(row.key, row.valid_from)
        return None if before and _says_the_same(before, row) else row
    if any(old.prices == row.prices for old in same_start):
        return row  # only its end is new, and that has a day
    return replace(row, valid_from=today) if _is_new_today(catalogue, row, today) else None


def _is_new_today(catalogue: Catalogue, row: CatalogueRow, today: date) -> bool:
    now = catalogue.on(row.key, today)
    return row.holds_on(today) and not (now and _says_the_same(now, row))


def _says_the_same(old: CatalogueRow, new: CatalogueRow) -> bool:
    return old.prices == new.prices and old.valid_until == new.valid_until


def _endings(
    catalogue: Catalogue, offered: Sequence[CatalogueRow], today: date
) -> list[CatalogueRow]:
    """The rows that end or withdraw what the list has no more."""
    if not offered:
        return []
    models, source = {row.model for row in offered}, offered[0]
    starts: dict[Key, set[date]] = defaultdict(set)
    for row in offered:
        starts[row.key].add(row.from_day)
    ended = []
    for old in catalogue:
        if old.model not in models or old.source != source.source:
            continue
        end = _end(old, starts[old.key], today)
        if end:
            ended.append(replace(old, valid_until=end, source_version=source.source_version))
    return ended


def _end(old: CatalogueRow, starts: set[date], today: date) -> date | None:
    if old.from_day > today and old.from_day not in starts:
        return None if old.valid_until == old.from_day else old.from_day
    is_open = old.valid_until is None or old.valid_until > today
    return today if is_open and not starts and old.holds_on(today) else None
