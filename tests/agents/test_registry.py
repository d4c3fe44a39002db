"""Agents of other packages: found by entry point, and no cost to the others if broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pocketdev_analytics.agents import Agent, Origin, Span, find_agent, registry
from pocketdev_analytics.agents.rows import Rows
from pocketdev_analytics.importer import import_history
from tests.agents.claude.by_hand import A, answer, write


class Entry:
    """An entry point that loads `found`, or raises it."""

    def __init__(self, name: str, found: object) -> None:
        self.name, self.value, self.found = name, f"package:{name}", found

    def load(self) -> object:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Install agents by their entry points."""

    def installed(**found: object) -> None:
        entries = [Entry(name, agent) for name, agent in found.items()]
        monkeypatch.setattr(registry, "entry_points", lambda group: entries)  # noqa: ARG005
        registry._added.cache_clear()

    yield installed
    monkeypatch.undo()
    registry._added.cache_clear()


def mine(**fields: Any) -> Agent:
    """An agent whose files end in `.mine` and hold lines as Claude Code writes them."""
    known = {"name": "mine", "suffixes": (".mine",), "is_own": lambda path, _: path[-4:] == "mine"}
    return replace(find_agent("claude"), **(known | fields))


def fail(*_: object) -> Any:
    raise RuntimeError("broken")


def history(folder: Path) -> Path:
    """A session of Claude Code, and one of the agent `mine`."""
    path = write(folder, A, answer("msg_1"))
    other = answer("msg_2", sessionId="mine")
    write(folder, "other", other).rename(path.with_name("other.mine"))
    return folder


def products(store: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(store, read_only=True) as connection:
        return connection.execute("select product, response_id from usage order by all").fetchall()


def test_an_agent_of_another_package_is_imported(install: Any, tmp_path: Path) -> None:
    install(mine=mine())
    summary = import_history([history(tmp_path)], tmp_path / "s.duckdb", machine="here")
    assert summary.problems == []
    assert products(tmp_path / "s.duckdb") == [("claude", "msg_1"), ("mine", "msg_2")]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (ImportError("no"), "cannot be loaded: ImportError"),
        ("no agent", "package:mine is not an Agent"),
        (mine(name="claude"), "there is an agent 'claude' already"),
    ],
)
def test_an_agent_that_cannot_be_loaded_is_reported_and_costs_nothing(
    install: Any, tmp_path: Path, broken: object, reason: str
) -> None:
    install(mine=broken)
    summary = import_history([history(tmp_path)], tmp_path / "s.duckdb", machine="here")
    assert [(each.path, each.reason) for each in summary.problems] == [("agent mine", reason)]
    assert products(tmp_path / "s.duckdb") == [("claude", "msg_1")]


@pytest.mark.parametrize("part", ["config_dirs", "history_in", "is_own", "decode"])
def test_an_agent_that_fails_costs_nothing_but_its_own_files(
    install: Any, tmp_path: Path, part: str
) -> None:
    install(mine=mine(**{part: fail}))
    summary = import_history([history(tmp_path)], tmp_path / "s.duckdb", machine="here")
    assert ("claude", "msg_1") in products(tmp_path / "s.duckdb")
    assert [each.reason for each in summary.problems] == (
        ["RuntimeError"] if part == "decode" else []
    )


def test_rows_of_an_agent_that_is_not_installed_any_longer_stay(
    install: Any, tmp_path: Path
) -> None:
    install(mine=mine(suffixes=(".jsonl",), is_own=lambda path, _: "other" in path))
    store = tmp_path / "s.duckdb"
    other = write(tmp_path, "other", answer("msg_2", sessionId="mine"))
    import_history([tmp_path], store, machine="here")
    install()
    assert import_history([tmp_path], store, machine="here").problems == []
    with other.open("ab") as file:
        file.write(b"{}\n")
    (problem,) = import_history([tmp_path], store, machine="here").problems
    assert problem.reason == "the agent 'mine' is not installed"
    assert products(store) == [("mine", "msg_2")]


def test_the_decoder_of_an_agent_is_given_its_own_files_alone(install: Any, tmp_path: Path) -> None:
    seen: list[bytes] = []

    def decode(data: bytes, origin: Origin, rows: Rows, size: int | None = None) -> Span:
        seen.append(data)
        return find_agent("claude").decode(data, origin, rows, size)

    install(mine=mine(decode=decode))
    import_history([history(tmp_path)], tmp_path / "s.duckdb", machine="here")
    assert len(seen) == 1
    assert b"msg_2" in seen[0]
