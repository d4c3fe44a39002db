"""The command group: global options, lazy loading, errors in one sentence."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Any

import click

from pocketdev_analytics.cli._ending import Ending
from pocketdev_analytics.cli._text import abandon_unwritten, tell, without_controls
from pocketdev_analytics.cli._typed import remember_arguments, typed_arguments
from pocketdev_analytics.exceptions import AnalyticsError, StoreOutdatedError
from pocketdev_analytics.settings.config import (
    CONFIG_VARIABLE,
    STORE_VARIABLE,
    TIMEZONE_VARIABLE,
    Settings,
)

__all__ = ["Session", "main"]

_COLLECT_EVERY = 100_000
_WAIT_SECONDS = 10.0
# Each command is in the module of its name: help needs only this table, and a run imports no
# libraries of other commands.
_VERBS = {
    "import": "Import session files into the store: only what is new.",
    "watch": "Import continuously, and print or display live spend.",
    "statusline": "Print live spend in one line, for Claude Code's status line.",
    "report": "Print cost, activity and other reports as a table, JSON or CSV.",
    "dashboard": "Write the cost and activity dashboards, or one session's, as HTML.",
    "export": "Export the store as Parquet files, for other machines and tools.",
    "explain": "Explain the cost of a response or session, with file and line.",
    "pricing": "Manage prices: list, set, import, alias, update.",
    "query": "Run SQL on the store; `usage_cost` is available as a relation.",
    "sync": "Import the tables of a running PocketDev into the store.",
    "settings": "Manage PocketDev's encrypted settings: list, get, set, unset, rotate.",
    "store": "Maintain the store: migrate, status, check, repair, backup, compact.",
    "notebooks": "Copy the notebooks to a folder.",
    "build": "Import, then write every dashboard and notebook (`make report`).",
}


@dataclass(frozen=True, slots=True)
class Session:
    """The object that every command gets as `ctx.obj`."""

    settings: Settings
    ending: Ending = field(default_factory=Ending)


class _Verbs(click.Group):
    """Imports a verb when it is run, and tells an error in one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _VERBS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(f"pocketdev_analytics.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _VERBS:
            ctx.fail(f"no command {args[0]!r}; there are {', '.join(_VERBS)}")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        remember_arguments(ctx, args)
        return super().parse_args(ctx, args)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        with _sentences():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _sentences():
            try:
                return super().invoke(ctx)
            except StoreOutdatedError:
                # Reading never writes. Verbs open the store before they print anything.
                _migrate(ctx.obj.settings.store)
                with self.make_context(ctx.info_name, typed_arguments(ctx)) as again:
                    return super().invoke(again)


@contextmanager
def _sentences() -> Iterator[None]:
    """Report an error in one sentence, without control characters of a name in it."""
    try:
        yield
    except AnalyticsError as error:
        raise click.ClickException(without_controls(str(error))) from None
    except click.ClickException as error:
        vars(error)["message"] = without_controls(error.message)
        raise
    except BrokenPipeError:
        raise  # click ends without a word
    except OSError as error:  # of the system, or of click's own output, such as help
        abandon_unwritten()
        where = f" ({error.filename})" if error.filename else ""
        reason = error.strerror or type(error).__name__
        raise click.ClickException(without_controls(f"cannot go on: {reason}{where}")) from None


def _migrate(store: Path) -> None:
    from pocketdev_analytics.store.maintenance import migrate_store

    tell(f"migrating {store} to the schema of this version ...", err=True)
    migrate_store(store, wait_seconds=_WAIT_SECONDS)


@click.group(
    cls=_Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `pocketdev-analytics import`, then `pocketdev-analytics report cost`.",
)
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Path of the store.  [env: {STORE_VARIABLE}; default: in your data folder]",
)
@click.option(
    "--timezone",
    metavar="ZONE",
    help=f"Time zone of days and hours.  [env: {TIMEZONE_VARIABLE}; default: this machine's]",
)
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Path of config.toml.  [env: {CONFIG_VARIABLE}; default: in your configuration folder]",
)
@click.version_option(package_name="pocketdev_analytics")
@click.pass_context
def main(ctx: click.Context, store: Path | None, timezone: str | None, config: Path | None) -> None:
    """What your Claude Code sessions cost and what they did.

    Imports Claude Code's session files into a local store, which keeps them after Claude Code
    deletes them, and reports from there. Nothing leaves this machine. Without a command: import
    what is new, and show today, this week and this month.
    """
    # Imported modules stay until the end: collecting among them takes some percent of the time.
    gc.set_threshold(_COLLECT_EVERY)
    try:
        settings = Settings.from_environment(store=store, timezone=timezone, config=config)
    except AnalyticsError as error:
        raise click.ClickException(without_controls(str(error))) from None
    ending = ctx.obj if isinstance(ctx.obj, Ending) else Ending()
    ctx.obj = Session(settings, ending)
    if ctx.invoked_subcommand is None:
        _show_overview(ctx, settings)


def _show_overview(ctx: click.Context, settings: Settings) -> None:
    from pocketdev_analytics.cli._history import update_store
    from pocketdev_analytics.cli._overview import overview_lines
    from pocketdev_analytics.store import open_store

    if not update_store(settings):
        tell(f"{ctx.get_help()}\n\nNo Claude Code or Codex history found.")
        return
    with open_store(settings.store, read_only=True) as store:
        for line in overview_lines(store, settings):
            tell(line)
    tell("\nWhat to do about it: pocketdev-analytics report findings. All commands: --help.")
