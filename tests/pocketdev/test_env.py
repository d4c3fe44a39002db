"""The `.env` of a PocketDev, read as Laravel reads it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from pocketdev_analytics.exceptions import ConfigurationError, EncryptionError
from pocketdev_analytics.pocketdev.address import Address
from pocketdev_analytics.pocketdev.encryption import Encrypter
from pocketdev_analytics.pocketdev.env import LaravelEnv, read_env

KEY = "base64:" + base64.b64encode(bytes(range(32))).decode()
OLD_KEY = "base64:" + base64.b64encode(bytes(range(32, 64))).decode()
SPACED = "se cret#1"
WHOLE = f"""\
# PocketDev
APP_NAME="Pocket Dev"
APP_KEY={KEY}
APP_PREVIOUS_KEYS={OLD_KEY}, {KEY}
APP_CIPHER=AES-256-GCM

DB_CONNECTION=pgsql
DB_HOST=127.0.0.1
export DB_PORT=5432
DB_DATABASE=pocket-dev
DB_USERNAME=pocket-dev
DB_PASSWORD="{SPACED}"  # not in the repository
DB_URL="pgsql://${{DB_USERNAME}}:planted@${{DB_HOST}}/x"
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / ".env"
        path.write_bytes(text.encode())
        return path

    return write


def password(path: Path, **environ: str) -> str | None:
    return read_env(path, environ).db_password


def test_an_entire_file_is_read(write: Write) -> None:
    assert read_env(write(WHOLE), {}) == LaravelEnv(
        app_key=KEY,
        app_previous_keys=(OLD_KEY, KEY),
        app_cipher="AES-256-GCM",
        db_connection="pgsql",
        db_host="127.0.0.1",
        db_port=5432,
        db_database="pocket-dev",
        db_username="pocket-dev",
        db_password=SPACED,
        db_url="pgsql://pocket-dev:planted@127.0.0.1/x",
    )


def test_a_file_that_says_nothing_gives_the_defaults(write: Write) -> None:
    assert read_env(write("\n# nothing\nAPP_KEY=\nDB_HOST=null\nDB_PORT\n"), {}) == LaravelEnv()
    assert LaravelEnv().app_cipher == "AES-256-CBC"


def test_a_file_written_on_windows_is_read(write: Write) -> None:
    found = read_env(write("\ufeffDB_HOST=db\r\nDB_PORT=5433\r\nDB_PASSWORD='a b'\r\n"), {})
    assert (found.db_host, found.db_port, found.db_password) == ("db", 5433, "a b")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("abc#def", "abc"),
        ("abc # def", "abc"),
        ("#abc", None),
        ('"abc#def"', "abc#def"),
        ("'abc#def'", "abc#def"),
        ("a=b", "a=b"),
        ("a$b", "a$b"),
        ("a${WHO}b", "ajoeb"),
        ('"a${WHO}b"', "ajoeb"),
        ("'a${WHO}b'", "a${WHO}b"),
        ('"a\\${WHO}b"', "a${WHO}b"),
        ("a\\$b", "a\\$b"),
        ('"a\\"b"', 'a"b'),
        ("a${NOBODY}b", "a${NOBODY}b"),
        ('"line\\nline"', "line\nline"),
        ("null", None),
        ("(null)", None),
        ("empty", None),
        ('""', None),
    ],
)
def test_a_value_is_what_laravel_takes_it_for(
    write: Write, written: str, meant: str | None
) -> None:
    assert password(write(f"WHO=joe\nDB_PASSWORD={written}\n"), WHO="not she") == meant


def test_a_reference_may_name_a_variable_of_the_environment(write: Write) -> None:
    assert password(write("DB_PASSWORD=${FROM_OUTSIDE}"), FROM_OUTSIDE="given") == "given"


def test_the_settings_may_come_from_the_environment_itself() -> None:
    found = LaravelEnv.from_mapping({"APP_KEY": KEY, "DB_PORT": "6543", "PATH": "/bin"})
    assert (found.app_key, found.db_port) == (KEY, 6543)


def test_the_encrypter_of_a_file_uses_its_keys_and_cipher(write: Write) -> None:
    encrypter = read_env(write(WHOLE), {}).encrypter()
    old = Encrypter(OLD_KEY, cipher="AES-256-GCM")
    assert encrypter.decrypt(old.encrypt("a text")) == "a text"


