"""`settings`: the application's encrypted settings, in the store."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pocketdev_analytics.cli._output import json_text
from pocketdev_analytics.cli._pocketdev import env_option, environment
from pocketdev_analytics.cli._text import emit, tell

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.pocketdev import AppSettings

__all__ = ["settings"]


@click.group("settings")
def settings() -> None:
    """Read and change PocketDev's settings in the store, encrypted as PocketDev does.

    The key is PD_APP_KEY (or APP_KEY) of the environment, or of the .env named by --env;
    PD_APP_PREVIOUS_KEYS are only read with. Nothing here writes to a PocketDev.
    """


@settings.command("list")
@click.option(
    "--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_obj
def list_(session: Session, kind: str) -> None:
    """List the settings' names and whether each is encrypted; needs no key."""
    from pocketdev_analytics.pocketdev.app_settings import sealing_of
    from pocketdev_analytics.store import open_store

    with open_store(session.settings.store) as store:
        payloads = store.app_settings().all()
    rows = [
        {"key": name, "is_set": value is not None, "is_encrypted": sealing_of(value) == "encrypted"}
        for name, value in payloads.items()
    ]
    if kind == "json":
        emit(json_text(rows))
    else:
        for name, value in payloads.items():
            tell(f"{name}: {sealing_of(value)}")


@settings.command("get")
@click.argument("key")
@click.option("--reveal", is_flag=True, help="Show the value itself.")
@env_option
@click.pass_obj
def get(session: Session, key: str, reveal: bool, env_file: Path | None) -> None:  # noqa: FBT001
    """Check that a setting exists and can be decrypted; print its value with --reveal."""
    with _open(session, env_file, is_read_only=True) as table:
        if not table.has(key):
            raise _unknown(key, table)
        if table.sealing(key) == "not encrypted":
            raise click.ClickException(
                f"{key} is not encrypted: its value is not a payload; correct it in PocketDev, "
                "or overwrite it with `settings set`"
            )
        if reveal:
            emit(table.get(key) or "")
        elif table.can_open(key):
            tell(f"{key} is set; use --reveal to show its value.")
        else:
            raise click.ClickException(
                f"{key} is set, but none of the keys opens it; check PD_APP_KEY (or APP_KEY) and "
                "PD_APP_PREVIOUS_KEYS"
            )


@settings.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@click.argument("rest", nargs=-1, metavar="")
@env_option
@click.pass_obj
def set_(session: Session, key: str, rest: tuple[str, ...], env_file: Path | None) -> None:
    """Encrypt and store a value: type it at the prompt, or pipe it in."""
    if rest:
        raise click.UsageError(
            "a value cannot be given on the command line, where others can read it; "
            "type it at the prompt, or pipe it in"
        )
    value = _prompt_value(
        key
    )  # before the store is opened for writing, which locks out everyone else
    with _open(session, env_file, is_read_only=False) as table:
        table.set(key, value)
    tell(f"{key} is set.")


@settings.command("unset")
@click.argument("key")
@click.pass_obj
def unset(session: Session, key: str) -> None:
    """Delete a setting; needs no key."""
    from pocketdev_analytics.store import open_store

    with open_store(session.settings.store, read_only=False) as store:
        if not store.app_settings().remove(key):
            raise click.ClickException(f"there is no setting {key!r}")
    tell(f"{key} is deleted.")


@settings.command("rotate")
@env_option
@click.pass_obj
def rotate(session: Session, env_file: Path | None) -> None:
    """Encrypt every setting again with the current key; previous keys open what is there."""
    with _open(session, env_file, is_read_only=False) as table:
        rotation = table.rotate()
    tell(f"{rotation.count_rotated:,} settings are encrypted with the current key.")
    if rotation.not_encrypted:
        tell(f"Left alone, not encrypted: {', '.join(rotation.not_encrypted)}.", err=True)


@contextmanager
def _open(session: Session, env_file: Path | None, *, is_read_only: bool) -> Iterator[AppSettings]:
    from pocketdev_analytics.pocketdev import AppSettings
    from pocketdev_analytics.store import open_store

    encrypter = environment(env_file).encrypter()
    with open_store(session.settings.store, read_only=is_read_only) as store:
        yield AppSettings(store.app_settings(), encrypter)


def _prompt_value(key: str) -> str:
    """Return the value: typed without echo, or piped in, without its last newline."""
    if sys.stdin.isatty():
        return str(click.prompt(f"Value of {key}", hide_input=True, err=True))
    return sys.stdin.read().removesuffix("\n")


def _unknown(key: str, table: AppSettings) -> click.ClickException:
    names = ", ".join(table.keys()) or "none"
    return click.ClickException(f"unknown or empty setting {key!r}; settings: {names}")
