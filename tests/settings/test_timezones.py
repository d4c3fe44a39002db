"""Time zones: names that work, and values of TZ."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pocketdev_analytics.exceptions import AnalyticsError, ConfigurationError, ReportError
from pocketdev_analytics.reports.dimensions import check_timezone
from pocketdev_analytics.settings.config import Settings, default_timezone
from pocketdev_analytics.settings.timezones import is_timezone, local_timezone, timezone_problem

HONOURED = {
    "Europe/Berlin": "Europe/Berlin",
    ":Europe/Berlin": "Europe/Berlin",
    "/usr/share/zoneinfo/Asia/Tokyo": "Asia/Tokyo",
    ":/usr/share/zoneinfo/Asia/Tokyo": "Asia/Tokyo",
    "right/Europe/Berlin": "Europe/Berlin",
    "posix/Europe/Berlin": "Europe/Berlin",
    "EST5EDT": "EST5EDT",
    "GB": "GB",
    "Etc/GMT+3": "Etc/GMT+3",
    "GMT+3": "Etc/GMT+3",
    "GMT-3": "Etc/GMT-3",
    "JST-9": "Etc/GMT-9",
    "UTC+3": "Etc/GMT+3",
    "<+03>-3": "Etc/GMT-3",
    "EST5": "Etc/GMT+5",
    "MSK-3:00": "Etc/GMT-3",
    "UTC0": "UTC",
    "UTC": "UTC",
    "Etc/UTC": "UTC",
    "": "UTC",
}
REFUSED = (
    *("nonsense", "IST-5:30", "CET-1CEST,M3.5.0,M10.5.0/3", "Factory", "localtime", "posixrules"),
    *("../../etc/passwd", "\x01", "XXX+13", "XXX-15", "europe/berlin", "/etc/localtime", " "),
)


@pytest.mark.parametrize("value", HONOURED)
def test_a_value_of_tz_is_honoured(value: str) -> None:
    assert local_timezone({"TZ": value}) == HONOURED[value]
    assert check_timezone(HONOURED[value]) == HONOURED[value]


@pytest.mark.parametrize("value", [each for each in HONOURED if any(map(str.isdigit, each))])
def test_a_posix_value_means_the_offset_that_the_system_gives_it(value: str) -> None:
    code = "import datetime; print(datetime.datetime.now().astimezone().utcoffset())"
    environ = {**os.environ, "TZ": value}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False
    )
    here = datetime.now(UTC)
    zone = pl.Series([here]).dt.convert_time_zone(HONOURED[value])
    offset = zone.dt.replace_time_zone(None)[0] - here.replace(tzinfo=None)
    assert done.stdout.strip() == str(offset)


@pytest.mark.parametrize("value", REFUSED)
def test_a_value_of_tz_without_a_name_is_refused_and_never_taken_for_utc(value: str) -> None:
    with pytest.raises(AnalyticsError, match=r"no IANA name; set TZ, --timezone or `timezone`"):
        local_timezone({"TZ": value})
    with pytest.raises(ConfigurationError, match="Europe/Berlin"):
        default_timezone({"TZ": value})


@pytest.mark.parametrize("value", [*HONOURED, *REFUSED])
def test_no_value_of_tz_changes_a_configured_zone(value: str, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('timezone = "Asia/Tokyo"\n', encoding="utf-8")
    assert Settings.from_environment({"TZ": value}, config=config).timezone == "Asia/Tokyo"
    asked = Settings.from_environment({"TZ": value}, timezone="Asia/Kolkata", config=config)
    assert asked.timezone == "Asia/Kolkata"


@pytest.mark.parametrize("name", ["GMT+3", "europe/berlin", "Factory", "localtime", "", "../UTC"])
def test_a_name_that_one_of_the_libraries_does_not_know_is_refused(name: str) -> None:
    assert not is_timezone(name)
    with pytest.raises(ReportError, match=r"unknown time zone .* use an IANA name such as"):
        check_timezone(name)


def test_a_misspelled_zone_is_refused_with_a_suggestion() -> None:
    assert timezone_problem("europe/berlin").endswith("did you mean 'Europe/Berlin'?")
    assert timezone_problem("Europe/Belrin").endswith("did you mean 'Europe/Berlin'?")


@pytest.mark.parametrize("value", ["GMT+3", "JST-9", "EST5EDT", "<+03>-3", "Europe/Berlin"])
def test_a_store_reads_times_in_utc_with_any_tz(value: str, tmp_path: Path) -> None:
    """On cursors, too: DuckDB starts each with the zone of the process."""
    code = (
        "import sys\n"
        "from pocketdev_analytics.store import open_store\n"
        "with open_store(sys.argv[1], read_only=False) as store:\n"
        "    moment = \"timestamptz '2026-11-01 12:00:00+00' as at\"\n"
        "    with store._connection.cursor() as cursor:\n"
        "        print(cursor.sql(f'select {moment}').pl().schema['at'])\n"
        "    print(store.query(f'select {moment}').schema['at'])\n"
        "    print(store.usage_cost().collect().schema['responded_at'])\n"
    )
    environ = {**os.environ, "TZ": value}
    command = [sys.executable, "-c", code, str(tmp_path / "store.duckdb")]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Datetime(time_unit='us', time_zone='UTC')"] * 3
