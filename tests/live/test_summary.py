from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from pocketdev_analytics import reports
from pocketdev_analytics.cli import main
from pocketdev_analytics.live.figures import LiveFigures, live_figures, summarize
from pocketdev_analytics.live.importing import import_history
from pocketdev_analytics.live.leaving import keep_summary, leave_summary
from pocketdev_analytics.live.line import projected_cost
from pocketdev_analytics.live.summary import (
    Amount,
    Summary,
    read_summary,
    summary_path,
    write_summary,
)
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, B, answer, prompt, title, write

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
MILLION = {"input_tokens": 0, "output_tokens": 1_000_000}  # $15 of claude-sonnet-4-5


def store_of(folder: Path, *lines: Any, session: str = A) -> Path:
    write(folder / "projects", session, *({**line, "sessionId": session} for line in lines))
    store = folder / "store.duckdb"
    import_history([folder], store, timezone="UTC")
    return store


def summary_at(store: Path, now: datetime = NOW, timezone: str = "UTC") -> Summary:
    with open_store(store) as opened:
        return summarize(opened, now=now, timezone=timezone, made_from="")


def running_at(store: Path, now: datetime = NOW, timezone: str = "UTC") -> LiveFigures:
    with open_store(store) as opened:
        return live_figures(opened, now=now, timezone=timezone)


def test_an_import_leaves_a_summary_for_its_owner_alone(tmp_path: Path) -> None:
    store = store_of(tmp_path, answer(tokens=MILLION))
    assert summary_path(store).stat().st_mode & 0o777 == 0o600
    summary = read_summary(store)
    assert summary is not None
    assert summary.timezone == "UTC"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("projects", "store.duckdb", "store.duckdb.summary.json"),
    ]


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        answer("m1", "2026-11-02 08:10:00", tokens=MILLION),
        answer("m2", "2026-11-02 09:10:00", model="unheard-of", tokens=MILLION),
    )
    summary = summary_at(store)
    write_summary(store, summary)
    os.utime(summary_path(store), (NOW.timestamp(), NOW.timestamp()))
    assert read_summary(store) == summary
    assert summary.block is not None
    assert summary.block.amount == Amount(Decimal(15), is_at_least=True)


def test_days_are_those_of_the_time_zone_and_of_this_month(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        answer("m1", "2026-10-31 22:59:00", tokens=MILLION),
        answer("m2", "2026-10-31 23:01:00", tokens=MILLION),
        answer("m3", "2026-11-02 08:00:00", tokens=MILLION),
    )
    assert list(summary_at(store).days) == [date(2026, 11, 2)]
    berlin = summary_at(store, timezone="Europe/Berlin")
    assert {day: str(each.cost_usd) for day, each in berlin.days.items()} == {
        date(2026, 11, 1): "15.000000000000000000",
        date(2026, 11, 2): "15.000000000000000000",
    }


def test_a_session_counts_completely_however_long_ago_it_began(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        answer("m1", "2026-08-01 10:00:00", tokens=MILLION),
        answer("m2", "2026-11-01 10:00:00", tokens=MILLION),
    )
    store_of(tmp_path, answer("m3", "2026-10-20 10:00:00", tokens=MILLION), session=B)
    sessions = summary_at(store).sessions
    assert {name: each.cost_usd for name, each in sessions.items()} == {A: Decimal(30)}


def test_the_window_and_its_projection_are_those_of_the_report(tmp_path: Path) -> None:
    # A window of the day before reaches into this one: windows are drawn over everything.
    times = ("2026-11-01 23:30:00", "2026-11-02 04:10:00", "2026-11-02 05:20:00")
    now = ("2026-11-02 09:10:00", "2026-11-02 09:20:00")
    lines = [answer(time, time, tokens=MILLION) for time in (*times, *now)]
    store = store_of(tmp_path, *lines)
    block = summary_at(store).block
    assert block is not None
    with open_store(store) as opened:
        report = reports.blocks(opened.usage_cost(), now=NOW).collect().row(-1, named=True)
    assert (block.started_at, block.ends_at) == (report["started_at"], report["ends_at"])
    assert (block.amount.cost_usd, block.total_tokens) == (
        report["cost_usd"],
        report["total_tokens"],
    )
    projected = projected_cost(block, NOW)
    assert projected is not None
    assert projected.quantize(Decimal("1e-12")) == report["projected_cost_usd"].quantize(
        Decimal("1e-12")
    )


