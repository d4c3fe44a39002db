"""Every kind of finding: a new one is one entry here."""

from __future__ import annotations

from typing import Final

from pocketdev_analytics.reports.findings.cache import CACHE_KINDS
from pocketdev_analytics.reports.findings.context import CONTEXT_KINDS
from pocketdev_analytics.reports.findings.kind import Kind
from pocketdev_analytics.reports.findings.models import MODEL_KINDS
from pocketdev_analytics.reports.findings.work import WORK_KINDS

__all__ = ["KINDS"]

#: The kinds of findings by their names.
KINDS: Final[dict[str, Kind]] = {
    kind.name: kind for kind in (*CACHE_KINDS, *CONTEXT_KINDS, *WORK_KINDS, *MODEL_KINDS)
}
