"""Lines to rows: stateless, no store, no clock, no order between files.

The rules are those of the format as counted over real files; docs/session-files.md
lists them with their sources. What needs more than one line (one response from
its lines, forks, sessions) is not decided here but on keys, in the store.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any, TypeVar

import msgspec

from pocketdev_analytics.sources import lines
from pocketdev_analytics.sources.lines import Line, Message
from pocketdev_analytics.sources.rows import Rows
from pocketdev_analytics.sources.salvage import split_objects

__all__ = ["Origin", "Span", "decode"]

SYNTHETIC = "<synthetic>"
T = TypeVar("T")

_ERROR_CODE = re.compile(r"[a-z0-9_]{1,64}")
_EVENT_KINDS = frozenset({"turn_duration", "compact_boundary", "stop_hook_summary"})
_TITLE_KINDS = frozenset({"ai-title", "custom-title", "agent-name", "summary"})
_NOT_ONE_OBJECT = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
# Years that are in range in every time zone, and amounts that fit (38, 15).
_FIRST_YEAR, _LAST_YEAR = 1970, 9998
_NO_AMOUNT = Decimal(10) ** 20
_SMALLEST_AMOUNT = Decimal("1e-15")
_EXACT = Context(prec=38)
# The types whose lines become rows: a wrong shape there is worth a quarantine,
# elsewhere it is another tool's business.
_READ_TYPES = frozenset({"assistant", "user", "system", "progress", "cost-state", *_TITLE_KINDS})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where bytes come from: their file, and what its path says of the session.

    `session_id` and `agent_id` are None where the path does not tell; `fallback_id`
    is then the session of lines that name none either.
    """

    file_id: int
    byte_offset: int = 0
    lines_before: int = 0
    session_id: str | None = None
    agent_id: str | None = None
    fallback_id: str = "unknown"


@dataclass(slots=True)
class Span:
    """What the lines of some bytes say together."""

    count_lines: int = 0
    unread_bytes: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    session_id: str | None = None
    project_path: str | None = None


def decode(data: bytes, origin: Origin, rows: Rows) -> Span:
    """Decode `data`, which begins at the start of a line, into `rows`.

    A final line without its newline is read when it is whole, but not counted: it
    may still be written on, and then its rows are made again. Lines that cannot be
    read become rows of `rows.quarantine`.

    Returns:
        The span of the lines: `count_lines` are those that end, `unread_bytes` the
        size of a last line that is not whole.
    """
    return _Decoder(origin, rows).run(data)