@pytest.mark.parametrize(
    "times",
    [
        ("01 09:59", "01 14:00", "01 14:59", "01 19:10", "02 00:09", "02 05:01"),  # one chain
        ("01 03:00", "01 08:59", "01 13:30", "01 14:10"),  # a pause of 5:59: the next full hour
        ("01 03:59", "01 09:59", "01 14:30", "01 15:10"),  # of 6:00
        ("01 03:00", "01 23:30", "02 02:00", "02 04:40"),
        ("01 10:00",),
    ],
)
def test_the_last_window_is_that_of_all_responses(tmp_path: Path, times: tuple[str, ...]) -> None:
    lines = [
        answer(f"m{number}", f"2026-11-{time}:00", tokens=MILLION)
        for number, time in enumerate(times)
    ]
    store = store_of(tmp_path, *reversed(lines))
    block = summary_at(store).block
    with open_store(store) as opened:
        row = reports.blocks(opened.usage_cost(), now=NOW).collect().row(-1, named=True)
    assert block is not None
    assert (block.started_at, block.first_at) == (row["started_at"], row["first_at"])
    assert (block.last_at, block.total_tokens) == (row["last_at"], row["total_tokens"])


def test_an_import_of_nothing_new_notes_that_the_summary_still_holds(tmp_path: Path) -> None:
    store = store_of(tmp_path, answer())
    before = summary_path(store).read_bytes()
    os.utime(summary_path(store), (0, 0))
    import_history([tmp_path], store, timezone="UTC")
    assert summary_path(store).read_bytes() == before
    summary = read_summary(store)
    assert summary is not None
    assert datetime.now(UTC) - summary.checked_at < timedelta(minutes=1)


def test_while_files_are_watched_it_stays_new(tmp_path: Path) -> None:
    store = store_of(tmp_path, answer())
    os.utime(summary_path(store), (0, 0))
    keep_summary(store)
    summary = read_summary(store)
    assert summary is not None
    assert datetime.now(UTC) - summary.checked_at < timedelta(minutes=1)
    keep_summary(tmp_path / "none.duckdb")
    assert not summary_path(tmp_path / "none.duckdb").exists()


def test_a_changed_price_changes_it_at_once(tmp_path: Path) -> None:
    moment = datetime.now(UTC) - timedelta(seconds=1)
    store = store_of(tmp_path, answer(time=f"{moment:%Y-%m-%d %H:%M:%S}", tokens=MILLION))
    arguments = ["pricing", "set", "claude-sonnet-4-5", "--output", "20"]
    done = CliRunner().invoke(main, ["--store", str(store), "--timezone", "UTC", *arguments])
    assert done.exit_code == 0, done.output
    summary = read_summary(store)
    assert summary is not None
    assert summary.sessions[A] == Amount(Decimal(20))


def test_it_is_rebuilt_for_another_time_zone_or_version_or_if_damaged(
    tmp_path: Path,
) -> None:
    store = store_of(tmp_path, answer())
    import_history([tmp_path], store, timezone="Asia/Tokyo")
    summary = read_summary(store)
    assert summary is not None
    assert summary.timezone == "Asia/Tokyo"
    for wrong in ("", "{}", "[]", '{"format": 99}', json.dumps({"format": 1, "days": 1})):
        summary_path(store).write_text(wrong)
        assert read_summary(store) is None
        import_history([tmp_path], store, timezone="UTC")
        assert read_summary(store) is not None


def test_another_stores_summary_is_not_kept(tmp_path: Path) -> None:
    store = store_of(tmp_path, answer())
    other = store_of(tmp_path / "other", answer(tokens=MILLION))
    summary_path(store).write_bytes(summary_path(other).read_bytes())
    import_history([tmp_path / "projects"], store, timezone="UTC")
    summary = read_summary(store)
    with open_store(store) as opened:
        assert summary is not None
        assert summary.made_from.startswith(opened.store_id())


