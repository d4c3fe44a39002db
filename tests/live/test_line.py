from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from pocketdev_analytics.live.hook import Hook, parse_hook
from pocketdev_analytics.live.line import projected_cost, status_line, time_text
from pocketdev_analytics.live.summary import Amount, Block, Summary

NOW = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
ID = "aaaaaaaa-0000-4000-8000-00000000000a"


def spent(amount: str | None, *, is_at_least: bool = False) -> Amount:
    return Amount(None if amount is None else Decimal(amount), is_at_least)


BLOCK = Block(
    started_at=datetime(2026, 11, 25, 10, tzinfo=UTC),
    ends_at=datetime(2026, 11, 25, 15, tzinfo=UTC),
    first_at=datetime(2026, 11, 25, 10, 30, tzinfo=UTC),
    last_at=datetime(2026, 11, 25, 12, 30, tzinfo=UTC),
    total_tokens=1_000,
    amount=spent("4.00"),
)
SUMMARY = Summary(
    made_at=NOW,
    checked_at=NOW,
    made_from="",
    timezone="UTC",
    days={date(2026, 11, 24): spent("10.25"), date(2026, 11, 25): spent("5.50")},
    block=BLOCK,
    sessions={ID: spent("1.234")},
)


def line(
    summary: Summary | None = SUMMARY,
    hook: Hook = Hook(),  # noqa: B008 - it is immutable
    *,
    now: datetime = NOW,
    width: int | None = None,
) -> str:
    return status_line(summary, hook, now=now, width=width, is_plain=True)


def test_it_shows_session_day_window_and_month() -> None:
    hook = Hook(session_id=ID, model="Opus 4.8", context_percent=Decimal("41.6"))
    assert line(hook=hook) == (
        "Opus 4.8 · context 42% · session $1.23 · today $5.50 · "
        "block $4.00 → $9.00, 2 h 30 min left · month $15.75"
    )


def test_without_a_hook_it_shows_the_rest() -> None:
    assert line() == "today $5.50 · block $4.00 → $9.00, 2 h 30 min left · month $15.75"


def test_before_any_import_it_gives_advice_and_the_cost_by_claude_code() -> None:
    hook = Hook(model="Opus 4.8", cost_usd=Decimal("0.126"))
    assert line(None, hook) == (
        "Opus 4.8 · session $0.13 by Claude Code · no figures yet: run `pocketdev-analytics import`"
    )


def test_a_session_that_was_not_imported_has_claude_codes_figure() -> None:
    hook = Hook(session_id="another", cost_usd=Decimal("2.5"))
    assert line(hook=hook).startswith("session $2.50 by Claude Code · today")


def test_lower_bounds_keep_their_mark_also_in_sums() -> None:
    bounded = SUMMARY._replace(
        days={**SUMMARY.days, date(2026, 11, 24): spent("10.25", is_at_least=True)},
        block=BLOCK._replace(amount=spent("4.00", is_at_least=True)),
    )
    assert line(bounded) == (
        "today $5.50 · block ≥ $4.00 → ≥ $9.00, 2 h 30 min left · month ≥ $15.75"
    )


def test_a_day_without_a_price_makes_the_month_a_lower_bound() -> None:
    days = {**SUMMARY.days, date(2026, 11, 25): spent(None, is_at_least=True)}
    shown = line(SUMMARY._replace(days=days, block=BLOCK._replace(amount=spent(None))))
    assert shown == "today no price · block no price, 2 h 30 min left · month ≥ $10.25"
    only = {date(2026, 11, 25): spent(None, is_at_least=True)}
    assert line(SUMMARY._replace(days=only, block=None)) == "today no price · month no price"


@pytest.mark.parametrize(
    ("timezone", "now", "shown"),
    [
        ("UTC", datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC), "today $5.50 · month $15.75"),
        ("UTC", datetime(2026, 11, 26, tzinfo=UTC), "today $0.00 · month $15.75"),
        ("Asia/Tokyo", datetime(2026, 11, 25, 15, tzinfo=UTC), "today $0.00 · month $15.75"),
        ("UTC", datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC), "today $0.00 · month $0.00"),
        ("Mars/Base", datetime(2026, 11, 25, 20, tzinfo=UTC), "today $5.50 · month $15.75"),
    ],
)
def test_a_past_day_or_month_is_not_shown_as_the_current_one(
    timezone: str, now: datetime, shown: str
) -> None:
    assert line(SUMMARY._replace(timezone=timezone, checked_at=now), now=now) == shown


