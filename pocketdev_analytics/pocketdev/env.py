r"""PocketDev's `.env`: how to reach its database and open its settings.

Until January 2026 the names are Laravel's own (`APP_KEY`, `DB_HOST`, …); since then each has the
prefix `PD_`, and those for the database may be missing, because PocketDev's configuration has
defaults for them. Both generations are read: `PD_X` takes precedence over `X`.

Values are read as Laravel reads them (vlucas/phpdotenv and `env()`) where that differs from
python-dotenv: `#` ends an unquoted value even without a space before it, `${NAME}` is expanded
except in single quotes, text in single quotes is literal, `\$` is a dollar sign in double quotes,
and `null` and `empty` are not values.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dotenv.parser import Binding, parse_stream

from pocketdev_analytics.exceptions import ConfigurationError
from pocketdev_analytics.files.regular import read_regular_text
from pocketdev_analytics.pocketdev.encryption import Encrypter

__all__ = ["LaravelEnv", "read_env"]

_PREFIX: Final = "PD_"
_NAMES: Final = (
    *("APP_KEY", "APP_PREVIOUS_KEYS", "APP_CIPHER", "DB_CONNECTION", "DB_HOST", "DB_PORT"),
    *("DB_DATABASE", "DB_USERNAME", "DB_PASSWORD", "DB_URL"),
)
# config/database.php of PocketDev since 2026-01-19; before, its Compose files set the same values.
_DEFAULTS: Final = {
    "DB_CONNECTION": "pgsql",
    "DB_HOST": "pocket-dev-postgres",
    "DB_PORT": "5432",
    "DB_DATABASE": "pocket-dev",
    "DB_USERNAME": "pocket-dev",
}
_DEFAULT_CIPHER: Final = "AES-256-CBC"
_NO_VALUE: Final = frozenset({"", "null", "(null)", "empty", "(empty)"})
_REFERENCE: Final = re.compile(r"\$\{([A-Za-z0-9_.]+)\}")
_ESCAPED_OR_REFERENCE: Final = re.compile(rf"\\\$|{_REFERENCE.pattern}")
_LITERAL: Final = re.compile(r"\s*(?:export\s+)?[^=]+=[^\S\n]*'([^']*)'")
_ASSIGNMENT: Final = re.compile(r"\s*(?:export\s+)?[^=]+=[^\S\n]*(.?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaravelEnv:
    """The settings of a PocketDev environment; None where a name is not set.

    Keys, the password and the URL (which may hold the password) are never shown.
    """

    app_key: str | None = field(default=None, repr=False)
    app_previous_keys: tuple[str, ...] = field(default=(), repr=False)
    app_cipher: str = _DEFAULT_CIPHER
    db_connection: str | None = None
    db_host: str | None = None
    db_port: int | None = None
    db_database: str | None = None
    db_username: str | None = None
    db_password: str | None = field(default=None, repr=False)
    db_url: str | None = field(default=None, repr=False)

    @classmethod
    def from_mapping(cls, values: Mapping[str, str], *, is_pocketdev: bool = False) -> LaravelEnv:
        """Return the settings among `values`, which may be the process environment.

        PocketDev's defaults stand in for missing database names, unless `values` sets none of
        them at all: that is not the environment of a PocketDev.

        Raises:
            ConfigurationError: the port is not a number from 1 to 65535.
        """
        found = {name: _own(values, name) for name in _NAMES}
        found["DB_URL"] = found["DB_URL"] or _own(values, "DATABASE_URL")  # Laravel up to 10
        if is_pocketdev or any(
            text is not None for name, text in found.items() if name.startswith("DB_")
        ):
            found = {name: text or _DEFAULTS.get(name) for name, text in found.items()}
        previous = (found["APP_PREVIOUS_KEYS"] or "").split(",")
        return cls(
            app_key=found["APP_KEY"],
            app_previous_keys=tuple(key.strip() for key in previous if key.strip()),
            app_cipher=found["APP_CIPHER"] or _DEFAULT_CIPHER,
            db_connection=found["DB_CONNECTION"],
            db_host=found["DB_HOST"],
            db_port=_port(found["DB_PORT"]),
            db_database=found["DB_DATABASE"],
            db_username=found["DB_USERNAME"],
            db_password=found["DB_PASSWORD"],
            db_url=found["DB_URL"],
        )

    def encrypter(self) -> Encrypter:
        """Return the encrypter of this application.

        Raises:
            ConfigurationError: the application key is not set.
            EncryptionError: a key or the cipher cannot be used.
        """
        if self.app_key is None:
            raise ConfigurationError(
                "neither PD_APP_KEY nor APP_KEY is set; name PocketDev's .env with --env, "
                "or set the variable in the environment"
            )
        return Encrypter(self.app_key, cipher=self.app_cipher, previous_keys=self.app_previous_keys)


def read_env(path: Path, environ: Mapping[str, str] = os.environ) -> LaravelEnv:
    """Return the settings in the `.env` at `path`; `${NAME}` may also refer to `environ`.

    Raises:
        ConfigurationError: the file cannot be read, a line is not an assignment, or the port
            is not valid. The message never shows a value.
    """
    values: dict[str, str] = {}
    for binding in _bindings(path):
        if binding.key is not None:
            values[binding.key] = _value(binding, {**environ, **values})
    is_pocketdev = any(name.startswith(_PREFIX) for name in values)
    return LaravelEnv.from_mapping(values, is_pocketdev=is_pocketdev)


def _bindings(path: Path) -> list[Binding]:
    with io.StringIO(_read(path)) as stream:
        bindings = list(parse_stream(stream))
    wrong = next((_line(binding) for binding in bindings if binding.error), None)
    if wrong is not None:
        del bindings, stream  # a detailed traceback would show them
        raise ConfigurationError(
            f"{path}:{wrong}: not an assignment; write NAME=value, "
            "with quotes around a value that contains spaces or quotes"
        )
    return bindings


def _read(path: Path) -> str:
    try:
        return read_regular_text(path)
    except OSError as error:
        reason = error.strerror or "not a file"
    except UnicodeDecodeError:
        reason = "not UTF-8"
    raise ConfigurationError(f"cannot read {str(path)!r} ({reason}); name the .env of a PocketDev")


def _own(values: Mapping[str, str], name: str) -> str | None:
    """The value of PD_`name`, else of `name`; None where it is not set or says `null`."""
    text = values.get(_PREFIX + name, values.get(name, ""))
    return None if text.lower() in _NO_VALUE else text


def _line(binding: Binding) -> int:
    """The line of an assignment: the parser counts from the blank lines before it."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _value(binding: Binding, known: Mapping[str, str]) -> str:
    """The value of an assignment as Laravel reads it."""
    text = binding.value or ""
    assignment = _ASSIGNMENT.match(binding.original.string)
    quote = assignment.group(1) if assignment else ""
    literal = _LITERAL.match(binding.original.string)
    if literal:
        return literal.group(1)
    if quote == '"':
        return _ESCAPED_OR_REFERENCE.sub(lambda found: _expanded(found, known), text)
    text = text.split("#", 1)[0].rstrip()
    return _REFERENCE.sub(lambda found: _expanded(found, known), text)


def _expanded(found: re.Match[str], known: Mapping[str, str]) -> str:
    """The value of a `${NAME}`, or the reference itself if unknown; a dollar for an escaped one."""
    if found.group(1) is None:
        return "$"
    return known.get(found.group(1), found.group(0))


def _port(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise ConfigurationError(
            "PD_DB_PORT (or DB_PORT) is not a port; expected a number from 1 to 65535, such as 5432"
        )
    return int(text)