def test_a_summary_that_cannot_be_written_fails_no_import(tmp_path: Path) -> None:
    write(tmp_path / "projects", A, answer())
    store = tmp_path / "store.duckdb"
    summary_path(store).mkdir()
    done = import_history([tmp_path], store, timezone="UTC")
    assert done.responses == 1
    assert done.summary_problem is not None
    assert "store.duckdb.summary.json is not up to date" in done.summary_problem
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_failing_summary_does_not_fail_the_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise pl.exceptions.ComputeError("no")

    monkeypatch.setattr("pocketdev_analytics.live.figures.summarize", fail)
    write(tmp_path / "projects", A, answer())
    done = import_history([tmp_path], tmp_path / "store.duckdb", timezone="UTC")
    assert done.responses == 1
    assert done.summary_problem is not None
    assert done.summary_problem.endswith("is not up to date: no")


def test_it_holds_no_name_path_or_text(tmp_path: Path) -> None:
    name = "Zanzibar"
    store = store_of(
        tmp_path,
        title("ai-title", name),
        prompt(name),
        {**answer(tokens=MILLION), "cwd": f"/home/{name}", "gitBranch": name},
    )
    with open_store(store) as opened:
        assert name in str(opened.usage().collect().to_dicts())
        leave_summary(opened, "UTC", now=datetime(2026, 11, 1, 12, tzinfo=UTC))
    text = summary_path(store).read_text()
    assert A in text
    assert name not in text


def test_an_empty_store_has_an_empty_summary(tmp_path: Path) -> None:
    store = store_of(tmp_path, prompt())
    assert summary_at(store)[4:] == ({}, None, {})
    assert running_at(store).session is None


def test_what_is_running_adds_up_to_what_reports_say(tmp_path: Path) -> None:
    store_of(
        tmp_path,
        title("ai-title", "Weigh parcels"),
        answer("m1", "2026-10-31 10:00:00", tokens=MILLION),
        answer("m2", "2026-11-02 06:00:00", tokens={"input_tokens": 7, "output_tokens": 0}),
        answer("m3", "2026-11-02 09:00:00", tokens=MILLION),
    )
    store = store_of(tmp_path, answer("m4", "2026-11-02 08:00:00", tokens=MILLION), session=B)
    found = running_at(store)
    assert found.session is not None
    assert found.window is not None
    assert (found.session["session_title"], found.session["responses"]) == ("Weigh parcels", 3)
    assert [each.row["responses"] for each in (found.today, found.month, found.window)] == [3] * 3
    assert found.today.row["cost_usd"] == Decimal("30.000021")
    assert found.session["prompt_tokens"] == 0
    assert found.today.ends_at == datetime(2026, 11, 3, tzinfo=UTC)
    assert found.month.ends_at == datetime(2026, 12, 1, tzinfo=UTC)


def test_a_day_with_two_midnights_begins_with_the_first(tmp_path: Path) -> None:
    # Havana's clocks went back from 1:00 to 0:00 at 05:00 UTC of this day.
    store = store_of(
        tmp_path,
        answer("m1", "2026-11-01 03:50:00", tokens=MILLION),
        answer("m2", "2026-11-01 04:10:00", tokens=MILLION),
        answer("m3", "2026-11-01 05:10:00", tokens=MILLION),
    )
    now = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    found = running_at(store, now, "America/Havana")
    assert (found.today.row["responses"], found.month.row["responses"]) == (2, 2)
    assert found.today.ends_at == datetime(2026, 11, 2, 5, tzinfo=UTC)
    days = summary_at(store, now, "America/Havana").days
    assert {str(day): each.cost_usd for day, each in days.items()} == {"2026-11-01": Decimal(30)}


def test_the_session_is_found_also_where_it_was_long_ago(tmp_path: Path) -> None:
    store = store_of(tmp_path, answer("m1", "2026-03-01 10:00:00", tokens=MILLION))
    found = running_at(store)
    assert found.session is not None
    assert found.session["cost_usd"] == Decimal(15)
    assert found.today.row["responses"] == 0
    assert found.block is None
