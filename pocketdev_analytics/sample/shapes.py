"""What session lines are made of: ids, tokens, responses, blocks."""

from __future__ import annotations

import random
from dataclasses import astuple, dataclass
from typing import Any, Final
from uuid import UUID

__all__ = ["Block", "Ids", "Response", "Tokens", "text", "thinking", "usage"]

Block = dict[str, Any]

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The five classes of tokens of one response; input excludes the cache."""

    input: int = 0
    write_5m: int = 0
    write_1h: int = 0
    read: int = 0
    output: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        """Both together."""
        return Tokens(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Response:
    """One API response: what each of its lines repeats."""

    id: str
    request_id: str | None
    model: str
    tokens: Tokens
    stop_reason: str | None = "end_turn"
    web_search_requests: int = 0
    speed: str = "standard"
    service_tier: str = "standard"
    inference_geo: str = ""
    #: An advisor's call inside this one: its model and tokens, in no top-level field.
    advisor: tuple[str, Tokens] | None = None


class Ids:
    """Ids of the shapes that session files hold, the same for the same seed."""

    def __init__(self, seed: int | str) -> None:
        self.random = random.Random(seed)  # noqa: S311 - sample data, no secret

    def uuid(self) -> str:
        """A random UUID."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def api(self, prefix: str) -> str:
        """An API id such as `msg_01…`, `req_01…`, `toolu_01…`."""
        return f"{prefix}_01" + "".join(self.random.choices(_BASE58, k=22))

    def happens(self, share: float) -> bool:
        """True in `share` of the cases."""
        return self.random.random() < share

    def agent(self) -> str:
        """A subagent's id."""
        return f"a{self.random.getrandbits(64):016x}"


def text(words: str) -> Block:
    """A text block."""
    return {"type": "text", "text": words}


def thinking(words: str = "") -> Block:
    """A thinking block; newer versions keep only its signature."""
    return {"type": "thinking", "thinking": words, "signature": "c2FtcGxl" * 24}


def usage(response: Response, output: int, *, detailed: bool) -> dict[str, Any]:
    """The usage object of a line; `detailed` is the shape of a response that has ended."""
    tokens = response.tokens
    sums = {
        "input_tokens": tokens.input,
        "cache_creation_input_tokens": tokens.write_5m + tokens.write_1h,
        "cache_read_input_tokens": tokens.read,
    }
    split = {
        "ephemeral_5m_input_tokens": tokens.write_5m,
        "ephemeral_1h_input_tokens": tokens.write_1h,
    }
    if not detailed:
        return {
            **sums,
            "cache_creation": split,
            "output_tokens": output,
            "service_tier": response.service_tier,
            "inference_geo": "not_available",
        }
    iterations = [{**sums, "output_tokens": output, "cache_creation": split, "type": "message"}]
    if response.advisor:
        model, own = response.advisor
        call = usage(Response("", None, model, own), own.output, detailed=False)
        iterations.append({**call, "model": model, "type": "advisor_message"})
    return {
        **sums,
        "output_tokens": output,
        "server_tool_use": {
            "web_search_requests": response.web_search_requests,
            "web_fetch_requests": 0,
        },
        "service_tier": response.service_tier,
        "cache_creation": split,
        "inference_geo": response.inference_geo,
        "iterations": iterations,
        "speed": response.speed,
    }
