"""The application's settings: what its own service does, on the store's table."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest

from pocketdev_analytics.exceptions import ConfigurationError, EncryptionError
from pocketdev_analytics.pocketdev import AppSettings, Encrypter

NEW, OLD, OTHER = (
    "base64:" + base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2, 3)
)
SECRET = "sk-planted-äöü"  # noqa: S105


class Table:
    """A table that counts how often it is written."""

    def __init__(self) -> None:
        self.rows: dict[str, str | None] = {}
        self.writes = 0

    def all(self) -> Mapping[str, str | None]:
        return dict(sorted(self.rows.items()))

    def put(self, payloads: Mapping[str, str | None]) -> None:
        self.writes += 1
        self.rows.update(payloads)

    def remove(self, name: str) -> bool:
        return self.rows.pop(name, self) is not self


@pytest.fixture
def table() -> Table:
    return Table()


def settings(table: Table, key: str = NEW, *previous: str) -> AppSettings:
    return AppSettings(table, Encrypter(key, previous_keys=previous))


def test_a_value_comes_back_and_is_never_plain_in_the_table(table: Table) -> None:
    settings(table).set("openai_api_key", SECRET)
    assert settings(table).get("openai_api_key") == SECRET
    assert SECRET not in str(table.rows)


def test_a_setting_is_there_or_not(table: Table) -> None:
    own = settings(table)
    assert (own.get("a"), own.has("a"), own.keys()) == (None, False, [])
    own.set("b", "")
    own.set("a", None)
    assert (own.get("a"), own.has("a")) == (None, False)
    assert (own.get("b"), own.has("b")) == ("", True)
    assert own.keys() == ["a", "b"]
    assert (own.delete("b"), own.delete("b"), own.keys()) == (True, False, ["a"])


def test_what_another_key_wrote_cannot_be_opened(table: Table) -> None:
    settings(table, OTHER).set("a", SECRET)
    assert not settings(table).can_open("a")
    with pytest.raises(EncryptionError):
        settings(table).get("a")


def test_rotation_leaves_values_that_only_the_current_key_opens(table: Table) -> None:
    settings(table, OLD).set("a", SECRET)
    settings(table, NEW).set("b", "young")
    table.rows["empty"] = None
    assert settings(table, NEW, OLD).rotate() == 2
    assert settings(table, NEW).get("a") == SECRET
    assert settings(table, NEW).get("b") == "young"
    assert not settings(table, OLD).can_open("a")
    assert table.rows["empty"] is None


def test_rotation_writes_all_at_once_or_nothing(table: Table) -> None:
    settings(table, OLD).set("a", SECRET)
    settings(table, OTHER).set("lost", SECRET)
    before, table.writes = dict(table.rows), 0
    with pytest.raises(EncryptionError, match="None of the keys opens lost; nothing was changed"):
        settings(table, NEW, OLD).rotate()
    assert (table.rows, table.writes) == (before, 0)
    assert settings(table, NEW, OLD, OTHER).rotate() == 2
    assert table.writes == 1


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_a_name_must_fit_the_table(table: Table, name: str) -> None:
    with pytest.raises(ConfigurationError, match="is no name for a setting"):
        settings(table).set(name, SECRET)


def test_settings_show_nothing_of_themselves(table: Table) -> None:
    own = settings(table)
    own.set("a", SECRET)
    assert SECRET not in repr(own)
    assert not hasattr(own, "__dict__")
