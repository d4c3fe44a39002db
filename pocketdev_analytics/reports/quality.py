"""The reliability of the numbers, and the sentences that describe it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import polars as pl

from pocketdev_analytics.formatting import count_of, format_share, format_usd
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.model.history import History, Provenance
from pocketdev_analytics.reports.audit import Agreement, Audit
from pocketdev_analytics.reports.clock import EARLIEST, is_future, is_too_early
from pocketdev_analytics.reports.measures import bound_counts, response_count

__all__ = ["Quality", "UnpricedModel", "notes", "quality", "quality_table", "sample_notes"]

_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_CLOCK: Final = "the clock of the machine that wrote them was wrong"
_MODES: Final = ("speed", "service_tier")
_Check = tuple[str, int, int | None, str | None]
_DIRECT: Final = "conversations without session files (direct API)"
_UNSEEN: Final = "compactions, web searches and fetches, titles, recaps, cut answers"


@dataclass(frozen=True, slots=True)
class UnpricedModel:
    """A model without a price: how many responses and tokens are in no sum of money.

    Where it lacks a price at a speed or service tier alone, the name says so: `… (fast)`.
    """

    model: str
    responses: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Quality:
    """The facts about its numbers that a page must show.

    Responses are those of the history asked about, lines and files those of the
    whole store. `progress_only_responses` are known only from the progress lines
    of the session that started them, since their own file is gone. `future_responses` and
    `too_early_responses` have times that a clock got wrong. `unseen_calls` were made, but no
    line or cost-state holds their usage; `unlisted_tokens` of `unlisted_sessions` are in no
    line, but in a cost-state. `pocketdev_responses` are known from PocketDev's database only.
    """

    responses: int
    lower_bound_responses: int
    progress_only_responses: int
    unpriced: tuple[UnpricedModel, ...]
    quarantined_lines: int
    unfinished_files: int
    files_gone: int
    is_sample: bool
    future_responses: int = 0
    too_early_responses: int = 0
    unseen_calls: int = 0
    unlisted_tokens: int = 0
    unlisted_sessions: int = 0
    pocketdev_responses: int = 0

    @property
    def is_at_least(self) -> bool:
        """Whether a sum of money over all of it is a lower bound."""
        return bool(self.lower_bound_responses or self.unseen_calls or self.unpriced)

    @property
    def unpriced_responses(self) -> int:
        """The responses without a price."""
        return sum(model.responses for model in self.unpriced)


def quality(history: History, provenance: Provenance, *, now: datetime = _NEVER) -> Quality:
    """Return what limits the numbers of this history and store; times after `now` are invalid."""
    counts, unpriced = pl.collect_all([_counts(history.usage, now), _unpriced(history.usage)])
    return Quality(
        **counts.row(0, named=True),
        unpriced=tuple(
            UnpricedModel(_name(model, modes), responses, tokens)
            for model, *modes, responses, tokens in unpriced.iter_rows()
        ),
        quarantined_lines=provenance.quarantined_lines,
        unfinished_files=provenance.unfinished_files,
        files_gone=provenance.files_gone,
        is_sample=provenance.is_sample,
    )


def quality_table(found: Quality, audited: Audit | None = None) -> pl.LazyFrame:
    """The same as rows, and what an audit of the same history says.

    Columns: `check` (what was counted), `count`, `of` (out of how many, or NULL), `share`
    (0 to 1, NULL where there is nothing to be a share of), `detail` (what the count is
    made of, or which report lists it; NULL where there is no more to say).
    """
    rows = [*_response_checks(found), *_audit_checks(found, audited)]
    schema = {"check": pl.String, "count": pl.Int64, "of": pl.Int64, "detail": pl.String}
    table = pl.LazyFrame(rows, schema, orient="row")
    share = pl.when(pl.col("of") > 0).then(pl.col("count") / pl.col("of"))
    return table.select("check", "count", "of", share.alias("share"), "detail")


def _response_checks(found: Quality) -> list[_Check]:
    bounds, progress = found.lower_bound_responses, found.progress_only_responses
    future, early = found.future_responses, found.too_early_responses
    listed = "`report lower-bounds` lists them by version" if bounds else None
    checks = [
        ("responses without their final output count", bounds, listed),
        ("responses known from progress lines only", progress, None),
        ("responses with a time in the future", future, _CLOCK if future else None),
        (f"responses with a time before {EARLIEST:%Y}", early, _CLOCK if early else None),
        ("responses without a price", found.unpriced_responses, None),
        *(
            (
                f"responses of {each.model}, without a price",
                each.responses,
                count_of(each.tokens, "token"),
            )
            for each in found.unpriced
        ),
    ]
    rows: list[_Check] = [
        (check, count, found.responses, detail) for check, count, detail in checks
    ]
    if number := found.unlisted_sessions:
        tokens = count_of(found.unlisted_tokens, "token")
        rows.append(("sessions with calls that no line holds", number, None, tokens))
    if number := found.unseen_calls:
        rows.append(("calls whose usage is nowhere", number, None, _UNSEEN))
    if number := found.pocketdev_responses:
        rows.append(("responses by PocketDev's own figures", number, found.responses, _DIRECT))
    return rows


def _audit_checks(found: Quality, audited: Audit | None) -> list[_Check]:
    if audited is None:
        return [
            ("lines that could not be read", found.quarantined_lines, None, None),
            ("files that end in the middle of a line", found.unfinished_files, None, None),
            ("files that are no longer on disk", found.files_gone, None, None),
        ]
    unread, files, responses = audited.quarantined_lines, audited.files, audited.responses
    folded = audited.usage_lines - responses
    into = f"{count_of(audited.usage_lines, 'line')} are {count_of(responses, 'response')}"
    listed = "`report quarantine` lists them" if unread else None
    sessions = audited.sessions
    return [
        ("sessions known from progress lines only", audited.progress_sessions, sessions, None),
        ("lines folded into a response of other lines", folded, audited.usage_lines, into),
        ("responses in several sessions (forks, resumes)", audited.forked, responses, None),
        ("responses that a sidechain replays", audited.replayed, responses, None),
        ("responses that progress lines repeat", audited.repeated, responses, None),
        ("lines that could not be read", unread, audited.lines, listed),
        ("files that end in the middle of a line", audited.unfinished_files, files, None),
        ("files that are no longer on disk", audited.files_gone, files, None),
        *_odd_checks(audited),
        *_trace_checks(audited),
        *map(_agreement_check, audited.agreements),
    ]


def _odd_checks(audited: Audit) -> list[_Check]:
    if not (number := audited.odd_fields):
        return []
    dropped = audited.dropped_fields
    detail = f"{count_of(dropped, 'field')} could not be read; the rest of each line counts"
    return [("fields of an unexpected kind", number, None, detail if dropped else None)]


def _trace_checks(audited: Audit) -> list[_Check]:
    checks = {
        "negative": "sessions whose lines hold more than their cost-state",
        "unknown pass": "passes of the unknown kind {}, whose price is not known",
        "unseen call": "calls of the kind {}, whose usage is nowhere",
    }
    return [
        (checks[trace].format((name or "").replace("_", " ")), number, None, None)
        for (trace, name), number in audited.traces.items()
    ]


def _agreement_check(agreement: Agreement) -> _Check:
    causes = {name: amount for name, amount in agreement.causes.items() if amount}
    parts = (
        f"{name.removesuffix('_usd').replace('_', ' ')} {format_usd(amount)}"
        for name, amount in causes.items()
    )
    detail = f"{format_usd(sum(causes.values(), Decimal(0)))} in all: {', '.join(parts)}"
    check = f"sessions whose {agreement.source} differs from our cost"
    return check, agreement.differing, agreement.sessions, detail if causes else None


def notes(found: Quality) -> tuple[str, ...]:
    """One sentence for each thing a reader of the numbers must know; none where all is well."""
    sentences = (
        *sample_notes(found),
        _lower_bound_note(found),
        _unseen_note(found),
        *map(_unpriced_note, found.unpriced),
        _progress_note(found),
        _pocketdev_note(found),
        _quarantine_note(found),
        _unfinished_note(found),
        _gone_note(found),
    )
    return tuple(sentence for sentence in sentences if sentence)


def sample_notes(found: Quality | Provenance) -> tuple[str, ...]:
    """The sentence that the history is made up, where it is."""
    return ("This is sample data, not a real history.",) if found.is_sample else ()


def _unpriced(usage: pl.LazyFrame) -> pl.LazyFrame:
    modes = [pl.col(name).fill_null("").replace("standard", "") for name in _MODES]
    return (
        usage.filter(pl.col("cost_usd").is_null())
        .group_by("model", *modes)
        .agg(
            response_count(),
            pl.sum_horizontal(TOKEN_COLUMNS).sum().cast(pl.Int64).alias("tokens"),
        )
        .sort("model", *_MODES, nulls_last=True)
    )


def _name(model: str | None, modes: Sequence[str]) -> str:
    named = ", ".join(mode for mode in modes if mode)
    return f"{model or '(none named)'}{f' ({named})' if named else ''}"


def _counts(usage: pl.LazyFrame, now: datetime) -> pl.LazyFrame:
    is_unlisted = pl.col("kind") == "unlisted"
    return usage.select(
        response_count(),
        *bound_counts()[:2],
        unlisted_tokens=pl.sum_horizontal(TOKEN_COLUMNS).filter(is_unlisted).sum().cast(pl.Int64),
        unlisted_sessions=pl.col("session_id")
        .filter(is_unlisted & ~pl.col("is_lower_bound"))
        .n_unique()
        .cast(pl.Int64),
        progress_only_responses=pl.col("response_count")
        .filter(pl.col("source") == "progress")
        .sum()
        .cast(pl.Int64),
        pocketdev_responses=pl.col("response_count")
        .filter(pl.col("source") == "pocketdev")
        .sum()
        .cast(pl.Int64),
        future_responses=pl.col("response_count").filter(is_future(now)).sum().cast(pl.Int64),
        too_early_responses=pl.col("response_count").filter(is_too_early()).sum().cast(pl.Int64),
    )


def _lower_bound_note(found: Quality) -> str:
    if not found.lower_bound_responses:
        return ""
    share = format_share(found.lower_bound_responses, found.responses)
    return (
        f"At least: {share} of responses ({found.lower_bound_responses:,} of"
        f" {found.responses:,}) were written without their final output count,"
        " so their cost is a lower bound."
    )


def _unseen_note(found: Quality) -> str:
    if not (number := found.unseen_calls):
        return ""
    return (
        f"At least: {count_of(number, 'call')} ({_UNSEEN}) {_are(number)} in no line,"
        " so what they cost is not counted."
    )


def _unpriced_note(model: UnpricedModel) -> str:
    return (
        f"At least: {model.model} has no price; its {count_of(model.responses, 'response')} with"
        f" {count_of(model.tokens, 'token')} are in no sum of money."
    )


def _progress_note(found: Quality) -> str:
    if not (number := found.progress_only_responses):
        return ""
    return (
        f"{count_of(number, 'response')} of subagents {_are(number)} known from progress lines"
        " only, because the subagent's own file is gone."
    )


def _pocketdev_note(found: Quality) -> str:
    if not (number := found.pocketdev_responses):
        return ""
    return (
        f"{count_of(number, 'response')} of direct API conversations {_are(number)} by PocketDev's"
        " own figures, with all cache writes at the 5-minute price: no session file holds them."
    )


def _quarantine_note(found: Quality) -> str:
    if not (number := found.quarantined_lines):
        return ""
    return (
        f"{count_of(number, 'line')} of the session files could not be read"
        f" and {_are(number)} not counted."
    )


def _unfinished_note(found: Quality) -> str:
    if not (number := found.unfinished_files):
        return ""
    ends = "ends" if number == 1 else "end"
    return (
        f"{count_of(number, 'session file')} {ends} in the middle of a line,"
        " which is not counted yet."
    )


def _gone_note(found: Quality) -> str:
    if not (number := found.files_gone):
        return ""
    return (
        f"{count_of(number, 'session file')} {_are(number)} no longer on disk;"
        " what was imported from there still counts."
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
