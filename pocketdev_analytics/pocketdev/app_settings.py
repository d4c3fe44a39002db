"""The application's settings, encrypted at rest: PocketDev's own service, on the store.

A value is plain only in what `get` returns and on its way into `set`: it is in no message, no
`repr`, and in no local variable when anything can fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from pocketdev_analytics.exceptions import ConfigurationError, EncryptionError
from pocketdev_analytics.pocketdev.encryption import Encrypter, is_payload
from pocketdev_analytics.pocketdev.serialized import unserialized

__all__ = ["AppSettings", "Rotation", "SealedValues", "Sealing", "sealing_of"]

#: How a value is stored: NULL or an empty text, a payload, or a text that is not a payload.
Sealing = Literal["empty", "encrypted", "not encrypted"]

_LONGEST_NAME: Final = 255


class SealedValues(Protocol):
    """The table `app_settings`: payloads by name. It never sees a value."""

    def all(self) -> Mapping[str, str | None]:
        """Return every stored value, by the setting's name, sorted."""

    def put(self, payloads: Mapping[str, str | None]) -> None:
        """Write these values, all or none."""

    def remove(self, name: str) -> bool:
        """Delete a setting; return whether there was one."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """The outcome of `AppSettings.rotate`.

    `count_rotated` values were encrypted again; those of `not_encrypted` were left alone.
    """

    count_rotated: int
    not_encrypted: tuple[str, ...]


def sealing_of(value: str | None) -> Sealing:
    """Return how a value is stored; needs no key."""
    if not value:
        return "empty"
    return "encrypted" if is_payload(value) else "not encrypted"


class AppSettings:
    """Settings by name, as text.

    Args:
        table: holds their payloads: `store.app_settings()`.
        encrypter: opens and seals them: `LaravelEnv.encrypter()`.
    """

    __slots__ = ("_encrypter", "_table")

    def __init__(self, table: SealedValues, encrypter: Encrypter) -> None:
        self._table, self._encrypter = table, encrypter

    def keys(self) -> list[str]:
        """Return the names of all settings, sorted."""
        return list(self._table.all())

    def has(self, name: str) -> bool:
        """Return whether there is such a setting and it is not NULL."""
        return self._table.all().get(name) is not None

    def get(self, name: str) -> str | None:
        """Return the setting's value; None if there is none.

        A value that PHP serialised before it was encrypted is decoded.

        Raises:
            EncryptionError: none of the keys opens it, or it is not encrypted.
        """
        payload = self._table.all().get(name)
        return None if payload is None else unserialized(self._encrypter.decrypt(payload))

    def sealing(self, name: str) -> Sealing:
        """Return how the setting is stored; a missing one is empty."""
        return sealing_of(self._table.all().get(name))

    def set(self, name: str, value: str | None) -> None:
        """Encrypt the value and write it; None is written as NULL.

        Raises:
            ConfigurationError: the name is empty or too long for the table.
            EncryptionError: the value cannot be encoded as UTF-8.
        """
        payload = None if value is None else self._encrypter.encrypt(value)
        del value
        if not 0 < len(name) <= _LONGEST_NAME:
            raise ConfigurationError(
                f"invalid setting name {name!r}; expected 1 to {_LONGEST_NAME} characters"
            )
        self._table.put({name: payload})

    def delete(self, name: str) -> bool:
        """Delete the setting; return whether there was one."""
        return self._table.remove(name)

    def can_open(self, name: str) -> bool:
        """Return whether one of the keys opens the setting; NULL needs none."""
        try:
            self.get(name)
        except EncryptionError:
            return False
        return True

    def rotate(self) -> Rotation:
        """Encrypt every encrypted value again with the current key, all or none.

        A value that is not a payload is left as it is, and named.

        Raises:
            EncryptionError: none of the keys opens one of the payloads; nothing was changed.
        """
        values = {name: value for name, value in self._table.all().items() if value}
        plain = tuple(name for name, value in values.items() if not is_payload(value))
        fresh, closed = self._resealed({name: values[name] for name in values.keys() - {*plain}})
        if closed:
            raise EncryptionError(
                f"none of the keys opens {', '.join(closed)}; nothing was changed: add the key it "
                "was written with to APP_PREVIOUS_KEYS"
            )
        self._table.put(fresh)
        return Rotation(len(fresh), plain)

    def _resealed(self, payloads: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        """Return the payloads under the current key, and the names of those no key opens."""
        fresh: dict[str, str] = {}
        closed: list[str] = []
        for name, payload in sorted(payloads.items()):
            try:
                fresh[name] = self._encrypter.encrypt(self._encrypter.decrypt(payload))
            except EncryptionError:
                closed.append(name)
        return fresh, closed
