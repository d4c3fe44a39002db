"""Where a database is, from a `.env` or a URL."""

from __future__ import annotations

import traceback

import pytest

from pocketdev_analytics.exceptions import ConfigurationError
from pocketdev_analytics.pocketdev.address import Address
from pocketdev_analytics.pocketdev.env import LaravelEnv

SECRET = "pl@nted:pass/word?#%41"  # noqa: S105


def test_an_address_comes_from_the_parts_of_an_env() -> None:
    env = LaravelEnv(
        db_connection="pgsql",
        db_host="db",
        db_port=5433,
        db_database="pocket-dev",
        db_username="pocket dev",
        db_password=SECRET,
    )
    address = Address.from_env(env)
    assert str(address) == "pocket-dev at db:5433"
    assert address.uri.startswith(
        "postgresql://pocket%20dev:pl%40nted%3Apass%2Fword%3F%23%2541@db:5433/pocket-dev?"
    )


def test_pocketdev_has_defaults_for_what_an_env_leaves_out() -> None:
    address = Address.from_env(LaravelEnv.from_mapping({"DB_DATABASE": "d"}))
    assert str(address) == "d at pocket-dev-postgres:5432"
    assert address.uri.startswith("postgresql://pocket-dev@pocket-dev-postgres:5432/d?")


def test_a_url_in_the_env_takes_precedence_over_its_parts() -> None:
    env = LaravelEnv(db_url="pgsql://u:p@other/x", db_host="db", db_database="d")
    assert str(Address.from_env(env)) == "x at other:5432"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "pgsql", "PostgreSQL"])
def test_a_url_may_be_written_as_laravel_or_as_libpq_does(scheme: str) -> None:
    address = Address.from_url(f"{scheme}://u:p%40@[::1]:6543/d?sslmode=require&charset=utf8")
    assert address == Address(
        host="::1",
        port=6543,
        database="d",
        username="u",
        password="p@",  # noqa: S106
        options=(("sslmode", "require"),),
    )
    assert address.uri.startswith("postgresql://u:p%40@[::1]:6543/d?sslmode=require&")


def test_an_address_never_shows_who_reads_or_the_password() -> None:
    address = Address.from_url("postgresql://kim:planted@h/d")
    assert "planted" not in f"{address} {address!r}"
    assert "kim" not in f"{address} {address!r}"


def test_the_same_database_can_be_reached_elsewhere() -> None:
    address = Address.from_url("postgresql://kim:planted@inside/d")
    assert str(address.with_host("127.0.0.1", None)) == "d at 127.0.0.1:5432"
    assert str(address.with_host(None, 6000)) == "d at inside:6000"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:planted@h/d",
        "postgresql://u:planted@h",
        "postgresql://u:planted@h:port/d",
        "postgresql://u:planted@[h/d",
        "u:planted@h/d",
        "host=h password=planted",
    ],
)
def test_a_url_other_than_postgresql_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"expected postgresql://") as caught:
        Address.from_url(url)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    own = [line for line in shown.format() if "test_address.py" not in line]
    assert "planted" not in "".join(own)


def test_only_postgresql_is_read() -> None:
    with pytest.raises(
        ConfigurationError, match=r"PD_DB_CONNECTION \(or DB_CONNECTION\) is 'sqlite'"
    ):
        Address.from_env(LaravelEnv(db_connection="sqlite", db_database="d"))


def test_an_env_without_a_database_says_what_to_do() -> None:
    with pytest.raises(
        ConfigurationError, match=r"neither PD_DB_PASSWORD nor DB_PASSWORD.*name PocketDev's \.env"
    ):
        Address.from_env(LaravelEnv())
