"""Seed the price tables and update them from a newer list; the user's own prices are kept."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import blake2b
from itertools import chain
from typing import Any, Final

import duckdb
import polars as pl

from pocketdev_analytics.files.resources import sql_dir
from pocketdev_analytics.pricing import CATALOGUE, CatalogueRow, ModelPrice, PriceBook, news
from pocketdev_analytics.pricing.seeds import (
    SHIPPED,
    catalogue_frame,
    read_catalogue_frame,
    seeded_models,
)
from pocketdev_analytics.store.arrow import fetch, registered
from pocketdev_analytics.store.price_book import MODEL, PRICES, model_values, read_catalogue

__all__ = ["seed_prices", "update_prices"]

_GENAI: Final = "genai-prices"
_NOW: Final = "current_timestamp at time zone 'UTC'"


def seed_prices(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the shipped prices if they are new to the store; the user's own prices are kept.

    A listed model that was deleted from `model_pricing` is restored at its last seeded price.
    """
    digest = _digest()
    known = connection.execute(
        "select value from store_properties where name = 'price_seeds_digest'"
    ).fetchall()
    if known != [(digest,)]:
        _seed(connection)
        connection.execute(
            "insert or replace into store_properties values ('price_seeds_digest', ?)", [digest]
        )
    columns = ", ".join(MODEL)
    connection.execute(
        f"insert into model_pricing ({columns}, created_at, updated_at) "
        f"select {columns}, {_NOW}, {_NOW} from model_pricing_seeds "
        "where model_name not in (select model_name from model_pricing)"
    )


def _seed(connection: duckdb.DuckDBPyConnection) -> None:
    shipped = read_catalogue_frame(sql_dir() / "seeds" / SHIPPED)
    newest = _newest(connection)
    edition = max(map(_version, shipped.filter(source=_GENAI)["source_version"].unique()))
    _append_catalogue(connection, _unknown(connection, shipped, newest))
    if edition >= newest:
        _seed_models_from_file(connection)


def _unknown(
    connection: duckdb.DuckDBPyConnection, shipped: pl.DataFrame, newest: tuple[int, ...]
) -> pl.DataFrame:
    """Return the shipped rows that are neither in the store nor older than its price list."""
    known = fetch(connection, f"select {', '.join(CATALOGUE)} from price_catalogue")
    versions = shipped["source_version"].unique()
    is_newer = pl.col("source_version").is_in([v for v in versions if _version(v) > newest])
    is_new_model = ~pl.col("model").is_in(known["model"].unique().implode())
    wanted = shipped.filter((pl.col("source") != _GENAI) | is_newer | is_new_model)
    on = list(CATALOGUE)
    return wanted.join(known, on=on, how="anti", nulls_equal=True, maintain_order="left")


def _newest(connection: duckdb.DuckDBPyConnection) -> tuple[int, ...]:
    versions = connection.execute(
        "select distinct source_version from price_catalogue where source = ?", [_GENAI]
    ).fetchall()
    return max((_version(version) for (version,) in versions), default=())


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)))


def _seed_models_from_file(connection: duckdb.DuckDBPyConnection) -> None:
    names = [*MODEL, "created_at", "updated_at"]
    connection.execute(
        f"create temp table shipped as select {', '.join(names)} from model_pricing limit 0"
    )
    _insert(
        connection,
        "shipped",
        names,
        [[row[name] for name in names] for row in _csv_rows("model_pricing.csv")],
    )
    _apply_shipped(connection)


def _seed_models(connection: duckdb.DuckDBPyConnection, models: Iterable[ModelPrice]) -> None:
    connection.execute(
        f"create temp table shipped as select {', '.join(MODEL)} from model_pricing limit 0"
    )
    _insert(connection, "shipped", MODEL, [model_values(model) for model in models])
    connection.execute(f"alter table shipped add column created_at timestamp default ({_NOW})")
    connection.execute(f"alter table shipped add column updated_at timestamp default ({_NOW})")
    _apply_shipped(connection)


def _apply_shipped(connection: duckdb.DuckDBPyConnection) -> None:
    taken = ", ".join(f"{name} = shipped.{name}" for name in (*PRICES, "updated_at"))
    changed = " or ".join(f"mine.{name} is distinct from shipped.{name}" for name in PRICES)
    connection.execute(
        f"update model_pricing as mine set {taken} "
        "from shipped inner join model_prices as known using (model_name) "
        f"where mine.model_name = shipped.model_name and not known.is_customised and ({changed})"
    )
    connection.execute(
        "insert into model_pricing by name select * from shipped "
        "where model_name not in (select model_name from model_pricing)"
    )
    connection.execute(
        f"insert or replace into model_pricing_seeds by name select {', '.join(MODEL)} from shipped"
    )
    connection.execute("drop table shipped")


def update_prices(
    connection: duckdb.DuckDBPyConnection, listed: Sequence[CatalogueRow], today: date
) -> list[CatalogueRow]:
    """Apply a price list if it is newer; return the rows appended to the catalogue.

    `model_pricing` then has today's list prices, except where the user changed it.
    """
    known = read_catalogue(lambda sql: fetch(connection, sql))
    version = max((_version(row.source_version) for row in listed), default=())
    added = news(known, listed, today) if version > _newest(connection) else []
    _append_catalogue(connection, catalogue_frame(added))
    names = connection.execute("select model_name from model_pricing_seeds").fetchall()
    book = PriceBook.of([*known, *added])
    _seed_models(connection, seeded_models(book, [name for (name,) in names], today))
    return added


def _append_catalogue(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> None:
    # Appended: the last row for a key and first day is the one in use.
    if rows.is_empty():
        return
    names = ", ".join(CATALOGUE)
    with registered(connection, rows):
        connection.execute(f"insert into price_catalogue ({names}) select {names} from incoming")


def _insert(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:
    if rows:
        # One statement for all rows: a hundred times as fast as one per row.
        row = f"({', '.join('?' * len(names))})"
        connection.execute(
            f"insert into {table} ({', '.join(names)}) values {', '.join([row] * len(rows))}",
            list(chain.from_iterable(rows)),
        )


def _csv_rows(name: str) -> list[dict[str, str | None]]:
    with (sql_dir() / "seeds" / name).open(encoding="utf-8") as file:
        return [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]


def _digest() -> str:
    digest = blake2b(digest_size=16)
    for name in ("model_pricing.csv", SHIPPED):
        digest.update((sql_dir() / "seeds" / name).read_bytes())
    return digest.hexdigest()
