"""Mutated and random bytes: nothing crashes, nothing of the rest is lost."""

from __future__ import annotations

import json
import os
import random
import re

from pocketdev_analytics.agents import Origin
from pocketdev_analytics.agents.claude.decode import decode
from pocketdev_analytics.agents.rows import Rows, unpack_rows
from pocketdev_analytics.model import LINE_FRAMES
from tests.agents.claude.by_hand import (
    A,
    Line,
    advisor,
    answer,
    api_error,
    as_bytes,
    call,
    embedded,
    prompt,
    result,
    system,
    title,
)
from tests.importer.stores import Books

LINES = int(os.environ.get("POCKETDEV_TEST_FUZZ", "2000"))
GOOD_EVERY = 10
PATCH = {"structuredPatch": [{"lines": ["+a", "-b"]}]}
SEEDS: list[Line] = [
    answer(content=[call(), {"type": "text", "text": "Hello \N{PACKAGE}"}], costUSD=0.25),
    answer(tokens={"iterations": [advisor("m")], "cache_creation": {}, "speed": "fast"}),
    prompt("Hello"),
    prompt([result()], toolUseResult=PATCH),
    embedded(answer(content=[call("t2")])),
    api_error(),
    system("api_error", error={"status": 529}, retryAttempt=1),
    system("turn_duration", durationMs=5),
    system("compact_boundary", compactMetadata={"trigger": "auto", "preTokens": 5}),
    title("ai-title", "One"),
    {"type": "cost-state", "sessionId": A, "totalCostUSD": 1, "modelUsage": {"m": {"costUSD": 1}}},
    {"type": "bridge-session", "sessionId": "acct"},
]
TOKENS = (
    *(b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"\\ud83d", b"\\udc00", b"\\u0000"),
    *(b"\xff", b"\xf0\x9f", b"\0", b"\r", b" ", b"null", b"true", b"NaN", b"Infinity", b"-1"),
    *(b"1e400", b"0.1", b"9" * 30, b"9" * 5000, b'""', b'"\xc3\xa9"', b'"type":5,', b"[" * 2000),
    *(b'"type":"user",', b'"0000-00-00T99:00:00Z"', b'"9999-12-31T23:59:59-12:00"'),
)
VALUE = re.compile(rb':\s*("[^"]*"|-?[\d.]+|true|false|null)')


class Mutator:
    """Lines that were once well-formed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - no secret
        self.pool = [json.dumps(line, ensure_ascii=False).encode() for line in SEEDS]

    def line(self) -> bytes:
        if self.random.random() < 0.03:
            made = self.random.randbytes(self.random.randrange(300))
        else:
            made = self.random.choice(self.pool)
            for _ in range(self.random.choice((1, 1, 2, 5, 20))):
                made = self._mutated(made)
        return made.replace(b"\n", b" ")

    def _mutated(self, line: bytes) -> bytes:  # noqa: PLR0911 - a case a kind
        place = self.random.randrange(len(line) + 1)
        token = self.random.choice(TOKENS)
        match self.random.randrange(6):
            case 0:
                return line[:place] + bytes([self.random.randrange(256)]) + line[place + 1 :]
            case 1:
                return line[:place] + token + line[place:]
            case 2:
                return line[:place] + line[place + self.random.choice((1, 2, 10, 100)) :]
            case 3:
                return line[:place]
            case 4:
                return line + self.random.choice(self.pool)[:place]
        values = list(VALUE.finditer(line))
        if not values:
            return line
        value = self.random.choice(values)
        return line[: value.start(1)] + token + line[value.end(1) :]


def is_json(line: bytes) -> bool:
    """Whether it is JSON to its end: one value, or several without a newline between."""
    text, position = line.decode("utf-8", "replace").strip("\0\ufeff \t\r\v\f"), 0
    decoder = json.JSONDecoder(parse_int=str, strict=False)
    try:
        while position < len(text):
            _, position = decoder.raw_decode(text, position)
            position = len(text) - len(text[position:].lstrip())
    except (ValueError, RecursionError):
        return False
    return True


def test_each_line_is_a_row_or_a_known_no_row_or_in_quarantine() -> None:
    mutator = Mutator(1)
    for number in range(LINES):
        line = mutator.line()
        rows = Rows()
        span = decode(line + b"\n", Origin(number), rows)
        assert span.count_lines == 1
        made = sum(len(getattr(rows, table)) for table in LINE_FRAMES)
        assert made or is_json(line), line
        assert len(rows.quarantine) <= 1
        assert len(rows.usage_lines) <= line.count(b'"message"') * 2
        frames_of(rows)


def frames_of(rows: Rows) -> None:
    """Values that no frame holds would fail here."""
    if any(len(getattr(rows, table)) for table in LINE_FRAMES if table != "quarantine"):
        unpack_rows([rows.packed()])


def test_a_damaged_history_is_imported_and_its_good_lines_are_all_there(books: Books) -> None:
    mutator = Mutator(2)
    lines: list[Line | bytes] = []
    for number in range(LINES):
        lines.append(mutator.line())
        if number % GOOD_EVERY == 0:
            lines.append(answer(f"good_{number}"))
    books.write(A, *lines)
    summary = books.import_()
    assert summary.bytes_read == len(as_bytes(*lines))
    found = books.values("select count(*) from responses where response_id like 'good_%'")
    assert found == [(len(range(0, LINES, GOOD_EVERY)),)]
    assert books.values("select count_lines, unread_bytes from session_files") == [(len(lines), 0)]
    assert 0 < summary.quarantined_lines < LINES
