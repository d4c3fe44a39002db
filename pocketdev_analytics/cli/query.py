"""`query`: SQL on the store, read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pocketdev_analytics.cli._output import csv_text, format_option, json_text, table_width

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session

__all__ = ["query"]


@click.command("query")
@click.argument("sql")
@format_option
@click.pass_obj
def query(session: Session, sql: str, format_: str) -> None:
    r"""Run SQL on the store, which stays as it is.

    Every table and view is there, and `usage_cost`: one row per response with its cost.
    JSON is a list of row objects.

    \b
    Example:
      pocketdev-analytics query "select model, sum(cost_usd) from usage_cost group by all"
    """
    from pocketdev_analytics.store import open_store

    with open_store(session.settings.store) as store:
        rows = store.query(sql)
    if format_ == "json":
        click.echo(json_text(rows.to_dicts()))
    elif format_ == "csv":
        click.echo(csv_text(rows), nl=False)
    else:
        from pocketdev_analytics.cli._table import table_text

        click.echo(table_text(rows, is_exact=True, width=table_width()), nl=False)
