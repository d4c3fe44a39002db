"""`report NAME`: print one report, grouped and filtered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from pocketdev_analytics.cli._files import find_target, output_options, redact_option
from pocketdev_analytics.cli._prices import pricing_options
from pocketdev_analytics.cli._report_options import make_request, report_options
from pocketdev_analytics.cli._report_output import write_result
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import DIMENSIONS, REPORTS, SPANS

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session

__all__ = ["report"]

_EXIT_CODES: Final = {"over": 3, "forecast over": 4}
_EXAMPLES: Final = (
    "report cost",
    "report cost --by month --by model",
    "report cost --by project --since 7d --sort -cost_usd --limit 10",
    "report cost --by model --period last-month --compare",
    "report cost --by month --as-model claude-haiku-4-5",
    "report activity --by weekday --week-start sunday --project ~/code/app",
    "report tools -o tools.csv",
)


class _ReportCommand(click.Command):
    """A command whose help lists the reports, dimensions and spans."""

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Reports (and how each is grouped unless you say --by)"):
            formatter.write_dl(
                [
                    (entry.name, f"{entry.help} [{', '.join(entry.by) or 'fixed rows'}]")
                    for entry in REPORTS.values()
                ]
            )
        with formatter.section("Dimensions for --by"):
            formatter.write_dl([(name, each.meaning) for name, each in DIMENSIONS.items()])
        with formatter.section("Spans for --since, --until and --period"):
            formatter.write_text(", ".join(SPANS))
        with formatter.section("Examples"):
            for example in _EXAMPLES:
                formatter.write_text(f"pocketdev-analytics {example}")


def _require_name(_context: click.Context, _argument: click.Parameter, name: str | None) -> str:
    if name is None:
        raise click.UsageError(f"missing report name; expected one of: {', '.join(REPORTS)}")
    return name


@click.command(cls=_ReportCommand)
@click.argument("name", required=False, callback=_require_name)
@report_options
@pricing_options
@output_options
@click.option(
    "--paths",
    type=click.Choice(["short", "full"]),
    help="Show projects by short names or whole paths.  [default: short to read, else full]",
)
@click.option(
    "--csv-for",
    type=click.Choice(["excel"]),
    help="Write CSV as Excel opens it: a byte order mark, separators of your locale.",
)
@redact_option
@click.pass_obj
def report(
    session: Session,
    /,
    name: str,
    *,
    format_: str | None,
    output: Path | None,
    paths: str | None,
    csv_for: str | None,
    is_redacted: bool,
    **options: Any,
) -> None:
    """Print a report of your usage, such as `report cost --by month`.

    Days are those of your time zone; set another with --timezone before `report`. Costs are in
    US dollars at API list prices. "≥" marks a lower bound: some of its responses have no price or
    no final token count. If there is no store yet, your history is imported first. Exit code 1:
    the filters match nothing.
    """
    from pocketdev_analytics.cli._history import import_first
    from pocketdev_analytics.redaction import store_redaction
    from pocketdev_analytics.reports.run import run_report
    from pocketdev_analytics.store import open_store

    target = find_target(format_, output)
    if csv_for and target.format != "csv":
        raise ReportError(f"--csv-for is for CSV, not for {target.format}; add --format csv")
    request = make_request(name, options)
    request.check()
    import_first(session.settings)
    with open_store(session.settings.store, read_only=True) as store:
        if is_redacted:
            request = replace(request, redaction=store_redaction(session.settings.store))
        result = run_report(store, request, session.settings)
    write_result(target, result, paths, csv_for)
    if result.is_unmatched:
        click.get_current_context().exit(1)
    if result.budget_state:
        click.get_current_context().exit(_EXIT_CODES[result.budget_state])
