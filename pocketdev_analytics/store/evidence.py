"""Collect the provenance of a store's facts, for the audit reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl

from pocketdev_analytics.model import (
    FILE_STATES,
    QUARANTINED_LINES,
    RESPONSE_FOLDS,
    TOKEN_COLUMNS,
    Schema,
)
from pocketdev_analytics.model.history import TRACES, Evidence

__all__ = ["read_evidence"]

_FILE_STATES = (
    "(select session_id, count_lines, unread_bytes > 0 as is_unfinished, "
    "gone_at is not null as is_gone, odd.odd_fields, odd.dropped_fields from session_files "
    "left join (select file_id, count(*) as odd_fields, "
    "count(*) filter (not is_read) as dropped_fields from odd_fields group by file_id) as odd "
    "using (file_id))"
)
_TRACES = f"""(
select session_id, 'unseen call' as trace, kind as name from unseen_calls
union all
select distinct on (response_id, pass_no, pass_kind) session_id, 'unknown pass', pass_kind
from usage_passes
where pass_kind not in ('message', 'advisor_message', 'fallback_message', 'compaction', 'paused')
and {" + ".join(TOKEN_COLUMNS)} > 0
union all
select distinct session_id, 'negative', null from session_bills
where part = 'unlisted' and least({", ".join(TOKEN_COLUMNS)}, web_search_requests) < 0)"""


def read_evidence(
    frame: Callable[[str, Schema], pl.LazyFrame],
    usage_cost: Callable[..., pl.LazyFrame],
    cost_states: pl.LazyFrame,
    bills: pl.LazyFrame,
    kinds: pl.LazyFrame,
    listed_name: Callable[[str], str | None],
) -> Evidence:
    """Return the evidence of a store.

    Args:
        frame: makes a lazy frame of a relation of the store.
        usage_cost: the store's priced usage.
        cost_states: Claude Code's own totals.
        bills: what is in those beyond a session's lines.
        kinds: a row for each `model` that was used.
        listed_name: maps a model to its name in the price lists.
    """
    models = pl.concat([kinds.select("model"), cost_states.select("model")])
    spellings = models.unique().collect()["model"].drop_nulls()
    listed = {model: listed_name(model) for model in spellings}
    return Evidence(
        folds=frame("response_folds", RESPONSE_FOLDS),
        sessions=frame("(select distinct session_id from responses)", {"session_id": pl.String}),
        files=frame(_FILE_STATES, FILE_STATES),
        quarantine=frame("quarantined_lines", QUARANTINED_LINES),
        usage=usage_cost(),
        latest=usage_cost(prices_at=datetime.now(UTC).date()),
        cost_states=cost_states,
        bills=bills,
        traces=frame(_TRACES, TRACES),
        model_names={model: name for model, name in listed.items() if name},
    )
