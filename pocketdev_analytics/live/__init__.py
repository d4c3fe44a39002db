"""Live figures: the summary that imports write, and the status line made of it.

A status line has to be fast: nothing is imported before it is used.
`figures` makes the summary, and is the only module of this wing that needs Polars.
"""

__all__: list[str] = []
