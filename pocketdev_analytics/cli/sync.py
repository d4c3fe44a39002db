"""`sync`: bring a PocketDev's tables into the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from pocketdev_analytics.cli._pocketdev import env_option, environment
from pocketdev_analytics.cli._text import emit, tell
from pocketdev_analytics.exceptions import SourceError, StoreLockedError

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.importer.pocketdev import SyncSummary
    from pocketdev_analytics.pocketdev import Address
    from pocketdev_analytics.settings.config import Settings
    from pocketdev_analytics.store import Store

__all__ = ["Interval", "sync"]

#: Nothing joins PocketDev to session files, although both have sessions.
UNJOINED: Final = 3
#: A table is there, but could not be read now; its rows of the last sync stay.
REFUSED: Final = 4

_LONGEST_WAIT_SECONDS: Final = 600
_PROVIDERS: Final = {"claude_code": "Claude Code", "codex": "Codex"}


class Interval(click.ParamType[float]):
    """A time in seconds: `30`, `30s` or `5m`."""

    name = "interval"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds."""
        text = str(value).strip().lower()
        unit = {"s": 1, "m": 60, "h": 3600}.get(text[-1:], 0)
        number = text[:-1] if unit else text
        if not number.replace(".", "", 1).isdecimal() or float(number) * (unit or 1) < 1:
            self.fail(f"{value!r} is not a time of at least 1s; expected 30s or 5m", param, ctx)
        return float(number) * (unit or 1)


