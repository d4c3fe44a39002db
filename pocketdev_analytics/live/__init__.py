"""What is running now, in a line: the summary that imports leave, and the status line of it.

A status line is to be there in an instant: nothing is imported here before it is used.
`figures` makes the summary, and is the only module of this wing that needs Polars.
"""

__all__: list[str] = []
