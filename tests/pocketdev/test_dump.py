"""`sync --dump` reads what `pg_dump` wrote, in a PostgreSQL that is gone afterwards."""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics.cli import main
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store
from tests.pocketdev.conftest import OWNER, PASSWORD, binaries
from tests.pocketdev.test_generations import PLANTED, SESSION, history, lay_out


@pytest.fixture
def source(server: Any) -> Iterator[Any]:
    server.database("postgres").run("create database dumped")
    database = server.database("dumped")
    lay_out(database, "2026-02")
    yield database
    server.database("postgres").run("drop database dumped with (force)")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    import_history([history(tmp_path / "history")], tmp_path / "store.duckdb")
    return tmp_path / "store.duckdb"


def dump(source: Any, target: Path, kind: str) -> Path:
    programs = binaries()
    assert programs is not None
    subprocess.run(
        [
            (programs / "initdb").resolve().parent / "pg_dump",
            *("--format", kind, "--file", target, "--host", "127.0.0.1"),
            *("--port", str(source.server.port), "--username", OWNER, source.name),
        ],
        check=True,
        env={**os.environ, "PGPASSWORD": PASSWORD},
    )
    return target


def sync(store: Path, path: Path) -> Result:
    return CliRunner().invoke(main, ["--store", str(store), "sync", "--dump", str(path)])


@pytest.mark.parametrize("kind", ["plain", "custom"])
def test_a_dump_is_read_as_the_database_is(
    source: Any, store: Path, tmp_path: Path, kind: str
) -> None:
    done = sync(store, dump(source, tmp_path / "dump", kind))
    assert done.exit_code == 0, done.output
    assert "schema of PocketDev: 2026-02" in done.stdout
    with open_store(store) as opened:
        assert opened.query("select title from claude_sessions").rows() == [("Named",)]
        assert opened.query("select session_id from session_origins").rows() == [(SESSION,)]
    assert PLANTED.encode() not in store.read_bytes()


@pytest.mark.parametrize("is_restricted", [True, False])
def test_a_plain_dump_cannot_make_psql_run_commands(
    source: Any,
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_restricted: bool,
) -> None:
    path = dump(source, tmp_path / "dump", "plain")
    marker = Path(tempfile.gettempdir()) / f"pocketdev-{secrets.token_hex(8)}"
    path.write_text(f"{path.read_text()}\n\\o {marker}\nselect 1;\n")
    if not is_restricted:  # the harmless command would run without the guard
        monkeypatch.setattr("pocketdev_analytics.pocketdev.dump._restriction", lambda: b"")
        monkeypatch.setattr(
            "pocketdev_analytics.pocketdev.dump._Server.check_restriction", lambda _self: None
        )
    try:
        assert sync(store, path).exit_code == 0
        assert marker.exists() is not is_restricted
    finally:
        marker.unlink(missing_ok=True)


def test_another_file_is_refused(store: Path, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("select 1;\n")
    done = sync(store, tmp_path / "other")
    assert (done.exit_code, "is not a dump of pg_dump" in done.output) == (1, True)
    missing = sync(store, tmp_path / "missing")
    assert (missing.exit_code, "name a dump made by pg_dump" in missing.output) == (1, True)


def test_without_a_server_installed_the_message_says_how_to_get_one(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dump").write_bytes(b"PGDMP")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("pocketdev_analytics.pocketdev.dump._DEBIAN", tmp_path)
    done = sync(store, tmp_path / "dump")
    assert (done.exit_code, "no PostgreSQL server is installed" in done.output) == (1, True)
