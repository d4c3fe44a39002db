"""The interface of a store that reports use, so that tests can fake it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from pocketdev_analytics.model.history import Evidence, History, Provenance, Queue
from pocketdev_analytics.pricing import PriceBook

__all__ = ["ReadOnce", "ReportSource"]


class ReportSource(Protocol):
    """Facts, where they come from and what prices them."""

    @property
    def path(self) -> Path:
        """The file that the facts are in."""

    @property
    def history(self) -> Callable[..., History]:
        """Return all facts; the arguments are those of `Pricing.to_arguments`."""

    @property
    def usage_cost(self) -> Callable[..., pl.LazyFrame]:
        """Return usage alone, priced likewise: `model.USAGE_COST`."""

    def usage_kinds(self) -> pl.LazyFrame:
        """The distinct models, speeds and service tiers of the usage."""

    def cost_states(self) -> pl.LazyFrame:
        """Claude Code's own sums: `reports.COST_STATES`."""

    @property
    def session_bills(self) -> Callable[..., pl.LazyFrame]:
        """What is in them beyond a session's lines, priced like `usage_cost`."""

    @property
    def price_calls(self) -> Callable[..., pl.LazyFrame]:
        """Rows of tokens, priced like `usage_cost`."""

    def line_tokens(self) -> pl.LazyFrame:
        """Tokens of all lines of a UTC day and model."""

    def price_book(self) -> PriceBook:
        """The prices in effect."""

    def provenance(self) -> Provenance:
        """Return the provenance of the facts."""

    def evidence(self) -> Evidence:
        """Return the evidence behind the facts, for audits."""

    def named_query(
        self, name: str, parameters: Mapping[str, object] | None = None
    ) -> pl.DataFrame:
        """The rows of a query by its name."""

    def queue(self) -> Queue:
        """PocketDev's queue as last synced."""

    def conversation_messages(self) -> pl.LazyFrame:
        """Return PocketDev's messages: `model.CONVERSATION_MESSAGES`."""

    def session_files(self) -> pl.DataFrame:
        """The imported session files: `model.SESSION_FILES`."""

    def response_lines(self) -> pl.LazyFrame:
        """Return the file and line of each response: `response_id, session_id, path, line_no`."""


class ReadOnce:
    """A source whose history is read once, for several pages of the same settings.

    It is asked for with the same `group` each time. A history at other prices, or with other
    names, is read each time that it is asked for.
    """

    def __init__(self, source: ReportSource) -> None:
        self._source = source
        self._history: History | None = None

    def history(
        self,
        *,
        group: Callable[[History], History] | None = None,
        redaction: Any = None,
        **options: Any,
    ) -> History:
        """Return all facts, as the source does; collected if nothing else is asked."""
        if options or redaction is not None:
            return self._source.history(group=group, redaction=redaction, **options)
        if self._history is None:
            self._history = self._source.history(group=group).collect()
        return self._history

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)
