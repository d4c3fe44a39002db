"""The store: a DuckDB file with the facts of a history. The only importer of duckdb."""

from pocketdev_analytics.store.load import Batch
from pocketdev_analytics.store.store import Store, open_store

__all__ = ["Batch", "Store", "open_store"]
