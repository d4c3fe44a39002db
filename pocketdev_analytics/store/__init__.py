"""The store: a DuckDB file with the facts of a history. The only importer of duckdb."""

from pocketdev_analytics.store.load import Batch
from pocketdev_analytics.store.queries import (
    NamedQuery,
    Parameter,
    list_queries,
    named_queries,
)
from pocketdev_analytics.store.store import Store, open_store
from pocketdev_analytics.store.sync import TableSync

__all__ = [
    "Batch",
    "NamedQuery",
    "Parameter",
    "Store",
    "TableSync",
    "list_queries",
    "named_queries",
    "open_store",
]
