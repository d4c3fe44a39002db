r"""The `.env` of a PocketDev: how to reach its database and open its settings.

Read as Laravel reads it (vlucas/phpdotenv, `env()`), where that differs from what
python-dotenv takes for granted: `#` ends an unquoted value even without a space
before it, `${NAME}` is filled in except between single quotes, `\$` is a dollar
sign between double ones, and `null` and `empty` are no values.
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
from pocketdev_analytics.pocketdev.encryption import Encrypter
from pocketdev_analytics.regular import read_regular_text

__all__ = ["LaravelEnv", "read_env"]

_DEFAULT_CIPHER: Final = "AES-256-CBC"
_NO_VALUE: Final = frozenset({"", "null", "(null)", "empty", "(empty)"})
_REFERENCE: Final = re.compile(r"\$\{([A-Za-z0-9_.]+)\}")
_ESCAPED_OR_REFERENCE: Final = re.compile(rf"\\\$|{_REFERENCE.pattern}")
_ASSIGNMENT: Final = re.compile(r"\s*(?:export\s+)?[^=]+=[^\S\n]*(.?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaravelEnv:
    """What PocketDev's environment says; None where it says nothing.

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
    def from_mapping(cls, values: Mapping[str, str]) -> LaravelEnv:
        """The settings among `values`, which may be the process's own environment.

        Raises:
            ConfigurationError: DB_PORT is no port.
        """
        said = {name: text for name, text in values.items() if text.lower() not in _NO_VALUE}
        previous = said.get("APP_PREVIOUS_KEYS", "").split(",")
        return cls(
            app_key=said.get("APP_KEY"),
            app_previous_keys=tuple(key.strip() for key in previous if key.strip()),
            app_cipher=said.get("APP_CIPHER", _DEFAULT_CIPHER),
            db_connection=said.get("DB_CONNECTION"),
            db_host=said.get("DB_HOST"),
            db_port=_port(said.get("DB_PORT")),
            db_database=said.get("DB_DATABASE"),
            db_username=said.get("DB_USERNAME"),
            db_password=said.get("DB_PASSWORD"),
            db_url=said.get("DB_URL"),
        )

    def encrypter(self) -> Encrypter:
        """The encrypter of this application.

        Raises:
            ConfigurationError: there is no APP_KEY.
            EncryptionError: a key or the cipher cannot be used.
        """
        if self.app_key is None:
            raise ConfigurationError(
                "There is no APP_KEY; take it from PocketDev's .env into the environment, "
                "or name that file with --env"
            )
        return Encrypter(self.app_key, cipher=self.app_cipher, previous_keys=self.app_previous_keys)


def read_env(path: Path, environ: Mapping[str, str] = os.environ) -> LaravelEnv:
    """The settings in the `.env` at `path`; `${NAME}` may also name one of `environ`.

    Raises:
        ConfigurationError: the file cannot be read, a line is no assignment, or
            DB_PORT is no port. The message never shows a value.
    """
    values: dict[str, str] = {}
    for binding in _bindings(path):
        if binding.key is not None:
            values[binding.key] = _value(binding, {**environ, **values})
    return LaravelEnv.from_mapping(values)


def _bindings(path: Path) -> list[Binding]:
    with io.StringIO(_read(path)) as stream:
        bindings = list(parse_stream(stream))
    wrong = next((_line(binding) for binding in bindings if binding.error), None)
    if wrong is not None:
        del bindings, stream  # a detailed traceback would show them
        raise ConfigurationError(
            f"{path}:{wrong} is no assignment; write NAME=value there, "
            "with quotes around a value that holds spaces or quotes"
        )
    return bindings


def _read(path: Path) -> str:
    try:
        return read_regular_text(path)
    except OSError as error:
        reason = error.strerror or "it is no file"
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    raise ConfigurationError(
        f"{str(path)!r} cannot be read ({reason}); name the .env of a PocketDev"
    )


def _line(binding: Binding) -> int:
    """The line an assignment stands on: the parser counts from the blank lines before it."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _value(binding: Binding, known: Mapping[str, str]) -> str:
    """The value of an assignment as Laravel takes it."""
    text = binding.value or ""
    assignment = _ASSIGNMENT.match(binding.original.string)
    quote = assignment.group(1) if assignment else ""
    if quote == "'":
        return text
    if quote == '"':
        return _ESCAPED_OR_REFERENCE.sub(lambda found: _referenced(found, known), text)
    text = text.split("#", 1)[0].rstrip()
    return _REFERENCE.sub(lambda found: _referenced(found, known), text)


def _referenced(found: re.Match[str], known: Mapping[str, str]) -> str:
    """What stands for a `${NAME}`, itself where nothing has that name; else an escaped dollar."""
    if found.group(1) is None:
        return "$"
    return known.get(found.group(1), found.group(0))


def _port(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise ConfigurationError("DB_PORT is no port; write a number from 1 to 65535, such as 5432")
    return int(text)
