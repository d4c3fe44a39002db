"""Seeding and updating prices: those that a person set stay in any update of the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pocketdev_analytics.pricing import CatalogueRow, ModelPrice, Prices
from pocketdev_analytics.pricing.genai import listed_rows
from pocketdev_analytics.store import Store, open_store
from pocketdev_analytics.store.price_seeds import seed_prices

TODAY = date(2026, 11, 23)
OPUS = "claude-opus-5-5"
STANDARD = ("standard", "standard", 0, None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.duckdb", read_only=False) as opened:
        yield opened


def with_input(prices: Prices, price: Decimal) -> Prices:
    return Prices.of({**dict(prices.items()), "input": price})


def newer(**changed: Decimal) -> list[CatalogueRow]:
    """The installed list as a later version of it, with some models' input prices changed."""
    rows = [replace(row, source_version="0.2.4") for row in listed_rows()]
    return [
        replace(row, prices=with_input(row.prices, changed[row.model.replace("-", "_")]))
        if row.model.replace("-", "_") in changed and row.key[1:] == STANDARD
        else row
        for row in rows
    ]


def model(store: Store, name: str) -> ModelPrice:
    return store.price_book().models[name]


def test_a_new_store_knows_every_listed_model_and_nothing_is_changed(store: Store) -> None:
    book = store.price_book()
    assert not any(each.is_customised for each in book.models.values())
    claude = [each for each in book.catalogue.models if "/" not in each]
    assert len(claude) > 20
    assert all(map(book.model_price, claude))


def test_seeding_again_changes_nothing(store: Store) -> None:
    before = store.query("select * from price_catalogue"), store.query("from model_pricing")
    seed_prices(store._connection)
    seed_prices(store._connection)
    after = store.query("select * from price_catalogue"), store.query("from model_pricing")
    assert [frame.rows() for frame in before] == [frame.rows() for frame in after]


def test_a_store_from_before_seeds_were_noted_keeps_its_edits(store: Store) -> None:
    path = store.path
    store.close()
    with duckdb.connect(path) as connection:
        connection.execute("delete from model_pricing_seeds")
        connection.execute("delete from store_properties where name = 'price_seeds_digest'")
        connection.execute("update store_properties set value = '' where name = 'views_digest'")
        connection.execute(
            f"update model_pricing set output_price_per_million = 7 where model_name = '{OPUS}'"
        )
    with open_store(path, read_only=False) as opened:
        rows = opened.price_book().models
        assert [each.model_name for each in rows.values() if each.is_customised] == [OPUS]
        assert rows[OPUS].output_price_per_million == 7


def test_a_listed_model_that_was_deleted_comes_back_with_the_next_seeding(store: Store) -> None:
    store._connection.execute(f"delete from model_pricing where model_name = '{OPUS}'")
    seed_prices(store._connection)
    assert model(store, OPUS).input_price_per_million == 4


def test_an_update_adds_prices_and_renews_unchanged_rows(store: Store) -> None:
    tables = store.price_tables()
    added = tables.update(newer(claude_opus_5_5=Decimal(3), claude_opus_5=Decimal(9)), TODAY)
    assert {(row.model, row.valid_from, row.source_version) for row in added} == {
        (OPUS, TODAY, "0.2.4"),
        ("claude-opus-5", TODAY, "0.2.4"),
    }
    assert model(store, OPUS).input_price_per_million == 3
    assert model(store, OPUS).cache_write_multiplier == Decimal("1.667")
    assert not model(store, OPUS).is_customised
    assert tables.update(newer(claude_opus_5_5=Decimal(3)), TODAY) == []


def test_an_update_leaves_what_a_person_set(store: Store) -> None:
    tables = store.price_tables()
    mine = replace(model(store, OPUS), input_price_per_million=Decimal(1))
    tables.set([mine])
    tables.update(newer(claude_opus_5_5=Decimal(3)), TODAY)
    assert model(store, OPUS).input_price_per_million == 1
    assert model(store, OPUS).is_customised
    tables.reset(OPUS)
    assert model(store, OPUS).input_price_per_million == 3


def test_an_update_with_a_new_model_seeds_it(store: Store) -> None:
    new = CatalogueRow(
        *("claude-opus-6", None, None, "standard", "standard", 0),
        Prices((*map(Decimal, ("2", "2.5", "4", "0.2", "10")), None)),
        *("genai-prices", "0.2.4"),
    )
    store.price_tables().update([*newer(), new], TODAY)
    row = model(store, "claude-opus-6")
    assert (row.cache_write_multiplier, row.cache_read_multiplier) == (
        Decimal("1.25"),
        Decimal("0.1"),
    )


def test_an_older_list_than_the_stores_adds_nothing(store: Store) -> None:
    tables = store.price_tables()
    tables.update(newer(claude_opus_5_5=Decimal(3)), TODAY)
    assert tables.update(listed_rows(), TODAY) == []
    seed_prices(store._connection)
    assert model(store, OPUS).input_price_per_million == 3


def test_yesterdays_price_is_what_it_was_after_an_update(store: Store) -> None:
    before = store.price_book().catalogue
    store.price_tables().update(newer(claude_opus_5_5=Decimal(3)), TODAY)
    after = store.price_book().catalogue
    key = (OPUS, *STANDARD)
    yesterday = date(2026, 11, 22)
    assert after.on(key, yesterday) == before.on(key, yesterday)
    row = after.on(key, TODAY)
    assert row is not None
    assert row.prices["input"] == 3


def test_a_date_that_has_come_renews_the_row_without_a_newer_list(store: Store) -> None:
    rows = newer()
    old = next(row for row in rows if row.key == (OPUS, *STANDARD))
    future = date(2027, 1, 1)
    cheaper = replace(old, valid_from=future, prices=with_input(old.prices, Decimal(2)))
    ending = [replace(row, valid_until=future) if row is old else row for row in rows]
    tables = store.price_tables()
    tables.update([*ending, cheaper], TODAY)
    assert model(store, OPUS).input_price_per_million == 4
    tables.update([*ending, cheaper], future)
    assert model(store, OPUS).input_price_per_million == 2


def test_a_change_is_dated(store: Store) -> None:
    before = datetime.now(UTC).replace(tzinfo=None)
    store.price_tables().set([replace(model(store, OPUS), input_price_per_million=Decimal(1))])
    (stamp,) = store.query(
        "select updated_at from model_pricing where model_name = $name", {"name": OPUS}
    )["updated_at"]
    assert stamp >= before


def test_the_source_of_prices_mentions_changed_rows(store: Store) -> None:
    listed = "list prices by genai-prices 0.2.3"
    assert store.provenance().price_source.startswith(listed)
    assert "changed" not in store.provenance().price_source
    store.price_tables().set([replace(model(store, OPUS), input_price_per_million=Decimal(1))])
    assert store.provenance().price_source.endswith(", 1 changed in model_pricing,")
