"""`pricing`: list, set, import, alias and update prices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import polars as pl

from pocketdev_analytics.cli._output import csv_text, format_option, json_text, table_width
from pocketdev_analytics.cli._prices import parse_day
from pocketdev_analytics.cli._text import emit, tell
from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.formatting import count_of
from pocketdev_analytics.pricing import (
    CATALOGUE,
    MODEL_PRICING,
    PRICE_COLUMNS,
    ModelPrice,
    read_managed_settings,
)
from pocketdev_analytics.pricing.price_csv import price_number, read_prices

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.store import Store

__all__ = ["pricing"]


@click.group()
def pricing() -> None:
    """Show and change prices.

    The table model_pricing is the price of record: a row that you change there, here or with
    SQL, is used instead of the list price. All other models are priced from a dated list.
    Costs are computed when they are read: a change shows in the next report.
    """


@pricing.command("list")
@click.option("--catalogue", "what", flag_value="catalogue", help="Show the dated list.")
@click.option("--aliases", "what", flag_value="aliases", help="Show your aliases.")
@click.option("--unpriced", "what", flag_value="unpriced", help="Show what has no price, and why.")
@format_option
@click.pass_obj
def list_(session: Session, what: str | None, format_: str) -> None:
    """Show the prices of model_pricing, in US dollars per million tokens.

    `price` says whether a row is the list price or was changed.
    """
    from pocketdev_analytics.store import open_store

    show = {"catalogue": _catalogue, "aliases": _aliases, "unpriced": _unpriced}
    with open_store(session.settings.store) as store:
        rows = show.get(what or "", _models)(store)
    if format_ == "json":
        emit(json_text(rows.to_dicts()))
    elif format_ == "csv":
        emit(csv_text(rows))
    else:
        from pocketdev_analytics.cli._table import table_text

        tell(table_text(rows, is_exact=True, width=table_width()))


@pricing.command("set")
@click.argument("model")
@click.option("--input", "input_", metavar="USD", help="Price of a million input tokens.")
@click.option("--output", metavar="USD", help="Price of a million output tokens.")
@click.option("--cache-write", metavar="TIMES", help="Cache write price, as times the input price.")
@click.option("--cache-read", metavar="TIMES", help="Cache read price, as times the input price.")
@click.pass_obj
def set_(
    session: Session,
    model: str,
    input_: str | None,
    output: str | None,
    cache_write: str | None,
    cache_read: str | None,
) -> None:
    """Set the price of MODEL in model_pricing, in every mode of pricing.

    Options that are left out keep their values; a new model gets the multipliers of the
    list, else 1.25 and 0.1.

    \b
    Example:
      pocketdev-analytics pricing set my-model --input 2 --output 8 --cache-read 0.25
    """
    asked = dict(zip(PRICE_COLUMNS, (input_, cache_write, cache_read, output), strict=True))
    given = {name: price_number(name, text) for name, text in asked.items() if text is not None}
    if not given:
        raise PricingError(f"no price given for {model}; use --input and --output")
    with _writing(session) as store:
        row = store.price_book().completed_price(model, given)
        store.price_tables().set([row])
    tell(f"{model}: {_words(row)}")


@pricing.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--since",
    metavar="DATE",
    callback=parse_day,
    help="First day (UTC) of the prices of a JSON file. [default: today]",
)
@click.pass_obj
def import_(session: Session, file: Path, since: date | None) -> None:
    """Set the prices in FILE: a CSV, or Claude Code's managed settings.

    A .json file is read as managed-settings.json: its modelPricing (overrides and
    multiplier) is charged exactly as Claude Code does, from --since on.

    A CSV has columns of model_pricing.

    Columns: model_name, input_price_per_million, output_price_per_million and optionally
    cache_write_multiplier and cache_read_multiplier. The output of `pricing list --format
    csv` can be edited and imported. All rows are set, or none.
    """
    if file.suffix.lower() == ".json":
        _import_managed(session, file, since or datetime.now(UTC).date())
        return
    if since:
        raise PricingError("--since is for a JSON file; prices of a CSV hold for all time")
    with _writing(session) as store:
        book = store.price_book()
        models = [book.completed_price(name, given) for name, given in read_prices(file)]
        store.price_tables().set(models)
    tell(f"{len(models)} price{'' if len(models) == 1 else 's'} set from {file}")


def _import_managed(session: Session, file: Path, since: date) -> None:
    edition = read_managed_settings(file, since)
    with _writing(session) as store:
        store.price_tables().set_managed(edition)
    scaled = f"; every price times {edition.multiplier:f}" if edition.multiplier != 1 else ""
    tell(f"{count_of(len(edition.overrides), 'price')} from {since} on, from {file}{scaled}")


@pricing.command()
@click.argument("model")
@click.pass_obj
def reset(session: Session, model: str) -> None:
    """Set MODEL back to its list price."""
    with _writing(session) as store:
        store.price_tables().reset(model)
    tell(f"{model} has its list price again")


@pricing.command()
@click.argument("name")
@click.argument("model", required=False)
@click.option("--remove", is_flag=True, help="Forget the alias.")
@click.pass_obj
def alias(session: Session, name: str, model: str | None, *, remove: bool) -> None:
    """Price what session files call NAME as MODEL from now on.

    \b
    Example:
      pocketdev-analytics pricing alias glm-5.1 zai/glm-5.1
    """
    if bool(model) == remove:
        raise PricingError(f"no model given for {name}; name one, or use --remove")
    with _writing(session) as store:
        if model:
            model = store.price_tables().set_alias(name, model)
        else:
            store.price_tables().drop_alias(name)
    tell(f"{name} is priced as {model}" if model else f"{name} is not an alias any more")


@pricing.command()
@click.pass_obj
def update(session: Session) -> None:
    """Add the prices of the installed genai-prices, if it is newer than the store's.

    Prices are added with their first day: reports of the past do not change, nor do prices
    that you set.
    """
    from pocketdev_analytics.pricing.genai import installed_version, listed_rows

    listed = listed_rows()
    with _writing(session) as store:
        added = store.price_tables().update(listed, datetime.now(UTC).date())
    for row in added:
        tell(f"{row.model}: {row}")
    count = f"{len(added)} price{'' if len(added) == 1 else 's'}" if added else "nothing new"
    tell(f"genai-prices {installed_version()}: {count}")


@pricing.command("export-seeds")
@click.argument("folder", type=click.Path(file_okay=False, exists=True, path_type=Path))
def export_seeds(folder: Path) -> None:
    """Renew the shipped price list: FOLDER/price_catalogue.csv, in a clone sql/seeds.

    Appends what it lacks of the installed genai-prices and of FOLDER/prices_by_hand.csv.
    """
    from pocketdev_analytics.pricing.genai import listed_rows
    from pocketdev_analytics.pricing.seeds import SHIPPED, catalogue_csv, extend_catalogue

    rows = extend_catalogue(folder, listed_rows(), datetime.now(UTC).date())
    (folder / SHIPPED).write_text(catalogue_csv(rows), encoding="utf-8")
    tell(f"{folder / SHIPPED}: {len(rows)} prices")


def _models(store: Store) -> pl.DataFrame:
    book = store.price_book()
    rows = [
        {
            **{name: getattr(each, name) for name in MODEL_PRICING},
            "price": "changed" if each.is_customised else "list",
        }
        for each in sorted(book.models.values(), key=lambda each: each.model_name)
    ]
    return pl.DataFrame(rows, {**MODEL_PRICING, "price": pl.String}, orient="row")


def _catalogue(store: Store) -> pl.DataFrame:
    rows = [row.columns() for row in store.price_book().catalogue]
    return pl.DataFrame(rows, CATALOGUE, orient="row")


def _aliases(store: Store) -> pl.DataFrame:
    rows = sorted(store.price_book().aliases.items())
    return pl.DataFrame(rows, {"name": pl.String, "model": pl.String}, orient="row")


def _unpriced(store: Store) -> pl.DataFrame:
    from pocketdev_analytics.pricing.explain import unpriced

    return unpriced(store.usage_cost(), store.price_book())


@contextmanager
def _writing(session: Session) -> Iterator[Store]:
    """Open the store to change prices; update the status line's figures afterwards."""
    from pocketdev_analytics.live.leaving import leave_summary
    from pocketdev_analytics.store import open_store

    with open_store(session.settings.store, read_only=False) as store:
        yield store
        if trouble := leave_summary(store, session.settings.timezone):
            tell(trouble, err=True)


def _words(row: ModelPrice) -> str:
    from pocketdev_analytics.cli._output import decimal_text

    values = [decimal_text(getattr(row, name)) for name in PRICE_COLUMNS]
    base, write, read, output = values
    return f"${base} input, ${output} output, cache writes {write} and reads {read} times input"
