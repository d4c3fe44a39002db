"""The notebooks: executed on a store, exported as pages that work offline, laid out as copies."""

from pocketdev_analytics.notebooks.copies import copy_notebooks, shipped_notebooks, title_of
from pocketdev_analytics.notebooks.execution import execute
from pocketdev_analytics.notebooks.kernels import Kernels
from pocketdev_analytics.notebooks.page import export, render
from pocketdev_analytics.notebooks.tables import answer, table
from pocketdev_analytics.notebooks.words import chart

__all__ = [
    "Kernels",
    "answer",
    "chart",
    "copy_notebooks",
    "execute",
    "export",
    "render",
    "shipped_notebooks",
    "table",
    "title_of",
]
