"""The usage of a response to rows: what its line states, and each of its passes."""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, NamedTuple

from msgspec import ValidationError

from pocketdev_analytics.agents.claude import values
from pocketdev_analytics.agents.claude.content import content_sizes
from pocketdev_analytics.agents.claude.lines import EMPTY, Line, Message, TokenCounts, Usage
from pocketdev_analytics.agents.claude.position import Position
from pocketdev_analytics.model import TOKEN_COLUMNS, ResponseKind, Tariff, UsageLine, UsagePass

__all__ = ["add_usage"]

_TARIFF: Final = Tariff.__struct_fields__
_tariff = attrgetter(*_TARIFF)
_stated = attrgetter("model", "provider", "stop_reason")
_counts = attrgetter(
    "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"
)
#: Fields of a usage whose unreadable values make its tokens unknown.
_COUNTED: Final = ("tokens", ".usage")
_NOTHING: Final = Usage()
_PAUSED: Final = "paused"


class _Pass(NamedTuple):
    """A pass of a response; `model` is None where it is the message's."""

    kind: str
    model: str | None
    usage: TokenCounts


def add_usage(position: Position, line: Line, message: Message, source: str) -> None:
    """Add the rows of a response that a line states: its usage and its passes.

    A response without a usage is a row, too: it was billed, and what it took is not known.

    Raises:
        msgspec.ValidationError: nothing identifies the response.
    """
    usage = message.usage
    if usage is None:
        if not (message.id and message.model):
            return
        usage = _NOTHING
    response = _Response(position, line, message, source, usage)
    response.add_line()
    if usage.iterations or message.paused_responses:
        response.add_passes()


class _Response:
    """A response as one line states it."""

    __slots__ = (
        "context",
        "is_known",
        "line",
        "message",
        "position",
        "response_id",
        "source",
        "usage",
    )

    def __init__(
        self, position: Position, line: Line, message: Message, source: str, usage: Usage
    ) -> None:
        self.position, self.line, self.message = position, line, message
        self.source, self.usage = source, usage
        response_id = message.id or line.request_id or line.uuid
        if not response_id:
            raise ValidationError("Usage without a message id - at `$.message.id`")
        self.response_id: str = response_id
        self.context = position.context(line)
        self.is_known = self._has_counts()

    def add_line(self) -> None:
        """Add the row of the line itself."""
        position, line, message, usage = self.position, self.line, self.message, self.usage
        tokens = values.token_classes(usage)
        sizes = content_sizes(message.content)
        details, thinking_ms = usage.output_tokens_details, line.thinking_duration_ms
        position.rows.usage_lines.append(
            UsageLine(
                context=self.context,
                kind=self._kind(usage),
                line_no=position.line_no,
                response_id=self.response_id,
                message_id=message.id or None,
                uuid=line.uuid,
                request_id=line.request_id,
                responded_at=position.required_at(),
                input_tokens=tokens.input,
                cache_write_5m_tokens=tokens.write_5m,
                cache_write_1h_tokens=tokens.write_1h,
                cache_read_tokens=tokens.read,
                output_tokens=tokens.output,
                thinking_tokens=details.thinking_tokens if details else None,
                thinking_ms=None if thinking_ms is None else round(thinking_ms),
                recorded_cost_usd=self._recorded_cost(),
                upstream_cost_usd=self._upstream_cost(),
                text_characters=sizes.text,
                thinking_characters=sizes.thinking,
                signature_characters=sizes.signature,
                tool_input_characters=sizes.tool_input,
                tool_use_blocks=sizes.tool_uses,
                extra_bytes=sizes.extra_bytes,
            )
        )

    def add_passes(self) -> None:
        """Add a row for each pass, where they say more than the usage as a whole."""
        passes = self._passes()
        if len(passes) == 1 and not self._says_more(passes[0]):
            return
        for number, part in enumerate(passes, 1):
            self.position.rows.usage_passes.append(
                UsagePass(
                    kind=self._kind(part.usage, part.model),
                    pass_no=number,
                    pass_kind=values.code(part.kind) or "other",
                    **self._identity(part.usage),
                )
            )

    def _identity(self, counts: TokenCounts) -> dict[str, Any]:
        """The columns that every row of the response has, with the counts of one of its passes."""
        tokens = values.token_classes(counts)
        return {
            "context": self.context,
            "line_no": self.position.line_no,
            "response_id": self.response_id,
            "message_id": self.message.id or None,
            "uuid": self.line.uuid,
            "request_id": self.line.request_id,
            "responded_at": self.position.required_at(),
            **dict(zip(TOKEN_COLUMNS, tokens, strict=True)),
        }

    def _kind(self, counts: TokenCounts, model: str | None = None) -> int:
        """The number of the kind (`model.ResponseKind`) of the response or one of its passes."""
        message, line, server = self.message, self.line, counts.server_tool_use
        key = (
            _stated(message),
            _tariff(counts),
            _tariff(self.usage),
            server and server.web_search_requests,
            message.stop_details is EMPTY,
            line.is_aborted_mid_stream or line.is_unmetered,
            self.is_known,
            self.source,
            model,
        )
        known = self.position.rows.find_code("kind", key)
        if known is None:
            row = self._make_kind(counts, model)
            known = self.position.rows.add_code("kind", key, row)
        return known

    def _make_kind(self, counts: TokenCounts, model: str | None) -> ResponseKind:
        message, line, server = self.message, self.line, counts.server_tool_use
        pairs = zip(_TARIFF, _tariff(counts), _tariff(self.usage), strict=True)
        return ResponseKind(
            source=self.source,
            is_advisor=False,
            model=model or message.model or "unknown",
            provider=message.provider,
            stop_reason=message.stop_reason,
            has_stop_details=message.stop_details is not EMPTY,
            is_aborted=bool(line.is_aborted_mid_stream or line.is_unmetered),
            is_usage_known=self.is_known,
            is_byok=self.usage.is_byok,
            web_search_requests=(server.web_search_requests or 0) if server else 0,
            **{name: stated if own is None else own for name, own, stated in pairs},
        )

    def _passes(self) -> list[_Pass]:
        passes = [
            _Pass(part.type or "message", part.model, part) for part in self.usage.iterations or ()
        ]
        return passes + [
            _Pass(_PAUSED, paused.model, paused.usage)
            for paused in self.message.paused_responses or ()
            if paused.usage is not None
        ]

    def _says_more(self, only: _Pass) -> bool:
        return only.kind != "message" or _counts(only.usage) != _counts(self.usage)

    def _has_counts(self) -> bool:
        """Whether the line states counts: all of them readable, and not every one zero.

        Gateways write zeros, `{}` or OpenAI's names for counts that they do not have.
        """
        odd = self.position.odd
        if odd and any(_is_count(value.field) for value in odd if not value.is_read):
            return False
        return _has_any(self.usage) or any(_has_any(part.usage) for part in self._passes())

    def _recorded_cost(self) -> Decimal | None:
        """What the line itself says that the response cost, in US dollars."""
        if (amount := self.line.cost_usd) is not None:
            return self.position.money(amount, "costUSD")
        if (amount := self.usage.cost) is not None:
            return self.position.money(amount, "message.usage.cost")
        return None

    def _upstream_cost(self) -> Decimal | None:
        details = self.usage.cost_details
        return values.money(details.upstream_inference_cost) if details else None


def _has_any(usage: TokenCounts) -> bool:
    server = usage.server_tool_use
    return any(_counts(usage)) or bool(server and server.web_search_requests)


def _is_count(field: str) -> bool:
    return ".usage" in field and field.endswith(_COUNTED)
