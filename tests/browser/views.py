"""What the pages are filtered to: an address, and the view that it stands for."""

from __future__ import annotations

from datetime import date

from pocketdev_analytics.dashboard.filters import NO_VIEW, View
from pocketdev_analytics.reports import Period, find_period

ZONE = "America/New_York"
TODAY = date(2026, 11, 23)


def span(name: str) -> Period:
    return find_period(name, today=TODAY)


VIEWS = {
    "": NO_VIEW,
    "period=7d": View(span("7d")),
    "period=30d": View(span("30d")),
    "period=90d": View(span("90d")),
    "period=this-month": View(span("this-month")),
    "period=last-month": View(span("last-month")),
    "period=this-year": View(span("this-year")),
    "from=2026-10-01&to=2026-10-09": View(Period(date(2026, 10, 1), date(2026, 10, 9))),
    "from=2026-09-01&to=2026-10-31": View(Period(date(2026, 9, 1), date(2026, 10, 31))),
    "project=/home/me/app": View(project=("/home/me/app",)),
    "project=(none)": View(project=(None,)),
    "model=claude-opus-5": View(model="claude-opus-5"),
    "model=local-model": View(model="local-model"),
    "model=(none)&agent=subagent": View(model="(none)", agent="subagent"),
    "agent=main": View(agent="main"),
    "agent=subagent": View(agent="subagent"),
    "period=90d&project=/srv/tool&agent=main": View(span("90d"), ("/srv/tool",), agent="main"),
    "period=this-year&project=/srv/tool&model=claude-opus-4-1&agent=subagent": View(
        span("this-year"), ("/srv/tool",), "claude-opus-4-1", "subagent"
    ),
}
