"""A secret is planted, everything is run, and everything that was written is searched for it."""

from __future__ import annotations

import base64
import logging
import os
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pocketdev_analytics.cli import main
from pocketdev_analytics.pocketdev import Encrypter
from pocketdev_analytics.sample import write_sample

SECRET = "sk-planted-5f0c1b7e9d"  # noqa: S105
KEY, OLD_KEY, WRONG_KEY = ("base64:" + base64.b64encode(os.urandom(32)).decode() for _ in range(3))
HASH, TOKEN, CACHED = "planted-hash-1", "planted-token-1", "planted-cached-1"


def spellings(secret: str) -> set[bytes]:
    """A secret as it is, and as it could be written without anyone noticing."""
    is_key = secret.startswith("base64:")
    raw = base64.b64decode(secret.removeprefix("base64:")) if is_key else secret.encode()
    shifted = (base64.b64encode(b"x" * shift + raw)[4:-4] for shift in range(3))
    return {secret.encode(), raw, raw.hex().encode(), raw[::-1], *shifted}


def shown(value: object) -> str:
    """Its `repr`, where it has one: what DuckDB closed has none."""
    with suppress(Exception):
        return repr(value)
    return type(value).__name__


def detailed_traceback(error: BaseException | None) -> Iterator[str]:
    """What a traceback with the values of all variables would show of the library's functions."""
    while error:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            place = Path(frame.f_code.co_filename)
            if "pocketdev_analytics" in place.parts and place.parent.name != "cli":
                yield f"{place}: {', '.join(map(shown, frame.f_locals.values()))}\n"
        yield f"{error!r}\n"
        error = error.__context__


class Run:
    """Runs commands in a folder of their own, and keeps all they say."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder, b""

    def __call__(self, *arguments: str, stdin: str = "", code: int = 0, **environ: str) -> bytes:
        done = CliRunner().invoke(main, arguments, input=stdin, env=environ)
        said = done.stdout_bytes + done.stderr_bytes
        assert done.exit_code == code, (arguments, said.decode(), done.exception)
        self.said += said
        if code:  # once more, for the traceback that the command line keeps to itself
            raised = CliRunner().invoke(
                main, arguments, input=stdin, env=environ, standalone_mode=False
            )
            self.said += "".join(detailed_traceback(raised.exception)).encode()
        return done.stdout_bytes

    def written(self) -> dict[str, bytes]:
        """Every file that is there now, and all that was said."""
        files = {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        return files | {"what was said": self.said}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("home", "tmp", "out"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("POCKETDEV_ANALYTICS_STORE", str(tmp_path / "store" / "store.duckdb"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path / "out")
    return Run(tmp_path)


def test_no_secret_is_in_anything_that_is_written(
    run: Run, database: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    payload = Encrypter(OLD_KEY).encrypt(SECRET)
    database.run(
        f"insert into app_settings (key, value) values ('openai_api_key', '{payload}')",
        f"insert into users (name, email, password, remember_token) values "
        f"('Kim', 'kim@example.org', '{HASH}', '{TOKEN}')",
        f"insert into cache values ('k', '{CACHED}', 1790000000)",
    )
    env = run.folder / "secrets.env"
    env.write_text(
        database.env(APP_KEY=KEY, APP_PREVIOUS_KEYS=OLD_KEY, DB_HOST="127.0.0.1"), encoding="utf-8"
    )
    history = write_sample(run.folder / "history", days=3)
    named = ("--env", str(env))
    keys = {"APP_KEY": KEY, "APP_PREVIOUS_KEYS": OLD_KEY}

    run("import", str(history))
    run("sync", *named)
    run("sync", *named, "--format", "json")
    run("settings", "set", "own_key", *named, stdin=SECRET)
    run("settings", "list")
    run("settings", "list", "--format", "json")
    run("settings", "get", "own_key", **keys)
    run("settings", "rotate", **keys)
    run("query", "select * from app_settings", "--format", "csv")
    run("query", "--name", "setting", "--format", "json")
    run("query", "from users")
    run("report", "cost", "--format", "csv")
    run("dashboard", "cost", "-o", "cost.html")
    run("store", "status")
    run("store", "check")
    run("store", "backup", "copy.duckdb")
    run("store", "compact")

    # What goes wrong says no more.
    run("settings", "get", "own_key", "--reveal", code=1, APP_KEY=WRONG_KEY)
    run("settings", "rotate", code=1, APP_KEY=WRONG_KEY)
    run("settings", "set", "own_key", SECRET[::-1], code=2, **keys)
    run("settings", "get", "own_key", code=1, APP_KEY=KEY[:-8])
    run("sync", *named, "--port", "1", code=1)
    run("sync", "--from", database.url.replace("postgresql:", "mysql:"), code=1)
    run("query", "select value::integer from app_settings", code=1)

    env.unlink()
    run.said += caplog.text.encode()
    assert b"encryption.py" in run.said  # tracebacks were among what is searched
    secrets = {SECRET, KEY, OLD_KEY, WRONG_KEY, HASH, TOKEN, CACHED, database.password}
    leaks = {
        (place, secret)
        for place, content in run.written().items()
        for secret in secrets
        for spelling in spellings(secret)
        if spelling in content
    }
    assert leaks == set()

    shown = run("settings", "get", "own_key", "--reveal", APP_KEY=KEY)
    assert shown == f"{SECRET}\n".encode()
    assert run("settings", "get", "openai_api_key", "--reveal", APP_KEY=KEY) == shown