class _Decoder:
    def __init__(self, origin: Origin, rows: Rows) -> None:
        self.origin = origin
        self.rows = rows
        self.span = Span()
        self.line_no = origin.lines_before
        self.handlers: dict[str | None, Callable[[Line], None]] = {
            "assistant": self._assistant,
            "user": self._user,
            "progress": self._progress,
            "system": self._system,
            "cost-state": self._cost_state,
            **dict.fromkeys(_TITLE_KINDS, self._title),
        }

    def run(self, data: bytes) -> Span:
        *ended, tail = data.split(b"\n")
        offset = 0
        for raw in ended:
            self._numbered_line(raw, offset)
            offset += len(raw) + 1
        self.span.count_lines = self.line_no - self.origin.lines_before
        if tail and split_objects(tail)[1] is None:
            self._numbered_line(tail, offset)
        else:
            self.span.unread_bytes = len(tail)
        return self.span

    def _numbered_line(self, raw: bytes, offset: int) -> None:
        self.line_no += 1
        if raw and not raw.isspace() and (reason := self._line(raw)):
            where = (self.origin.file_id, self.line_no, self.origin.byte_offset + offset)
            self.rows.quarantine.append((*where, len(raw), reason))

    def _line(self, raw: bytes) -> str | None:
        """Read one line; the reason if (a part of) it cannot be read."""
        try:
            return self._one(raw)
        except _NOT_ONE_OBJECT:
            return self._salvage(raw)

    def _salvage(self, raw: bytes) -> str | None:
        """Read the objects of a line that is not one JSON object."""
        objects, reason = split_objects(raw)
        for text in objects:
            try:
                reason = self._one(text) or reason
            except _NOT_ONE_OBJECT as error:
                reason = f"not JSON: {error}"
        return reason

    def _one(self, raw: bytes) -> str | None:
        try:
            self._object(raw)
        except msgspec.ValidationError as error:
            return _refusal(raw, error)
        return None

    def _object(self, raw: bytes) -> None:
        line = lines.decode_line(raw)
        if (at := line.timestamp) is not None:
            line.timestamp = at = _in_utc(at)
            self._stretch(at)
        if self.span.session_id is None:
            self.span.session_id = line.session_id
        if self.span.project_path is None:
            self.span.project_path = line.cwd
        handler = self.handlers.get(line.type)
        if handler is not None:
            handler(line)

    def _stretch(self, at: datetime) -> None:
        span = self.span
        if span.first_at is None or at < span.first_at:
            span.first_at = at
        if span.last_at is None or at > span.last_at:
            span.last_at = at

    def _session(self, line: Line) -> str:
        return self.origin.session_id or line.session_id or self.origin.fallback_id

    def _context(self, line: Line) -> tuple[Any, ...]:
        agent_id = line.agent_id or self.origin.agent_id
        return (
            self.origin.file_id,
            self.line_no,
            self._session(line),
            line.cwd,
            line.git_branch or None,
            line.version,
            bool(line.is_sidechain) or agent_id is not None,
            agent_id,
        )

    def _assistant(self, line: Line) -> None:
        if not _is_object(line.message):
            return
        message = lines.decode_message(line.message)
        at = _require(line.timestamp, "$.timestamp")
        if message.model == SYNTHETIC:
            if line.is_api_error_message:
                self._turn_error(line, at)
            return
        context = self._context(line)
        self._usage(line, message, context, "message", at)
        self._tool_uses(message, context, "message", at)

    def _usage(
        self, line: Line, message: Message, context: tuple[Any, ...], source: str, at: datetime
    ) -> None:
        usage = message.usage
        if usage is None:
            return
        response_id = message.id or line.request_id or line.uuid
        if not response_id:
            raise msgspec.ValidationError("Usage without a message id - at `$.message.id`")
        searches = usage.server_tool_use and usage.server_tool_use.web_search_requests
        billing = (searches or 0, usage.speed, usage.service_tier, usage.inference_geo)
        identity = (line.uuid, line.request_id, at)
        self.rows.usage_lines.append(
            (
                *context,
                *(response_id, source, False),
                *identity,
                *(message.model or "unknown", message.stop_reason),
                *_tokens(usage),
                *billing,
                _money(line.cost_usd, "$.costUSD"),
            )
        )
        for number, iteration in enumerate(usage.iterations or (), 1):
            if iteration.type == "advisor_message":
                self.rows.usage_lines.append(
                    (
                        *context,
                        *(f"{response_id}/advisor/{number}", source, True),
                        *identity,
                        *(iteration.model or "unknown", message.stop_reason),
                        *_tokens(iteration),
                        *(0, *billing[1:]),
                        None,
                    )
                )

    def _tool_uses(
        self, message: Message, context: tuple[Any, ...], source: str, at: datetime
    ) -> None:
        if not _is_list(message.content):
            return
        for block in _blocks(message.content):
            if block.type == "tool_use" and block.id:
                name = block.name or "unknown"
                self.rows.tool_uses.append((*context, block.id, source, at, name))

    def _user(self, line: Line) -> None:
        if not _is_object(line.message):
            return
        content = lines.decode_message(line.message).content
        is_prompt = _is_text(content)
        if _is_list(content):
            at = _require(line.timestamp, "$.timestamp")
            is_prompt = self._tool_results(content, line.tool_use_result, "message", at)
        if is_prompt and not self._is_machine_made(line):
            at = _require(line.timestamp, "$.timestamp")
            prompt_id = _require(line.uuid, "$.uuid")
            size = memoryview(content).nbytes
            self.rows.prompts.append((*self._context(line), prompt_id, at, size))

    def _is_machine_made(self, line: Line) -> bool:
        if line.is_meta or line.is_compact_summary:
            return True
        # A sidechain opens with what its parent asked it to do.
        is_sidechain = line.is_sidechain or line.agent_id or self.origin.agent_id
        is_first = self.line_no == 1 and self.origin.byte_offset == 0
        return bool(is_sidechain) and (is_first or line.parent_uuid is None)

    def _tool_results(
        self, content: msgspec.Raw, outcome: msgspec.Raw, source: str, at: datetime
    ) -> bool:
        """Rows for the tool results; True when the list holds anything else."""
        others = False
        change = _lines_changed(outcome)
        for block in _blocks(content):
            if block.type != "tool_result":
                others = True
            elif block.tool_use_id:
                size = memoryview(block.content).nbytes
                is_error = bool(block.is_error)
                self.rows.tool_results.append(
                    (
                        *(self.origin.file_id, self.line_no, block.tool_use_id, source, at),
                        *(is_error, size),
                        *change,
                    )
                )
                change = (0, 0)  # the patch is that of one result
        return others

    def _progress(self, line: Line) -> None:
        data = memoryview(line.data)
        # Most progress lines are hooks' and shells': only a message's are read.
        if b'"message"' not in bytes(data) or not _is_object(line.data):
            return
        try:
            progress = lines.decode_progress(line.data)
        except msgspec.ValidationError:
            return  # a progress of another kind, with a `message` of its own
        inner = progress.message
        if inner is None or not _is_object(inner.message):
            return
        line.agent_id = progress.agent_id or line.agent_id
        line.is_sidechain = True
        line.uuid = inner.uuid
        line.request_id = inner.request_id
        message = lines.decode_message(inner.message)
        at = _in_utc(_require(inner.timestamp or line.timestamp, "$.timestamp"))
        if inner.type == "user" and _is_list(message.content):
            self._tool_results(message.content, lines.EMPTY, "progress", at)
        elif inner.type == "assistant" and message.model != SYNTHETIC:
            context = self._context(line)
            self._usage(line, message, context, "progress", at)
            self._tool_uses(message, context, "progress", at)

    def _turn_error(self, line: Line, at: datetime) -> None:
        code = _error_code(line.error)
        error_id = _require(line.uuid, "$.uuid")
        row = (error_id, at, "error", code, line.api_error_status, None)
        self.rows.api_errors.append((*self._context(line), *row))

    def _system(self, line: Line) -> None:
        if line.subtype == "api_error":
            self._retry(line)
        elif line.subtype in _EVENT_KINDS and line.uuid and line.timestamp:
            compaction = lines.Compaction()
            if _is_object(line.compact_metadata):
                compaction = lines.decode_compaction(line.compact_metadata)
            duration = None if line.duration_ms is None else round(line.duration_ms)
            row = (line.uuid, line.timestamp, line.subtype, duration)
            self.rows.session_events.append(
                (*self._context(line), *row, compaction.trigger, compaction.pre_tokens)
            )

    def _retry(self, line: Line) -> None:
        at = _require(line.timestamp, "$.timestamp")
        error_id = _require(line.uuid, "$.uuid")
        status = line.api_error_status
        if status is None and _is_object(line.error):
            status = lines.decode_api_error(line.error).status
        row = (error_id, at, "retry", _error_code(line.error), status, line.retry_attempt)
        self.rows.api_errors.append((*self._context(line), *row))

    def _title(self, line: Line) -> None:
        title = line.custom_title or line.ai_title or line.agent_name or line.summary
        if title:
            row = (self._session(line), line.type, title, line.leaf_uuid)
            self.rows.session_titles.append((self.origin.file_id, self.line_no, *row))

    def _cost_state(self, line: Line) -> None:
        if not _is_object(line.model_usage):
            return
        total = _money(line.total_cost_usd, "$.totalCostUSD")
        for model, state in lines.decode_cost_states(line.model_usage).items():
            cost = _money(state.cost_usd, "$.modelUsage[...].costUSD")
            row = (self._session(line), model, cost, total)
            self.rows.cost_states.append((self.origin.file_id, self.line_no, *row))


