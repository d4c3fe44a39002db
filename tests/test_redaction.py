"""Names planted in every place, and nothing of them in any byte that leaves the store redacted."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from pocketdev_analytics import model
from pocketdev_analytics.exceptions import ConfigurationError, SourceError
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.redaction import Redaction, redact, salt_path, store_redaction
from pocketdev_analytics.reports import REPORTS
from pocketdev_analytics.store import open_store
from pocketdev_analytics.store.export import export_store
from tests.agents.claude.by_hand import (
    A,
    Line,
    answer,
    api_error,
    call,
    prompt,
    result,
    system,
    title,
)
from tests.agents.claude.by_hand import write as write_file

#: The beginning of every planted name.
PLANTED = "zebrafish"


def name(place: str) -> str:
    return f"{PLANTED}-{place}"


def lines() -> Iterator[Line | bytes]:
    place = {
        "cwd": f"/home/{name('user')}/{name('project')}",
        "gitBranch": name("branch"),
        "teamName": name("team"),
        "requestSessionId": name("requester"),
        "forkedFrom": {"sessionId": name("original")},
        **{f"attribution{kind}": name(kind) for kind in ("Agent", "McpServer", "Plugin", "Skill")},
    }
    server, tool = name("server"), name("tool")
    yield prompt(name("prompt"), **place)
    calls = [call("t1", f"mcp__{server}__{tool}"), call("t2"), call("t3", name("own-tool"))]
    yield answer("msg_1", content=calls, **place)
    yield prompt([result("t1", content=name("output"), is_error=True)], "10:00:30", **place)
    yield answer("msg_2", "10:01:00", agentId=name("agent"), **place)
    yield answer("msg_3", "10:02:00", stop=None, **{**place, "cwd": f"C:\\{name('windows')}"})
    yield {**api_error("10:03:00", **place), "uuid": "e1"}
    yield system("turn_duration", "10:04:00", durationMs=5, **place)
    for kind in ("ai-title", "custom-title", "agent-name", "summary"):
        yield title(kind, name(kind), leafUuid="msg_1@10:00:00")
    yield prompt(f"<command-name>/{name('command')}</command-name>", "10:05:00", **place)
    yield {
        "type": "worktree-state",
        "worktreeSession": {
            "worktreePath": f"/home/{name('worktree')}",
            "worktreeBranch": name("worktree-branch"),
            "originalCwd": f"/home/{name('origin')}",
            "originalBranch": name("origin-branch"),
        },
    }
    yield {
        "type": "pr-link",
        "prNumber": 7,
        "prUrl": f"https://example.org/{name('repository')}/pull/7",
        "prRepository": name("repository"),
        "timestamp": "2026-11-01T10:06:00Z",
    }
    yield {
        "type": "cost-state",
        "sessionId": name("session"),
        "totalCostUSD": 1.5,
        "modelUsage": {"claude-opus-5": {"costUSD": 1.5}},
    }
    yield f'{{"broken": "{name("broken")}'.encode()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with planted names, in a folder that is none."""
    history, folder = (tmp_path_factory.mktemp(each) for each in (name("history"), "store"))
    write_file(history, A, *lines(), project=name("folder"))
    write_file(history, name("file"), prompt(sessionId=name("session"), time="11:00:00"), b"5")
    agent = write_file(
        *(history, f"{A}/subagents/agent-{name('id')}"),
        answer("msg_4", "12:00:00", agentId=name("id"), isSidechain=True),
        project=name("folder"),
    )
    agent.with_suffix(".meta.json").write_text(json.dumps({"agentType": name("type")}))
    import_history([history], folder / "store.duckdb", machine=name("machine"))
    return folder / "store.duckdb"


