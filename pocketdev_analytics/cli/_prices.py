"""The options of every verb that shows money: which prices to take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeVar

import click

from pocketdev_analytics.exceptions import PricingError

__all__ = ["pricing_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
# Not those of `pricing`: help is shown without the libraries that price.
_MODES: Final = ("full", "plain", "recorded")


def pricing_options(command: _Command) -> _Command:
    """The options --pricing and --prices-at."""
    at = click.option(
        "--prices-at",
        metavar="DATE",
        callback=_day,
        help="Price all usage at the prices of this day (UTC).",
    )
    mode = click.option(
        "--pricing",
        type=click.Choice(_MODES),
        default="full",
        show_default=True,
        help="full: the list prices of the day, with all that is billed; plain: today's row of"
        " model_pricing alone; recorded: what Claude Code wrote, where it did.",
    )
    return mode(at(command))


def _day(_context: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise PricingError(f"--prices-at {text!r} is no date; write it as 2026-11-01") from None
