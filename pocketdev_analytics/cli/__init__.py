"""The command line `pocketdev-analytics`: one file a verb."""

from pocketdev_analytics.cli._main import main

__all__ = ["main"]
