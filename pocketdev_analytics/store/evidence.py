"""What the store knows of how its facts came about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from pocketdev_analytics.history import Evidence
from pocketdev_analytics.schema import FILE_STATES, QUARANTINED_LINES, RESPONSE_FOLDS, Schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from pocketdev_analytics.store.store import Store

__all__ = ["read_evidence"]

_FILE_STATES = (
    "(select session_id, count_lines, unread_bytes > 0 as is_unfinished, "
    "gone_at is not null as is_gone from session_files)"
)


def read_evidence(store: Store, frame: Callable[[str, Schema], pl.LazyFrame]) -> Evidence:
    """The evidence that `store` holds; `frame` makes a lazy frame of one of its relations."""
    return Evidence(
        folds=frame("response_folds", RESPONSE_FOLDS),
        sessions=frame("(select distinct session_id from responses)", {"session_id": pl.String}),
        files=frame(_FILE_STATES, FILE_STATES),
        quarantine=frame("quarantined_lines", QUARANTINED_LINES),
        usage=store.usage_cost(),
        latest=store.usage_cost(prices_at=datetime.now(UTC).date()),
        cost_states=store.cost_states(),
        model_names=_listed_names(store),
    )


def _listed_names(store: Store) -> Mapping[str, str]:
    book = store.price_book()
    frames = (store.usage_kinds(), store.cost_states())
    models = pl.concat(frame.select("model") for frame in frames).unique().collect()["model"]
    found = {model: book.listed_model(model) for model in models.drop_nulls()}
    return {model: listed for model, listed in found.items() if listed}
