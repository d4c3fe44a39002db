"""A real PostgreSQL on loopback, and in it PocketDev's tables as Laravel leaves them."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import pytest
from adbc_driver_postgresql import dbapi

DDL = Path(__file__).parents[1] / "fixtures" / "pocketdev_postgres.sql"
OWNER = "pocket-dev"
#: Every character that could be taken apart on its way through a URL, a `.env` and libpq.
PASSWORD = "pl@nted:pass/word?#%41 '\\&=+"  # noqa: S105
TEMPLATE = "documented"
APP_KEY = "base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def binaries() -> Path | None:
    """Where the server's programs are: on the PATH, else Debian's newest."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(debian, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest else None


class PostgresServer:
    """A server of its own, in a folder that goes with it; never run as root, which it refuses."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="pocketdev-postgres-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        (self.folder / "password").write_text(PASSWORD)
        self.user: list[str] = []
        if os.geteuid() == 0:
            self.user = ["runuser", "-u", "nobody", "--"]
            shutil.chown(self.folder, "nobody")
            shutil.chown(self.folder / "password", "nobody")

    def start(self) -> None:
        data = str(self.folder / "data")
        self._run(
            *("initdb", "-D", data, "-U", OWNER, "-A", "scram-sha-256", "-E", "UTF8"),
            *("--locale=C", "--no-sync", f"--pwfile={self.folder / 'password'}"),
        )
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' "
            "-c fsync=off -c full_page_writes=off -c autovacuum=off -c log_statement=all"
        )
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "-s", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-s", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        """Every statement the server was sent, and what it said."""
        return (self.folder / "log").read_text()

    def database(self, name: str) -> Database:
        return Database(self, name)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self.user, str(self.programs / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            timeout=60,
        )


@dataclass(frozen=True)
class Database:
    """A database of the server, and its owner, who may write to all of it."""

    server: PostgresServer
    name: str
    password: str = PASSWORD

    @property
    def url(self) -> str:
        return self.url_of(OWNER, PASSWORD)

    def url_of(self, user: str, password: str) -> str:
        secret = quote(password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.server.port}/{self.name}"

    def env(self, **further: str) -> str:
        """A `.env` as PocketDev has it, its host a name that only Docker knows."""
        escaped = PASSWORD.replace("\\", "\\\\")
        lines = {
            "APP_NAME": "PocketDev",
            "APP_KEY": APP_KEY,
            "DB_CONNECTION": "pgsql",
            "DB_HOST": "pocket-dev-postgres.invalid",
            "DB_PORT": str(self.server.port),
            "DB_DATABASE": self.name,
            "DB_USERNAME": OWNER,
            "DB_PASSWORD": f'"{escaped}"',
            **further,
        }
        return "".join(f"{name}={value}\n" for name, value in lines.items())

    def run(self, *statements: str) -> None:
        with self._cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self._cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def ingest(self, table: str, frame: pl.DataFrame) -> None:
        """Add a frame's rows to a table, through a table of texts as JSON and UUIDs need it."""
        names = ", ".join(frame.columns)
        with self._cursor() as cursor:
            cursor.adbc_ingest("staged", frame.to_arrow(), mode="replace")
            kinds = dict(
                self.rows(
                    "select attname::text, format_type(atttypid, atttypmod) from pg_attribute "
                    f"where attrelid = '{table}'::regclass and attnum > 0"
                )
            )
            values = ", ".join(f"{name}::{kinds[name]}" for name in frame.columns)
            cursor.execute(f"insert into {table} ({names}) select {values} from staged")
            cursor.execute("drop table staged")

    def contents(self) -> dict[str, list[str]]:
        """Every row of every table and sequence, with the transaction that wrote it last."""
        row, counter = "xmin::text || ctid || t::text", "concat_ws(',', last_value, is_called)"
        found: dict[str, list[str]] = {}
        with self._cursor() as cursor:
            cursor.execute(
                "select relname::text, relkind = 'r' from pg_class "
                "where relnamespace = 'public'::regnamespace and relkind in ('r', 'S') order by 1"
            )
            for name, is_table in cursor.fetchall():
                cursor.execute(f'select {row if is_table else counter} from "{name}" t order by 1')
                found[name] = [text for (text,) in cursor.fetchall()]
        return found

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        with (
            closing(dbapi.connect(self.url, autocommit=True)) as connection,
            closing(connection.cursor()) as cursor,
        ):
            yield cursor


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server with a database of the documented tables, to be copied.

    Raises:
        FileNotFoundError: PostgreSQL is not installed.
    """
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("initdb")
    server = PostgresServer(programs)
    server.start()
    try:
        server.database("postgres").run(f"create database {TEMPLATE}")
        server.database(TEMPLATE).run(*filter(str.strip, DDL.read_text().split(";")))
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    if binaries() is None:
        pytest.skip("needs PostgreSQL (Debian: apt-get install postgresql)")
    with running_server() as running:
        yield running


@pytest.fixture
def database(server: PostgresServer) -> Iterator[Database]:
    """A fresh database with the documented tables, all empty."""
    name = f"test_{secrets.token_hex(6)}"
    server.database("postgres").run(f"create database {name} template {TEMPLATE}")
    yield server.database(name)
    server.database("postgres").run(f"drop database {name} with (force)")


@pytest.fixture
def empty(server: PostgresServer) -> Iterator[Database]:
    """A fresh database without any table."""
    name = f"empty_{secrets.token_hex(6)}"
    server.database("postgres").run(f"create database {name}")
    yield server.database(name)
    server.database("postgres").run(f"drop database {name} with (force)")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with the one session of `test_generations.history`."""
    from pocketdev_analytics.importer import import_history
    from tests.pocketdev.test_generations import history

    import_history([history(tmp_path / "history")], tmp_path / "store.duckdb")
    return tmp_path / "store.duckdb"
