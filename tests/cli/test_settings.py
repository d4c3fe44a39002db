"""`settings`: encrypted at rest, shown only when asked."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics.cli import main
from pocketdev_analytics.store import open_store

NEW, OLD = ("base64:" + base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
SECRET = "sk-planted-0123456789"  # noqa: S105


class Shell:
    """Runs the command line on a store of its own."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store.duckdb"

    def __call__(
        self, *arguments: str, stdin: str | None = None, key: str = NEW, previous: str = ""
    ) -> Result:
        environment = {"APP_KEY": key, "APP_PREVIOUS_KEYS": previous}
        command = ["--store", str(self.store), "settings", *arguments]
        return CliRunner().invoke(main, command, input=stdin, env=environment)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    done = shell("set", "openai_api_key", stdin=f"{SECRET}\n")
    assert (done.exit_code, done.output) == (0, "openai_api_key is set.\n")
    return shell


def test_a_value_is_shown_only_on_request(shell: Shell) -> None:
    found = shell("get", "openai_api_key")
    assert found.output == "openai_api_key is set; use --reveal to show its value.\n"
    assert shell("get", "openai_api_key", "--reveal").stdout == f"{SECRET}\n"


def test_the_store_holds_it_encrypted(shell: Shell) -> None:
    with open_store(shell.store) as store:
        payload = store.app_settings().all()["openai_api_key"]
    assert payload is not None
    assert json.loads(base64.b64decode(payload)).keys() == {"iv", "value", "mac", "tag"}
    assert SECRET.encode() not in shell.store.read_bytes()


def test_settings_are_listed_without_a_key(shell: Shell) -> None:
    assert shell("list", key="").output == "openai_api_key: encrypted\n"
    document = json.loads(shell("list", "--format", "json", key="").output)
    assert document == [{"key": "openai_api_key", "is_set": True, "is_encrypted": True}]


def test_a_setting_can_be_forgotten_once(shell: Shell) -> None:
    assert shell("unset", "openai_api_key").output == "openai_api_key is deleted.\n"
    again = shell("unset", "openai_api_key")
    assert (again.exit_code, again.output) == (1, "Error: there is no setting 'openai_api_key'\n")


def test_a_setting_that_is_not_there_is_named_with_those_that_are(shell: Shell) -> None:
    done = shell("get", "openai_key")
    assert done.exit_code == 1
    assert "unknown or empty setting 'openai_key'; settings: openai_api_key" in done.output


def test_rotation_moves_everything_to_the_current_key(shell: Shell) -> None:
    third = "base64:" + base64.b64encode(bytes([3]) * 32).decode()
    done = shell("rotate", key=third, previous=f"{OLD},{NEW}")
    assert done.output == "1 settings are encrypted with the current key.\n"
    assert shell("get", "openai_api_key", "--reveal", key=third).stdout == f"{SECRET}\n"
    assert shell("get", "openai_api_key", "--reveal", key=NEW).exit_code == 1


def test_a_key_that_does_not_fit_is_refused_and_rotation_changes_nothing(shell: Shell) -> None:
    for arguments in (
        ("get", "openai_api_key"),
        ("get", "openai_api_key", "--reveal"),
        ("rotate",),
    ):
        done = shell(*arguments, key=OLD)
        assert done.exit_code == 1
        assert done.output.startswith("Error: ")
        assert "APP_PREVIOUS_KEYS" in done.output
    assert shell("get", "openai_api_key", "--reveal").stdout == f"{SECRET}\n"


def test_the_key_may_come_from_an_env_file(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"APP_KEY={NEW}\n")
    found = shell("get", "openai_api_key", "--reveal", "--env", str(file), key="")
    assert found.stdout == f"{SECRET}\n"


def test_without_a_key_it_says_where_to_take_it_from(shell: Shell) -> None:
    done = shell("get", "openai_api_key", "--reveal", key="")
    assert done.exit_code == 1
    assert done.output.startswith(
        "Error: neither PD_APP_KEY nor APP_KEY is set; name PocketDev's .env"
    )


@pytest.mark.parametrize("value", [SECRET, "-" + SECRET])
def test_a_value_on_the_command_line_is_refused_and_not_repeated(shell: Shell, value: str) -> None:
    done = shell("set", "other", value)
    assert done.exit_code == 2
    assert "cannot be given on the command line" in done.output
    assert SECRET not in done.output


def test_no_option_takes_a_key() -> None:
    for verb in ("get", "set", "rotate", "list", "unset"):
        found = CliRunner().invoke(main, ["settings", verb, "--help"]).output
        assert "--key" not in found
        assert "--reveal" in found or verb != "get"