def readable(content: bytes, *, is_parquet: bool = False) -> str:
    """All text of a file: its bytes, and of Parquet the values, statistics and metadata."""
    texts = [content.decode("utf-8", errors="replace")]
    if is_parquet:
        file = pq.ParquetFile(io.BytesIO(content))
        texts += [str(file.metadata.metadata), str(file.schema_arrow), file.metadata.created_by]
        groups = [file.metadata.row_group(at) for at in range(file.metadata.num_row_groups)]
        texts += [
            str(group.column(at).to_dict()) for group in groups for at in range(group.num_columns)
        ]
        texts.append(pl.read_parquet(io.BytesIO(content)).write_json())
    return "\n".join(texts).lower()


def files(folder: Path) -> dict[Path, str]:
    found = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        path.relative_to(folder): readable(content, is_parquet=path.suffix == ".parquet")
        for path, content in found.items()
    }


def run(
    store: Path, *arguments: str, cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "pocketdev_analytics", "--store", str(store), *arguments],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=120,
        check=False,
    )


def test_what_is_planted_is_found_without_redaction(store: Path, tmp_path: Path) -> None:
    export_store(tmp_path / "export", store)
    text = "".join(files(tmp_path / "export").values())
    kept = (
        "user",
        "project",
        "branch",
        "server",
        "tool",
        "own-tool",
        "session",
        "agent",
        "windows",
        "id",
    )
    others = (
        "ai-title",
        "custom-title",
        "agent-name",
        "summary",
        "folder",
        "file",
        "type",
        "machine",
        "own-tool",
    )
    assert [place for place in (*kept, *others) if name(place) not in text] == []
    assert [place for place in ("prompt", "output", "broken") if name(place) in text] == []


