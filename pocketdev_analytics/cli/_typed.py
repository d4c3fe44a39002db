"""The command that was typed, to name in a hint."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

import click

__all__ = ["remember_arguments", "typed_arguments", "typed_command"]

_ARGUMENTS = "pocketdev_analytics.arguments"


def remember_arguments(context: click.Context, arguments: Sequence[str]) -> None:
    """Keep the arguments of the command line: click consumes them."""
    context.meta[_ARGUMENTS] = tuple(arguments)


def typed_arguments(context: click.Context) -> list[str]:
    """Return the arguments of the command line as typed; none if a verb runs by itself."""
    return list(context.meta.get(_ARGUMENTS, ()))


def typed_command(*, without: str) -> str:
    """Return the running command as typed, without one option and its value."""
    arguments = typed_arguments(click.get_current_context())
    return shlex.join(["pocketdev-analytics", *_without(arguments, without)])


def _without(arguments: Sequence[str], option: str) -> Iterator[str]:
    rest = iter(arguments)
    for argument in rest:
        if argument == option:
            next(rest, None)
        elif not argument.startswith(f"{option}="):
            yield argument
