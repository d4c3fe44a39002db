"""The settings of a run: the store, the time zone, groups of projects, budgets.

They come from the options of a command, the environment, `config.toml` and the defaults, in this
order. docs/reports.md documents the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pocketdev_analytics.exceptions import AnalyticsError, ConfigurationError
from pocketdev_analytics.files.regular import read_regular_text
from pocketdev_analytics.settings.locations import (
    CONFIG_VARIABLE,
    STORE_VARIABLE,
    default_config_path,
    default_store_path,
)
from pocketdev_analytics.settings.timezones import is_timezone, local_timezone, timezone_problem

__all__ = [
    "AMOUNTS",
    "CONFIG_VARIABLE",
    "STORE_VARIABLE",
    "Budget",
    "Settings",
    "default_config_path",
    "default_machine",
    "default_store_path",
    "default_timezone",
    "is_amount",
    "parse_machine",
    "parse_timezone",
]

TIMEZONE_VARIABLE = "POCKETDEV_ANALYTICS_TIMEZONE"
MACHINE_VARIABLE = "POCKETDEV_ANALYTICS_MACHINE"

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KEYS: Final = {
    "": ("budget", "idle_minutes", "machine", "projects", "timezone", "week_start"),
    "budget": ("daily", "monthly", "projects"),
    "projects": ("groups",),
}
_DAY_MINUTES: Final = 24 * 60
_COST_PLACES: Final = 18  # as many as `model.COST_USD` has
_MOST_USD: Final = Decimal(10) ** 15
#: Which amounts `is_amount` accepts, to end an error message with.
AMOUNTS: Final = f"and below 10^15, with at most {_COST_PLACES} decimal places"
_LONGEST_NAME: Final = 100


def is_amount(amount: Decimal) -> bool:
    """Return whether a budget can be this many US dollars: above 0, and what a column can hold."""
    if not (amount.is_finite() and 0 < amount < _MOST_USD):
        return False
    _, digits, exponent = amount.as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return isinstance(exponent, int) and exponent + zeros >= -_COST_PLACES


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits in US dollars, in total and by project; None means no limit.

    `projects` are monthly limits by the name of a group, a path or the last part of a path.
    """

    monthly: Decimal | None = None
    daily: Decimal | None = None
    projects: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run.

    `groups` are paths and globs by the name of their group of projects. Pauses longer than
    `idle_minutes` do not count as active time. `machine` is the name that imported files get.
    """

    store: Path
    timezone: str
    budget: Budget = field(default_factory=Budget)
    idle_minutes: int = 15
    week_start: str = "monday"
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # A lambda, because the function is defined below.
    machine: str = field(default_factory=lambda: default_machine())  # noqa: PLW0108

    @classmethod
    def from_environment(
        cls,
        environ: Mapping[str, str] = os.environ,
        *,
        store: Path | None = None,
        timezone: str | None = None,
        config: Path | None = None,
        machine: str | None = None,
    ) -> Settings:
        """Return the settings: the arguments, else the environment, `config.toml`, the defaults.

        Raises:
            ConfigurationError: a time zone, a machine's name or the file cannot be used.
        """
        asked = timezone or environ.get(TIMEZONE_VARIABLE)
        written = _written(environ, config)
        zone = parse_timezone(asked) if asked else written.pop("timezone", None)
        name = machine if machine is not None else environ.get(MACHINE_VARIABLE) or None
        if name is not None:
            written["machine"] = parse_machine(name)
        return cls(
            store=store or default_store_path(environ),
            **written | {"timezone": zone or default_timezone(environ)},
        )


def parse_timezone(name: str) -> str:
    """Return `name` if it is an IANA time zone.

    Raises:
        ConfigurationError: it is not.
    """
    if not is_timezone(name):
        raise ConfigurationError(timezone_problem(name))
    return name


def default_timezone(environ: Mapping[str, str] = os.environ) -> str:
    """Return the IANA name of this machine's time zone.

    Raises:
        ConfigurationError: the time zone of this machine is unknown.
    """
    try:
        return local_timezone(environ)
    except AnalyticsError as error:
        raise ConfigurationError(str(error)) from None


def parse_machine(name: str) -> str:
    """Return `name` without surrounding spaces, if it can name a machine.

    Raises:
        ConfigurationError: it is empty, too long, or has control characters.
    """
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise ConfigurationError(
            f"invalid machine name {name!r}; expected 1 to {_LONGEST_NAME} printable characters,"
            " such as 'laptop'"
        )
    return name.strip()


def default_machine() -> str:
    """Return the host's name, or 'localhost'."""
    import socket

    return socket.gethostname().strip() or "localhost"