def test_nothing_planted_is_in_a_redacted_export(store: Path, tmp_path: Path) -> None:
    done = run(store, "export", "store", "-o", "export", "--redact", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = files(tmp_path / "export")
    assert {path.parts[0] for path in found} >= {"manifest.json", "session_files", "usage_lines"}
    assert [path for path, text in found.items() if PLANTED in text] == []
    assert PLANTED.encode() not in done.stdout
    assert len(found) > 8


def test_keys_and_digests_do_not_reveal_paths_or_content(store: Path, tmp_path: Path) -> None:
    export_store(tmp_path / "export", store, redaction=store_redaction(store))
    rows = pl.read_parquet(tmp_path / "export" / "session_files" / "*" / "*.parquet")
    with open_store(store) as opened:
        known = opened.session_files()
    assert not set(rows["file_id"]) & set(known["file_id"])
    assert set(rows["head_digest"]) | set(rows["tail_digest"]) == {""}
    assert set(rows["content_crc32"]) | set(rows["samples_digest"]) == {None}
    assert set(rows["inode"]) | set(rows["device"]) == {0}


@pytest.mark.parametrize("report", sorted(REPORTS))
def test_nothing_planted_is_in_a_redacted_report_of_any_format(
    store: Path, tmp_path: Path, report: str
) -> None:
    from click.testing import CliRunner

    from pocketdev_analytics.cli import main

    entry = REPORTS[report]
    groupings = [[], [part for each in entry.dimensions for part in ("--by", each)]]
    for number, by in enumerate(groupings):
        kinds = ("json",) if number else ("csv", "json", "md", "txt", "parquet")
        for kind in kinds:
            file = tmp_path / f"{number}.{kind}"
            asked = ["report", report, *by, "--redact", "-o", str(file)]
            done = CliRunner().invoke(main, ["--store", str(store), *asked])
            assert done.exit_code in {0, 3, 4}, done.output
            text = readable(file.read_bytes(), is_parquet=kind == "parquet")
            assert PLANTED not in text, (by, kind)
            assert PLANTED not in done.output.lower()


def test_nothing_planted_is_in_a_redacted_dashboard(store: Path, tmp_path: Path) -> None:
    done = run(store, "dashboard", "--redact", "-o", "pages", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    pages = files(tmp_path / "pages")
    assert sorted(map(str, pages)) == ["activity.html", "cost.html"]
    for path, text in pages.items():
        assert PLANTED not in text, path
        assert str(store).lower() not in text, path
    assert "project-" in pages[Path("cost.html")]


def test_a_page_folds_projects_before_their_names_are_hashes(store: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    groups = f'[projects.groups]\nmine = ["/home/{name("user")}/**", "C:/**"]\n'
    config.write_text(groups + "[budget]\nmonthly = 5\n[budget.projects]\nmine = 5\n")
    whose = ("--config", str(config))
    done = run(store, *whose, "dashboard", "cost", "--redact", "-o", "page.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    answer_ = run(
        store, *whose, "report", "cost", "--by", "project", "--redact", "--format", "json"
    )
    named = {row["project"] for row in json.loads(answer_.stdout)["rows"]} - {None}
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert set(re.findall(r"project-[0-9a-f]{12}", text)) == named
    assert ">mine<" not in text


def test_the_page_of_a_session_is_found_by_the_id_that_it_has(store: Path, tmp_path: Path) -> None:
    # An id that Claude Code did not draw is a hash on the page, and is typed as it is.
    for begin in (name("session"), name("se"), A[:6]):
        done = run(
            store, "dashboard", "session", begin, "--redact", "-o", "page.html", cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        assert PLANTED not in readable((tmp_path / "page.html").read_bytes())
    done = run(store, "dashboard", "session", "zebra-", "--redact", "-o", "no.html", cwd=tmp_path)
    assert (done.returncode, PLANTED.encode() in done.stderr) == (1, False)


@pytest.mark.parametrize(("report", "column"), [("quarantine", "file"), ("agents", "agent_type")])
def test_the_order_of_rows_reveals_nothing_of_the_names(
    store: Path, report: str, column: str
) -> None:
    done = run(store, "report", report, "--redact", "--format", "json")
    names = [row[column] for row in json.loads(done.stdout)["rows"] if row[column]]
    assert names == sorted(names)


def test_a_name_is_the_same_hash_in_every_export(store: Path, tmp_path: Path) -> None:
    done = run(store, "report", "cost", "--by", "project", "--redact", "--format", "json")
    rows = json.loads(done.stdout)["rows"]
    in_report = {row["project"] for row in rows} - {None}
    export_store(tmp_path / "export", store, redaction=store_redaction(store))
    lines_ = pl.read_parquet(tmp_path / "export" / "usage_lines" / "*" / "*.parquet")
    assert in_report
    assert in_report <= set(lines_["project_path"])
    with open_store(store) as opened:
        history = redact(opened.history(), store_redaction(store))
    assert in_report <= set(history.usage.collect()["project"])


def test_tools_of_claude_codes_own_keep_their_names() -> None:
    tools = pl.DataFrame({"tool": ["Bash", "TodoWrite", "MyTool", "mcp__a__b", "mcp__a", None]})
    own, other, *rest = Redaction(bytes(32)).frame(tools)["tool"]
    assert (own, other, rest[-1]) == ("Bash", "TodoWrite", None)
    kinds = [each.rsplit("-", 1)[0] for each in "__".join(rest[:-1]).split("__")]
    assert kinds == ["tool", "mcp", "mcp", "tool", "mcp", "mcp"]


def test_another_salt_gives_other_hashes(store: Path) -> None:
    one, two = Redaction(bytes(32)), Redaction(bytes(31) + b"\1")
    assert one.token("project", "/a") == Redaction(bytes(32)).token("project", "/a")
    assert one.token("project", "/a") != two.token("project", "/a")
    assert one.token("project", "/a") != one.token("project", "/b")
    assert one.number(5) != two.number(5)


def test_the_salt_is_its_owners_only_and_stays(tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    store.touch()
    first = store_redaction(store)
    assert salt_path(store).stat().st_mode & 0o777 == 0o600
    assert store_redaction(store) == first
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["store.duckdb", "store.duckdb.salt"]


def test_no_salt_is_created_for_a_missing_store(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no store at .*store\.duckdb; run"):
        store_redaction(tmp_path / "store.duckdb")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["", "zz", "00"])
def test_a_damaged_salt_is_one_sentence_with_the_cure(tmp_path: Path, content: str) -> None:
    (tmp_path / "store.duckdb").touch()
    salt_path(tmp_path / "store.duckdb").write_text(content)
    with pytest.raises(ConfigurationError, match=r"is not a salt; restore its backup, or delete"):
        store_redaction(tmp_path / "store.duckdb")


def test_a_redacted_export_is_imported_and_counts_the_same(store: Path, tmp_path: Path) -> None:
    export_store(tmp_path / "export", store, redaction=store_redaction(store))
    other = tmp_path / "other.duckdb"
    import_history([tmp_path / "export"], other)
    measures = (
        "select count(*) as responses, sum(output_tokens)::bigint as tokens, "
        "sum(cost_usd) as cost, count(distinct project) as projects from usage_cost"
    )
    counts = (
        "select (select count(*) from tool_calls where is_error) as failed, "
        "(select count(*) from prompts) as prompts, (select count(*) from quarantine) as lines, "
        "(select count(*) from api_errors) as errors, (select count(*) from cost_states) as states"
    )
    with open_store(store) as first, open_store(other) as second:
        assert second.query(measures).row(0) == first.query(measures).row(0)
        assert second.query(counts).row(0) == first.query(counts).row(0)


@pytest.mark.parametrize("order", [("named", "redacted"), ("redacted", "named")])
def test_names_and_hashes_of_one_store_never_stand_side_by_side(
    store: Path, tmp_path: Path, order: tuple[str, str]
) -> None:
    first, second = (tmp_path / kind for kind in order)
    export_store(tmp_path / "named", store)
    export_store(tmp_path / "redacted", store, redaction=store_redaction(store))
    other, both = tmp_path / "other.duckdb", tmp_path / "both.duckdb"
    import_history([first], other)
    with pytest.raises(SourceError, match=r"an export of the same store.*import one of them"):
        import_history([second], other)
    assert import_history([first, first], other).responses == 4
    with pytest.raises(SourceError, match="import one of them"):
        import_history([first, second], both)
    with open_store(both) as opened:
        assert opened.counts()["responses"] == 0


def test_a_redacted_export_is_refused_by_the_store_that_it_is_from(
    store: Path, tmp_path: Path
) -> None:
    export_store(tmp_path / "redacted", store, redaction=store_redaction(store))
    with pytest.raises(SourceError, match="import one of them"):
        import_history([tmp_path / "redacted"], store)


#: The texts of exported tables that no person chooses: ids, versions, and the words of formats.
NOT_NAMES = frozenset(
    {
        *("denial_kind", "effort", "entrypoint", "error", "error_id", "event_id", "fallback_model"),
        *("field", "first_line_digest", "found", "head_digest", "inference_geo", "kind"),
        *("leaf_uuid", "message_id", "model", "origin", "pass_kind", "permission_decision"),
        *("permission_mode", "permission_source", "prompt_id", "prompt_source", "provider"),
        *("reason", "request_id", "requested_model", "response_id", "samples_digest"),
        *("service_tier", "session_kind", "source", "speed", "stop_reason", "tail_digest"),
        *("tool_use_id", "tool_use_uuid", "trigger", "turn_origin", "uuid", "version"),
        *("limit_id", "limit_window", "plan_type", "product", "turn_id"),
    }
)


def test_every_text_of_an_exported_table_is_redacted_or_known_to_be_no_name() -> None:
    tables = {**model.LINE_FRAMES, "session_files": model.SESSION_FILES}
    texts = {
        column
        for columns in tables.values()
        for column, dtype in columns.items()
        if dtype == pl.String
    }
    redacted = {
        str(each.meta.output_name()) for each in Redaction(bytes(32)).columns(sorted(texts))
    }
    assert texts - redacted == NOT_NAMES & texts
    assert not redacted & NOT_NAMES
