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
    """The application's settings, encrypted with its own key as PocketDev does.

    The key is APP_KEY of the environment, or of the .env that --env names; keys to be read
    with are in APP_PREVIOUS_KEYS. The settings are those of the store: nothing here writes
    to a PocketDev.
    """


@settings.command("list")
@click.option(
    "--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_obj
def list_(session: Session, kind: str) -> None:
    """List the settings' names; needs no key."""
    from pocketdev_analytics.store import open_store

    with open_store(session.settings.store) as store:
        payloads = store.app_settings().all()
    rows = [{"key": name, "is_set": payload is not None} for name, payload in payloads.items()]
    if kind == "json":
        emit(json_text(rows))
    else:
        for row in rows:
            tell(f"{row['key']}: {'encrypted' if row['is_set'] else 'empty'}")


@settings.command("get")
@click.argument("key")
@click.option("--reveal", is_flag=True, help="Show the value itself.")
@env_option
@click.pass_obj
def get(session: Session, key: str, reveal: bool, env_file: Path | None) -> None:  # noqa: FBT001
    """Say whether a setting is there and can be opened; its value only with --reveal."""
    with _opened(session, env_file, is_read_only=True) as table:
        if not table.has(key):
            raise _unknown(key, table)
        if reveal:
            emit(table.get(key) or "")
        elif table.can_open(key):
            tell(f"{key} is set; --reveal shows its value.")
        else:
            raise click.ClickException(
                f"{key} is set, and none of the keys opens it; check APP_KEY and APP_PREVIOUS_KEYS"
            )


@settings.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@click.argument("rest", nargs=-1, metavar="")
@env_option
@click.pass_obj
def set_(session: Session, key: str, rest: tuple[str, ...], env_file: Path | None) -> None:
    """Encrypt a value and keep it: type it when asked, or pipe it in."""
    if rest:
        raise click.UsageError(
            "a value is not taken from the command line, where others can read it; "
            "type it when asked, or pipe it in"
        )
    value = _asked(key)  # before the store is opened, which keeps everyone else out
    with _opened(session, env_file, is_read_only=False) as table:
        table.set(key, value)
    tell(f"{key} is set.")


@settings.command("unset")
@click.argument("key")
@click.pass_obj
def unset(session: Session, key: str) -> None:
    """Forget a setting; needs no key."""
    from pocketdev_analytics.store import open_store

    with open_store(session.settings.store, read_only=False) as store:
        if not store.app_settings().remove(key):
            raise click.ClickException(f"there is no setting {key!r}")
    tell(f"{key} is gone.")


@settings.command("rotate")
@env_option
@click.pass_obj
def rotate(session: Session, env_file: Path | None) -> None:
    """Encrypt every setting anew with APP_KEY; APP_PREVIOUS_KEYS open what was there."""
    with _opened(session, env_file, is_read_only=False) as table:
        count = table.rotate()
    tell(f"{count:,} settings are encrypted with the current key.")


@contextmanager
def _opened(
    session: Session, env_file: Path | None, *, is_read_only: bool
) -> Iterator[AppSettings]:
    from pocketdev_analytics.pocketdev import AppSettings
    from pocketdev_analytics.store import open_store

    encrypter = environment(env_file).encrypter()
    with open_store(session.settings.store, read_only=is_read_only) as store:
        yield AppSettings(store.app_settings(), encrypter)


def _asked(key: str) -> str:
    """The value: typed without showing it, or what is piped in, less its last newline."""
    if sys.stdin.isatty():
        return str(click.prompt(f"Value of {key}", hide_input=True, err=True))
    return sys.stdin.read().removesuffix("\n")


def _unknown(key: str, table: AppSettings) -> click.ClickException:
    names = ", ".join(table.keys()) or "none"
    return click.ClickException(f"there is no setting {key!r}, or it is empty; there are: {names}")