def test_a_file_without_a_key_has_no_encrypter(write: Write) -> None:
    with pytest.raises(ConfigurationError, match="neither PD_APP_KEY nor APP_KEY is set"):
        read_env(write("APP_NAME=x"), {}).encrypter()
    with pytest.raises(EncryptionError, match="application key"):
        read_env(write("APP_KEY=short"), {}).encrypter()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no\.env.*No such file.*name the \.env"):
        read_env(tmp_path / "no.env", {})
    with pytest.raises(ConfigurationError, match="Is a directory"):
        read_env(tmp_path, {})
    (tmp_path / "latin.env").write_bytes(b"APP_NAME=caf\xe9")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        read_env(tmp_path / "latin.env", {})


@pytest.mark.parametrize("wrong", ['DB_PASSWORD="planted', "DB_PASSWORD='planted' planted"])
def test_a_line_that_is_not_an_assignment_is_named_without_its_value(
    write: Write, wrong: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"\.env:4: not an assignment") as refused:
        read_env(write(f"APP_NAME=x\n\n# why\n{wrong}\nDB_HOST=db\n"), {})
    assert "planted" not in str(refused.value)


@pytest.mark.parametrize("port", ["postgres", "0", "65536", "-1", "5432x"])
def test_an_invalid_port_is_refused(write: Write, port: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a port"):
        read_env(write(f"DB_PORT={port}"), {})


def test_keys_passwords_and_urls_are_never_shown(write: Write) -> None:
    shown = repr(read_env(write(WHOLE), {}))
    assert "pocket-dev" in shown
    assert not [secret for secret in (KEY, OLD_KEY, SPACED, "planted") if secret in shown]


@pytest.mark.parametrize("prefix", ["", "PD_"])
def test_both_generations_of_names_are_read(write: Write, prefix: str) -> None:
    text = f"{prefix}APP_KEY={KEY}\n{prefix}DB_PASSWORD=secret\n{prefix}DB_HOST=db\n"
    found = read_env(write(text), {})
    assert (found.app_key, found.db_password, found.db_host) == (KEY, "secret", "db")
    # PocketDev's configuration has defaults for the others.
    assert (found.db_port, found.db_database, found.db_username) == (
        5432,
        "pocket-dev",
        "pocket-dev",
    )


def test_a_prefixed_name_takes_precedence_even_if_it_says_null(write: Write) -> None:
    text = "DB_PASSWORD=old\nPD_DB_PASSWORD=new\nDB_URL=postgresql://x/y\nPD_DB_URL=null\n"
    found = read_env(write(text), {})
    assert (found.db_password, found.db_url) == ("new", None)


def test_text_in_single_quotes_is_literal(write: Write) -> None:
    assert (
        password(write("DB_PASSWORD='a\\\\b\\n${WHO}' # it's"), WHO="not she") == "a\\\\b\\n${WHO}"
    )


@pytest.mark.parametrize("name", ["env_2025_deploy", "env_2026"])
def test_real_settings_files_name_the_database_and_a_key(name: str) -> None:
    path = Path(__file__).parents[3] / "shared" / "pocketdev" / name
    if not path.exists():
        pytest.skip("needs ../shared/pocketdev")
    found = read_env(path, {})
    address = Address.from_env(found)
    assert str(address) == "pocket-dev at pocket-dev-postgres:5432"
    assert (address.username, address.password) == ("pocket-dev", "not-a-secret")
    assert found.encrypter().decrypt(found.encrypter().encrypt("text")) == "text"


def test_a_file_of_2026_without_a_name_of_the_database_has_the_defaults(write: Write) -> None:
    address = Address.from_env(read_env(write(f"PD_APP_KEY={KEY}\n"), {}))
    assert str(address) == "pocket-dev at pocket-dev-postgres:5432"


def test_laravels_older_name_of_the_url_is_read(write: Write) -> None:
    env = read_env(write("DATABASE_URL=postgres://u:p%40@h:5433/db\n"), {})
    assert str(Address.from_env(env)) == "db at h:5433"
    env = read_env(write("DB_URL=postgres://h/newer\nDATABASE_URL=postgres://h/older\n"), {})
    assert str(Address.from_env(env)) == "newer at h:5432"
