"""The application's settings: what its own service does, on the store's table."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest

from pocketdev_analytics.exceptions import ConfigurationError, EncryptionError
from pocketdev_analytics.pocketdev import AppSettings, Encrypter
from pocketdev_analytics.pocketdev.app_settings import Rotation, sealing_of
from pocketdev_analytics.pocketdev.serialized import unserialized

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
    assert settings(table, NEW, OLD).rotate() == Rotation(2, ())
    assert settings(table, NEW).get("a") == SECRET
    assert settings(table, NEW).get("b") == "young"
    assert not settings(table, OLD).can_open("a")
    assert table.rows["empty"] is None


def test_rotation_writes_all_at_once_or_nothing(table: Table) -> None:
    settings(table, OLD).set("a", SECRET)
    settings(table, OTHER).set("lost", SECRET)
    before, table.writes = dict(table.rows), 0
    with pytest.raises(EncryptionError, match="none of the keys opens lost; nothing was changed"):
        settings(table, NEW, OLD).rotate()
    assert (table.rows, table.writes) == (before, 0)
    assert settings(table, NEW, OLD, OTHER).rotate().count_rotated == 2
    assert table.writes == 1


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_a_name_must_fit_the_table(table: Table, name: str) -> None:
    with pytest.raises(ConfigurationError, match="invalid setting name"):
        settings(table).set(name, SECRET)


def test_settings_show_nothing_of_themselves(table: Table) -> None:
    own = settings(table)
    own.set("a", SECRET)
    assert SECRET not in repr(own)
    assert not hasattr(own, "__dict__")


@pytest.mark.parametrize("space", ["\n", " ", "\r\n\t"])
def test_white_space_around_a_payload_is_ignored_as_php_does(table: Table, space: str) -> None:
    settings(table).set("a", SECRET)
    table.rows["a"] = f"{space}{table.rows['a']}{space}"
    assert settings(table).get("a") == SECRET
    assert settings(table).rotate() == Rotation(1, ())


@pytest.mark.parametrize("value", ["sk-plain", "e30=", "bm90IGpzb24=", "{}", "\x00"])
def test_a_value_that_is_not_a_payload_is_named_and_left_alone(table: Table, value: str) -> None:
    settings(table, OLD).set("sealed", SECRET)
    table.rows["plain"] = value
    own = settings(table, NEW, OLD)
    assert own.sealing("plain") == sealing_of(value) == "not encrypted"
    assert own.rotate() == Rotation(1, ("plain",))
    assert table.rows["plain"] == value
    assert settings(table, NEW).get("sealed") == SECRET


def test_a_value_that_php_serialised_is_decoded_and_rotated_as_it_is(table: Table) -> None:
    inner = 's:11:"sk-öäü-x";'
    table.rows["a"] = Encrypter(OLD).encrypt(inner)
    assert settings(table, OLD).get("a") == "sk-öäü-x"
    settings(table, NEW, OLD).rotate()
    assert Encrypter(NEW).decrypt(str(table.rows["a"])) == inner


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('s:2:"ab";', "ab"),
        ('s:0:"";', ""),
        ('s:3:"ab";', 's:3:"ab";'),
        ('s:4:"a";b";', 'a";b'),
        ("i:-5;", "-5"),
        ("d:0.5;", "0.5"),
        ("b:1;", "true"),
        ("sk-plain", "sk-plain"),
        ("a:0:{}", "a:0:{}"),
    ],
)
def test_only_a_complete_serialised_scalar_is_decoded(text: str, value: str) -> None:
    assert unserialized(text) == value
