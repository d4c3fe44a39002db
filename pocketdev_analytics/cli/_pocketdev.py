"""The options that say where a PocketDev's environment is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from pocketdev_analytics.pocketdev import LaravelEnv

__all__ = ["env_option", "environment"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def env_option(command: _Command) -> _Command:
    """The option --env of a verb that needs PocketDev's settings."""
    option = click.option(
        "--env",
        "env_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="PocketDev's .env.  [default: this process's environment]",
    )
    return option(command)


def environment(env_file: Path | None) -> LaravelEnv:
    """Read the file, or the process's environment if no file is named."""
    import os

    from pocketdev_analytics.pocketdev import LaravelEnv, read_env

    return LaravelEnv.from_mapping(os.environ) if env_file is None else read_env(env_file)
