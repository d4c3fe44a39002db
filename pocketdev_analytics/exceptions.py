"""The errors of this package.

    AnalyticsError
    ├── ConfigurationError     a setting, path or time zone that cannot be used
    ├── SourceError            a session file or folder that cannot be read
    ├── StoreError             the DuckDB file: cannot be opened, checked or changed
    │   ├── NotAStoreError     the file is another program's
    │   ├── StoreLockedError   another process holds it
    │   ├── StoreOutdatedError it has the schema of an older version of this package
    │   └── StoreTooNewError   it was written by a newer version of this package
    ├── QueryError             a query that DuckDB refuses, or that would write
    ├── PricingError           a price that cannot be read or set
    ├── ReportError            a report, dimension or filter that does not exist
    ├── NotebookError          a notebook whose cell failed
    └── EncryptionError        a payload or key that Laravel's encrypter refuses

Each message is one sentence: what failed, which value, where, and what to do.
The command line prints it and exits with 1; it never shows a traceback.
"""

from __future__ import annotations

__all__ = [
    "AnalyticsError",
    "ConfigurationError",
    "EncryptionError",
    "NotAStoreError",
    "NotebookError",
    "PricingError",
    "QueryError",
    "ReportError",
    "SourceError",
    "StoreError",
    "StoreLockedError",
    "StoreOutdatedError",
    "StoreTooNewError",
]


class AnalyticsError(Exception):
    """Any error that this package raises on purpose."""


class ConfigurationError(AnalyticsError):
    """A setting, path or time zone cannot be used."""


class SourceError(AnalyticsError):
    """A session file or folder cannot be read."""


class StoreError(AnalyticsError):
    """The store cannot be opened, checked or changed."""


class NotAStoreError(StoreError):
    """The file is another program's: a store is neither read from it nor put in its place."""


class StoreLockedError(StoreError):
    """Another process holds the store."""


class StoreOutdatedError(StoreError):
    """The store has the schema of an older version of this package."""


class StoreTooNewError(StoreError):
    """The store was written by a newer version of this package."""


class QueryError(AnalyticsError):
    """DuckDB refuses a query, or the query would write."""


class PricingError(AnalyticsError):
    """A price cannot be read or set."""


class ReportError(AnalyticsError):
    """A report, dimension or filter does not exist."""


class NotebookError(AnalyticsError):
    """A notebook's cell failed, or took too long."""


class EncryptionError(AnalyticsError):
    """A payload or key is refused; the message never says why, nor shows it."""
