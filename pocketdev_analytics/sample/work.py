"""How a person works with Claude Code: turns of a session, and what each of them costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pocketdev_analytics.sample.shapes import Block, Response, Tokens, text, thinking
from pocketdev_analytics.sample.texts import ANSWERS, PROMPTS, TOOLS, tool_call
from pocketdev_analytics.sample.writer import SessionWriter

__all__ = ["Conversation"]

_FIRST_CONTEXT: Final = 17_000
_COMPACT_AT: Final = 155_000


@dataclass(slots=True)
class Conversation:
    """A session that grows turn by turn; its context is written to the cache once, then read."""

    writer: SessionWriter
    model: str
    helper_model: str
    context: int = 0

    def turn(self, calls: int) -> None:
        """A prompt, `calls` responses that use tools, and the answer."""
        writer, rng = self.writer, self.writer.ids.random
        began = writer.at
        writer.prompt(rng.choice(PROMPTS), permissionMode="default")
        writer.wait(rng.uniform(2, 6))
        for _ in range(calls):
            self.step()
        self.answer()
        took = int((writer.at - began).total_seconds() * 1000)
        writer.system("turn_duration", durationMs=took, messageCount=len(writer.lines))

    def answer(self, model: str | None = None, **fields: object) -> Response:
        """A response without tools."""
        writer = self.writer
        blocks = [thinking()] if writer.ids.happens(0.3) else []
        words = text(writer.ids.random.choice(ANSWERS))
        tokens = self.tokens(writer.ids.random.randrange(90, 900))
        return writer.response(model or self.model, tokens, *blocks, words, **fields)

    def tokens(self, output: int) -> Tokens:
        """What the next response bills: all before it is read, what is new is written."""
        rng = self.writer.ids.random
        new = rng.randrange(250, 2_600) if self.context else _FIRST_CONTEXT + rng.randrange(6_000)
        read, self.context = self.context, self.context + new + output
        # Subagents and small helpers write to the five-minute cache.
        if self.writer.agent_id or "haiku" in self.model:
            return Tokens(rng.randrange(1, 12), new, 0, read, output)
        return Tokens(rng.randrange(1, 12), 0, new, read, output)

    def is_full(self) -> bool:
        """Whether the context must be compacted before the next turn."""
        return self.context > _COMPACT_AT

    def compact(self, trigger: str = "auto") -> None:
        """Replace the context by a summary of it."""
        metadata = {"trigger": trigger, "preTokens": self.context}
        self.writer.system(
            "compact_boundary", content="Conversation compacted", compactMetadata=metadata
        )
        self.writer.prompt(
            "This session continues an earlier one about parcel labels.",
            isVisibleInTranscriptOnly=True,
            isCompactSummary=True,
        )
        self.context = 0

    def delegate(self, turns: int) -> SessionWriter:
        """Let a subagent work in its own file, and take its answer; its writer."""
        use = self.writer.call("Agent", {"description": "Search the depot code", "prompt": "Look."})
        self._say("tool_use", use)
        agent = Conversation(self.writer.subagent(), self.helper_model, self.helper_model)
        agent.writer.prompt("Look for every place that rounds a weight.")
        for _ in range(turns):
            agent.step()
        last = agent.answer()
        self.writer.at = agent.writer.at
        said = [text("Two places round a weight.")]
        repeated = {"input_tokens": last.tokens.input, "output_tokens": last.tokens.output}
        done = {"status": "completed", "agentId": agent.writer.agent_id, "usage": repeated}
        self.writer.tool_result(use, said, {**done, "content": said, "totalToolUseCount": turns})
        return agent.writer

    def step(self) -> None:
        """A response that calls one tool, or two whose results lie between its lines."""
        rng = self.writer.ids.random
        count = 2 if self.writer.ids.happens(0.18) else 1
        names = rng.choices(list(TOOLS), list(TOOLS.values()), k=count)
        made = [(name, *tool_call(self.writer.ids, name, self.writer.cwd)) for name in names]
        calls = [self.writer.call(name, arguments) for name, arguments, _, _ in made]
        response = self._say("tool_use", *self._preface())
        for use, (_, _, content, result) in zip(calls, made, strict=True):
            self.writer.block(response, use)
            self.writer.wait(rng.uniform(0.3, 7))
            self._result(use, content, result)

    def _preface(self) -> list[Block]:
        ids = self.writer.ids
        blocks = [thinking()] if ids.happens(0.35) else []
        return blocks + ([text(ids.random.choice(ANSWERS))] if ids.happens(0.4) else [])

    def _say(self, stop_reason: str, *blocks: Block) -> Response:
        self.writer.wait(self.writer.ids.random.uniform(2, 14))
        tokens = self.tokens(self.writer.ids.random.randrange(60, 1_400))
        return self.writer.response(self.model, tokens, *blocks, stop_reason=stop_reason)

    def _result(self, use: Block, content: object, result: object) -> None:
        writer = self.writer
        if use["name"] != "Read" and writer.ids.happens(0.05):
            writer.tool_result(use, "Exit code 1", "Error: Exit code 1", is_error=True)
        else:
            writer.tool_result(use, content, None if writer.agent_id else result)
