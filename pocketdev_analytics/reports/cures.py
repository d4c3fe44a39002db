"""The command that gives a model a price, next to what says that it has none."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from pocketdev_analytics.pricing import PriceBook

__all__ = ["price_command", "price_notes"]


def price_command(book: PriceBook, model: str) -> str:
    """Return the command, without the program, that prices a model.

    It is an alias of the listed model with the most similar name, else a price of its own.
    """
    near = book.nearest(model)
    name = shlex.quote(model)
    if near:
        return f"pricing alias {name} {shlex.quote(near)}"
    return f"pricing set {name} --input USD --output USD"


def price_notes(book: PriceBook, models: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each model without a price: how to give it one."""
    return tuple(
        f"To price {model}: pocketdev-analytics {price_command(book, model)}" for model in models
    )
