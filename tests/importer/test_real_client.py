"""The genuine client's files against the truth of each call, to the token.

`../shared/realclient` holds scenarios: the files that Claude Code wrote, and every request that
it sent with the usage that was billed.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pocketdev_analytics.importer import import_history
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.reports import totals
from pocketdev_analytics.reports.measures import at_least
from pocketdev_analytics.store import open_store

SHARED = Path(__file__).parents[3] / "shared" / "realclient"
SCENARIOS = sorted(path.parent.name for path in SHARED.glob("*/truth.json"))
COUNTS = (*TOKEN_COLUMNS, "web_search_requests")
#: The first version that writes cost-states, and the first that splits cache writes there.
STATED, SPLIT = (2, 1, 290), (2, 1, 332)

Key = tuple[str | None, str]
Counts = Counter[str]


def counts_of(usage: dict[str, Any]) -> Counts:
    """The billed counts of one pass."""
    split = usage.get("cache_creation") or {}
    written = usage.get("cache_creation_input_tokens") or 0
    hour = split.get("ephemeral_1h_input_tokens") or 0
    server = usage.get("server_tool_use") or {}
    return Counter(
        input_tokens=usage.get("input_tokens") or 0,
        cache_write_5m_tokens=written - hour,
        cache_write_1h_tokens=hour,
        cache_read_tokens=usage.get("cache_read_input_tokens") or 0,
        output_tokens=usage.get("output_tokens") or 0,
        web_search_requests=server.get("web_search_requests") or 0,
    )


def passes_of(call: dict[str, Any]) -> Iterator[tuple[str, Counts]]:
    """What one call was billed: the model and counts of each pass outside the top level."""
    billed, model = call["billed"], call["model"]
    listed = billed.get("iterations") or []
    chain = [each for each in listed if each["type"] in ("message", "fallback_message")]
    if any(each["type"] == "fallback_message" for each in chain):
        yield from ((each.get("model") or model, counts_of(each)) for each in chain)
    else:
        yield model, counts_of(billed)
    for each in listed:
        if each["type"] in ("advisor_message", "compaction"):
            yield each.get("model") or model, counts_of(each)


def truth_of(scenario: str) -> tuple[dict[Key, Counts], Counts]:
    """Billed counts by session and model, and the output of calls whose stream was cut."""
    calls = json.loads((SHARED / scenario / "truth.json").read_text())
    truth: defaultdict[Key, Counts] = defaultdict(Counter)
    cut: Counts = Counter()
    for call in calls:
        if call["status"] != 200 or not call["billed"]:
            continue
        for model, counts in passes_of(call):
            truth[call["session"], model] += counts
        if call["sent"] != "whole":
            cut[call["session"]] += call["billed"]["output_tokens"]
    return dict(truth), cut


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """The priced usage of each scenario."""
    if not SCENARIOS:
        pytest.skip("needs shared/realclient next to the clone")
    found = {}
    for scenario in SCENARIOS:
        store = tmp_path_factory.mktemp("real") / "store.duckdb"
        import_history([SHARED / scenario / "config"], store)
        with open_store(store) as opened:
            found[scenario] = opened.usage_cost().collect()
    return found


def counted(usage: pl.DataFrame) -> dict[Key, Counts]:
    """Our counts by session and model."""
    sums = usage.group_by("session_id", "model").agg(pl.col(name).sum() for name in COUNTS)
    return {
        (row["session_id"], row["model"]): Counter({name: row[name] for name in COUNTS})
        for row in sums.iter_rows(named=True)
    }


def version_of(usage: pl.DataFrame) -> tuple[int, ...]:
    """The version of the client that wrote a scenario."""
    versions = usage["version"].drop_nulls()
    return tuple(map(int, versions[0].split("."))) if len(versions) else (0,)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_where_a_cost_state_exists_every_session_and_model_is_counted_to_the_token(
    scenario: str, imported: dict[str, pl.DataFrame]
) -> None:
    usage = imported[scenario]
    if version_of(usage) < STATED:
        return
    truth, cut = truth_of(scenario)
    ours = counted(usage)
    for key in truth.keys() | ours.keys():
        wanted, found = truth.get(key, Counter()), ours.get(key, Counter())
        names = [name for name in COUNTS if not (cut[key[0]] and name == "output_tokens")]
        if version_of(usage) < SPLIT:
            wanted["written"] = wanted["cache_write_5m_tokens"] + wanted["cache_write_1h_tokens"]
            found["written"] = found["cache_write_5m_tokens"] + found["cache_write_1h_tokens"]
            names = [name for name in [*names, "written"] if not name.startswith("cache_write")]
        assert {name: found[name] for name in names} == {name: wanted[name] for name in names}, key
        missing = wanted["output_tokens"] - found["output_tokens"]
        assert 0 <= missing <= cut[key[0]], key


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_without_a_cost_state_nothing_is_counted_that_was_not_billed(
    scenario: str, imported: dict[str, pl.DataFrame]
) -> None:
    usage = imported[scenario]
    truth, _ = truth_of(scenario)
    wanted: defaultdict[str, Counts] = defaultdict(Counter)
    found: defaultdict[str, Counts] = defaultdict(Counter)
    for (_, model), counts in truth.items():
        wanted[model] += counts
    for (_, model), counts in counted(usage).items():
        found[model] += counts
    assert found.keys() <= wanted.keys()
    for model, counts in found.items():
        for usage_of in (counts, wanted[model]):
            usage_of["written"] = usage_of["cache_write_5m_tokens"]
            usage_of["written"] += usage_of["cache_write_1h_tokens"]
        names = [name for name in (*COUNTS, "written") if not name.startswith("cache_write")]
        assert all(counts[name] <= wanted[model][name] for name in names), model
    # Whoever knows less than was billed says so; of helper calls before 2.1.290 the files of
    # some sessions hold no trace at all.
    is_bound = totals(usage.lazy()).select(at_least()).collect().item()
    assert is_bound or dict(found) == dict(wanted)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_fork_belongs_to_the_session_that_made_the_request(
    scenario: str, imported: dict[str, pl.DataFrame]
) -> None:
    calls = json.loads((SHARED / scenario / "truth.json").read_text())
    asked = {call["message_id"]: call["session"] for call in calls if call.get("session")}
    responses = imported[scenario].filter(pl.col("kind") == "response")
    for response_id, session_id in responses.select("response_id", "session_id").iter_rows():
        assert session_id == asked.get(response_id.partition("/")[0], session_id)
