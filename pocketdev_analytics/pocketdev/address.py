"""The address of a PocketDev database, from its `.env` or a URL; the password is never shown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from pocketdev_analytics.exceptions import ConfigurationError
from pocketdev_analytics.pocketdev.env import LaravelEnv

__all__ = ["Address"]

_SCHEMES: Final = frozenset({"postgresql", "postgres", "pgsql"})
_DEFAULT_PORT: Final = 5432
_DEFAULT_HOST: Final = "127.0.0.1"
_CONNECT_SECONDS: Final = 10
# libpq refuses the other parameters of Laravel's URLs (charset, …).
_PASSED_ON: Final = frozenset(
    {
        *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding"),
        *("gssencmode", "hostaddr", "passfile", "require_auth", "target_session_attrs"),
    }
)
_NO_URL: Final = "not a PostgreSQL URL; expected postgresql://user:password@host:5432/database"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A PostgreSQL database and its user. Without a password libpq looks for one itself."""

    host: str
    port: int
    database: str
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        """Return the text to show: database, host and port, without user and password."""
        return f"{self.database} at {self.host}:{self.port}"

    @property
    def uri(self) -> str:
        """The connection URI for libpq, with everything escaped."""
        user = quote(self.username or "", safe="")
        password = f":{quote(self.password, safe='')}" if self.password else ""
        host = f"[{self.host}]" if ":" in self.host else quote(self.host, safe="")
        fixed = (
            ("connect_timeout", str(_CONNECT_SECONDS)),
            ("application_name", "pocketdev-analytics"),
        )
        return (
            f"postgresql://{user}{password}{'@' if user or password else ''}{host}:{self.port}/"
            f"{quote(self.database, safe='')}?{urlencode((*self.options, *fixed), quote_via=quote)}"
        )

    def with_host(self, host: str | None, port: int | None) -> Address:
        """Return the same database at another host or port; None keeps what is there."""
        return replace(self, host=host or self.host, port=port or self.port)

    @classmethod
    def from_env(cls, env: LaravelEnv) -> Address:
        """Return the database of `env`: the URL takes precedence over host, port and the others.

        Raises:
            ConfigurationError: `env` names no database, or one that is not PostgreSQL.
        """
        if env.db_url:
            return cls.from_url(env.db_url)
        if env.db_connection not in {None, "pgsql"}:
            raise ConfigurationError(
                f"PD_DB_CONNECTION (or DB_CONNECTION) is {env.db_connection!r}; "
                "sync reads PostgreSQL only ('pgsql')"
            )
        if env.db_host is None or env.db_port is None or env.db_database is None:
            raise ConfigurationError(
                "no database is configured: neither PD_DB_PASSWORD nor DB_PASSWORD, nor another "
                "PD_DB_ or DB_ name, is set; name PocketDev's .env with --env, or its database "
                "with --from postgresql://user@host/database"
            )
        return cls(
            host=env.db_host,
            port=env.db_port,
            database=env.db_database,
            username=env.db_username,
            password=env.db_password,
        )

    @classmethod
    def from_url(cls, url: str) -> Address:
        """Return the database at `url`, with or without a user and a password.

        Raises:
            ConfigurationError: not a PostgreSQL URL; the message does not show it.
        """
        address = _parsed(url)
        del url
        if address is None:
            raise ConfigurationError(_NO_URL)
        return address


def _parsed(url: str) -> Address | None:
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORT
    except ValueError:
        return None
    database = unquote(parts.path.removeprefix("/"))
    if parts.scheme.lower() not in _SCHEMES or not database:
        return None
    return Address(
        host=unquote(parts.hostname or _DEFAULT_HOST),
        port=port,
        database=database,
        username=_unquoted(parts.username),
        password=_unquoted(parts.password),
        options=_options(parts),
    )


def _options(parts: SplitResult) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in parse_qsl(parts.query) if name in _PASSED_ON)


def _unquoted(text: str | None) -> str | None:
    return None if text is None else unquote(text)
