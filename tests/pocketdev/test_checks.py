"""What rows must be to be rows of a documented table."""

from __future__ import annotations

import polars as pl
import pytest

from pocketdev_analytics.pocketdev.checks import misfit
from pocketdev_analytics.pocketdev.tables import TABLES

JOB = {"id": 1, "queue": "q", "payload": "{}", "attempts": 1, "available_at": 2, "created_at": 3}
PRICE = {"id": 1, "model_name": "m", "cache_write_multiplier": "1.25", "cache_read_multiplier": "0"}
SESSION = {"id": 1, "project_path": "/", "model": "m", "turn_count": 0, "status": "active"}


def frame(table: str, *rows: dict[str, object]) -> pl.DataFrame:
    columns = {column.name: column.dtype for column in TABLES[table].columns}
    return pl.DataFrame(list(rows), schema=columns)


@pytest.mark.parametrize(("table", "row"), [("jobs", JOB), ("model_pricing", PRICE)])
def test_rows_like_the_documented_ones_fit(table: str, row: dict[str, object]) -> None:
    assert misfit(TABLES[table], frame(table, row)) is None
    assert misfit(TABLES[table], frame(table)) is None


@pytest.mark.parametrize(
    ("attempts", "problem"),
    [(127, None), (128, "attempts holds 128; expected tinyint"), (None, "attempts is empty")],
)
def test_a_number_fits_its_type(attempts: int | None, problem: str | None) -> None:
    found = misfit(TABLES["jobs"], frame("jobs", JOB | {"attempts": attempts}))
    assert (found or "").startswith(problem or "")
    assert (found is None) == (problem is None)


@pytest.mark.parametrize("price", ["0", "15.000000", "9999.999999", "0.1250000000", None])
def test_a_price_of_the_documented_places_fits(price: str | None) -> None:
    row = PRICE | {"input_price_per_million": price}
    assert misfit(TABLES["model_pricing"], frame("model_pricing", row)) is None


@pytest.mark.parametrize("price", ["0.0000001", "10000", "NaN", "Infinity", "1e3", "-1"])
def test_a_price_that_would_be_rounded_or_cut_does_not_fit(price: str) -> None:
    row = PRICE | {"input_price_per_million": price}
    found = misfit(TABLES["model_pricing"], frame("model_pricing", row))
    expected = f"input_price_per_million holds {price!r}; expected decimal(10,6) of 0 or more"
    assert found == expected


def test_a_session_key_is_a_uuid_and_there_once() -> None:
    uuid = "6f1ed002-ab5a-4bd1-9c0c-8f2b6fd3f1aa"
    rows = [SESSION | {"id": number, "claude_session_id": key} for number, key in
            enumerate([uuid, None, None], start=1)]  # fmt: skip
    assert misfit(TABLES["claude_sessions"], frame("claude_sessions", *rows)) is None
    twice = frame("claude_sessions", *rows, SESSION | {"id": 9, "claude_session_id": uuid})
    assert misfit(TABLES["claude_sessions"], twice) == (
        f"claude_session_id is not unique: {uuid!r} is there more than once"
    )
    other = frame("claude_sessions", SESSION | {"claude_session_id": "none"})
    assert misfit(TABLES["claude_sessions"], other) == (
        "claude_session_id holds 'none'; expected uuid"
    )
