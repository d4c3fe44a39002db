"""Settings of the user: environment, `config.toml`, default locations and the time zone.

The status line imports `locations`: it has to be fast, so nothing is imported here.
"""

__all__: list[str] = []
