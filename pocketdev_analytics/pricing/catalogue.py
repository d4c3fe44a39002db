"""The dated catalogue: which list price applied when, and what a newer list adds to it.

Rows are appended, never overwritten. The last row with the same key and first day replaces earlier
ones: that is how a later edition corrects, ends or withdraws a price. If several rows apply at a
time, the one with the latest first day is used.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from pocketdev_analytics.pricing.prices import STANDARD, CatalogueRow, Key

__all__ = ["Boundaries", "Catalogue", "news"]

_NO_ROWS: Sequence[CatalogueRow] = ()


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The days, prompt lengths and times of day (UTC) at which some price changes, sorted.

    A prompt is beyond a length if it is longer.
    """

    days: tuple[date, ...] = ()
    lengths: tuple[int, ...] = ()
    times: tuple[time, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[CatalogueRow]) -> Boundaries:
        """Return the boundaries of these prices."""
        rows = tuple(rows)
        days = {day for row in rows for day in (row.valid_from, row.valid_until)}
        times = {at for row in rows for at in (row.hours_from, row.hours_until)}
        lengths = {row.min_prompt_tokens for row in rows} - {0}
        return cls(
            tuple(sorted(filter(None, days))),
            tuple(sorted(lengths)),
            tuple(sorted(at for at in times if at and at != time.min)),
        )

    def cells_of(self, other: Boundaries) -> list[int]:
        """For each cell between the boundaries of `other`, in order, the number of the one here.

        Cells are numbered by day, then length, then time.
        """
        days = [0, *(bisect_right(self.days, day) for day in other.days)]
        lengths = [0, *(bisect_right(self.lengths, length) for length in other.lengths)]
        times = [0, *(bisect_right(self.times, at) for at in other.times)]
        count_lengths, count_times = len(self.lengths) + 1, len(self.times) + 1
        rows = [day * count_lengths + length for day in days for length in lengths]
        return [row * count_times + at for row in rows for at in times]


class Catalogue:
    """List prices, in the order in which they were added."""

    def __init__(self, rows: Iterable[CatalogueRow]) -> None:
        editions: dict[Key, dict[date, CatalogueRow]] = defaultdict(dict)
        for row in rows:
            editions[row.key][row.from_day] = row
        self._rows = {
            key: sorted(by_day.values(), key=lambda row: row.from_day)
            for key, by_day in editions.items()
        }
        self.models = frozenset(model for model, *_ in self._rows)
        self._by_kind: dict[tuple[str, str, str], list[CatalogueRow]] = defaultdict(list)
        self._of_model: dict[str, list[CatalogueRow]] = defaultdict(list)
        for row in self:
            self._by_kind[row.model, row.speed, row.service_tier].append(row)
            self._of_model[row.model].append(row)

    def of(self, key: Key) -> Sequence[CatalogueRow]:
        """Return the rows in use for a key, by their first day."""
        return self._rows.get(key, _NO_ROWS)

    def of_model(self, model: str) -> Sequence[CatalogueRow]:
        """Return the rows in use for a model."""
        return self._of_model.get(model, _NO_ROWS)

    def on(self, key: Key, day: date) -> CatalogueRow | None:
        """Return the row of a key that applies on this day."""
        rows = [row for row in self.of(key) if row.holds_on(day)]
        return rows[-1] if rows else None

    def find(
        self, model: str, speed: str, service_tier: str, prompt_tokens: int, at: datetime
    ) -> CatalogueRow | None:
        """The price of a request with a prompt of that length at that time (UTC).

        The longest prompt length reached decides, then prices of certain hours, then the day.
        """
        rows = [
            row
            for row in self._by_kind.get((model, speed, service_tier), _NO_ROWS)
            if (prompt_tokens > row.min_prompt_tokens or not row.min_prompt_tokens)
            and row.holds_at(at)
        ]
        return max(
            rows,
            key=lambda row: (row.min_prompt_tokens, row.hours_from is not None, row.from_day),
            default=None,
        )

    def base(self, model: str, at: datetime) -> CatalogueRow | None:
        """Return the standard price of a model for short prompts at this time (UTC)."""
        return self.find(model, STANDARD, STANDARD, 0, at)

    def has(self, model: str, speed: str, service_tier: str) -> bool:
        """Whether there is or was such a price."""
        return (model, speed, service_tier) in self._by_kind

    def boundaries(self, model: str | None = None) -> Boundaries:
        """Return where the prices of a model, or all prices, change."""
        return Boundaries.of(self if model is None else self.of_model(model))

    def __iter__(self) -> Iterator[CatalogueRow]:
        return (row for rows in self._rows.values() for row in rows)


def news(
    known: Sequence[CatalogueRow], offered: Sequence[CatalogueRow], today: date
) -> list[CatalogueRow]:
    """Return the rows to append to `known` to bring it up to date with a newer list.

    A change without a date applies from `today`, so that past reports do not change. An announced
    price that the list no longer has is withdrawn, and a price that it no longer has for a model
    that it still has ends `today`.
    """
    catalogue = Catalogue(known)
    # Rows that the list has not changed keep the corrections made by hand.
    stated = {(row.source, row.key, row.from_day): _terms(row) for row in known}
    news_of_list = [
        row for row in offered if stated.get((row.source, row.key, row.from_day)) != _terms(row)
    ]
    added = [new for row in news_of_list if (new := _addition(catalogue, row, today))]
    return added + _endings(catalogue, offered, today)


def _addition(catalogue: Catalogue, row: CatalogueRow, today: date) -> CatalogueRow | None:
    if row.model not in catalogue.models:
        return row
    same_start = [old for old in catalogue.of(row.key) if old.from_day == row.from_day]
    if any(_is_same(old, row) for old in same_start):
        return None
    if row.valid_from:
        before = catalogue.on(row.key, row.valid_from)
        return None if before and _is_same(before, row) else row
    if any(old.prices == row.prices for old in same_start):
        return row  # only its end is new, and that has a day
    return replace(row, valid_from=today) if _is_new_today(catalogue, row, today) else None


def _is_new_today(catalogue: Catalogue, row: CatalogueRow, today: date) -> bool:
    now = catalogue.on(row.key, today)
    return row.holds_on(today) and not (now and _is_same(now, row))


def _is_same(old: CatalogueRow, new: CatalogueRow) -> bool:
    return _terms(old) == _terms(new)


def _terms(row: CatalogueRow) -> tuple[object, ...]:
    return (row.prices, row.valid_until, row.hours_until)


def _endings(
    catalogue: Catalogue, offered: Sequence[CatalogueRow], today: date
) -> list[CatalogueRow]:
    """Return the rows that end or withdraw prices that the list no longer has."""
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
