"""The terms of pages and reports: one definition each, shown on every page."""

from __future__ import annotations

from typing import Final

__all__ = ["TERMS"]

#: A definition by its term; docs/glossary.md has the same ones.
TERMS: Final[dict[str, str]] = {
    "Cost": "What the API's list prices of each response's day make of its tokens, in US dollars."
    " It is not what a subscription costs.",
    "At least": "A lower bound: a response has no final output count or its model no price, or a"
    " call has no line.",
    "Day with usage": "A day, in your time zone, with a response whose cost is known.",
    "Day with activity": "A day with a prompt, a response, a tool call or an API error.",
    "Session": "An id under which there is a prompt, a response or a tool call.",
    "Session with usage": "A session with a response whose cost is known.",
    "Prompt": "What a person typed or queued. Slash commands, notifications and command"
    " output do not count.",
    "Response": "An answer of the API, counted once, however many lines and files it is in.",
    "Last 30 days": "Today, or the day a page was made, and the 29 days before.",
    "Active time": "From the first to the last event of a session, without longer pauses.",
    "Project": "A repository, folder or group; worktrees and folders below it belong to it.",
}