@click.command("sync")
@env_option
@click.option(
    "--from",
    "url",
    metavar="URL",
    help="The database: postgresql://user@host:port/database. The password may come from "
    "PGPASSWORD or ~/.pgpass.",
)
@click.option(
    "--dump",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A dump of pg_dump, plain or custom, restored into a temporary PostgreSQL.",
)
@click.option("--host", help="Reach the database at this host instead of the .env's.")
@click.option("--port", type=click.IntRange(1, 65535), help="Reach it at this port.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.001),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="The limit for each statement.",
)
@click.option(
    "--every",
    type=Interval(),
    help="Keep syncing, and importing session files, this often, such as 30s or 5m; end with"
    " Ctrl-C.",
)
@click.option(
    "--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_obj
def sync(  # noqa: PLR0917
    session: Session,
    env_file: Path | None,
    url: str | None,
    dump: Path | None,
    host: str | None,
    port: int | None,
    timeout: float,
    every: float | None,
    kind: str,
) -> None:
    """Bring the tables of a PocketDev into the store.

    Reads its database, of any age, in one read-only snapshot and never writes to it. Its
    conversations are joined to your session files. Safe to repeat.

    \b
    Examples:
      pocketdev-analytics sync --env ~/pocket-dev/.env --host 127.0.0.1
      pocketdev-analytics sync --dump pocket-dev.dump

    \b
    Exit codes:
      3  nothing joins PocketDev to session files
      4  a table could not be read now; the rows of the last sync stay
    """
    if sum(map(bool, (url, env_file, dump))) > 1:
        raise click.UsageError("--env, --from and --dump each name a database; give one of them")
    with _address(env_file, url, dump) as found:
        address = found.with_host(host, port)
        if every is not None:
            _follow(session.settings, address, timeout, every)
            return
        summary, trouble = _sync_once(session.settings, address, timeout)
    if trouble:
        tell(trouble, err=True)
    if kind == "json":
        from pocketdev_analytics.cli._output import json_text

        emit(json_text(_document(summary)))
    else:
        for line in _findings(summary):
            tell(line, err=True)
        tell(_text(summary))
    if summary.is_refused:
        raise click.exceptions.Exit(REFUSED)
    if summary.is_unjoined:
        tell(_unjoined(summary), err=True)
        raise click.exceptions.Exit(UNJOINED)


@contextmanager
def _address(env_file: Path | None, url: str | None, dump: Path | None) -> Iterator[Address]:
    from pocketdev_analytics.pocketdev import Address

    if dump is not None:
        from pocketdev_analytics.pocketdev.dump import restored

        with restored(dump) as address:
            yield address
    elif url:
        yield Address.from_url(url)
    else:
        yield Address.from_env(environment(env_file))


def _sync_once(
    settings: Settings, address: Address, timeout: float
) -> tuple[SyncSummary, str | None]:
    """Sync once; return the summary, and why the status line's summary could not be written."""
    from pocketdev_analytics.importer.pocketdev import sync_pocketdev
    from pocketdev_analytics.live.leaving import leave_summary

    troubles: list[str | None] = []

    def after(store: Store) -> None:
        troubles.append(leave_summary(store, settings.timezone))  # its prices may have changed

    summary = sync_pocketdev(address, settings.store, timeout_seconds=timeout, after=after)
    return summary, troubles[0]


def _follow(settings: Settings, address: Address, timeout: float, every: float) -> None:
    """Sync and import until interrupted; wait longer while PocketDev cannot be reached."""
    import signal
    import time

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    tell(f"Syncing {address} every {every:g} s; end with Ctrl-C.", err=True)
    wait = every
    try:
        while True:
            try:
                _import_new(settings)
                summary, _ = _sync_once(settings, address, timeout)
            except (SourceError, StoreLockedError) as error:
                wait = min(wait * 2, max(_LONGEST_WAIT_SECONDS, every))
                tell(f"{error}; next try in {wait:g} s", err=True)
            else:
                wait = every
                tell(_progress(settings, summary))
            time.sleep(wait)
    except KeyboardInterrupt:
        return


def _import_new(settings: Settings) -> None:
    """Import new session files, so that the costs of running conversations are current."""
    from pocketdev_analytics.live.importing import import_history

    # Without session files on this machine there is nothing to import, which is not an error.
    with suppress(SourceError):
        import_history(None, settings.store, machine=settings.machine, timezone=settings.timezone)


def _progress(settings: Settings, summary: SyncSummary) -> str:
    """One line: the time, what changed, and the running conversations with their cost."""
    from zoneinfo import ZoneInfo

    from pocketdev_analytics.formatting import count_of, format_usd
    from pocketdev_analytics.store import open_store

    with open_store(settings.store) as store:
        running = store.named_query("running_conversations")
    changed = sum(table.added + table.changed + table.removed for table in summary.tables)
    clock = summary.taken_at.astimezone(ZoneInfo(settings.timezone))
    names = "".join(
        f"; {row['title'] or row['session_id']}: "
        + ("no responses yet" if not row["responses"] else format_usd(row["cost_usd"]))
        for row in running.iter_rows(named=True)
    )
    return (
        f"{clock:%H:%M:%S}  {count_of(changed, 'row')} changed, "
        f"{count_of(running.height, 'conversation')} running{names}"
    )


def _document(summary: SyncSummary) -> dict[str, Any]:
    return {
        "source": summary.source,
        "taken_at": summary.taken_at.isoformat(),
        "generation": summary.generation,
        "tables": [asdict(table) for table in summary.tables],
        "findings": [asdict(finding) for finding in summary.findings],
        "sessions": {
            "both": sum(each.joined for each in summary.providers),
            "files": sum(each.only_in_files for each in summary.providers),
            "pocketdev": sum(each.only_in_pocketdev for each in summary.providers),
        },
        "providers": [asdict(each) for each in summary.providers],
        "mismatches": summary.mismatches,
    }


def _findings(summary: SyncSummary) -> Iterator[str]:
    """A line for each finding; the tables that are simply not there share one."""
    missing = [each.table for each in summary.findings if each.is_missing]
    yield from (str(each) for each in summary.findings if not each.is_missing)
    if missing:
        yield f"no such tables: {', '.join(missing)} (rows of earlier syncs stay)"


def _text(summary: SyncSummary) -> str:
    head = (
        f"Read {summary.source}, as of {summary.taken_at:%Y-%m-%d %H:%M:%S} UTC; "
        f"schema of PocketDev: {summary.generation}."
    )
    lines = [head]
    width = max((len(table.table) for table in summary.tables), default=0)
    for table in summary.tables:
        changes = [
            f"{count:,} {name}"
            for name, count in (
                ("added", table.added),
                ("changed", table.changed),
                ("removed", table.removed),
            )
            if count
        ]
        lines.append(
            f"  {table.table:{width}} {table.rows:>9,} rows: {', '.join(changes) or 'unchanged'}"
        )
    lines += _sessions(summary)
    if summary.mismatches:
        lines.append(
            f"{summary.mismatches:,} mismatches between session files and PocketDev; see "
            "`pocketdev-analytics query --name session_mismatches`."
        )
    return "\n".join(lines)


def _sessions(summary: SyncSummary) -> list[str]:
    """The closing table: sessions by provider, and who knows them."""
    if not summary.providers:
        return ["Sessions: none."]
    names = [
        _PROVIDERS.get(each.provider, each.provider) + ("" if each.is_cli else " (direct API)")
        for each in summary.providers
    ]
    width = max(len("Sessions"), *map(len, names))
    head = (
        f"{'Sessions':{width}} {'read':>9} {'joined':>9} {'only files':>11} {'only PocketDev':>15}"
    )
    rows = [
        f"{name:{width}} {each.joined + each.only_in_pocketdev:>9,} {each.joined:>9,} "
        f"{each.only_in_files:>11,} {each.only_in_pocketdev:>15,}"
        for name, each in zip(names, summary.providers, strict=True)
    ]
    return [head, *rows]


def _unjoined(summary: SyncSummary) -> str:
    if not summary.has_joining_table:
        return (
            "no table joins this PocketDev to session files: neither conversations nor "
            "claude_sessions could be read"
        )
    return (
        "no session of PocketDev has a session file in the store; import PocketDev's session "
        "files (docs/pocketdev.md), then sync again"
    )
