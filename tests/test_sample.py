from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pocketdev_analytics.sample import (
    DEFAULT_UNTIL,
    Ids,
    SampleTotals,
    SessionWriter,
    Tokens,
    build_sample,
    encode_cwd,
    is_sample,
    text,
    write_sample,
)

Line = dict[str, Any]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleTotals]:
    directory = tmp_path_factory.mktemp("sample")
    return directory, build_sample(directory)


@pytest.fixture(scope="module")
def lines(built: tuple[Path, SampleTotals]) -> list[tuple[Path, Line]]:
    return list(objects(built[0]))


def objects(directory: Path) -> Iterator[tuple[Path, Line]]:
    """Every object of every line; one line may hold two."""
    decoder = json.JSONDecoder()
    for path in sorted(directory.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            rest = line
            while rest:
                value, end = decoder.raw_decode(rest)
                yield path, value
                rest = rest[end:].lstrip()


def usage_lines(lines: list[tuple[Path, Line]]) -> Iterator[tuple[Path, Line]]:
    for path, line in lines:
        if line.get("type") == "assistant" and line["message"]["model"] != "<synthetic>":
            yield path, line


def contents(directory: Path) -> dict[str, bytes]:
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def winners(lines: list[tuple[Path, Line]]) -> dict[str, Line]:
    """A plain count of responses: the line with the most output of each message id."""
    known: dict[str, Line] = {}
    for _, line in usage_lines(lines):
        message = line["message"]
        best = known.get(message["id"], message)
        if message["usage"]["output_tokens"] >= best["usage"]["output_tokens"]:
            known[message["id"]] = message
    for _, line in lines:
        if line.get("type") == "progress":
            message = line["data"]["message"]["message"]
            known.setdefault(message["id"], message)
    return known


def test_the_same_seed_and_dates_give_the_same_bytes(tmp_path: Path) -> None:
    arguments: dict[str, Any] = {"seed": 5, "until": date(2026, 3, 1), "days": 9}
    one = write_sample(tmp_path / "one", **arguments)
    two = write_sample(tmp_path / "two", **arguments)
    assert contents(one) == contents(two)
    assert contents(one) != contents(write_sample(tmp_path / "three", days=9))


def test_the_last_day_does_not_depend_on_the_clock(lines: list[tuple[Path, Line]]) -> None:
    last = max(line["timestamp"] for _, line in lines if "timestamp" in line)
    assert DEFAULT_UNTIL - timedelta(days=7) <= date.fromisoformat(last[:10]) <= DEFAULT_UNTIL


@pytest.mark.parametrize("hour", [0, 9, 11, 16, 23])
@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2027, 3, 7)])
def test_nothing_of_it_lies_in_the_future(tmp_path: Path, day: date, hour: int) -> None:
    now = datetime(day.year, day.month, day.day, hour, 44, tzinfo=UTC)
    write_sample(tmp_path, until=day, now=now)
    times = [
        datetime.fromisoformat(line["timestamp"])
        for _, line in objects(tmp_path)
        if "timestamp" in line
    ]
    assert now - timedelta(days=4) < max(times) <= now


def test_a_few_days_are_enough_for_every_trap(tmp_path: Path) -> None:
    totals = build_sample(tmp_path, days=1)
    assert totals.responses == len(winners(list(objects(tmp_path))))
    assert (totals.api_errors, totals.advisor_calls, totals.web_search_requests) == (9, 1, 3)


def test_it_says_that_it_is_sample_data(built: tuple[Path, SampleTotals], tmp_path: Path) -> None:
    assert is_sample(built[0])
    assert not is_sample(tmp_path)


def test_a_plain_count_of_its_files_gives_the_totals_it_states(
    built: tuple[Path, SampleTotals], lines: list[tuple[Path, Line]]
) -> None:
    totals, counted = built[1], winners(lines)
    assert totals.responses == len(counted)
    assert totals.lower_bound_responses == sum(m["stop_reason"] is None for m in counted.values())
    assert totals.files == len({path for path, _ in lines})
    uses = {
        block["id"]
        for _, line in usage_lines(lines)
        for block in line["message"]["content"]
        if block["type"] == "tool_use"
    }
    assert totals.tool_calls == len(uses)


