"""Figures that Claude Code itself keeps of cost and tokens, next to its session files.

- `.claude.json` and its backups: of each project the last run of its last session, with
  tokens and cost per model (`lastSessionId`, `lastCost`, `lastModelUsage`).
- `stats-cache.json`: tokens of each UTC day and model (`dailyModelTokens`). Up to version 4 it
  counts input and output of every line of a response, from version 5 each response once, with
  its cache tokens.

They are read where they are, and again for each report: nothing of them is stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import polars as pl

from pocketdev_analytics.files.regular import MEBIBYTE, read_regular
from pocketdev_analytics.model import COST_USD, Schema

__all__ = ["CLIENT_RUNS", "TOKEN_DAYS", "ClientFigures", "client_folders", "read_client_figures"]

#: One row a session's last run and model.
CLIENT_RUNS: Final[Schema] = {
    "session_id": pl.String,
    "model": pl.String,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "cache_read_tokens": pl.Int64,
    "written_tokens": pl.Int64,
    "web_search_requests": pl.Int64,
    "cost_usd": COST_USD,
    "total_cost_usd": COST_USD,
    "has_unknown_model_cost": pl.Boolean,
}
#: One row a UTC day and model.
TOKEN_DAYS: Final[Schema] = {
    "day": pl.Date,
    "model": pl.String,
    "tokens": pl.Int64,
    "has_cache_tokens": pl.Boolean,
    "has_every_line": pl.Boolean,
}
_LARGEST: Final = 64 * MEBIBYTE
_MOST_BACKUPS: Final = 50
_TOKENS: Final = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "cacheReadInputTokens": "cache_read_tokens",
    "cacheCreationInputTokens": "written_tokens",
    "webSearchRequests": "web_search_requests",
}
_LARGEST_COUNT: Final = 10**15
_LAST_VERSION_OF_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class ClientFigures:
    """Claude Code's own figures: `runs` has `CLIENT_RUNS`, `token_days` has `TOKEN_DAYS`."""

    runs: pl.DataFrame
    token_days: pl.DataFrame


def client_folders(session_files: Iterable[str]) -> list[Path]:
    """Return the configuration folders that session files lie in, from their paths."""
    folders: dict[Path, None] = {}
    for path in session_files:
        parents = Path(path).parents
        found = (each.parent for each in parents if each.name == "projects")
        if folder := next(found, None):
            folders[folder] = None
    return list(folders)


def read_client_figures(folders: Iterable[Path]) -> ClientFigures:
    """Read what Claude Code keeps in and next to these configuration folders.

    Of several states of one session's last run the latest counts; a file that cannot be read
    or has another form has nothing to say.
    """
    runs: dict[str, list[dict[str, Any]]] = {}
    days: dict[tuple[date, str], dict[str, Any]] = {}
    for folder in folders:
        for file in _state_files(folder):
            for session, rows in _runs_of(_read(file)):
                runs.setdefault(session, rows)
        statistics = _read(folder / "stats-cache.json")
        days |= {(row["day"], row["model"]): row for row in _days_of(statistics)}
    flat = [row for rows in runs.values() for row in rows]
    return ClientFigures(
        pl.DataFrame(flat, CLIENT_RUNS, orient="row"),
        pl.DataFrame(list(days.values()), TOKEN_DAYS, orient="row"),
    )


def _state_files(folder: Path) -> list[Path]:
    """The current states, then their backups, each the newest first."""
    homes = [folder]
    if folder.name == ".claude":
        homes.append(folder.parent)
    elif folder.name == "claude" and folder.parent.name == ".config":
        homes.append(folder.parent.parent)
    current = [home / ".claude.json" for home in homes]
    backups = [
        file
        for place in (*homes, *(home / "backups" for home in homes))
        for file in _listed(place, ".claude.json.*backup*")
    ]
    return [*current, *sorted(backups, key=_age, reverse=True)[:_MOST_BACKUPS]]


def _listed(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(folder.glob(pattern))
    except OSError:
        return []


def _age(file: Path) -> tuple[int, str]:
    try:
        return file.stat().st_mtime_ns, file.name
    except OSError:
        return 0, file.name


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(read_regular(file, _LARGEST), parse_float=Decimal)
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _runs_of(state: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The last run of each project: its session, and a row a model."""
    for project in _object(state.get("projects")).values():
        run = _object(project)
        session, total = run.get("lastSessionId"), _money(run.get("lastCost"))
        if not isinstance(session, str) or not session or total is None:
            continue
        flag = run.get("lastHasUnknownModelCost", run.get("hasUnknownModelCost"))
        of_run = {
            "session_id": session,
            "total_cost_usd": total,
            "has_unknown_model_cost": flag if isinstance(flag, bool) else None,
        }
        models = _object(run.get("lastModelUsage"))
        rows = [
            {
                **of_run,
                "model": model,
                "cost_usd": _money(_object(usage).get("costUSD")),
                **{ours: _count(_object(usage).get(theirs)) for theirs, ours in _TOKENS.items()},
            }
            for model, usage in models.items()
        ]
        if rows:
            yield session, rows


def _days_of(statistics: dict[str, Any]) -> Iterator[dict[str, Any]]:
    version = statistics.get("version")
    is_of_lines = not isinstance(version, int) or version <= _LAST_VERSION_OF_LINES
    listed = statistics.get("dailyModelTokens")
    for item in listed if isinstance(listed, list) else []:
        day = _day(_object(item).get("date"))
        if day is None:
            continue
        for model, tokens in _object(_object(item).get("tokensByModel")).items():
            yield {
                "day": day,
                "model": model,
                "tokens": _count(tokens),
                "has_cache_tokens": not is_of_lines,
                "has_every_line": is_of_lines,
            }


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return int(value) if is_number and 0 <= value < _LARGEST_COUNT else 0  # type: ignore[operator,call-overload]


def _money(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    try:
        return round(Decimal(value), 15) if 0 <= value < _LARGEST_COUNT else None
    except InvalidOperation:
        return None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
