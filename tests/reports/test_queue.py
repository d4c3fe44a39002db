from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import REPORTS, Filters, ReportInput, batches, locks, queue

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def ago(minutes):
    return NOW - timedelta(minutes=minutes)


def job(name="mail", **times):
    return {"queue": name, "job": "App\\Jobs\\Mail", "attempts": 0, "available_at": ago(0), **times}


def test_jobs_wait_are_delayed_reserved_or_failed(make_queue):
    jobs = [
        job(available_at=ago(10)),
        job(available_at=ago(0)),
        job(available_at=ago(-5)),
        job(available_at=ago(90), reserved_at=ago(60), attempts=3),
        job(attempts=None, available_at=None, failed_at=ago(600)),
        job("default", available_at=ago(2)),
    ]
    frame = queue(make_queue(jobs=jobs), now=NOW, timezone="Europe/Berlin").collect()
    assert frame.columns == [
        *("queue", "waiting", "delayed", "reserved", "failed", "oldest_waiting_minutes"),
        *("longest_reserved_minutes", "most_attempts", "last_failed_at"),
    ]
    last_failed_at = datetime(2026, 11, 20, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert frame.rows() == [
        ("default", 1, 0, 0, 0, 2.0, None, 0, None),
        ("mail", 2, 1, 1, 1, 10.0, 60.0, 3, last_failed_at),
    ]


def test_jobs_are_grouped_by_their_class_too(make_queue):
    jobs = [job(), job(job=None), job("default")]
    frame = queue(make_queue(jobs=jobs), by=["job"], now=NOW).collect()
    assert frame.select("job", "waiting").rows() == [("App\\Jobs\\Mail", 2), (None, 1)]
    with pytest.raises(
        ReportError, match="'queue' cannot be grouped by 'day'; expected one of: queue, job"
    ):
        queue(make_queue(), by=["day"], now=NOW)


def test_an_empty_queue_has_no_rows_and_totals_of_zero(make_queue):
    assert queue(make_queue(), now=NOW).collect().height == 0
    totals = queue(make_queue(), by=(), now=NOW).collect()
    assert totals.row(0) == (0, 0, 0, 0, None, None, None, None)


def batch(name, total, pending, failed, **times):
    counts = {"total_jobs": total, "pending_jobs": pending, "failed_jobs": failed}
    return {"batch": name, "name": name, **counts, "created_at": ago(5), **times}


def test_a_batch_has_its_state_and_progress(make_queue):
    rows = [
        batch("running", 10, 4, 1),
        batch("failed", 10, 2, 2),
        batch("finished", 10, 0, 0, finished_at=ago(1)),
        batch("cancelled", 10, 9, 0, cancelled_at=ago(1), finished_at=ago(1)),
        batch("empty", 0, 0, 0, created_at=ago(1)),
    ]
    frame = batches(make_queue(batches=rows)).collect()
    assert frame.select("batch", "state", "progress_share").rows() == [
        ("empty", "running", None),
        ("cancelled", "cancelled", 0.1),
        ("failed", "failed", 0.8),
        ("finished", "finished", 1.0),
        ("running", "running", 0.6),
    ]
    assert batches(make_queue()).collect().height == 0


def test_locks_and_cached_values_that_expired_are_counted(make_queue):
    times = [("lock", ago(30)), ("lock", ago(0)), ("lock", ago(-1)), ("cache", ago(-5))]
    rows = [{"kind": kind, "expires_at": time} for kind, time in times]
    frame = locks(make_queue(expirations=rows), now=NOW).collect()
    assert frame.rows() == [("cache", 1, 0, None), ("lock", 3, 2, 30.0)]
    assert locks(make_queue(), now=NOW).collect().rows() == [
        ("cache", 0, 0, None),
        ("lock", 0, 0, None),
    ]


def test_ages_are_those_of_the_sync_and_no_filter_is_taken(
    make_history, make_provenance, make_queue
):
    tables = make_queue(jobs=[job(available_at=ago(10))])
    later = NOW + timedelta(days=3)
    asked = ReportInput(
        make_history(), make_provenance(), ("queue",), "UTC", now=later, queue=tables
    )
    assert REPORTS["queue"].rows(asked).collect()["oldest_waiting_minutes"].item() == 10
    with pytest.raises(ReportError, match="cannot be filtered"):
        REPORTS["queue"].rows(replace(asked, filters=Filters(since=NOW.date())))
    with pytest.raises(ReportError, match="give the queue of a store"):
        REPORTS["locks"].rows(replace(asked, queue=None))
