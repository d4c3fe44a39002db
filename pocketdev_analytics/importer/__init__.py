"""Sources to store: what is new on disk, decoded on several cores, loaded in batches."""

from pocketdev_analytics.importer.run import ImportSummary, Progress, import_history
from pocketdev_analytics.importer.watch import watch_history

__all__ = ["ImportSummary", "Progress", "import_history", "watch_history"]