def _written(environ: Mapping[str, str], config: Path | None) -> dict[str, Any]:
    """Read the fields of `Settings` that the file sets; none if there is no file."""
    path = config or default_config_path(environ)
    try:
        text = read_regular_text(path, "utf-8-sig")
    except FileNotFoundError:
        if config is None and CONFIG_VARIABLE not in environ:
            return {}
        raise ConfigurationError(
            f"configuration file not found: {path}; create it, or do not name it"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigurationError(f"cannot read {path}: {reason}") from None
    return _File(path).settings(text)


@dataclass(frozen=True, slots=True)
class _File:
    """Reads the values of a configuration file; errors name the file, the key and the cure."""

    path: Path

    def settings(self, text: str) -> dict[str, Any]:
        tables = self._parse(text)
        self._check_keys("", tables)
        values: dict[str, Any] = {}
        if "timezone" in tables:
            values["timezone"] = self._timezone(tables["timezone"])
        if "week_start" in tables:
            values["week_start"] = self._week_start(tables["week_start"])
        if "idle_minutes" in tables:
            values["idle_minutes"] = self._minutes(tables["idle_minutes"])
        if "machine" in tables:
            values["machine"] = self._machine(tables["machine"])
        values["budget"] = self._budget(self._table(tables, "budget"))
        projects = self._table(tables, "projects")
        values["groups"] = self._groups(self._table(projects, "groups", inside="projects"))
        return values

    def _parse(self, text: str) -> dict[str, Any]:
        import tomllib

        try:
            # Budgets are exact decimals, as written.
            return tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"{self.path} is not valid TOML: {error}") from None

    def _table(self, tables: dict[str, Any], name: str, inside: str = "") -> dict[str, Any]:
        key = f"{inside}.{name}" if inside else name
        table = tables.get(name, {})
        if not isinstance(table, dict):
            raise self._wrong(key, table, "a table", f"write [{key}] on a line of its own")
        if key in _KEYS:
            self._check_keys(key, table)
        return table

    def _check_keys(self, name: str, table: Iterable[str]) -> None:
        known = _KEYS[name]
        for key in table:
            if key not in known:
                from difflib import get_close_matches

                near = get_close_matches(key, known, n=1)
                meant = f"; did you mean {near[0]!r}?" if near else ""
                inside = f" in [{name}]" if name else ""
                raise ConfigurationError(
                    f"{self.path}: unknown key {key!r}{inside}; expected one of:"
                    f" {', '.join(known)}{meant}"
                )

    def _timezone(self, value: object) -> str:
        expected = 'an IANA time zone such as "Europe/Berlin"'
        if not isinstance(value, str):
            raise self._wrong("timezone", value, expected)
        try:
            return parse_timezone(value)
        except ConfigurationError:
            raise self._wrong("timezone", value, expected) from None

    def _machine(self, value: object) -> str:
        try:
            return parse_machine(value if isinstance(value, str) else "")
        except ConfigurationError:
            expected = 'the name of a machine, such as "laptop"'
            raise self._wrong("machine", value, expected) from None

    def _week_start(self, value: object) -> str:
        if not isinstance(value, str) or value.lower() not in _WEEKDAYS:
            raise self._wrong("week_start", value, f"one of: {', '.join(_WEEKDAYS)}")
        return value.lower()

    def _minutes(self, value: object) -> int:
        is_minutes = isinstance(value, int) and not isinstance(value, bool)
        if not is_minutes or not 0 < int(str(value)) <= _DAY_MINUTES:
            expected = f"a whole number of minutes from 1 to {_DAY_MINUTES}"
            raise self._wrong("idle_minutes", value, expected)
        return int(str(value))

    def _budget(self, table: dict[str, Any]) -> Budget:
        totals = {
            name: self._dollars(f"budget.{name}", table[name])
            for name in ("monthly", "daily")
            if name in table
        }
        projects = self._table(table, "projects", inside="budget")
        amounts = {
            name: self._dollars(f"budget.projects.{name}", amount)
            for name, amount in projects.items()
        }
        for name in amounts:
            if not name.strip():
                expected = "a group, a folder or the last part of its path"
                raise self._wrong("a key of budget.projects", name, expected)
        return Budget(**totals, projects={_expand(name): each for name, each in amounts.items()})

    def _dollars(self, key: str, value: object) -> Decimal:
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        amount = Decimal(str(value)) if is_number else Decimal(0)
        if not is_amount(amount):
            expected = f"an amount of US dollars above 0 {AMOUNTS}"
            raise self._wrong(key, value, expected, "write it without quotes, such as 200.50")
        return amount

    def _groups(self, table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        return {name: self._paths(name, paths) for name, paths in table.items()}

    def _paths(self, name: str, paths: object) -> tuple[str, ...]:
        key = f"projects.groups.{name}"
        if not name.strip() or "/" in name or "\\" in name:
            raise self._wrong(key, name, "a group's name without / and \\")
        is_texts = isinstance(paths, list) and all(isinstance(path, str) for path in paths)
        if not isinstance(paths, list) or not is_texts or not all(map(str.strip, paths)):
            expected = 'a list of paths such as ["~/code/app", "/srv/*/web"]'
            raise self._wrong(key, paths, expected)
        return tuple(map(_expand, paths))

    def _wrong(self, key: str, value: object, expected: str, cure: str = "") -> ConfigurationError:
        shown = str(value) if isinstance(value, Decimal) else repr(value)
        end = f"; {cure}" if cure else ""
        return ConfigurationError(f"{self.path}: {key} must be {expected}, got {shown}{end}")


def _expand(path: str) -> str:
    return os.path.expanduser(path) if path.startswith("~") else path  # noqa: PTH111 - keeps globs
