"""Default locations of the store and the configuration.

The status line imports this module: it has to be fast, so no large library is imported here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

__all__ = [
    "CONFIG_VARIABLE",
    "STORE_VARIABLE",
    "default_config_path",
    "default_store_path",
]

STORE_VARIABLE = "POCKETDEV_ANALYTICS_STORE"
CONFIG_VARIABLE = "POCKETDEV_ANALYTICS_CONFIG"


def default_config_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return POCKETDEV_ANALYTICS_CONFIG, else config.toml in the user's configuration folder."""
    if named := environ.get(CONFIG_VARIABLE):
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_config_path("pocketdev_analytics") / "config.toml"


def default_store_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return POCKETDEV_ANALYTICS_STORE, else a file in the user's data folder.

    It is not in a clone of the project, because it outlives Claude Code's own files.
    """
    if named := environ.get(STORE_VARIABLE):
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_data_path("pocketdev_analytics") / "analytics.duckdb"
