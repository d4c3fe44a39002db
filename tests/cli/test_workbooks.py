"""Reports for spreadsheets: workbooks with real numbers and dates, CSV that Excel opens."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from click.testing import CliRunner

from pocketdev_analytics import import_history
from pocketdev_analytics.cli import main
from pocketdev_analytics.cli._output import excel_csv
from pocketdev_analytics.cli._xlsx import xlsx_bytes
from tests.agents.claude.by_hand import answer, prompt, write

SPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
FRAME = pl.DataFrame(
    {
        "name": ["=1+1", "a & <b>", None],
        "day": [date(2026, 11, 2), date(1899, 1, 1), None],
        "at": [datetime(2026, 11, 2, 18, 0, tzinfo=UTC), None, None],
        "cost_usd": [Decimal("1.234567890123456789"), None, Decimal(2)],
        "share": [0.25, float("nan"), None],
        "tokens": [12, 10**17, None],
        "models": [["a", "b"], [], None],
        "is_running": [True, False, None],
    },
    schema_overrides={"cost_usd": pl.Decimal(38, 18)},
)


def cells(content: bytes, sheet: int = 1) -> list[list[Any]]:
    """The cells of a sheet as a spreadsheet reads them: numbers, texts, None."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = ET.fromstring(archive.read(f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314 - ours
    return [
        [_value(cell) for cell in row.findall("m:c", SPACE)]
        for row in root.findall(".//m:row", SPACE)
    ]


def _value(cell: ET.Element) -> Any:
    assert cell.find("m:f", SPACE) is None, "a formula"
    text = cell.find("m:is/m:t", SPACE)
    if text is not None:
        return text.text or ""
    number = cell.find("m:v", SPACE)
    return None if number is None else float(number.text or "nan")


def test_numbers_and_dates_are_real_and_texts_are_never_formulas() -> None:
    content = xlsx_bytes(FRAME, name="cost", about=["A title"], totals={"cost_usd": Decimal(3)})
    header, first, second, third, total = cells(content)
    assert header == FRAME.columns
    assert first[:3] == ["=1+1", 46328.0, 46328.75]
    assert first[3:] == [1.2345678901234568, 0.25, 12.0, "a, b", 1.0]
    assert second[:2] == ["a & <b>", "1899-01-01"]
    assert second[4:6] == ["nan", str(10**17)]
    assert third == [None, None, None, 2.0, None, None, None, None]
    assert total == ["total", None, None, 3.0, None, None, None, None]
    assert cells(content, 2) == [["A title"]]


def test_the_same_rows_give_the_same_bytes() -> None:
    one, two = (xlsx_bytes(FRAME, name="cost", about=[]) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("comma", [False, True])
def test_a_csv_for_excel_has_a_mark_and_the_separators_of_the_locale(comma: bool) -> None:  # noqa: FBT001
    frame = FRAME.select("name", "cost_usd", "tokens")
    content = excel_csv(frame, decimal_comma=comma)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(
        csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";" if comma else ",")
    )
    assert rows[0] == frame.columns
    assert rows[1] == ["'=1+1", f"1{',' if comma else '.'}234567890123456789", "12"]


@pytest.fixture
def run(tmp_path: Path) -> Any:
    place = {"sessionId": "00000001-0000-4000-8000-00000000000a", "cwd": "/home/ada/engine"}
    line = answer("msg_1", "2026-11-02 10:01:00", **place)
    write(tmp_path, place["sessionId"], prompt(time="2026-11-02 10:00:00", **place), line)
    import_history([tmp_path], tmp_path / "store.duckdb")

    def run(*arguments: str) -> Any:
        options = ["--store", str(tmp_path / "store.duckdb"), "--timezone", "UTC", "report"]
        return CliRunner().invoke(main, [*options, *arguments])

    return run


def test_a_report_is_a_workbook_with_its_notes(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "boss.xlsx"
    done = run("cost", "--by", "day", "--by", "project", "-o", str(file))
    assert done.exit_code == 0, done.output
    header, row, total = cells(file.read_bytes())
    assert row[header.index("day")] == 46328.0
    assert row[header.index("project")] == "engine"
    assert row[header.index("cost_usd")] == total[header.index("cost_usd")] > 0
    about = [line for (line,) in cells(file.read_bytes(), 2)]
    assert about[0] == "cost by day and project, time zone UTC"
    assert any(re.match("Prices: ", line) for line in about)


def test_an_option_for_csv_is_refused_for_other_formats(run: Any, tmp_path: Path) -> None:
    done = run("cost", "--csv-for", "excel")
    assert done.exit_code == 1
    assert "--csv-for is for CSV, not for table" in done.output
    file = tmp_path / "a.csv"
    assert run("cost", "--csv-for", "excel", "-o", str(file)).exit_code == 0
    assert file.read_bytes().startswith(b"\xef\xbb\xbfday")
