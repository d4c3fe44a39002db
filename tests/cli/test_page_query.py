"""From a number on a page to the rows behind it, by the query that the page shows."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from pathlib import Path

import pocketdev_analytics as pda


def test_the_query_on_the_cost_page_lists_the_rows_of_its_total(tmp_path: Path) -> None:
    pda.write_sample(tmp_path / "history", days=10)
    pda.import_history([tmp_path / "history"], tmp_path / "store.duckdb")
    with pda.open_store(tmp_path / "store.duckdb") as store:
        history = store.history()
        page = pda.dashboard.cost_page(
            history,
            store.provenance(),
            timezone="Europe/Berlin",
            made_at=datetime(2026, 11, 23, tzinfo=UTC),
        )
        found = re.search(r'pocketdev-analytics query "(select .*?)"', html.unescape(page))
        assert found
        rows = store.query(found[1])
        total = pda.reports.totals(history.usage).collect().row(0, named=True)
    assert rows.height == total["responses"]
    assert rows["cost_usd"].sum() == total["cost_usd"]
