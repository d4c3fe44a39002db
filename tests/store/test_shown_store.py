"""How a store, its history and where it comes from show themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import pocketdev_analytics as pda
from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.model import history as facts
from pocketdev_analytics.store import shown


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few days of the sample, imported."""
    folder = tmp_path_factory.mktemp("sample")
    pda.import_history([pda.write_sample(folder / "history", days=5)], folder / "<b>.duckdb")
    return folder / "<b>.duckdb"


def test_an_open_store_says_what_it_holds(sample: Path) -> None:
    with pda.open_store(sample) as store:
        html = store._repr_html_()
        responses = store.counts()["responses"]
        total = pda.reports.totals(store.usage_cost()).collect()["cost_usd"][0]
    assert "<td style=" in html
    assert f">{responses:,}</td>" in html
    assert f"${total:,.2f}</td>" in html
    assert "genai-prices" in html
    assert "&lt;b&gt;.duckdb" in html
    assert "<b>" not in html


def test_a_period_of_one_day_names_it_once(sample: Path) -> None:
    with pda.open_store(sample) as store:
        found = store.provenance()
    first = datetime(2026, 2, 7, 9, tzinfo=UTC)
    day = replace(found, first_at=first, last_at=first.replace(hour=23))
    assert day.period == "2026-02-07"
    assert replace(day, last_at=datetime(2026, 2, 8, tzinfo=UTC)).period == (
        "2026-02-07 to 2026-02-08"
    )


def test_a_closed_store_says_so_and_reads_nothing(sample: Path) -> None:
    with pda.open_store(sample) as store:
        pass
    sample.with_name("gone").touch()
    assert "closed; existing frames can still be collected" in store._repr_html_()
    assert repr(store) == f"Store({str(sample)!r}, closed)"


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path) -> None:
    with pda.open_store(tmp_path / "s.duckdb", read_only=False) as store:
        html = store._repr_html_()
    assert "nothing yet; run <code>pocketdev-analytics import</code>" in html
    assert "nothing spent" in html


def test_a_store_that_cannot_be_read_says_why(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_usage: object) -> dict[str, str]:
        raise StoreError("it is <damaged>")

    monkeypatch.setattr(shown, "_cost_facts", fail)
    with pda.open_store(sample) as store:
        assert "it is &lt;damaged&gt;" in store._repr_html_()


def test_a_history_says_what_its_rows_are_without_computing_them(sample: Path) -> None:
    with pda.open_store(sample) as store:
        history, provenance = store.history(), store.provenance()
    sample.rename(sample.with_name("moved.duckdb"))
    assert repr(history).startswith("History(usage, prompts, tool_calls, api_errors")
    assert "a row is a response, with its cost; response_id, " in history._repr_html_()
    assert "Session files" in provenance._repr_html_()
    sample.with_name("moved.duckdb").rename(sample)


def test_facts_stay_text() -> None:
    html = facts.facts_html("<i>", {"<b>": "<script>"})
    assert "<script>" not in html
    assert html.count("&lt;") == 3
