"""The options of every verb that shows costs: which prices to use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.pricing import MODES

__all__ = ["parse_day", "pricing_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def pricing_options(command: _Command) -> _Command:
    """Add the options --pricing and --prices-at."""
    at = click.option(
        "--prices-at",
        metavar="DATE",
        callback=parse_day,
        help="Use the prices of this day (UTC) for all usage.",
    )
    mode = click.option(
        "--pricing",
        type=click.Choice(tuple(MODES)),
        default="full",
        show_default=True,
        help="full: list prices of the day, with everything billed; plain: today's row of"
        " model_pricing alone; recorded: the cost that Claude Code wrote, where it did.",
    )
    return mode(at(command))


def parse_day(_context: click.Context, option: click.Parameter, text: str | None) -> date | None:
    """Parse the day of an option, as click's `callback`.

    Raises:
        ReportError: it is not a date.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ReportError(
            f"{option.opts[0]} {text!r} is not a date; expected one such as 2026-11-01"
        ) from None
