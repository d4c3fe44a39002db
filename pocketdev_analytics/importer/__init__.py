"""Import session files: what is new on disk, decoded on several cores, loaded in batches."""

from pocketdev_analytics.importer.run import (
    AfterImport,
    ImportSummary,
    Progress,
    history_paths,
    import_history,
    store_file,
)

__all__ = [
    "AfterImport",
    "ImportSummary",
    "Progress",
    "history_paths",
    "import_history",
    "store_file",
]
