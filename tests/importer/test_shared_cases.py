"""Small histories that programs misread, against what is right."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store


def count_entries(cases: Path, case: str, store: Path) -> dict[str, int]:
    """How many entries of each kind a case's history has."""
    import_history([cases / case / "projects"], store, machine="here")
    with open_store(store) as opened:
        rows = opened.query("select kind, count(*)::bigint as n from prompts group by kind")
        return dict(rows.rows())


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("21-machine-prompts", {"prompt": 1, "slash_command": 1, "shell_command": 1}),
        ("machine-made-prompts", {"prompt": 1, "slash_command": 1, "shell_command": 1}),
        ("queued-prompt", {"prompt": 2}),
    ],
)
def test_prompts_are_what_people_typed(
    shared: Path, tmp_path: Path, case: str, expected: dict[str, int]
) -> None:
    assert count_entries(shared / "cases", case, tmp_path / "store.duckdb") == expected


def test_no_shape_of_a_count_or_a_time_costs_a_response(shared: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    summary = import_history(
        [shared / "cases" / "06-count-shapes" / "projects"], store, machine="here"
    )
    assert (summary.responses, summary.quarantined_lines) == (27, 0)
    with open_store(store) as opened:
        unknown = opened.query(
            "select message_id from usage_lines where not is_usage_known order by message_id"
        )
        late = opened.query("select count(*) from responses where responded_at < '2026-11-01'")
    # A count below 0, zeros twice, OpenAI's names, {} and null.
    assert unknown["message_id"].to_list() == [f"msg_s{n}" for n in (10, 3, 6, 7, 8, 9)]
    assert late.item() == 0


Row = dict[str, object]


def costs_by_project(rows: list[Row], *kinds: str) -> dict[str, Decimal]:
    """What the passes of these kinds cost, by the last word of the project."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        if row["kind"] in kinds:
            name = str(row["project"]).rsplit("/", 1)[-1]
            sums[name] = sums.get(name, Decimal(0)) + Decimal(str(row["cost_usd"]))
    return sums


def check_compactions(rows: list[Row], expected: Row) -> None:
    found = costs_by_project(rows, "response", "compaction")
    assert {name: round(cost, 6) for name, cost in found.items()} == {
        name: Decimal(str(cost)) for name, cost in expected.items()
    }


def check_ids(rows: list[Row], expected: Row) -> None:
    counts: dict[str, int] = {}
    for row in rows:
        name = str(row["project"]).rsplit("/", 1)[-1]
        counts[name] = counts.get(name, 0) + 1
    assert counts == {str(name).removesuffix(" responses"): n for name, n in expected.items()}


def check_unseen(rows: list[Row], expected: Row) -> None:
    (cost,) = costs_by_project(rows, "response", "unlisted").values()
    assert round(cost, 4) == Decimal(str(expected["listed_usd"]))
    assert [row["lower_bound_reason"] for row in rows if row["kind"] == "unlisted"] == [
        "unseen_call"
    ]


def check_passes(rows: list[Row], expected: Row) -> None:
    main, advisors = (costs_by_project(rows, kind) for kind in ("response", "advisor"))
    assert abs(main["haiku"] - Decimal(str(expected["haiku main"]))) < Decimal("1e-6")
    assert main["sonnet45"] == Decimal(str(expected["sonnet45"]))
    assert main["firstonly"] == Decimal(str(expected["firstonly main sonnet 5"]))
    assert advisors == {
        "haiku": Decimal(str(expected["advisor opus 5.5"])),
        "firstonly": Decimal(str(expected["firstonly advisor opus 4.7"])),
    }


CHECKS: dict[str, Callable[[list[Row], Row], None]] = {
    "01-iterations-compaction": check_compactions,
    "03-constant-message-id": check_ids,
    "13-compaction-unseen": check_unseen,
    "15-iterations-sum": check_passes,
}


def test_every_shared_case_has_what_is_expected(shared: Path, tmp_path: Path) -> None:
    found = sorted(path.parent for path in (shared / "cases").glob("*/expected.json"))
    # Prompts are counted above; a new case fails until it has a check.
    cases = [case for case in found if case.name != "21-machine-prompts"]
    assert cases
    for case in cases:
        store = tmp_path / f"{case.name}.duckdb"
        import_history([case], store, machine="here")
        with open_store(store) as opened:
            rows = opened.usage_cost().collect().to_dicts()
        CHECKS[case.name](rows, json.loads((case / "expected.json").read_text()))
