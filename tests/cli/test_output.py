from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from click.testing import CliRunner

from pocketdev_analytics.cli import main
from pocketdev_analytics.cli._output import csv_text, json_text
from pocketdev_analytics.cli._table import table_text
from pocketdev_analytics.cli._text import emit, tell, without_controls
from pocketdev_analytics.model import COST_USD

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\uff1d1+1", "\uff20SUM(A1)"]


def costs(*rows):
    schema = {
        "day": pl.Date,
        "input_tokens": pl.Int64,
        "cost_usd": COST_USD,
        "lower_bound_responses": pl.Int64,
        "unpriced_tokens": pl.Int64,
    }
    return pl.DataFrame(rows, schema, orient="row")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0.085500000000000", "0.0855"),
        ("0.000000010000000", "0.00000001"),
        ("0.000000000000001", "0.000000000000001"),
        ("100.000000000000000", "100"),
        ("1E+3", "1000"),
        ("0", "0"),
        ("-0.5", "-0.5"),
        ("12345678901234567890.123456789012345", "12345678901234567890.123456789012345"),
    ],
)
def test_json_keeps_every_digit_without_zeros_or_exponent(number, text):
    assert json_text({"cost_usd": Decimal(number)}) == f'{{\n  "cost_usd": {text}\n}}'


def test_json_writes_days_and_times_as_iso_and_nothing_as_null():
    document = {"day": date(2026, 11, 1), "at": datetime(2026, 11, 1, 9, tzinfo=UTC), "no": None}
    assert json.loads(json_text(document)) == {
        "day": "2026-11-01",
        "at": "2026-11-01T09:00:00Z",
        "no": None,
    }


def test_json_takes_lists_and_integers_of_any_size():
    assert json.loads(json_text([{"n": 2**100}, (1, Decimal("0.1"))])) == [{"n": 2**100}, [1, 0.1]]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_spreadsheet_runs_nothing_of_a_csv(formula):
    frame = pl.DataFrame({"title": [formula], "models": [[formula, "b"]], formula: [1]})
    header, row = csv.reader(io.StringIO(csv_text(frame), newline=""))
    assert row == [f"'{formula}", f"'{formula}; b", "1"]
    assert header == ["title", "models", f"'{formula}"]


def test_numbers_of_a_csv_stay_numbers_also_below_zero():
    frame = pl.DataFrame({"n": [-1], "cost_usd": [Decimal("-0.085500")], "share": [-0.5]})
    assert csv_text(frame) == "n,cost_usd,share\n-1,-0.0855,-0.5\n"


def test_a_csv_is_exact_and_leaves_unknown_cells_empty():
    text = csv_text(
        costs((date(2026, 11, 1), 1_000, Decimal("0.00000001"), 0, 0), (None, 0, None, 0, 0))
    )
    assert text.splitlines() == [
        "day,input_tokens,cost_usd,lower_bound_responses,unpriced_tokens",
        "2026-11-01,1000,0.00000001,0,0",
        ",0,,0,0",
    ]


def test_a_csv_takes_every_kind_of_column():
    weekday = pl.Enum(["=Monday"])
    frame = pl.DataFrame(
        {
            "at": [datetime(2026, 11, 1, 9, tzinfo=UTC)],
            "weekday": pl.Series(["=Monday"], dtype=weekday),
            "bytes": [b"\x00"],
            "struct": [{"a": Decimal("0.10")}],
            "numbers": [[1, 2]],
        }
    )
    _, row = csv.reader(io.StringIO(csv_text(frame)))
    assert row[0].startswith("2026-11-01T09:00:00")
    assert row[1:] == ["'=Monday", "AA==", '{"a":0.1}', "[1,2]"]


def test_a_csv_without_rows_is_its_header():
    assert csv_text(costs()) == "day,input_tokens,cost_usd,lower_bound_responses,unpriced_tokens\n"


READING = """\
                                       lower
                input                  bound  unpriced
day            tokens    cost USD  responses    tokens
──────────────────────────────────────────────────────
2026-11-01  1,234,567        0.09          0         0
2026-11-02         12  ≥ 1,234.50          1         0
2026-11-03          7    no price          0         7

total       1,234,586  ≥ 1,234.59          1         7
"""


def wide():
    names = ["responses", "input_tokens", "output_tokens", "web_search_requests"]
    row = {"project": ["/home/me/" + "long/" * 9], **{name: [1_234_567] for name in names}}
    return pl.DataFrame({**row, "web_search_requests": [0], "cost_usd": [Decimal("1.50")]})


