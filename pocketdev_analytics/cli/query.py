"""`query`: read-only SQL on the store, or a named query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pocketdev_analytics.cli._output import csv_text, format_option, json_text, table_width
from pocketdev_analytics.cli._text import emit, tell

if TYPE_CHECKING:
    import polars as pl

    from pocketdev_analytics.cli._main import Session

__all__ = ["query"]


@click.command("query")
@click.argument("sql", required=False)
@click.option("--name", metavar="NAME", help="Run this named query.")
@click.option(
    "--param", "given", multiple=True, metavar="NAME=VALUE", help="Set a parameter; repeatable."
)
@click.option("--list", "is_list", is_flag=True, help="List the named queries.")
@format_option
@click.pass_obj
def query(
    session: Session,
    sql: str | None,
    name: str | None,
    given: tuple[str, ...],
    is_list: bool,  # noqa: FBT001
    format_: str,
) -> None:
    """Run read-only SQL on the store.

    All tables and views are available, and `usage_cost`: one row per response with its cost.
    JSON output is a list of row objects. In SQL, $name is the text of --param name=VALUE.

    \b
    Examples:
      pocketdev-analytics query "select model, sum(cost_usd) from usage_cost group by all"
      pocketdev-analytics query --name sessions_for_project --param project_path=/srv/app
    """
    if sum((sql is not None, name is not None, is_list)) != 1:
        raise click.UsageError("expected SQL, --name NAME or --list")
    rows = _listed() if is_list else _run_query(session, sql, name, _parameters(given))
    if format_ == "json":
        emit(json_text(rows.to_dicts()))
    elif format_ == "csv":
        emit(csv_text(rows))
    else:
        from pocketdev_analytics.cli._table import table_text

        tell(table_text(rows, is_exact=True, width=table_width()))


def _run_query(
    session: Session, sql: str | None, name: str | None, given: dict[str, str]
) -> pl.DataFrame:
    from pocketdev_analytics.store import open_store

    with open_store(session.settings.store) as store:
        if name is not None:
            return store.named_query(name, given)
        return store.query(sql or "", given)


def _listed() -> pl.DataFrame:
    from pocketdev_analytics.store import list_queries

    return list_queries()


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    wrong = next((text for text in given if "=" not in text), None)
    if wrong is not None:
        raise click.UsageError(f"invalid parameter {wrong!r}; expected NAME=VALUE")
    return dict(text.split("=", 1) for text in given)
