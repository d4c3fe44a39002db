"""A made-up history with something of everything, in which no two sums are alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl

from pocketdev_analytics import model
from pocketdev_analytics.reports import History
from tests.pages.histories import empty, frame

FIRST = datetime(2026, 6, 20, 3, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
MODELS = (
    *(f"claude-{name}" for name in ("opus-5", "sonnet-5", "haiku-5", "fable-5", "opus-4-8")),
    *("claude-sonnet-4-6", "claude-haiku-4-5-20251001", "claude-opus-4-1", "local-model", None),
)
PROJECTS = ("/home/me/app", "/home/me/web/site", "/srv/tool", "/team/api", "/team/7f", None)
BRANCHES = ("main", "feature/checkout", "fix-login", None)
AGENTS = (
    *[("main", None)] * 5, ("subagent", "Explore"), ("subagent", "general-purpose"),
    ("subagent", None),
)  # fmt: skip
CLASSES = (*(name.removesuffix("_tokens") for name in model.TOKEN_COLUMNS), "web_search")


def generated(
    responses: int = 1_500, sessions: int = 60, days: int = 156, seed: int = 3
) -> tuple[History, pl.LazyFrame]:
    """A history, and its usage priced as if nothing had been cached."""
    random = Random(seed)  # noqa: S311  nothing is secret here
    places = [_session(random, number, days) for number in range(sessions)]
    rows = [_response(random, number, random.choice(places)) for number in range(responses)]
    usage = frame(model.USAGE_COST, [_priced(row) for row in rows])
    uncached = frame(model.USAGE_COST, [_priced(row, is_uncached=True) for row in rows])
    prompts = [
        {**place["names"], "prompt_id": f"p{number}-{place['names']['session_id']}",
         "prompted_at": place["at"] + timedelta(minutes=number)}
        for place in places
        for number in range(random.randint(0, 9))
    ]  # fmt: skip
    history = {**empty().frames(), "usage": usage, "prompts": frame(model.PROMPTS, prompts)}
    return History(**history), uncached


def _session(random: Random, number: int, days: int) -> dict[str, Any]:
    at = FIRST + timedelta(days=random.random() * days)
    title = random.choice((None, f"Work on part {number}", f"Fix <b>{number}</b> & go"))
    names = {
        "session_id": f"{random.getrandbits(64):016x}-{number}",
        "session_title": title,
        "machine": ("desk", "laptop")[number % 2],
        "project": random.choice(PROJECTS),
        "version": "2.1.238",
    }
    return {"at": at, "names": names, "models": random.sample(MODELS, 3)}


def _response(random: Random, number: int, place: dict[str, Any]) -> dict[str, Any]:
    agent, kind = random.choice(AGENTS)
    at = place["at"] + timedelta(hours=random.expovariate(1 / 6))
    tokens = {
        name: int(random.lognormvariate(size, 1.3))
        for name, size in zip(model.TOKEN_COLUMNS, (3, 6, 5, 10, 6), strict=True)
    }
    return {
        **place["names"],
        **tokens,
        "response_id": f"response-{number}",
        "source": "message",
        "git_branch": random.choice(BRANCHES),
        "agent": agent,
        "agent_type": kind,
        "kind": "advisor" if random.random() < 0.03 else "response",
        "response_count": 1,
        "responded_at": min(at, NOW - timedelta(minutes=number % 90)),
        "model": random.choice(place["models"]),
        "web_search_requests": int(random.random() < 0.05),
        "is_lower_bound": random.random() < 0.04,
        "speed": random.choice((None, None, "fast")),
    }


def _priced(row: dict[str, Any], *, is_uncached: bool = False) -> dict[str, Any]:
    """The row with the cost of each class: a rate of its model, which changed in October.

    All of it has more digits together than a double or 64 bits hold.
    """
    name_of_model, parts = row["model"], dict.fromkeys(f"{name}_cost_usd" for name in CLASSES)
    if name_of_model in ("local-model", None):
        return {**row, **parts, "cost_usd": None}
    million = Decimal(3 + MODELS.index(name_of_model)) / 1_000_000
    if row["responded_at"].date() >= date(2026, 10, 10):
        million *= Decimal("1.10000001")
    if row["speed"] == "fast":
        million *= Decimal("2.5")
    factors = [Decimal(text) for text in ("1", "1.25", "2", "0.1", "5")]
    if is_uncached:
        factors[1:4] = [Decimal(1)] * 3
    units = [row[name] for name in model.TOKEN_COLUMNS]
    costs = [million * factor * unit for factor, unit in zip(factors, units, strict=True)]
    costs.append(Decimal(row["web_search_requests"]) / 100)
    return {**row, **dict(zip(parts, costs, strict=True)), "cost_usd": sum(costs, Decimal(0))}
