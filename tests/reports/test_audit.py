from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pocketdev_analytics import reports
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, B, answer, embedded, prompt, write

LATER = "2026-11-02 08:00:00"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A history in which everything happened that an audit counts."""
    write(
        tmp_path,
        A,
        prompt(),
        answer("msg_1", tokens={"output_tokens": 1}, stop=None, version="1.0.9"),
        answer("msg_1", "10:00:01", tokens={"output_tokens": 9}, stop=None, version="1.0.9"),
        answer("msg_2", "10:01:00", costUSD=7),
        {**answer("msg_2", "10:02:00"), "isSidechain": True, "requestId": "req_2"},
        embedded(answer("msg_2", "10:01:00")),
        b"{broken",
        prompt(uuid=None),
        {
            "type": "cost-state",
            "sessionId": A,
            "totalCostUSD": 9,
            "modelUsage": {"helper": {"costUSD": 9}},
        },
    )
    write(
        tmp_path,
        B,
        answer("msg_1", LATER, sessionId=B, stop=None),
        answer("msg_3", LATER, sessionId=B),
    )
    write(
        tmp_path, "progress", {**embedded(answer("msg_4")), "sessionId": "gone"}, project="-other"
    )
    write(tmp_path, "unreadable", b"neither", project="-other")
    path = tmp_path / "store.duckdb"
    import_history([tmp_path], path)
    return path


def test_an_audit_counts_how_responses_came_about(store: Path) -> None:
    with open_store(store) as opened:
        found = reports.audit(opened.usage_cost(), opened.evidence())
    assert (found.usage_lines, found.responses) == (8, 4)
    assert (found.forked, found.replayed, found.repeated) == (1, 1, 1)
    assert (found.sessions, found.progress_sessions) == (3, 1)
    assert (found.files, found.lines, found.quarantined_lines) == (4, 13, 3)
    assert (found.unfinished_files, found.files_gone) == (0, 0)


def test_an_audit_compares_sessions_with_claude_codes_own_figures(store: Path) -> None:
    with open_store(store) as opened:
        found = reports.audit(opened.usage_cost(), opened.evidence())
    assert [(each.source, each.sessions, each.differing) for each in found.agreements] == [
        ("cost-state", 1, 1),
        ("costUSD", 1, 1),
    ]
    states = found.agreements[0].causes
    assert str(states["unlisted_calls_usd"].normalize()) == "9"
    assert sum(found.agreements[1].causes.values()) > 6


def test_figures_that_are_the_same_to_the_cent_agree(make_history, make_evidence) -> None:
    usage = make_history(usage=[{"cost_usd": "0.251", "recorded_cost_usd": Decimal("0.25")}]).usage
    (agreement,) = reports.audit(usage, make_evidence(usage)).agreements
    assert (agreement.sessions, agreement.differing) == (1, 0)


def test_without_others_figures_nothing_is_compared(make_history, make_evidence) -> None:
    usage = make_history(usage=[{}]).usage
    assert reports.audit(usage, make_evidence(usage)).agreements == ()


def test_quarantine_lists_every_line_with_its_place_and_reason(store: Path) -> None:
    with open_store(store) as opened:
        rows = reports.quarantine(opened.usage_cost(), opened.evidence()).collect()
    assert rows.columns == ["file", "line", "reason", "byte_offset", "line_bytes"]
    places = [(Path(row["file"]).stem, row["line"]) for row in rows.to_dicts()]
    assert places == [(A, 7), (A, 8), ("unreadable", 1)]
    for row in rows.to_dicts():
        content = Path(row["file"]).read_bytes()
        line = content.split(b"\n")[row["line"] - 1]
        assert content[row["byte_offset"] :].startswith(line)
        assert row["line_bytes"] == len(line)
    assert rows["reason"].str.contains("^(not JSON|unexpected shape): ").all()


def test_an_audit_of_a_part_leaves_the_files_of_other_sessions_out(store: Path) -> None:
    with open_store(store) as opened:
        history = reports.filter_history(opened.history(), models=["nobody"])
        none = reports.audit(history.usage, opened.evidence())
        only_b = opened.usage_cost().filter(session_id=B)
        found = reports.audit(only_b, opened.evidence())
    # What holds no usage tells nobody when it was: it stays.
    assert (none.responses, none.files, none.quarantined_lines) == (0, 1, 1)
    assert (found.responses, found.files, found.quarantined_lines) == (1, 2, 1)


def test_lower_bounds_are_counted_by_version(store: Path) -> None:
    with open_store(store) as opened:
        rows = reports.lower_bounds(opened.usage_cost()).collect().rows()
        everything = reports.lower_bounds(opened.usage_cost(), by=()).collect().rows()
    assert rows == [("1.0.9", 1, 1, 1.0), ("2.1.0", 3, 0, 0.0)]
    assert everything == [(4, 1, 0.25)]


def test_an_audit_is_rows_of_the_quality_table(store: Path) -> None:
    with open_store(store) as opened:
        history, provenance = opened.history(), opened.provenance()
        found = reports.audit(history.usage, opened.evidence())
        table = reports.quality_table(reports.quality(history, provenance), found).collect()
    rows = {row["check"]: row for row in table.to_dicts()}
    folded = rows["lines folded into a response of other lines"]
    assert (folded["count"], folded["of"], folded["share"]) == (4, 8, 0.5)
    assert folded["detail"] == "8 lines are 4 responses"
    assert rows["lines that could not be read"]["detail"] == "`report quarantine` lists them"
    differs = rows["sessions whose cost-state differs from our cost"]
    assert (differs["count"], differs["of"]) == (1, 1)
    assert "unlisted calls $9.00" in differs["detail"]
