from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.files.resources import sql_dir
from pocketdev_analytics.pricing import Catalogue, CatalogueRow, Prices, news
from pocketdev_analytics.pricing.genai import listed_rows
from pocketdev_analytics.pricing.seeds import (
    BY_HAND,
    SHIPPED,
    catalogue_csv,
    extend_catalogue,
    read_catalogue_csv,
)

TODAY = date(2026, 11, 23)


def row(
    price: int,
    since: str | None = None,
    until: str | None = None,
    *,
    model: str = "m",
    length: int = 0,
    edition: str = "1",
) -> CatalogueRow:
    return CatalogueRow(
        model,
        since and date.fromisoformat(since),  # type: ignore[arg-type]
        until and date.fromisoformat(until),  # type: ignore[arg-type]
        "standard",
        "standard",
        length,
        Prices.of({"input": Decimal(price), "output": Decimal(price)}),
        "genai-prices",
        edition,
    )


def price_on(rows: list[CatalogueRow], day: str, prompt: int = 0) -> Decimal | None:
    at = datetime.fromisoformat(day)
    found = Catalogue(rows).find("m", "standard", "standard", prompt, at)
    return found.prices["input"] if found else None


def test_the_latest_of_the_prices_that_apply_counts() -> None:
    rows = [row(1), row(2, "2026-03-13"), row(3, "2026-06-01", "2026-07-01")]
    days = ("2026-03-12", "2026-03-13", "2026-06-01", "2026-06-30", "2026-07-01")
    assert [price_on(rows, day) for day in days] == [1, 2, 3, 3, 2]


def test_an_announced_price_is_not_used_before_its_day() -> None:
    rows = [row(1), row(9, "2027-01-01")]
    assert price_on(rows, "2026-12-31") == 1
    assert price_on(rows, "2027-01-01") == 9


def test_a_later_edition_of_the_same_day_counts() -> None:
    assert price_on([row(1, "2026-01-01"), row(2, "2026-01-01", edition="2")], "2026-01-01") == 2


def test_a_length_that_no_longer_costs_more_falls_back_to_the_base() -> None:
    rows = [row(1), row(2, length=200, until="2026-03-13")]
    assert price_on(rows, "2026-03-12", prompt=201) == 2
    assert price_on(rows, "2026-03-12", prompt=200) == 1
    assert price_on(rows, "2026-03-13", prompt=201) == 1


def test_a_price_before_its_first_day_is_unknown() -> None:
    assert price_on([row(1, "2026-01-01")], "2025-12-31") is None


def test_the_same_list_again_adds_nothing() -> None:
    rows = [row(1), row(2, "2026-03-13"), row(3, length=100, until="2026-05-01")]
    assert news(rows, [replace(each, source_version="2") for each in rows], TODAY) == []


def test_a_new_model_comes_with_all_its_history() -> None:
    offered = [row(1, edition="2"), row(5, model="new"), row(6, "2026-01-01", model="new")]
    assert news([row(1)], offered, TODAY) == offered[1:]


def test_a_dated_change_is_added_with_its_day_and_changes_nothing_before() -> None:
    offered = [row(1, until="2026-12-01", edition="2"), row(2, "2026-12-01", edition="2")]
    rows = [row(1), *news([row(1)], offered, TODAY)]
    assert [price_on(rows, day) for day in ("2020-01-01", "2026-11-30", "2026-12-01")] == [1, 1, 2]


def test_a_change_without_a_day_counts_from_today() -> None:
    rows = [row(1), *news([row(1)], [row(2, edition="2")], TODAY)]
    assert rows[1:] == [row(2, "2026-11-23", edition="2")]
    assert [price_on(rows, day) for day in ("2026-11-22", "2026-11-23")] == [1, 2]


def test_a_new_tier_without_a_day_counts_from_today() -> None:
    rows = [row(1), *news([row(1)], [row(1, edition="2"), row(9, length=100, edition="2")], TODAY)]
    assert [price_on(rows, day, 101) for day in ("2026-11-22", "2026-11-23")] == [1, 9]


def test_a_withdrawn_price_is_never_used() -> None:
    known = [row(1), row(9, "2027-01-01")]
    rows = [*known, *news(known, [row(1, edition="2")], TODAY)]
    assert price_on(rows, "2027-06-01") == 1
    assert news(rows, [row(1, edition="3")], TODAY) == []


def test_a_tier_that_the_list_no_longer_has_ends_today() -> None:
    known = [row(1), row(2, length=100)]
    rows = [*known, *news(known, [row(1, edition="2")], TODAY)]
    assert [price_on(rows, day, 101) for day in ("2026-11-22", "2026-11-23")] == [2, 1]


def test_a_model_that_the_list_dropped_keeps_its_prices() -> None:
    known = [row(1), row(2, model="old")]
    assert news(known, [row(1, edition="2")], TODAY) == []


def test_an_end_that_the_list_adds_later_is_applied() -> None:
    known = [row(1), row(2, length=100)]
    offered = [row(1, edition="2"), row(2, length=100, until="2026-04-30", edition="2")]
    rows = [*known, *news(known, offered, TODAY)]
    assert [price_on(rows, day, 101) for day in ("2026-04-29", "2026-04-30")] == [2, 1]


def test_the_shipped_catalogue_is_what_its_two_sources_make() -> None:
    folder = sql_dir() / "seeds"
    shipped = (folder / SHIPPED).read_text("utf-8")
    assert catalogue_csv(extend_catalogue(folder, listed_rows(), TODAY)) == shipped


def test_the_shipped_catalogue_can_be_rebuilt(tmp_path: Path) -> None:
    folder = sql_dir() / "seeds"
    (tmp_path / BY_HAND).write_text((folder / BY_HAND).read_text("utf-8"), encoding="utf-8")
    made = extend_catalogue(tmp_path, listed_rows(), TODAY)
    assert set(made) == set(read_catalogue_csv(folder / SHIPPED))


def test_every_hand_kept_price_names_its_source() -> None:
    rows = read_catalogue_csv(sql_dir() / "seeds" / BY_HAND)
    assert all(each.source and each.source_version for each in rows)
    assert not any(each.source == "genai-prices" for each in rows)


def test_a_file_that_is_not_a_catalogue_is_named(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(PricingError, match=r"cannot read prices from .*prices.csv"):
        read_catalogue_csv(file)
