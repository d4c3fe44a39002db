"""Read a dump of `pg_dump`, plain or custom, by restoring it into a throwaway PostgreSQL.

The server is started in a temporary folder, listens on a socket in that folder only, and is gone
afterwards. A dump is a stranger's program: it is restored by a role that is not a superuser, and
psql runs in restricted mode, where it refuses commands of its own.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pocketdev_analytics.exceptions import ConfigurationError, SourceError
from pocketdev_analytics.files.regular import open_regular
from pocketdev_analytics.pocketdev.address import Address

__all__ = ["restored"]

_CUSTOM: Final = b"PGDMP"
_PLAIN: Final = b"PostgreSQL database dump"
_ROLE: Final = "restore"
_DATABASE: Final = "dump"
_PORT: Final = 5432  # names the socket's file; nothing listens on the network
_PROGRAMS: Final = ("initdb", "pg_ctl", "psql", "pg_restore")
_DEBIAN: Final = Path("/usr/lib/postgresql")
_START_SECONDS: Final = 60
_HEAD_BYTES: Final = 4096
# psql and pg_restore end with these after errors that they went on from (a missing role, …).
_SURVIVED: Final = frozenset({0, 1, 3})


@contextmanager
def restored(path: Path) -> Iterator[Address]:
    """Restore the dump at `path`; yield the address of the database, which exists within.

    Raises:
        ConfigurationError: no PostgreSQL is installed, or `path` cannot be read.
        SourceError: the file is not a dump of pg_dump, or cannot be restored.
    """
    is_custom = _is_custom(path)
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="pocketdev-analytics-dump-") as name:
        server = _Server(programs, Path(name))
        server.start()
        try:
            if not is_custom:
                server.check_restriction()
            server.restore(path, is_custom=is_custom)
            yield server.address
        finally:
            server.stop()


def _is_custom(path: Path) -> bool:
    try:
        with open_regular(path) as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {str(path)!r} ({error.strerror}); name a dump made by pg_dump"
        ) from None
    if head.startswith(_CUSTOM):
        return True
    if _PLAIN in head:
        return False
    raise SourceError(
        f"{path} is not a dump of pg_dump; make one with "
        "`pg_dump --no-owner --format custom --file FILE DATABASE`"
    )


def _programs() -> Path:
    """The folder of PostgreSQL's programs: on the PATH, else the newest of Debian's."""
    on_path = shutil.which("initdb")
    debian = (each for each in _DEBIAN.glob("*/bin") if (each / "initdb").exists())
    newest = max(debian, key=lambda each: int(each.parent.name), default=None)
    folder = Path(on_path).resolve().parent if on_path else newest
    if folder is None or not all((folder / name).exists() for name in _PROGRAMS):
        raise ConfigurationError(
            "no PostgreSQL server is installed; install one to read a dump "
            "(Debian: apt-get install postgresql), or sync from the running database"
        )
    return folder


class _Server:
    """A PostgreSQL of its own, in a folder that goes with it."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self._as_user: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self._as_user = ["runuser", "-u", "nobody", "--"]
            shutil.chown(folder, "nobody")

    @property
    def address(self) -> Address:
        """The database of the dump, by its socket."""
        return Address(host=str(self._folder), port=_PORT, database=_DATABASE, username=_ROLE)

    def start(self) -> None:
        """Make and start the server, with a role and an empty database for the dump."""
        data = str(self._folder / "data")
        self._run("initdb", "-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = (
            f"-p {_PORT} -c listen_addresses='' -c unix_socket_directories={self._folder} "
            "-c fsync=off -c full_page_writes=off -c autovacuum=off"
        )
        log = str(self._folder / "log")
        self._run(
            *("pg_ctl", "-D", data, "-l", log, "-o", options),
            *("-w", "-s", "-t", str(_START_SECONDS), "start"),
        )
        self._sql(f"create role {_ROLE} login")
        self._sql(f"create database {_DATABASE} owner {_ROLE}")

    def restore(self, path: Path, *, is_custom: bool) -> None:
        """Restore the dump; roles, extensions and settings that are not here are left out."""
        with open_regular(path) as file, (self._folder / "errors").open("w+b") as errors:
            process = subprocess.Popen(  # noqa: S603
                [*self._as_user, *(self._restore_command() if is_custom else self._psql_command())],
                stdin=file if is_custom else subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=self._environment(),
                cwd=self._folder,
            )
            if process.stdin is not None:
                with suppress(BrokenPipeError), process.stdin:
                    process.stdin.write(_restriction())
                    shutil.copyfileobj(file, process.stdin)
            if process.wait() not in _SURVIVED:
                errors.seek(0)
                raise SourceError(f"cannot restore {path}: {_last_line(errors.read())}")

    def check_restriction(self) -> None:
        """Make sure that psql can be kept from commands of its own.

        Raises:
            ConfigurationError: this psql does not know `\\restrict`.
        """
        probe = _restriction() + b"\\echo unrestricted\n"
        done = self._done([str(self._programs / "psql"), *self._psql_command()[1:]], probe)
        if b"unrestricted" in done.stdout:
            raise ConfigurationError(
                "this psql is too old to read a plain dump safely; update PostgreSQL to a release "
                "of August 2025 or later (13.22, 14.19, 15.14, 16.10, 17.6), or dump with "
                "--format custom"
            )

    def stop(self) -> None:
        """Stop the server immediately."""
        data = str(self._folder / "data")
        self._run("pg_ctl", "-D", data, "-m", "immediate", "-s", "stop", check=False)

    def _restore_command(self) -> list[str]:
        return [
            str(self._programs / "pg_restore"),
            *("--no-owner", "--no-privileges", "--dbname", _DATABASE),
            *("--host", str(self._folder), "--port", str(_PORT), "--username", _ROLE),
        ]

    def _psql_command(self) -> list[str]:
        return [
            str(self._programs / "psql"),
            *("--no-psqlrc", "--quiet", "--dbname", _DATABASE),
            *("--host", str(self._folder), "--port", str(_PORT), "--username", _ROLE),
        ]

    def _sql(self, statement: str) -> None:
        socket = ("--host", str(self._folder), "--port", str(_PORT), "--username", "owner")
        self._run("psql", "--no-psqlrc", "--quiet", *socket, "-d", "postgres", "-c", statement)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        done = self._done([str(self._programs / program), *arguments])
        if check and done.returncode:
            raise SourceError(f"cannot start PostgreSQL: {program}: {_last_line(done.stderr)}")

    def _done(self, command: list[str], text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        with tempfile.TemporaryFile() as out:  # a server that stays would keep a pipe open
            done = subprocess.run(  # noqa: S603
                [*self._as_user, *command],
                input=text,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env=self._environment(),
                check=False,
            )
            out.seek(0)
            said = out.read()
        return subprocess.CompletedProcess(command, done.returncode, said, said)

    def _environment(self) -> dict[str, str]:
        """No variable of the user's own (PGHOST, PGPASSWORD, …) reaches these programs."""
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(self._folder)}


def _restriction() -> bytes:
    """Lock psql's own commands with a random word, which the dump cannot know."""
    return f"\\restrict {secrets.token_hex(16)}\n".encode()


def _last_line(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "no message"