def _refusal(raw: bytes, error: msgspec.ValidationError) -> str | None:
    """Why a line of ours is refused; None for a line that is not ours to read."""
    try:
        kind = lines.decode_kind(raw).type
    except msgspec.ValidationError:
        return None  # no object at all
    is_ours = isinstance(kind, str) and kind in _READ_TYPES
    return f"unexpected shape: {error}" if is_ours else None


def _in_utc(at: datetime) -> datetime:
    """`at` in UTC, if every time zone has a date for it."""
    if at.tzinfo is UTC and _FIRST_YEAR <= at.year <= _LAST_YEAR:
        return at
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise msgspec.ValidationError("Date out of range - at `$.timestamp`")
    return at.astimezone(UTC)


def _money(amount: Decimal | None, where: str) -> Decimal | None:
    """`amount`, if it fits the store's decimals."""
    if amount is None:
        return None
    if not amount.is_finite() or abs(amount) >= _NO_AMOUNT:
        raise msgspec.ValidationError(f"Number out of range - at `{where}`")
    return amount.quantize(_SMALLEST_AMOUNT, context=_EXACT)


def _blocks(content: msgspec.Raw) -> list[lines.Block]:
    try:
        return lines.decode_blocks(content)
    except UnicodeDecodeError:
        # Not left to salvage: the message's other rows are there already.
        text = bytes(content).decode("utf-8", "replace")
        return lines.decode_blocks(text.encode())


