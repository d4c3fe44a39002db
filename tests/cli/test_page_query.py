"""From a number on a page to the rows behind it, by the command that the page shows."""

from __future__ import annotations

import html
import json
import re
import shlex
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

import pocketdev_analytics as pda
from pocketdev_analytics.cli import main
from pocketdev_analytics.settings.config import STORE_VARIABLE


def run(*arguments: str) -> str:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def shown_command(page: Path) -> list[str]:
    text = html.unescape(page.read_text(encoding="utf-8"))
    found = re.search(r"<code>(pocketdev-analytics\b[^\n]* query [^\n]*)\n", text)
    assert found
    return shlex.split(found[1])[1:]


@pytest.mark.parametrize("is_default", [True, False])
def test_the_command_on_the_cost_page_lists_the_rows_of_its_total(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_default: bool
) -> None:
    store, page = tmp_path / "my store.duckdb", tmp_path / "cost.html"
    pda.import_history([pda.write_sample(tmp_path / "history", days=10)], store)
    if is_default:
        monkeypatch.setenv(STORE_VARIABLE, str(store))
    named = [] if is_default else ["--store", str(store)]
    zone = ["--timezone", "Europe/Berlin"]
    run(*named, *zone, "dashboard", "cost", "-o", str(page))
    command = shown_command(page)
    assert ("--store" in command) is not is_default
    rows = json.loads(run(*command, "--format", "json"), parse_float=Decimal)
    report = run(*named, *zone, "report", "cost", "--format", "json")
    total = json.loads(report, parse_float=Decimal)["totals"]
    assert len(rows) >= total["responses"]  # a row for each billed pass
    assert sum(row["cost_usd"] or 0 for row in rows) == total["cost_usd"]