def test_a_table_is_set_for_reading():
    frame = costs(
        (date(2026, 11, 1), 1_234_567, Decimal("0.0855"), 0, 0),
        (date(2026, 11, 2), 12, Decimal("1234.5"), 1, 0),
        (date(2026, 11, 3), 7, None, 0, 7),
    )
    totals = {
        "input_tokens": 1_234_586,
        "cost_usd": Decimal("1234.5855"),
        "lower_bound_responses": 1,
        "unpriced_tokens": 7,
    }
    assert table_text(frame, by=["day"], totals=totals) == READING


def test_a_table_fits_the_terminal_and_names_what_it_leaves_out():
    for width in (100, 80, 60, 40):
        text = table_text(wide(), by=["project"], width=width)
        assert max(map(len, text.splitlines())) <= width
        table, _, note = text.partition("Not shown, to fit: ")
        assert "1.50" in table
        assert "web_search_requests" in note
        assert note.split()[-3:] == ["with", "--format", "csv."]


def test_a_narrow_table_shortens_numbers_before_it_leaves_any_out():
    text = table_text(wide(), by=["project"], width=64)
    assert "1.23 M" in text
    assert "Not shown, to fit: web_search_requests." in text
    assert "In every row" not in text


def sessions(*ids):
    noon = datetime(2026, 11, 1, 12, tzinfo=UTC)
    times = [noon + timedelta(hours=number) for number in range(len(ids))]
    columns = {"session": ids, "started_at": times, "ended_at": times}
    counts = {name: range(1, len(ids) + 1) for name in ("prompts", "responses")}
    return pl.DataFrame(columns | counts).with_columns(cost_usd=pl.lit(Decimal("1.50")))


IDS = ("aaaaaaaa-0000-4000-8000-00000000000a", "bbbbbbbb-0000-4000-8000-00000000000b")


def test_a_narrow_table_has_the_beginnings_of_ids():
    totals = {"cost_usd": Decimal(3)}
    text = table_text(sessions(*IDS, "named"), by=["session"], totals=totals, width=84)
    names = [line.split()[0] for line in text.splitlines()[3:] if line]
    assert names == ["aaaaaaaa", "bbbbbbbb", "named", "total"]
    assert IDS[0] in table_text(sessions(*IDS), by=["session"], width=120)


def test_ids_that_begin_alike_are_not_cut():
    alike = (IDS[0], IDS[0].replace("4000", "4001"))
    text = table_text(sessions(*alike), by=["session"], width=84)
    assert "aaaaaaaa-" in text


def test_a_narrow_table_leaves_out_later_times_before_counts():
    text = table_text(sessions(*IDS), by=["session"], width=60)
    assert "responses" in text
    assert "Not shown, to fit: ended_at." in text


def titled_sessions():
    titles = ["Find why the import is slow on a network drive", "Résumé des coûts", None]
    counts = {name: [1_000_000, 2, 3] for name in ("prompts", "responses", "tool_calls")}
    return sessions(*IDS, "named").with_columns(
        **{name: pl.Series(values) for name, values in counts.items()},
        title=pl.Series(titles),
        project=pl.Series(["a/long/path/of/a/project", "app", "app"]),
        models=pl.Series([["claude-opus-5", "claude-haiku-4-5"], ["claude-opus-5"], []]),
    )


def test_a_narrow_table_keeps_titles_each_on_one_line():
    text = table_text(titled_sessions(), by=["session"], width=60)
    assert "  Find why the import is…\n" in text
    assert "Résumé des coûts" in text
    assert max(map(len, text.splitlines())) <= 60
    assert text.count("1.50") == 3


def test_omitted_columns_leave_space_for_titles():
    texts = {
        width: table_text(titled_sessions(), by=["session"], width=width) for width in (60, 99)
    }
    assert "models" in texts[60].partition("Not shown")[2]
    assert "network drive" in table_text(titled_sessions(), by=["session"], width=200)
    assert len(max(texts[99].splitlines(), key=len)) > 60


def test_a_column_of_one_value_is_stated_once_above_a_narrow_table():
    frame = pl.DataFrame(
        {
            "class": ["input", "output"],
            "group": [1, 1],
            "model": ["claude-opus-5-20260101"] * 2,
            "calls": [4, 4],
            "cost_usd": [Decimal("0.5"), Decimal("0.5")],
        }
    )
    options = {"by": ["class"], "totals": {"cost_usd": Decimal(1), "calls": 8}, "is_exact": True}
    wide, narrow = (table_text(frame, width=width, **options) for width in (80, 40))
    assert "In every row" not in wide
    first, *table = narrow.splitlines()
    assert f"{first} {table[0]}" == "In every row: group 1, model claude-opus-5-20260101."
    assert table[-1].split() == ["total", "8", "1"]
    assert "Not shown" not in narrow


