"""The sample history: sessions of some months, written as a Claude Code config directory."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from pocketdev_analytics.sample.shapes import Ids, Response, Tokens
from pocketdev_analytics.sample.texts import CUSTOM_TITLES, PROJECTS, TITLES, WORKTREE
from pocketdev_analytics.sample.traps import TRAPS
from pocketdev_analytics.sample.work import Conversation
from pocketdev_analytics.sample.workdays import HELPER_MODEL, Start, starts
from pocketdev_analytics.sample.writer import SessionWriter

__all__ = [
    "DEFAULT_DAYS",
    "DEFAULT_SEED",
    "DEFAULT_UNTIL",
    "SampleTotals",
    "build_sample",
    "is_sample",
    "write_sample",
]

#: Fixed, so that the sample is the same on every day and machine.
DEFAULT_UNTIL: Final = date(2026, 11, 20)
DEFAULT_DAYS: Final = 120
DEFAULT_SEED: Final = 2026

# No session takes longer but those that are resumed, which are never among the last.
_LONGEST: Final = timedelta(hours=2)
_MARKER: Final = "SAMPLE-DATA.txt"
_MARKER_TEXT: Final = "A made-up history, written by pocketdev_analytics. Nobody's data.\n"


@dataclass(slots=True)
class SampleTotals:
    """What an import of the sample must find.

    `responses` counts each response once, without advisors' calls; `by_model`
    holds the tokens of both. `lower_bound_responses` never got a final output count.
    """

    files: int = 0
    sessions: int = 0
    prompts: int = 0
    tool_calls: int = 0
    tool_errors: int = 0
    api_errors: int = 0
    responses: int = 0
    advisor_calls: int = 0
    lower_bound_responses: int = 0
    web_search_requests: int = 0
    responses_by_model: Counter[str] = field(default_factory=Counter)
    by_model: dict[str, Tokens] = field(default_factory=dict)

    @property
    def tokens(self) -> Tokens:
        """The tokens of all models."""
        return sum(self.by_model.values(), Tokens())


def write_sample(
    directory: str | Path,
    *,
    seed: int = DEFAULT_SEED,
    until: date | None = None,
    days: int = DEFAULT_DAYS,
    now: datetime | None = None,
) -> Path:
    """A made-up Claude Code config directory with the sessions of `days` days up to `until`.

    Sessions that might not be over at `now` are left out. The same arguments give the same
    bytes. Returns `directory`, which gets a `projects/` folder and a note that this is sample
    data (see `is_sample`).
    """
    folder = Path(directory)
    build_sample(folder, seed=seed, until=until, days=days, now=now)
    return folder


def build_sample(
    directory: Path,
    *,
    seed: int = DEFAULT_SEED,
    until: date | None = None,
    days: int = DEFAULT_DAYS,
    now: datetime | None = None,
) -> SampleTotals:
    """`write_sample`, and what an import of it must find."""
    ids = Ids(seed)
    begun = [
        start
        for start in starts(ids, until or DEFAULT_UNTIL, days)
        if now is None or start.at + _LONGEST <= now
    ]
    talks = [_session(ids, start) for start in begun]
    further = [writer for talk in talks for writer in _work(talk)]
    for number, trap in enumerate(TRAPS):
        further += trap(talks[number * len(talks) // len(TRAPS)])
    writers = [talk.writer for talk in talks] + further
    for number, writer in enumerate(writers):
        _name(writer, number)
        _describe_agent(writer, writer.write(directory / "projects"))
    (directory / _MARKER).write_text(_MARKER_TEXT, encoding="utf-8")
    return _totals(writers)


def is_sample(directory: Path) -> bool:
    """Whether `directory` (a config directory) was written by `write_sample`."""
    return (directory / _MARKER).is_file()


def _session(ids: Ids, start: Start) -> Conversation:
    branch = ids.random.choice(start.project.branches)
    session_id = ids.uuid()
    writer = SessionWriter(ids, start.project.cwd, start.at, session_id, branch, start.version)
    if start.project is WORKTREE:  # it began in the project itself, then moved
        writer.first_cwd = PROJECTS[0].cwd
    return Conversation(writer, start.model, HELPER_MODEL)


def _work(talk: Conversation) -> Iterable[SessionWriter]:
    """One to six turns with breaks between them, now and then with a subagent."""
    rng = talk.writer.ids.random
    for _ in range(rng.choices((1, 2, 3, 4, 6), (3, 4, 3, 2, 1))[0]):
        talk.turn(rng.randrange(1, 6))
        if talk.writer.ids.happens(0.12):
            yield talk.delegate(rng.randrange(2, 6))
        if talk.is_full():
            talk.compact()
        talk.writer.wait(rng.uniform(40, 1_300))


def _name(writer: SessionWriter, number: int) -> None:
    """Most sessions get a title, a few are renamed; the last title counts."""
    if writer.agent_id or not writer.ends_with_newline or writer.ids.happens(0.1):
        return
    session = {"sessionId": writer.session_id}
    writer.metadata("ai-title", aiTitle="A first guess", **session)
    writer.metadata("ai-title", aiTitle=TITLES[number % len(TITLES)], **session)
    if number % 11 == 0:
        title = CUSTOM_TITLES[number // 11 % len(CUSTOM_TITLES)]
        writer.metadata("custom-title", customTitle=title, **session)


def _describe_agent(writer: SessionWriter, path: Path) -> None:
    if writer.agent_id:
        about = {"agentType": "Explore", "description": "Search the depot code", "spawnDepth": 1}
        path.with_suffix(".meta.json").write_text(json.dumps(about), encoding="utf-8")


def _totals(writers: list[SessionWriter]) -> SampleTotals:
    totals = SampleTotals(files=len(writers))
    winners: dict[str, Response] = {}
    for writer in writers:
        totals.sessions += writer.agent_id is None
        totals.prompts += writer.prompts
        totals.tool_calls += writer.tool_calls
        totals.tool_errors += writer.tool_errors
        totals.api_errors += writer.api_errors
        for response in writer.responses:
            known = winners.get(response.id, response)
            winners[response.id] = max(known, response, key=lambda r: r.tokens.output)
    for winner in winners.values():
        _count(totals, winner)
    return totals


def _count(totals: SampleTotals, response: Response) -> None:
    totals.responses += 1
    totals.lower_bound_responses += response.stop_reason is None
    totals.web_search_requests += response.web_search_requests
    calls = [(response.model, response.tokens)]
    if response.advisor:
        totals.advisor_calls += 1
        calls.append(response.advisor)
    for model, tokens in calls:
        totals.responses_by_model[model] += 1
        totals.by_model[model] = totals.by_model.get(model, Tokens()) + tokens
