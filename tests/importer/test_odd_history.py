"""Odd fields are counted in the quality of a history, and cost no response."""

from __future__ import annotations

from pocketdev_analytics.reports.audit import audit
from pocketdev_analytics.reports.quality import quality, quality_table
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, answer
from tests.importer.stores import Books


def test_odd_fields_are_counted_in_the_quality_of_the_history(books: Books) -> None:
    odd = answer("msg_2", "10:01:00", tokens={"service_tier": [], "input_tokens": 10.0})
    books.write(A, answer(), odd)
    books.import_()
    with open_store(books.store) as store:
        audited = audit(store.usage_cost(), store.evidence())
        found = quality(store.history(), store.provenance())
    assert (audited.odd_fields, audited.dropped_fields, audited.responses) == (2, 1, 2)
    rows = quality_table(found, audited).collect().rows_by_key("check")
    assert rows["fields of an unexpected kind"] == [
        (2, None, None, "1 field could not be read; the rest of each line counts")
    ]