def _tokens(counts: lines.TokenCounts) -> tuple[int, int, int, int, int]:
    """The five classes: 1h writes as the split says, 5m writes the rest of the total."""
    split = counts.cache_creation
    write = counts.cache_creation_input_tokens or 0
    write_1h = (split and split.ephemeral_1h_input_tokens) or 0
    return (
        counts.input_tokens or 0,
        max(write - write_1h, 0),
        write_1h,
        counts.cache_read_input_tokens or 0,
        counts.output_tokens or 0,
    )


def _lines_changed(outcome: msgspec.Raw) -> tuple[int, int]:
    """Lines added and removed by an edit: its patch's, or a new file's own."""
    if not _is_object(outcome) or b'"structuredPatch"' not in bytes(outcome):
        return (0, 0)
    try:
        edit = lines.decode_tool_outcome(outcome)
    except msgspec.ValidationError:
        return (0, 0)  # another tool's result that happens to use the name
    if not edit.structured_patch and edit.type == "create" and edit.content:
        return (len(edit.content.splitlines()), 0)
    changed = [line[:1] for hunk in edit.structured_patch or () for line in hunk.lines]
    return (changed.count("+"), changed.count("-"))


def _error_code(error: msgspec.Raw) -> str | None:
    """A code such as rate_limit; anything longer might be text and is not kept."""
    if not _is_text(error):
        return None
    code = msgspec.json.decode(error, type=str)
    return code if _ERROR_CODE.fullmatch(code) else "other"


def _require(value: T | None, where: str) -> T:
    if value is None or value == "":
        raise msgspec.ValidationError(f"Object missing required field - at `{where}`")
    return value


def _is_object(raw: msgspec.Raw) -> bool:
    return bytes(memoryview(raw)[:1]) == b"{"


def _is_list(raw: msgspec.Raw) -> bool:
    return bytes(memoryview(raw)[:1]) == b"["


def _is_text(raw: msgspec.Raw) -> bool:
    return bytes(memoryview(raw)[:1]) == b'"'
