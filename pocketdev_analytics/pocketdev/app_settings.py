"""The application's settings, encrypted at rest: what PocketDev's own service does, on the store.

A value is plain only in what `get` returns and on its way into `set`: it is in no
message, no `repr`, and in no local variable when anything can fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from pocketdev_analytics.exceptions import ConfigurationError, EncryptionError
from pocketdev_analytics.pocketdev.encryption import Encrypter

__all__ = ["AppSettings", "SealedValues"]

_LONGEST_NAME: Final = 255


class SealedValues(Protocol):
    """The table `app_settings`: payloads by name. It never sees a value."""

    def all(self) -> Mapping[str, str | None]:
        """Every payload, by the setting's name, sorted."""

    def put(self, payloads: Mapping[str, str | None]) -> None:
        """Write these payloads, all or none."""

    def remove(self, name: str) -> bool:
        """Forget a setting; whether there was one."""


class AppSettings:
    """Settings by name, as text.

    Args:
        table: where their payloads are: `store.app_settings()`.
        encrypter: what opens and seals them: `LaravelEnv.encrypter()`.
    """

    __slots__ = ("_encrypter", "_table")

    def __init__(self, table: SealedValues, encrypter: Encrypter) -> None:
        self._table, self._encrypter = table, encrypter

    def keys(self) -> list[str]:
        """The names of all settings, sorted."""
        return list(self._table.all())

    def has(self, name: str) -> bool:
        """Whether there is such a setting and it is not NULL."""
        return self._table.all().get(name) is not None

    def get(self, name: str) -> str | None:
        """The setting's value; None where there is none.

        Raises:
            EncryptionError: none of the keys opens it.
        """
        payload = self._table.all().get(name)
        return None if payload is None else self._encrypter.decrypt(payload)

    def set(self, name: str, value: str | None) -> None:
        """Encrypt the value and write it; None is written as NULL.

        Raises:
            ConfigurationError: the name is empty or too long for the table.
            EncryptionError: the value is no text.
        """
        payload = None if value is None else self._encrypter.encrypt(value)
        del value
        if not 0 < len(name) <= _LONGEST_NAME:
            raise ConfigurationError(
                f"{name!r} is no name for a setting; use 1 to {_LONGEST_NAME} characters"
            )
        self._table.put({name: payload})

    def delete(self, name: str) -> bool:
        """Forget the setting; whether there was one."""
        return self._table.remove(name)

    def can_open(self, name: str) -> bool:
        """Whether one of the keys opens the setting; NULL needs none."""
        try:
            self.get(name)
        except EncryptionError:
            return False
        return True

    def rotate(self) -> int:
        """Encrypt every value anew with the current key, all or none.

        Returns:
            How many there were.

        Raises:
            EncryptionError: none of the keys opens one of them; nothing was changed.
        """
        payloads = {name: payload for name, payload in self._table.all().items() if payload}
        fresh, closed = self._resealed(payloads)
        if closed:
            raise EncryptionError(
                f"None of the keys opens {', '.join(closed)}; nothing was changed: add the key it "
                "was written with to APP_PREVIOUS_KEYS"
            )
        self._table.put(fresh)
        return len(fresh)

    def _resealed(self, payloads: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        """The payloads under the current key, and the names of those that no key opens."""
        fresh: dict[str, str] = {}
        closed: list[str] = []
        for name, payload in payloads.items():
            try:
                fresh[name] = self._encrypter.encrypt(self._encrypter.decrypt(payload))
            except EncryptionError:
                closed.append(name)
        return fresh, closed
