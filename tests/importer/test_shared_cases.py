"""Small histories that programs misread, against what is right."""

from __future__ import annotations

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