def test_its_tokens_by_model_are_those_of_its_files(
    built: tuple[Path, SampleTotals], lines: list[tuple[Path, Line]]
) -> None:
    counted: Counter[str] = Counter()
    for message in winners(lines).values():
        usage = message["usage"]
        counted[message["model"]] += usage["output_tokens"] + usage["input_tokens"]
        counted[message["model"]] += usage["cache_read_input_tokens"]
        counted[message["model"]] += usage["cache_creation_input_tokens"]
        for call in usage.get("iterations", [])[1:]:
            counted[call["model"]] += call["input_tokens"] + call["output_tokens"]
    stated = {
        model: sum((t.input, t.write_5m, t.write_1h, t.read, t.output))
        for model, t in built[1].by_model.items()
    }
    assert stated == counted


def test_its_prompts_are_counted_once(
    built: tuple[Path, SampleTotals], lines: list[tuple[Path, Line]]
) -> None:
    typed = {
        line["uuid"]
        for _, line in lines
        if line.get("type") == "user"
        and isinstance(line["message"]["content"], str)
        and not line["isSidechain"]
        and not line.get("isCompactSummary")
    }
    assert built[1].prompts == len(typed)


def test_it_lies_where_claude_code_keeps_its_files(built: tuple[Path, SampleTotals]) -> None:
    projects = built[0] / "projects"
    folders = {path.name for path in projects.iterdir()}
    assert "C--Users-Mira-Projects-field-notes" in folders
    assert len(folders) >= 5
    agents = list(projects.glob("*/*/subagents/agent-*.jsonl"))
    assert agents
    assert all(path.with_suffix(".meta.json").is_file() for path in agents)


def test_a_session_of_a_worktree_lies_in_the_folder_it_began_in(
    lines: list[tuple[Path, Line]],
) -> None:
    moved = {
        path.parent.name
        for path, line in lines
        if "/.worktrees/" in line.get("cwd", "") and not line["isSidechain"]
    }
    assert moved == {"-home-mira-code-parcel-api"}


def test_most_responses_have_several_lines_and_some_are_interleaved(
    lines: list[tuple[Path, Line]],
) -> None:
    ids = [line["message"]["id"] for _, line in usage_lines(lines)]
    assert 1.3 < len(ids) / len(set(ids)) < 2.5
    order = [line.get("message", {}).get("id") for _, line in lines]
    triples = zip(order, order[1:], order[2:], strict=False)
    interleaved = sum(a == c != b and a is not None for a, b, c in triples)
    assert interleaved > 50


def test_most_cache_writes_last_an_hour(built: tuple[Path, SampleTotals]) -> None:
    tokens = built[1].tokens
    assert 0.78 < tokens.write_1h / (tokens.write_1h + tokens.write_5m) < 0.99


def test_a_response_crosses_midnight(lines: list[tuple[Path, Line]]) -> None:
    days: dict[str, set[date]] = {}
    for path, line in usage_lines(lines):
        at = datetime.fromisoformat(line["timestamp"]).astimezone(ZoneInfo("Europe/Berlin"))
        days.setdefault(f"{path}{line['message']['id']}", set()).add(at.date())
    assert any(len(seen) == 2 for seen in days.values())


def test_a_fork_repeats_ids_later_in_another_session(lines: list[tuple[Path, Line]]) -> None:
    seen: dict[str, list[tuple[str, str]]] = {}
    for _, line in usage_lines(lines):
        seen.setdefault(line["uuid"], []).append((line["timestamp"], line["sessionId"]))
    copied = [pair for pair in seen.values() if len(pair) == 2]
    assert copied
    assert all(max(pair)[1] != min(pair)[1] for pair in copied)


