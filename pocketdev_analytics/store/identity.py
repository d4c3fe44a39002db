"""Decide which lines with the same message id are one response.

A message id identifies a response in the entire history, except behind gateways that give every
response the same id, or count from 1 in each process. See `responses_of` for the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

import duckdb
import polars as pl

from pocketdev_analytics.store.arrow import registered

__all__ = ["SharedLine", "name_responses", "responses_of"]

#: Message ids whose lines do not agree on one request; only these are examined in Python.
_DOUBTFUL: Final = """
select response_id
from touched_lines
group by response_id
having count(*) > 1 and (
    min(request_id) is distinct from max(request_id)
    or count(request_id) < count(*) and (
        min(session_id) <> max(session_id)
        or min(input_tokens) <> max(input_tokens)
        or min(cache_read_tokens) <> max(cache_read_tokens)
        or min(cache_write_5m_tokens + cache_write_1h_tokens)
        <> max(cache_write_5m_tokens + cache_write_1h_tokens)
        or min(output_tokens) <> max(output_tokens)
    )
)
"""


class SharedLine(NamedTuple):
    """A line with usage: the columns that distinguish responses with the same message id.

    `has_new_ids`: written by Claude Code 1.x, which gave lines that a resumed session copied a new
    uuid and time.
    """

    message_key: str
    line_row: int
    file_id: int
    line_no: int
    session_id: str
    uuid: str | None
    request_id: str | None
    stop_reason: str | None
    is_replay: bool
    has_new_ids: bool
    responded_us: int
    prompt: tuple[int, int, int]
    output_tokens: int


_LINES: Final = """
select
    response_id, line_row, file_id, line_no, session_id, uuid, request_id, stop_reason,
    is_sidechain or source = 'progress', coalesce(starts_with(version, '1.'), false),
    epoch_us(responded_at),
    input_tokens, cache_write_5m_tokens + cache_write_1h_tokens, cache_read_tokens, output_tokens
from touched_lines
where response_id in (from doubtful_ids)
"""


def name_responses(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill `response_names` with the response of each touched line whose id is shared.

    Other lines belong to the response with their own id.
    """
    connection.execute(f"create or replace temp table doubtful_ids as {_DOUBTFUL}")
    rows = connection.execute(_LINES).fetchall()
    lines = [SharedLine._make([*row[:11], row[11:14], row[14]]) for row in rows]
    named = [
        (line.line_row, name)
        for name, part in responses_of(lines)
        for line in part
        if name != line.message_key
    ]
    schema = {"line_row": pl.Int64, "response_name": pl.String}
    with registered(connection, pl.DataFrame(named, schema=schema, orient="row"), "named"):
        connection.execute("create or replace temp table response_names as from named")


def responses_of(lines: Iterable[SharedLine]) -> Iterator[tuple[str, list[SharedLine]]]:
    """Split the lines of each message id into responses, regardless of their order.

    Lines are one response if they share a uuid or a request id; if one follows the other in a
    file and can continue it (see `_continues`); if a sidechain or a progress line replays the
    same prompt in the same session; or, for Claude Code 1.x, if their counts are equal.

    Yields:
        The response's name and its lines. The earliest response of an id keeps the id as its
        name; the others have `#2`, `#3`, … after it.
    """
    by_key: defaultdict[str, list[SharedLine]] = defaultdict(list)
    for line in lines:
        by_key[line.message_key].append(line)
    for key, shared in by_key.items():
        parts = sorted(_parts(shared), key=lambda part: min(map(_order, part)))
        for number, part in enumerate(parts, 1):
            yield (key if number == 1 else f"{key}#{number}"), part


def _order(line: SharedLine) -> tuple[int, str, int, int]:
    return (line.responded_us, line.session_id, line.line_no, line.file_id)


def _parts(lines: list[SharedLine]) -> list[list[SharedLine]]:
    """Return the connected components: the lines of each response."""
    ordered = sorted(lines, key=lambda line: (line.file_id, line.line_no, line.line_row))
    parts = _Components(len(ordered))
    first: dict[Any, int] = {}
    for index, line in enumerate(ordered):
        for mark in _marks(line):
            parts.join(index, first.setdefault(mark, index))
    for (before, earlier), (after, later) in pairwise(enumerate(ordered)):
        if earlier.file_id == later.file_id and _continues(earlier, later):
            parts.join(before, after)
    _join_replays(ordered, parts)
    found: defaultdict[int, list[SharedLine]] = defaultdict(list)
    for index, line in enumerate(ordered):
        found[parts.root(index)].append(line)
    return list(found.values())


def _marks(line: SharedLine) -> Iterator[tuple[str, Any]]:
    """Yield the properties that only lines of one response share."""
    if line.uuid:
        yield ("uuid", line.uuid)
    if line.request_id:
        yield ("request", line.request_id)
    if line.has_new_ids:
        yield ("usage", (line.prompt, line.output_tokens))


def _continues(earlier: SharedLine, later: SharedLine) -> bool:
    """Whether a line can be a further block or the final count of the previous line."""
    requests = {earlier.request_id, later.request_id} - {None}
    if len(requests) > 1 or later.output_tokens < earlier.output_tokens:
        return False
    # A gateway's first line is a placeholder with other counts; its final line has a reason.
    is_placeholder = earlier.stop_reason is None and later.stop_reason is not None
    return earlier.prompt == later.prompt or is_placeholder


def _join_replays(lines: list[SharedLine], parts: _Components) -> None:
    """Join lines of sidechains and progress lines with the session's lines that they repeat."""
    origins: dict[tuple[str, tuple[int, int, int]], int] = {}
    for index, line in sorted(
        enumerate(lines), key=lambda each: (each[1].is_replay, _order(each[1]))
    ):
        key = (line.session_id, line.prompt)
        if line.is_replay and key in origins:
            parts.join(index, origins[key])
        else:
            origins.setdefault(key, index)


class _Components:
    """Disjoint sets (union-find) of the numbers below a count."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def root(self, item: int) -> int:
        """Return the representative of the set of `item`."""
        while self._parents[item] != item:
            self._parents[item] = self._parents[self._parents[item]]
            item = self._parents[item]
        return item

    def join(self, item: int, other: int) -> None:
        """Merge the sets of two numbers."""
        self._parents[self.root(item)] = self.root(other)
