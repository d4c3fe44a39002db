"""Safe reading and writing of files, and the files that come with the package.

The status line imports `regular`: it has to be fast, so nothing is imported here.
"""

__all__: list[str] = []
