"""PocketDev's names of sessions on the pages: filters where a history has several of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from pocketdev_analytics.reports import History, Provenance

__all__ = ["CONVERSATIONS", "conversations_of"]

#: The dimensions that a page may be filtered by, and their columns. Titles are those of sessions.
CONVERSATIONS: Final = {
    "provider": "session_provider",
    "workspace": "workspace",
    "pocketdev_agent": "pocketdev_agent",
    "screen": "screen",
    "working_directory": "working_directory",
    "conversation_status": "conversation_status",
    "deleted": "conversation_deleted",
}


def conversations_of(history: History, provenance: Provenance) -> Mapping[str, str]:
    """Those of `CONVERSATIONS` that have several values; none where PocketDev was not synced."""
    if not provenance.has_conversations:
        return {}
    counts = history.usage.select(pl.col(list(CONVERSATIONS.values())).n_unique()).collect()
    return {name: column for name, column in CONVERSATIONS.items() if counts[column][0] > 1}
