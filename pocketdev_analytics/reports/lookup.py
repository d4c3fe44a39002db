"""Full names of what a person types: the last part of a project, the beginning of a session."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.model.history import History
from pocketdev_analytics.model.paths import with_slashes
from pocketdev_analytics.reports.dimensions import NO_NAME

__all__ = ["find_models", "find_projects", "find_sessions", "listed", "names_in"]

_SHOWN: Final = 8
_SEPARATORS: Final = re.compile(r"[/:.@]")
_ABSOLUTE: Final = re.compile(r"[/\\]|[A-Za-z]:")


def find_projects(
    history: History,
    texts: Sequence[str],
    groups: Iterable[str] = (),
    *,
    source: str = "project",
) -> tuple[str, ...]:
    """Find projects by the last part of their path; keep full paths and names of groups.

    A last part (`app`, `code/app`) that no project ends with is looked for among folders, and
    otherwise kept.

    Args:
        history: The history to look in.
        texts: What a person typed.
        groups: The names of the configured groups of projects.
        source: Where the names were typed, for error messages.

    Raises:
        ReportError: several projects end with a text, or a text is empty.
    """
    if not all(map(str.strip, texts)):
        raise ReportError(
            f"{source} is empty; expected a folder, the last part of a path, or a group"
        )
    as_they_are = {*groups, NO_NAME}
    if all(_is_path(text) or text in as_they_are for text in texts):
        return tuple(texts)
    known = names_in(history, "project"), names_in(history, "folder")
    return tuple(
        text if _is_path(text) or text in as_they_are else _project(text, known, source)
        for text in texts
    )


def find_sessions(history: History, texts: Sequence[str]) -> tuple[str, ...]:
    """Find sessions by the beginning of their ids.

    Raises:
        ReportError: no session or several sessions begin with a text.
    """
    known = names_in(history, "session_id") if texts else []
    return tuple(_session(text.strip(), known) for text in texts)


def find_models(history: History, texts: Sequence[str]) -> tuple[str, ...]:
    """Find models by their ids or by a part of them: `opus`, `claude-opus`, `opus-4-5`.

    A part is of whole words between hyphens and stands for every model that has it. What no
    model has is kept.
    """
    known = names_in(History(**history.only_usage().frames()), "model") if texts else []
    found = (text for each in texts for text in _models(each.strip(), known))
    return tuple(dict.fromkeys(found))


def _models(text: str, known: Sequence[str]) -> Sequence[str]:
    if text in known or text == NO_NAME:
        return [text]
    part = f"-{text.lower()}-"
    return [each for each in known if part in f"-{_SEPARATORS.sub('-', each.lower())}-"] or [text]


def names_in(history: History, column: str) -> list[str]:
    """Return every name in a column of the history's frames, sorted."""
    frames = [
        frame.select(column).unique()
        for frame in history.frames().values()
        if column in frame.collect_schema()
    ]
    if not frames:
        return []
    return sorted(pl.concat(frames).unique().collect()[column].drop_nulls())


def listed(names: Sequence[str]) -> str:
    """Join the first of these names, with the number of the others."""
    more = len(names) - _SHOWN
    shown = ", ".join(names[:_SHOWN] if more > 0 else names)
    return f"{shown} and {more:,} more" if more > 0 else shown


def _is_path(text: str) -> bool:
    return bool(_ABSOLUTE.match(text))


def _project(text: str, names: Iterable[Sequence[str]], source: str) -> str:
    for known in names:
        if text in known:
            return text
        found = [path for path in known if with_slashes(path).endswith(f"/{with_slashes(text)}")]
        if len(found) > 1:
            raise ReportError(
                f"{source} {text!r} matches several: {listed(found)}; give more of its path"
            )
        if found:
            return found[0]
    return text


def _session(text: str, known: Sequence[str]) -> str:
    if text in known:
        return text
    found = [each for each in known if text and each.startswith(text)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ReportError(f"session {text!r} matches several: {listed(found)}; give more of its id")
    raise ReportError(f"no session begins with {text!r}; `report sessions` lists all sessions")
