"""Small histories drawn at random: few ids, so that lines meet their copies and replays."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.agents.claude.by_hand import (
    A,
    B,
    Line,
    advisor,
    answer,
    api_error,
    at,
    call,
    embedded,
    prompt,
    result,
    system,
    title,
)

__all__ = ["History", "histories"]

#: The bytes of each file by its name.
History = dict[str, bytes]

C = "cccccccc-0000-4000-8000-00000000000c"
FILES = (A, B, C, f"{A}/subagents/agent-a1", "agent-b1", "notes")
TIMES = ("09:00:00", "10:00:00", "23:59:59", "2026-11-02 00:00:01", "2026-11-02 08:00:00")

_times = st.sampled_from(TIMES)
_sessions = st.sampled_from([A, B, C, None])
_messages = st.sampled_from(["msg_1", "msg_2", "msg_3"])
_tools = st.sampled_from(["t1", "t2", "t3"])
_numbers = st.sampled_from([1, 2])
# A line's uuid is that of its copies and of no other line.
_leaves = st.sampled_from(["msg_1-1", "msg_1-2", "msg_2-1", "prompt-1", "prompt-2", "nowhere"])
_tokens = st.fixed_dictionaries(
    {"input_tokens": st.integers(0, 3), "output_tokens": st.integers(0, 3)},
    optional={
        "cache_creation_input_tokens": st.integers(0, 9),
        "cache_creation": st.just({"ephemeral_1h_input_tokens": 4}),
        "iterations": st.just([advisor("claude-opus-5")]),
    },
)


@st.composite
def _place(draw: st.DrawFn) -> Line:
    side = draw(st.sampled_from([{}, {}, {"isSidechain": True}, {"agentId": "a9"}]))
    cwd = draw(st.sampled_from(["/one", "/one/.worktrees/b", r"C:\one", None]))
    return {"sessionId": draw(_sessions), "cwd": cwd, **side}


@st.composite
def _answers(draw: st.DrawFn) -> Line:
    message = draw(_messages)
    return answer(
        message,
        draw(_times),
        uuid=f"{message}-{draw(_numbers)}",
        content=[call(draw(_tools))] if draw(st.booleans()) else [],
        stop=draw(st.sampled_from([None, "end_turn"])),
        tokens=draw(_tokens),
        requestId=draw(st.sampled_from(["req_1", "req_2", None])),
        **draw(st.sampled_from([{}, {}, {"costUSD": 0.25}])),
        **draw(_place()),
    )


@st.composite
def _prompts(draw: st.DrawFn) -> Line:
    block: Any = result(draw(_tools), is_error=draw(st.booleans()))
    content = draw(st.sampled_from(["Hello", "Hello there", [block], [block, {"type": "text"}]]))
    known = {"uuid": f"prompt-{draw(_numbers)}", "parentUuid": draw(st.sampled_from([None, "x"]))}
    return prompt(content, draw(_times), **known, **draw(_place()))


@st.composite
def _titles(draw: st.DrawFn) -> Line:
    kind = draw(st.sampled_from(["ai-title", "custom-title", "agent-name", "summary"]))
    words = draw(st.sampled_from(["One", "Two", "Three"]))
    return title(kind, words, sessionId=draw(_sessions), leafUuid=draw(st.none() | _leaves))


@st.composite
def _cost_states(draw: st.DrawFn) -> Line:
    models = {"claude-opus-5": {"costUSD": draw(st.integers(0, 9)) / 4}}
    known = {"sessionId": draw(_sessions), "totalCostUSD": 1.5, "modelUsage": models}
    return {"type": "cost-state", **known}


_others = st.builds(
    lambda line, place, time, number: {
        **line,
        **place,
        "uuid": f"{line['type']}-{number}",
        "timestamp": at(time),
    },
    st.sampled_from([api_error(), system("api_error"), system("turn_duration", durationMs=5)]),
    _place(),
    _times,
    _numbers,
)
_foreign = st.sampled_from([{"type": "a-new-type", "message": 5}, {"role": "user"}, [], 7])
_written = st.sampled_from(
    [
        lambda line: json.dumps(line, ensure_ascii=False),
        lambda line: json.dumps(line, separators=(",", ":")),
        lambda line: json.dumps({**line, "note": "\ud83d"}) if isinstance(line, dict) else "{}",
    ]
)
_objects = st.builds(
    lambda line, write: write(line).encode(),
    st.one_of(
        *(_answers(), _answers(), _prompts(), _titles(), _cost_states(), _others),
        *(_answers().map(embedded), _foreign),
    ),
    _written,
)
_lines = st.one_of(
    _objects,
    _objects,
    _objects,
    st.tuples(_objects, _objects).map(b"".join),
    st.tuples(_objects, st.integers(1, 200)).map(lambda cut: cut[0][: -cut[1]]),
    st.tuples(_objects, st.integers(1, 200), _objects).map(lambda cut: cut[0][: -cut[1]] + cut[2]),
    st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")),
)
_ends = st.sampled_from([b"\n", b"\n", b"\r\n"])
_contents = st.tuples(st.lists(_lines, max_size=7), st.booleans(), _ends).map(
    lambda file: file[2].join(file[0]) + (b"\n" if file[1] else b"")
)


def histories() -> st.SearchStrategy[History]:
    """Up to six files, in every layout, that share sessions, messages and tool calls."""
    return st.dictionaries(st.sampled_from(FILES), _contents, min_size=1, max_size=4)
