"""What every agent's decoder must do, checked against bytes of its own files.

Call `decoder_problems` in a test with files that were made by hand: it needs no store, no clock
and no test framework.
"""

from __future__ import annotations

import random
from typing import Any, Final

from pocketdev_analytics.agents.agent import Agent
from pocketdev_analytics.agents.origin import Origin, Span
from pocketdev_analytics.agents.rows import Rows, unpack_rows

__all__ = ["SECRET", "decoder_problems"]

#: Put this word into the texts of a file (prompts, answers, commands): no row may hold it.
SECRET: Final = "xyzzy-plugh-5309"  # noqa: S105 - a word of a made-up text
_DAMAGE: Final = b'{"type": "damaged'
_SPLITS: Final = 12
_ORIGIN: Final = Origin(7, session_id="session", fallback_id="fallback", written_at=1)
_Decoded = tuple[dict[str, list[dict[str, Any]]], Span]


def decoder_problems(agent: Agent, data: bytes) -> list[str]:
    """Return what is wrong with an agent's decoder, a sentence each.

    Args:
        agent: whose decoder is tried.
        data: a file of it, made by hand, that ends with a newline.

    Checks that the same bytes give the same rows (stateless), that lines decoded in parts are
    what they are at once (split-independent), that a line without its end is not counted and
    comes out the same once it has one (append-safe), that no row holds `SECRET` (no text), and
    that a damaged line is quarantined without costing another.
    """
    whole = _decode(agent, data)
    problems = []
    if not any(whole[0].values()):
        problems.append("the file gives no rows")
    if _decode(agent, data) != whole:
        problems.append("decoding twice gives other rows: the decoder has state")
    problems += _split_problems(agent, data, whole)
    problems += _append_problems(agent, data, whole)
    if SECRET.encode() not in data:
        problems.append(f"the file has no {SECRET!r} in a text: nothing says that texts are left")
    elif holders := [name for name, rows in whole[0].items() if SECRET in repr(rows)]:
        problems.append(f"message text is kept in {', '.join(holders)}")
    return problems + _damage_problems(agent, data, whole)


def _decode(agent: Agent, *parts: bytes) -> _Decoded:
    """Decode parts of a file one by one, as an import does."""
    span = Span()
    found: dict[str, list[dict[str, Any]]] = {}
    offset = 0
    for part in parts:
        rows = Rows()
        origin = Origin(
            **{
                **{name: getattr(_ORIGIN, name) for name in ("file_id", "session_id")},
                **{name: getattr(_ORIGIN, name) for name in ("fallback_id", "written_at")},
                "byte_offset": offset,
                "lines_before": span.count_lines,
            }
        )
        span.add(agent.decode(part, origin, rows, len(part)))
        offset += len(part)
        for name, frame in unpack_rows([rows.packed()]).items():
            found.setdefault(name, []).extend(frame.to_dicts())
    return found, span


def _split_problems(agent: Agent, data: bytes, whole: _Decoded) -> list[str]:
    ends = [at + 1 for at, byte in enumerate(data[:-1]) if byte == ord("\n")]
    chosen = random.Random(0).sample(ends, min(_SPLITS, len(ends)))  # noqa: S311 - no secret
    for end in sorted(chosen):
        if _decode(agent, data[:end], data[end:]) != whole:
            return [f"a file that is decoded in two parts, from byte {end} on, gives other rows"]
    return []


def _append_problems(agent: Agent, data: bytes, whole: _Decoded) -> list[str]:
    start = data.rfind(b"\n", 0, -1) + 1
    half = data[: (start + len(data)) // 2]
    rows, span = _decode(agent, half)
    complete = data[:start].count(b"\n")
    if span.count_lines != complete or span.unread_bytes != len(half) - start:
        return ["a last line without its end is counted, or its bytes are not reported as unread"]
    if any(rows["quarantine"]):
        return ["a last line without its end is quarantined, although it may be written on"]
    kept = {
        name: [row for row in table if row["line_no"] <= complete] for name, table in rows.items()
    }
    before = {
        name: [row for row in table if row["line_no"] <= complete]
        for name, table in whole[0].items()
    }
    return [] if kept == before else ["an append changes the rows of the lines before it"]


def _damage_problems(agent: Agent, data: bytes, whole: _Decoded) -> list[str]:
    start = data.find(b"\n") + 1
    rows, _ = _decode(agent, data[:start] + _DAMAGE + b"\n" + data[start:])
    problems = []
    if [row["line_no"] for row in rows.pop("quarantine")] != [2]:
        problems.append("a damaged line is not quarantined, with its number")
    expected = {
        name: [{**row, "line_no": row["line_no"] + (row["line_no"] > 1)} for row in table]
        for name, table in whole[0].items()
        if name != "quarantine"
    }
    if {name: _undated(table) for name, table in rows.items()} != {
        name: _undated(table) for name, table in expected.items()
    }:
        problems.append("a damaged line costs rows of other lines")
    return problems


def _undated(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in an order of their own."""
    return sorted(rows, key=lambda row: (row["line_no"], repr(row)))
