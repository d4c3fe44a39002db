"""Histories with the size profile of a real one, built quickly and counted as they are built."""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from templates import UNIT_BYTES, filler, templates

from pocketdev_analytics.sample import encode_cwd

__all__ = ["HistoryTotals", "build_file", "build_history", "file_sizes"]

_Sizes = Sequence[tuple[float, float]]

# Counted over a real history of 3,142 files and 1,239 MiB.
_MEAN_FILE_BYTES: Final = 413_500
_FILE_BYTES: Final = (
    (0.0, 2e3), (0.1, 12e3), (0.25, 45e3), (0.5, 105e3), (0.75, 234e3), (0.9, 654e3),
    (0.95, 1.5e6), (0.99, 5.4e6), (0.999, 13e6), (1.0, 87e6),
)  # fmt: skip
_LARGEST_SHARE: Final = 0.07

# Bytes of text by kind of line: lines are 1.0 kB in the median, 42 kB at p99, 1.6 MB at most.
_RESULT: Final = (
    (0, 60),
    (0.25, 200),
    (0.5, 800),
    (0.75, 2_300),
    (0.9, 6e3),
    (0.99, 28e3),
    (1, 9e4),
)
_DETAIL: Final = (
    (0, 60), (0.25, 250), (0.5, 1e3), (0.75, 3_600), (0.9, 14e3), (0.96, 36e3), (0.99, 8e4),
    (0.9995, 3.5e5), (1, 1.55e6),
)  # fmt: skip
_ANSWER: Final = ((0, 60), (0.5, 150), (0.75, 450), (0.9, 1_400), (0.99, 8e3), (1, 4e4))
_PROMPT: Final = ((0, 60), (0.5, 400), (0.9, 8e3), (0.99, 4e4), (1, 2e5))
_PROGRESS: Final = ((0, 60), (0.5, 1_600), (0.9, 14e3), (0.99, 85e3), (1, 1e5))
_SHORT: Final = ((0, 60), (0.9, 2e3), (1, 5e3))

_MODELS: Final = (
    b"claude-opus-4-6", b"claude-opus-4-8", b"claude-opus-5-5", b"claude-sonnet-4-6",
    b"claude-sonnet-5-5", b"claude-haiku-4-5-20251001",
)  # fmt: skip
_TOOLS: Final = (b"Bash", b"Read", b"Edit", b"Write", b"Grep", b"mcp__parcels__weigh")
_VERSIONS: Final = ("2.1.39", "2.1.238")
_PROJECTS: Final = 24
_FIRST_DAY_MS: Final = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp() * 1000)
_DAYS: Final = 130


@dataclass(slots=True)
class HistoryTotals:
    """What an import of the history must find."""

    files: int = 0
    bytes: int = 0
    lines: int = 0
    usage_lines: int = 0
    responses: int = 0
    input_tokens: int = 0
    cache_write_tokens: int = 0
    cache_read_tokens: int = 0
    output_tokens: int = 0


def file_sizes(total_bytes: int) -> list[int]:
    """Sizes that follow the profile and add up to about `total_bytes`."""
    count = max(round(total_bytes / _MEAN_FILE_BYTES), 1)
    sizes = [_quantile(_FILE_BYTES, (i + 0.5) / count) for i in range(count)]
    if count > 1:
        sizes[-1] = min(_FILE_BYTES[-1][1], total_bytes * _LARGEST_SHARE)
    scale = total_bytes / sum(sizes)
    return [max(int(size * scale), 1_000) for size in sizes]


def build_history(directory: Path, total_bytes: int, seed: int = 7) -> HistoryTotals:
    """A config directory of about `total_bytes`; its totals, also left in history.json."""
    builder = _Builder(seed)
    sizes = file_sizes(total_bytes)
    builder.rng.shuffle(sizes)
    for path, agent, size in _places(directory / "projects", sizes, builder.rng):
        builder.file(path, size, agent)
    (directory / "history.json").write_text(json.dumps(asdict(builder.totals)))
    return builder.totals


def build_file(path: Path, size: int, seed: int = 7) -> HistoryTotals:
    """One session file of about `size` bytes, and its totals."""
    builder = _Builder(seed)
    builder.file(path, size, None)
    return builder.totals


def _places(
    projects: Path, sizes: Sequence[int], rng: random.Random
) -> Iterator[tuple[Path, str | None, int]]:
    session = Path()
    for number, size in enumerate(sizes):
        if number and rng.random() < 0.4:
            agent = f"a{rng.getrandbits(64):016x}"
            yield session / "subagents" / f"agent-{agent}.jsonl", agent, size
        else:
            folder = projects / encode_cwd(f"/home/kim/code/parcel-{rng.randrange(_PROJECTS)}")
            session = folder / str(UUID(int=rng.getrandbits(128), version=4))
            yield session.with_suffix(".jsonl"), None, size


