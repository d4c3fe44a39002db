"""The settings of a run: where history, store and reports are, and the time zone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import platformdirs
import tzlocal

from pocketdev_analytics.exceptions import ConfigurationError

__all__ = [
    "Budget",
    "Settings",
    "default_store_path",
    "default_timezone",
    "history_dirs",
    "parse_timezone",
]

STORE_VARIABLE = "POCKETDEV_ANALYTICS_STORE"
TIMEZONE_VARIABLE = "POCKETDEV_ANALYTICS_TIMEZONE"


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent, in US dollars: in all, and by project or group; None is no limit.

    `projects` are monthly, by the name of a group, or by a project's path or its last part.
    """

    monthly: Decimal | None = None
    daily: Decimal | None = None
    projects: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the store is, in which time zone reports speak, and what may be spent."""

    store: Path
    timezone: str
    budget: Budget = field(default_factory=Budget)
    idle_minutes: int = 15

    @classmethod
    def from_environment(
        cls,
        environ: Mapping[str, str] = os.environ,
        *,
        store: Path | None = None,
        timezone: str | None = None,
    ) -> Settings:
        """What was asked for, else what the environment says, else the defaults."""
        asked = timezone or environ.get(TIMEZONE_VARIABLE)
        return cls(
            store=store or default_store_path(environ),
            timezone=parse_timezone(asked) if asked else default_timezone(),
        )


def default_store_path(environ: Mapping[str, str] = os.environ) -> Path:
    """The store: POCKETDEV_ANALYTICS_STORE, else a file in the user's data folder.

    Not in a clone of the project: the store outlives Claude Code's own files.
    """
    if named := environ.get(STORE_VARIABLE):
        return Path(named).expanduser()
    return platformdirs.user_data_path("pocketdev_analytics") / "analytics.duckdb"


def history_dirs(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Claude Code's config folders: CLAUDE_CONFIG_DIR (a comma list), else its two defaults."""
    if named := environ.get("CLAUDE_CONFIG_DIR"):
        return [Path(part.strip()).expanduser() for part in named.split(",") if part.strip()]
    home = Path("~").expanduser()
    return [home / ".claude", home / ".config" / "claude"]


def parse_timezone(name: str) -> str:
    """`name` if it is an IANA time zone.

    Raises:
        ConfigurationError: it is not.
    """
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):
        raise ConfigurationError(
            f"{name!r} is no time zone; use an IANA name such as 'Europe/Berlin' or 'UTC'"
        ) from None


def default_timezone() -> str:
    """The machine's IANA time zone, UTC where it has none."""
    try:
        name = parse_timezone(tzlocal.get_localzone_name() or "UTC")
    except (ConfigurationError, LookupError, ValueError):
        return "UTC"
    return "UTC" if name == "Etc/UTC" else name