def test_what_has_no_name_is_called_none_and_only_totals_are_called_total():
    frame = pl.DataFrame({"project": [None], "branch": ["main"], "calls": [3]})
    *_, row, _, total = table_text(
        frame, by=["project", "branch"], totals={"calls": 3}
    ).splitlines()
    assert row.split() == ["(none)", "main", "3"]
    assert total.split() == ["total", "3"]


def test_a_title_cannot_steer_the_terminal_nor_style_the_table():
    frame = pl.DataFrame({"title": ["\x1b[31mred\x07 [bold]x[/]\nend"]})
    text = table_text(frame)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "[bold]x[/] end" in text


def test_an_exact_table_shows_values_as_they_are():
    frame = pl.DataFrame({"year": [2026], "cost_usd": [Decimal("0.08550")], "ok": [True]})
    assert table_text(frame, is_exact=True).splitlines()[-1].split() == ["2026", "0.0855", "True"]


def test_rates_read_as_percentages_and_lists_with_commas():
    frame = pl.DataFrame({"error_rate": [0.125], "models": [["a", "b"]]})
    assert table_text(frame).splitlines()[-1].split() == ["12.5%", "a,", "b"]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_table_is_written_in_what_the_terminal_can_show(encoding):
    frame = pl.DataFrame(
        {"project": ["/é/\u2603"], "cost_usd": [Decimal(1)], "unpriced_tokens": [9]}
    )
    text = table_text(frame, by=["project"], encoding=encoding)
    assert text.encode(encoding).decode(encoding) == text
    assert (">= 1.00" in text) == (encoding != "utf-8")
    *_, row = text.splitlines()
    assert row.split()[0] == {"ascii": "/?/?", "cp1252": "/é/?", "utf-8": "/é/\u2603"}[encoding]


def test_a_narrow_comparison_keeps_rows_of_the_period_before():
    counts = {"calls": [0], "calls_before": [12], "calls_change": [-12]}
    frame = pl.DataFrame({"tool": ["mcp__server__with_a_long_name"], **counts})
    text = table_text(frame, by=["tool"], width=40)
    assert "0      12     -12" in text
    assert "Not shown" not in text


def test_long_paths_are_broken_between_folders():
    frame = pl.DataFrame({"project": ["/home/me/code/application"], "responses": [1]})
    text = table_text(frame, by=["project"], width=28)
    assert [line.split()[0] for line in text.splitlines()[-2:]] == ["/home/me/code/", "application"]
    assert max(map(len, text.splitlines())) <= 28


def test_a_change_has_its_sign_and_a_percentage_its_decimal():
    frame = pl.DataFrame(
        {
            "tool": ["a", "b", "c"],
            "calls": [12_000, 1, 1],
            "calls_before": [1, 3, 0],
            "calls_change": [11_999, -2, 1],
            "calls_change_percent": [1_199_900.0, -200 / 3, None],
            "minutes_change": [0.1 + 0.2, -1.0, 0.0],
        }
    )
    rows = [line.split() for line in table_text(frame, by=["tool"]).splitlines()[-3:]]
    assert rows == [
        ["a", "12,000", "1", "+11,999", "+1,199,900.0%", "+0.3"],
        ["b", "1", "3", "-2", "-66.7%", "-1.0"],
        ["c", "1", "0", "+1", "0"],
    ]


class Latin(io.TextIOWrapper):
    """A standard output of the encoding of an old Windows."""

    def __init__(self):
        super().__init__(io.BytesIO(), encoding="cp1252")

    def written(self):
        self.flush()
        return self.buffer.getvalue()


def test_words_are_shown_in_any_encoding_and_steer_no_terminal(monkeypatch):
    output = Latin()
    monkeypatch.setattr("sys.stdout", output)
    tell("\u2265 $5.00 of \u65e5\u672c\x1b[31m\u2028\udcff\nnext")
    assert output.written() == b">= $5.00 of ??\x3f[31m ?\nnext\n"


def test_what_programs_read_loses_no_sign_in_any_encoding(monkeypatch):
    for text, content in (("caf\xe9", b"caf\xe9\n"), ("\u65e5\n", b"\xe6\x97\xa5\n")):
        output = Latin()
        monkeypatch.setattr("sys.stdout", output)
        emit(text)
        assert output.written() == content


def test_an_error_steers_no_terminal(tmp_path):
    command = ["--store", str(tmp_path / "no.duckdb"), "--timezone", "x", "report", "cost"]
    error = CliRunner().invoke(main, [*command[:3], "\x1b[31mRed", *command[4:]])
    assert "\x1b" not in error.output
    found = CliRunner().invoke(main, ["report", "\x9b31mcost"])
    assert (found.exit_code, "\x9b" in found.output) == (1, False)
    assert without_controls("a\nb\tc\x07") == "a\nb c\ufffd"