def test_a_subagent_replays_its_parents_response_under_another_request(
    lines: list[tuple[Path, Line]],
) -> None:
    requests: dict[str, set[str | None]] = {}
    for _, line in usage_lines(lines):
        requests.setdefault(line["message"]["id"], set()).add(line.get("requestId"))
    assert sum(len(known) > 1 for known in requests.values()) == 1


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("a limit that was hit", lambda line: line.get("apiErrorStatus") == 429),
        ("a retry", lambda line: line.get("subtype") == "api_error"),
        ("a compaction", lambda line: line.get("subtype") == "compact_boundary"),
        ("a turn's duration", lambda line: line.get("subtype") == "turn_duration"),
        ("a compaction's summary", lambda line: line.get("isCompactSummary") is True),
        ("an old version", lambda line: line.get("version") == "2.1.29"),
        ("a progress line", lambda line: line.get("type") == "progress"),
        ("a given title", lambda line: line.get("type") == "ai-title"),
        ("a summary", lambda line: line.get("type") == "summary"),
        ("Claude Code's own cost", lambda line: line.get("type") == "cost-state"),
        ("account ids", lambda line: line.get("type") == "bridge-session"),
        ("an unknown type", lambda line: line.get("type") == "some-future-type"),
        ("another tool's line", lambda line: "bookmark_name" in line),
        ("no branch", lambda line: line.get("gitBranch") == ""),
        ("a Windows path", lambda line: line.get("cwd", "").startswith("C:\\")),
        ("an emoji title", lambda line: "📦" in line.get("customTitle", "")),
        ("half an emoji", lambda line: "\\ud83d" in json.dumps(line.get("message", ""))[-12:]),
        ("a patch", lambda line: "'structuredPatch': [{" in str(line.get("toolUseResult"))),
    ],
)
def test_it_holds(name: str, holds: Any, lines: list[tuple[Path, Line]]) -> None:
    assert any(holds(line) for _, line in lines), name


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("fast", lambda usage: usage.get("speed") == "fast"),
        ("US", lambda usage: usage.get("inference_geo") == "us"),
        ("an advisor", lambda usage: len(usage.get("iterations", ())) == 2),
        ("searches", lambda usage: usage.get("server_tool_use", {}).get("web_search_requests")),
    ],
)
def test_one_response_is_special(name: str, holds: Any, lines: list[tuple[Path, Line]]) -> None:
    assert sum(bool(holds(message["usage"])) for message in winners(lines).values()) == 1, name


def test_a_file_ends_without_a_newline_and_a_line_holds_two_objects(
    built: tuple[Path, SampleTotals],
) -> None:
    files = [path.read_bytes() for path in built[0].rglob("*.jsonl")]
    assert sum(not content.endswith(b"\n") for content in files) == 1
    assert sum(b'}{"type":"mode"' in content for content in files) == 1


def test_it_is_a_few_megabytes(built: tuple[Path, SampleTotals]) -> None:
    size = sum(path.stat().st_size for path in built[0].rglob("*.jsonl"))
    assert 3_000_000 < size < 12_000_000


def test_work_follows_the_week_and_the_clock(lines: list[tuple[Path, Line]]) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    times = [
        datetime.fromisoformat(line["timestamp"]).astimezone(berlin)
        for _, line in usage_lines(lines)
    ]
    weekend = sum(at.weekday() >= 5 for at in times)
    night = sum(at.hour < 7 for at in times)
    assert 0 < weekend < len(times) / 6
    assert night < len(times) / 50


def test_a_writer_makes_a_file_by_hand(tmp_path: Path) -> None:
    ids = Ids(1)
    writer = SessionWriter(
        ids, "/home/ada/engine", datetime(2026, 5, 1, 12, tzinfo=UTC), ids.uuid()
    )
    writer.prompt("Hello")
    call = writer.call("Bash", {"command": "ls"})
    writer.response("claude-opus-5-5", Tokens(1, 0, 20, 300, 40), text("Hi"), call)
    writer.tool_result(call, "a b", {"stdout": "a b"})
    path = writer.write(tmp_path)
    assert path.parent.name == encode_cwd("/home/ada/engine") == "-home-ada-engine"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["type"] for row in rows] == ["user", "assistant", "assistant", "user"]
    assert [row["parentUuid"] for row in rows[1:]] == [row["uuid"] for row in rows[:-1]]
    assert rows[0]["timestamp"] == "2026-05-01T12:00:00.000Z"
    assert rows[2]["message"]["usage"]["cache_creation"]["ephemeral_1h_input_tokens"] == 20
    assert (writer.prompts, writer.tool_calls, len(writer.responses)) == (1, 1, 1)


def test_a_folder_may_be_named_by_its_text(tmp_path: Path) -> None:
    assert write_sample(str(tmp_path / "text"), days=1) == tmp_path / "text"
