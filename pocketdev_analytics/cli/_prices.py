"""The options of every verb that shows money: which prices to take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pocketdev_analytics.cli._days import day_option
from pocketdev_analytics.pricing import MODES

__all__ = ["pricing_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def pricing_options(command: _Command) -> _Command:
    """The options --pricing and --prices-at."""
    at = click.option(
        "--prices-at",
        metavar="DATE",
        callback=day_option,
        help="Price all usage at the prices of this day (UTC).",
    )
    mode = click.option(
        "--pricing",
        type=click.Choice(tuple(MODES)),
        default="full",
        show_default=True,
        help="full: the list prices of the day, with all that is billed; plain: today's row of"
        " model_pricing alone; recorded: what Claude Code wrote, where it did.",
    )
    return mode(at(command))
