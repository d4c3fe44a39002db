"""What lines state of who asked for a response is there to group its cost by."""

from __future__ import annotations

from pocketdev_analytics.reports import cost
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, answer
from tests.importer.stores import Books


def test_cost_is_grouped_by_the_author_in_a_line(books: Books) -> None:
    stated = {
        "requestedModel": "opus",
        "effort": "high",
        "entrypoint": "sdk-py",
        "sessionKind": "bg",
        "teamName": "crew",
        "attributionSkill": "review",
        "attributionPlugin": "tools",
    }
    line = answer("msg_2", "10:01:00", **stated)
    line["message"]["provider"] = "Anthropic"
    books.write(A, answer(), line)
    books.import_()
    names = ["requested_model", "effort", "entrypoint", "session_kind", "team", "skill", "plugin"]
    with open_store(books.store) as store:
        for name, value in zip([*names, "provider"], [*stated.values(), "Anthropic"], strict=True):
            rows = cost(store.usage_cost(), by=[name]).collect().select(name, "responses").rows()
            assert rows == [(value, 1), (None, 1)], name