def test_a_window_that_has_ended_is_not_shown() -> None:
    last = BLOCK.ends_at - timedelta(seconds=1)
    assert "block $4.00 → $4.00, <1 min left" in line(SUMMARY._replace(checked_at=last), now=last)
    over = line(SUMMARY._replace(checked_at=BLOCK.ends_at), now=BLOCK.ends_at)
    assert over == "today $5.50 · month $15.75"


def test_a_window_of_a_moment_has_no_projection() -> None:
    short = BLOCK._replace(last_at=BLOCK.first_at + timedelta(seconds=59))
    assert projected_cost(short, NOW) is None
    assert "block $4.00, 2 h 30 min left" in line(SUMMARY._replace(block=short))


def test_old_figures_say_how_old_they_are() -> None:
    assert "old" not in line(SUMMARY._replace(checked_at=NOW - timedelta(minutes=9, seconds=59)))
    assert line(SUMMARY._replace(checked_at=NOW - timedelta(minutes=10))).endswith("10 min old")
    assert line(SUMMARY._replace(checked_at=NOW - timedelta(hours=49))).endswith("2 d 1 h old")
    assert "old" not in line(SUMMARY._replace(checked_at=NOW + timedelta(hours=1)))


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (
            99,
            (
                "Opus 4.8 · context 42% · session $1.23 · today $5.50 · "
                "block $4.00, 2 h 30 min left · month $15.75"
            ),
        ),
        (75, "Opus 4.8 · session $1.23 · today $5.50 · block $4.00, 2 h 30 min left"),
        (60, "session $1.23 · today $5.50 · block $4.00, 2 h 30 min left"),
        (30, "session $1.23 · today $5.50"),
        (20, "today $5.50"),
        (1, "today $5.50"),
    ],
)
def test_a_narrow_line_keeps_what_matters_most(width: int, shown: str) -> None:
    hook = Hook(session_id=ID, model="Opus 4.8", context_percent=Decimal(42))
    assert line(hook=hook, width=width) == shown


def test_how_old_it_is_goes_last_of_all() -> None:
    old = SUMMARY._replace(checked_at=NOW - timedelta(hours=3))
    assert line(old, width=30) == "today $5.50 · 3 h 00 min old"


def test_colours_add_nothing_but_themselves() -> None:
    coloured = status_line(SUMMARY, Hook(), now=NOW)
    assert "\x1b[" in coloured
    bare = coloured
    for code in ("\x1b[2m", "\x1b[33m", "\x1b[0m"):
        bare = bare.replace(code, "")
    assert bare == line()


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (timedelta(seconds=29), "<1 min"),
        (timedelta(minutes=59, seconds=59), "1 h 00 min"),
        (timedelta(hours=1), "1 h 00 min"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(days=3, hours=2, minutes=30), "3 d 3 h"),
    ],
)
def test_a_time_is_rounded_to_two_units(time: timedelta, text: str) -> None:
    assert time_text(time) == text


FULL = b"""{"session_id": "s", "transcript_path": "/x.jsonl", "cwd": "/x", "version": "2.1.0",
 "model": {"id": "claude-opus-4-8", "display_name": "Opus 4.8"}, "exceeds_200k_tokens": false,
 "workspace": {"current_dir": "/x", "project_dir": "/x"},
 "cost": {"total_cost_usd": 0.012345678901234567, "total_duration_ms": 1},
 "context_window": {"used_percentage": 8}}"""


def test_the_hooks_fields_are_read_with_every_digit() -> None:
    exact = Decimal("0.012345678901234567")
    assert parse_hook(FULL) == Hook("s", "Opus 4.8", exact, Decimal(8))


def test_a_model_without_a_display_name_has_its_id() -> None:
    assert parse_hook(b'{"model": {"id": "claude-opus-4-8"}}').model == "claude-opus-4-8"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"session_id": 1, "model": "opus", "cost": [], "context_window": {}}',
        b'{"model": {"display_name": null}, "cost": {"total_cost_usd": "1"}}',
        b'{"cost": {"total_cost_usd": NaN}, "context_window": {"used_percentage": true}}',
        b'{"cost": {"total_cost_usd": -1}, "context_window": {"used_percentage": 1e999}}',
    ],
)
def test_a_hook_that_says_nothing_usable_says_nothing(content: bytes) -> None:
    assert parse_hook(content) == Hook()


def test_a_name_cannot_steer_the_terminal() -> None:
    hook = parse_hook(b'{"model": {"display_name": "Op\\u001b[2Jus\\n\\u202e 4"}}')
    assert hook.model == "Op[2Jus 4"
    assert len(parse_hook(b'{"model": {"id": "%s"}}' % (b"x" * 10_000)).model) == 40