class _Builder:
    """Writes files line by line; every response has its own ids and tokens."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - made-up data
        self.totals = HistoryTotals()
        self.text = filler(self.rng, 4 << 20)
        self.patterns = {
            (version, side): templates(version=version, sidechain=side)
            for version in _VERSIONS
            for side in (False, True)
        }
        self.recent: list[dict[bytes, Any]] = []
        self.out: list[bytes] = []
        self.values: dict[bytes, Any] = {}
        self.lines: dict[str, bytes] = {}
        self.model = b""
        self.left = self.now = 0

    def file(self, path: Path, size: int, agent: str | None) -> None:
        rng = self.rng
        self.lines = self.patterns[rng.choice(_VERSIONS), agent is not None]
        self.left, self.out = size, []
        self.now = _FIRST_DAY_MS + rng.randrange(_DAYS * 86_400_000)
        session = path.parent.parent.name if agent else path.stem
        self.values = {
            b"session": session.encode(),
            b"agent": (agent or "").encode(),
            b"cwd": b"/home/kim/code/parcel-%d" % rng.randrange(_PROJECTS),
            b"branch": rng.choice((b"main", b"labels", b"HEAD")),
            b"parent": b"null",
            b"toolu": b"toolu_01%022x" % rng.getrandbits(88),
            b"tool": _TOOLS[0],
        }
        self.model = rng.choice(_MODELS)
        self._put("prompt", _PROMPT)
        while self.left > 0:
            self._turn()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(self.out)
        self.totals.files += 1
        self.totals.lines += len(self.out)
        self.totals.bytes += size - self.left

    def _turn(self) -> None:
        rng = self.rng
        self._respond()
        for name, chance, sizes in (
            ("prompt", 0.16, _PROMPT), ("attachment", 0.3, _ANSWER), ("snapshot", 0.35, _SHORT),
            ("turn_duration", 0.16, _SHORT), ("title", 0.05, _SHORT),
        ):  # fmt: skip
            if rng.random() < chance:
                self._put(name, sizes)
        if not self.values[b"agent"] and rng.random() < 0.25:
            self._embedded()

    def _respond(self) -> None:
        """2.2 lines a response, the tools' results among them."""
        rng, totals = self.rng, self.totals
        self._response()
        count = rng.choices((1, 2, 3, 4, 6), (36, 31, 18, 10, 5))[0]
        totals.usage_lines += count
        for left in range(count - 1, -1, -1):
            final = "" if left else "_final"
            if count > 2 and left == count - 1:
                self._put("thinking", _ANSWER)
            elif rng.random() < 0.3:
                self._put("text" + final, _ANSWER)
            else:
                self._tool(final)

    def _tool(self, final: str) -> None:
        rng = self.rng
        self.values[b"toolu"] = b"toolu_01%022x" % rng.getrandbits(88)
        self.values[b"tool"] = rng.choice(_TOOLS)
        self._put("tool_use" + final, _ANSWER)
        if rng.random() < 0.7:
            self._put("hook_progress", _SHORT)
        if rng.random() < 0.25:
            self._put("bash_progress", _SHORT)
        names = ("result", "result_bash", "result_edit", "result_agent")
        self._put(rng.choices(names, (25, 45, 28, 2))[0], _RESULT, _DETAIL)

    def _embedded(self) -> None:
        """A subagent's message in a progress line: half of them are the only trace of a call."""
        if self.rng.random() < 0.5:
            self._new_response(b"placeholder")
        self._put("agent_progress", _SHORT, _PROGRESS)

    def _response(self) -> None:
        """The next response: new, or now and then one that a fork copied."""
        if self.recent and self.rng.random() < 0.007:
            self.values |= self.rng.choice(self.recent)
            return
        known = self._new_response(b"output")
        if self.rng.random() < 0.01:
            self.recent.append(known)

    def _new_response(self, output: bytes) -> dict[bytes, Any]:
        rng, totals = self.rng, self.totals
        known: dict[bytes, Any] = {
            b"msg": b"msg_01%022x" % rng.getrandbits(88),
            b"req": b"req_01%022x" % rng.getrandbits(88),
            b"model": self.model,
            b"input": rng.randrange(1, 400),
            b"write": rng.randrange(200, 9_000),
            b"read": rng.randrange(12_000, 160_000),
            b"output": rng.randrange(40, 3_000),
            b"placeholder": rng.randrange(1, 20),
        }
        self.values |= known
        totals.responses += 1
        totals.input_tokens += known[b"input"]
        totals.cache_write_tokens += known[b"write"]
        totals.cache_read_tokens += known[b"read"]
        totals.output_tokens += known[output]
        return known

    def _put(self, name: str, sizes: _Sizes, more: _Sizes | None = None) -> None:
        values, rng = self.values, self.rng
        values[b"uuid"] = identity = self._uuid()
        self.now += rng.randrange(200, 9_000)
        seconds, ms = divmod(self.now, 1000)
        stamp = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        values[b"time"] = b"%b.%03dZ" % (stamp.encode(), ms)
        values[b"text"] = self._text(sizes)
        if more:
            values[b"more"] = self._text(more)
        line = self.lines[name] % values
        values[b"parent"] = identity
        self.out.append(line)
        self.left -= len(line)

    def _uuid(self) -> bytes:
        digits = b"%032x" % self.rng.getrandbits(128)
        return b"-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def _text(self, sizes: _Sizes) -> bytes:
        size = min(_quantile(sizes, self.rng.random()), max(self.left, UNIT_BYTES))
        units = int(size) // UNIT_BYTES
        start = self.rng.randrange(len(self.text) // UNIT_BYTES - units) * UNIT_BYTES
        return self.text[start : start + units * UNIT_BYTES]


def _quantile(table: _Sizes, share: float) -> float:
    """The value at `share`, between the table's points on a logarithmic scale."""
    for (low, small), (high, large) in itertools.pairwise(table):
        if share <= high:
            return small * math.exp(math.log(large / small) * (share - low) / (high - low))
    return table[-1][1]
