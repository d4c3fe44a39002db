"""`query --name` and `query --list`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics.cli import main
from pocketdev_analytics.files.resources import sql_dir
from pocketdev_analytics.store import named_queries, open_store


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("queries") / "store.duckdb"
    with open_store(path, read_only=False) as store:
        store.app_settings().put({"openai_api_key": "sealed"})
        store._connection.execute(
            "insert into claude_sessions (title, project_path, status, last_activity_at) values "
            "('one', '/srv/a=b', 'active', now()), ('two', '/srv', 'completed', now())"
        )
    return path


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--store", str(path), "query", *arguments])


def answer(path: Path, *arguments: str) -> list[dict[str, object]]:
    done = run(path, *arguments, "--format", "json")
    assert done.exit_code == 0, done.output
    rows: list[dict[str, object]] = json.loads(done.output)
    return rows


@pytest.mark.parametrize("name", ["active_sessions", "active sessions", "Active-Sessions"])
def test_a_query_runs_by_any_spelling_of_its_name(path: Path, name: str) -> None:
    assert [row["title"] for row in answer(path, "--name", name)] == ["one"]


def test_a_parameter_may_hold_anything_after_the_first_equals_sign(path: Path) -> None:
    rows = answer(path, "--name", "sessions_for_project", "--param", "project_path=/srv/a=b")
    assert [row["title"] for row in rows] == ["one"]


def test_a_parameter_that_is_left_out_is_the_documents_example(path: Path) -> None:
    assert answer(path, "--name", "setting") == [{"value": "sealed"}]
    (price,) = answer(path, "--name", "model_pricing")
    assert price["model_name"] == "claude-sonnet-4-5-20250929"


def test_parameters_work_in_sql_too(path: Path) -> None:
    assert answer(path, "select $a || 'b' as x", "--param", "a=1") == [{"x": "1b"}]


def test_every_query_is_listed_with_its_comment_and_parameters(path: Path) -> None:
    rows = answer(path, "--list")
    assert [row["name"] for row in rows] == sorted(
        file.stem for file in (sql_dir() / "queries").glob("*.sql")
    )
    by_name = {row["name"]: row for row in rows}
    assert by_name["setting"]["parameters"] == "key varchar = openai_api_key"
    assert by_name["active_sessions"]["parameters"] == ""
    assert all(str(row["comment"]).endswith(".") for row in rows)


@pytest.mark.parametrize("name", named_queries())
def test_every_named_query_runs_on_a_store(path: Path, name: str) -> None:
    assert run(path, "--name", name).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--name", "activ_sessions"), "unknown query 'activ_sessions'; did you mean"),
        (("--name", "xyz"), "unknown query 'xyz'; expected one of: active_sessions, "),
        (
            ("--name", "setting", "--param", "name=x"),
            "setting: unknown parameter 'name'; expected one of: key",
        ),
        (
            ("--name", "session_mismatches", "--param", "idle_days=soon"),
            "invalid idle_days 'soon'; expected an integer",
        ),
    ],
)
def test_an_unknown_name_or_value_is_an_error_with_advice(
    path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = run(path, *arguments)
    assert (done.exit_code, said in done.output) == (1, True), done.output


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("select 1", "--name", "setting"),
        ("--list", "select 1"),
        ("--name", "setting", "--param", "x"),
    ],
)
def test_conflicting_options_are_refused(path: Path, arguments: tuple[str, ...]) -> None:
    assert run(path, *arguments).exit_code == 2
