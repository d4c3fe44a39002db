"""Findings: what costs most without need, with evidence, money and what to do."""

from pocketdev_analytics.reports.findings.kind import EVIDENCE, FindingInput, Kind
from pocketdev_analytics.reports.findings.models import cheaper_model
from pocketdev_analytics.reports.findings.registry import KINDS
from pocketdev_analytics.reports.findings.summary import (
    MEASURED_DAYS,
    evidence,
    finding_notes,
    findings,
)

__all__ = [
    "EVIDENCE",
    "KINDS",
    "MEASURED_DAYS",
    "FindingInput",
    "Kind",
    "cheaper_model",
    "evidence",
    "finding_notes",
    "findings",
]
