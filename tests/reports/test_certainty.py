from __future__ import annotations

from datetime import date

from pocketdev_analytics import reports


def test_every_response_is_known_well_from_below_or_not_at_all(make_usage):
    usage = make_usage(
        {"cost_usd": "1"},
        {"cost_usd": "1", "is_lower_bound": True},
        {"cost_usd": None, "is_lower_bound": True},
        {"cost_usd": None, "responded_at": "2026-12-01T00:00:00+00:00"},
    )
    assert reports.certainty(usage).collect().rows() == [
        ("2026-11", 3, 1, 1, 1),
        ("2026-12", 1, 0, 0, 1),
    ]


def test_weeks_begin_on_the_given_day(make_usage):
    usage = make_usage({"responded_at": "2026-11-01T10:00:00+00:00"})  # a Sunday
    grouping = {"by": ["week"], "week_start": "sunday"}
    found = [
        reports.certainty(usage, **grouping),
        reports.compare_prices(usage, usage, **grouping),
        reports.caching_savings(usage, usage, **grouping),
    ]
    assert [frame.collect()["week"].item() for frame in found] == [date(2026, 11, 1)] * 3


def test_remarks_are_the_notes_of_a_history(make_history, make_provenance):
    history = make_history(usage=[{"is_lower_bound": True}])
    found = reports.quality(history, make_provenance())
    assert reports.remarks(history, make_provenance()) == "\n".join(reports.notes(found))


def test_an_empty_store_is_an_error_with_advice(make_history, make_provenance):
    assert reports.remarks(make_history(), make_provenance(files=0)) == (
        "The store holds nothing: no session file was imported yet;"
        " `pocketdev-analytics import PATH` takes in a folder that has some."
    )


def test_files_with_nothing_to_count_are_reported(make_history, make_provenance):
    assert reports.remarks(make_history(), make_provenance(files=2)) == (
        "The store holds nothing yet: there is nothing to count in the files that were imported."
    )


def test_filters_that_match_nothing_are_reported(make_history, make_provenance):
    from datetime import UTC, datetime

    some = make_provenance(first_at=datetime(2026, 11, 1, tzinfo=UTC))
    assert reports.remarks(make_history(), some) == (
        "Nothing in the store is of this period and these names; leave a filter out."
    )


def test_numbers_without_limits_are_described_so(make_history, make_provenance):
    said = reports.remarks(make_history(usage=[{}]), make_provenance())
    assert said.startswith("Nothing limits these numbers")


def test_the_most_expensive_session_is_found(make_history):
    usage = [
        {"session_id": "a", "cost_usd": "2"},
        {"session_id": "b", "cost_usd": "1"},
        {"session_id": "b", "cost_usd": "1.5"},
        {"session_id": "c", "cost_usd": None},
    ]
    assert reports.most_expensive_session(make_history(usage=usage)) == "b"
    assert reports.most_expensive_session(make_history(usage=usage[3:])) == "c"
    assert reports.most_expensive_session(make_history()) == ""


def test_the_same_usage_is_compared_at_other_prices(make_usage):
    usage = make_usage({"cost_usd": "2"}, {"cost_usd": "1", "model": "b"})
    other = make_usage({"cost_usd": "1.5"}, {"cost_usd": None, "model": "b"})
    rows = reports.compare_prices(usage, other, by=["model"]).collect()
    assert [str(cost) if cost is not None else None for cost in rows["difference_usd"]] == [
        None,
        "-0.500000000000000000",
    ]
