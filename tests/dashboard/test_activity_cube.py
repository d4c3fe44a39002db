"""The activity page's cubes: small, and exact to the smallest part of time that occurs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl

from pocketdev_analytics import reports
from pocketdev_analytics.dashboard import activity_page
from pocketdev_analytics.dashboard.activity_cube import cubes_of
from pocketdev_analytics.dashboard.activity_frames import ActivityFacts
from pocketdev_analytics.dashboard.weight import MOST_BYTES
from tests.dashboard.generated import NOW
from tests.dashboard.generated_activity import busy
from tests.dashboard.histories import provenance

HISTORY = busy(400, 20, 30)


def worked_seconds(history) -> tuple[int, float]:
    """The tick, and all that was worked by day and project, as the cube has it."""
    cubes = cubes_of(ActivityFacts.of(history, "UTC"))
    return cubes.tick, sum(cubes.cubes["worked"].counts["length"]) * cubes.tick / 1e6


def report_minutes(history) -> tuple[int, float]:
    found = reports.active_time(history, by=["day", "project"]).collect()
    return found.height, float(found["active_minutes"].sum())


def test_what_was_worked_is_that_of_the_report():
    tick, seconds = worked_seconds(HISTORY)
    assert tick == 1_000
    rows, minutes = report_minutes(HISTORY)
    # Each row of the report is rounded to the tenth of a minute.
    assert abs(seconds / 60 - minutes) <= 0.05 * rows


def test_a_pause_is_as_long_as_it_is_said_to_be():
    facts = ActivityFacts.of(HISTORY, "UTC", idle_minutes=2)
    worked = facts.stretches.select((pl.col("occurred_at") - pl.col("started_at")).sum()).item()
    report = reports.active_time(HISTORY, by=["session"], idle_minutes=2).collect()
    assert (
        worked
        < ActivityFacts.of(HISTORY, "UTC")
        .stretches.select((pl.col("occurred_at") - pl.col("started_at")).sum())
        .item()
    )
    told = facts.sessions.join(report, on="session", suffix="_told")
    assert told.height == facts.sessions.height
    assert told["active_minutes"].equals(told["active_minutes_told"])


def test_one_finer_time_makes_all_of_them_fine():
    first = pl.int_range(pl.len()) == 0
    finer = pl.when(first).then(pl.col("prompted_at") + timedelta(microseconds=7))
    prompts = HISTORY.prompts.with_columns(prompted_at=finer.otherwise(pl.col("prompted_at")))
    history = replace(HISTORY, prompts=prompts)
    tick, seconds = worked_seconds(history)
    assert tick == 1
    assert abs(seconds - worked_seconds(HISTORY)[1]) < 0.001


def test_gaps_lead_from_midnight_to_each_beginning():
    cube = cubes_of(ActivityFacts.of(HISTORY, "UTC")).cubes["worked"]
    assert min(cube.counts["gap"]) >= 0
    assert cube.cells == len(cube.counts["length"])


def test_a_hundred_thousand_responses_keep_below_the_weight():
    page = activity_page(
        busy(100_000, 3_000, 400), provenance(), timezone="Europe/Berlin", made_at=NOW
    )
    assert len(page.encode()) < MOST_BYTES
