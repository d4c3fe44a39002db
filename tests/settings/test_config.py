from __future__ import annotations

import socket
from decimal import Decimal
from pathlib import Path

import pytest

from pocketdev_analytics.exceptions import ConfigurationError
from pocketdev_analytics.settings.config import Budget, Settings, default_config_path

ROOT = Path(__file__).parents[2]
FULL = """
timezone = "Europe/Berlin"
week_start = "Sunday"
idle_minutes = 20

[projects.groups]
work = ["~/work", "/srv/*/web"]

[budget]
monthly = 200.10
daily = 15

[budget.projects]
work = 50
"~/code/app" = 9.99
"""


@pytest.fixture
def read(tmp_path):
    """`read(text)`: the settings of a run with that configuration file."""
    path = tmp_path / "config.toml"

    def read(text, **environ):
        path.write_text(text, encoding="utf-8")
        return Settings.from_environment(environ, config=path)

    return read


def test_without_a_file_there_are_the_defaults(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    settings = Settings.from_environment({})
    assert (settings.budget, settings.idle_minutes) == (Budget(), 15)
    assert (settings.week_start, settings.groups) == ("monday", {})


def test_a_file_sets_what_it_names_with_every_digit(read):
    settings = read(FULL)
    home = Path("~").expanduser()
    assert (settings.timezone, settings.week_start) == ("Europe/Berlin", "sunday")
    assert settings.idle_minutes == 20
    assert settings.groups == {"work": (f"{home}/work", "/srv/*/web")}
    projects = {"work": Decimal(50), f"{home}/code/app": Decimal("9.99")}
    assert settings.budget == Budget(Decimal("200.10"), Decimal(15), projects)


def test_an_option_overrides_the_environment_which_overrides_the_file(read, tmp_path):
    assert read(FULL, POCKETDEV_ANALYTICS_TIMEZONE="Asia/Tokyo").timezone == "Asia/Tokyo"
    config = tmp_path / "config.toml"
    assert Settings.from_environment({}, timezone="UTC", config=config).timezone == "UTC"


def test_a_machine_is_named_by_option_environment_file_or_host(read, tmp_path):
    named = read('machine = "tower"', POCKETDEV_ANALYTICS_MACHINE="laptop")
    assert named.machine == "laptop"
    assert read('machine = "tower"').machine == "tower"
    config = tmp_path / "config.toml"
    assert Settings.from_environment({}, config=config, machine="mini").machine == "mini"
    assert read("").machine == (socket.gethostname().strip() or "localhost")


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 101])
def test_what_names_no_machine_is_refused(name):
    with pytest.raises(ConfigurationError, match=r"invalid machine name .*; expected 1 to 100"):
        Settings.from_environment({}, machine=name)


def test_the_file_is_where_the_environment_says(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("idle_minutes = 5\n")
    environ = {"POCKETDEV_ANALYTICS_CONFIG": str(path)}
    assert default_config_path(environ) == path
    assert Settings.from_environment(environ).idle_minutes == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("idle_minute = 5", "unknown key 'idle_minute'; .*did you mean 'idle_minutes'"),
        (
            "[budget]\nweekly = 5",
            r"unknown key 'weekly' in \[budget\]; expected one of: daily, monthly",
        ),
        ("[projects]\ngroup = {}", r"unknown key 'group' in .*did you mean 'groups'"),
        (
            "idle_minutes = 0",
            "idle_minutes must be a whole number of minutes from 1 to 1440, got 0",
        ),
        ("idle_minutes = true", "idle_minutes must be a whole number of .*, got True"),
        ('timezone = "Berlin"', "timezone must be an IANA time zone .*, got 'Berlin'"),
        ("timezone = 1", "timezone must be an IANA time zone .*, got 1"),
        ('week_start = "mon"', "week_start must be one of: monday, .*, got 'mon'"),
        (
            '[budget]\nmonthly = "200"',
            "budget.monthly must be .*, got '200'; write it without quotes",
        ),
        ("[budget]\nmonthly = -0.5", "budget.monthly must be an amount .*, got -0.5"),
        ("[budget]\ndaily = nan", "budget.daily must be an amount .*, got NaN"),
        ("[budget]\nmonthly = 1e15", "budget.monthly must be an amount .*, got 1E.15"),
        ("[budget]\ndaily = 1e-400", "budget.daily must be an amount .*, got 1E-400"),
        ('[budget.projects]\n"" = 5', "a key of budget.projects must be a group, .*, got ''"),
        ("[budget.projects]\nweb = 0", "budget.projects.web must be an amount .*, got 0"),
        ("budget = 200", r"budget must be a table, got 200; write \[budget\]"),
        ('[projects.groups]\nweb = "/a"', "projects.groups.web must be a list .*, got '/a'"),
        ("[projects.groups]\nweb = [1]", r"projects.groups.web must be a list .*, got \[1\]"),
        ('[projects.groups]\n"a/b" = ["/a"]', "must be a group's name .*, got 'a/b'"),
        ("machine = 5", "machine must be the name of a machine, .*, got 5"),
        ("idle_minutes = ?", r"config.toml is not valid TOML: .*line 1"),
    ],
)
def test_a_wrong_file_is_answered_with_file_key_and_cure(read, tmp_path, text, message):
    with pytest.raises(ConfigurationError, match=message) as caught:
        read(text)
    assert str(caught.value).startswith(str(tmp_path / "config.toml"))


def test_a_named_file_that_cannot_be_read_is_an_error(tmp_path):
    missing = tmp_path / "no.toml"
    for options in ({"config": missing}, {"environ": {"POCKETDEV_ANALYTICS_CONFIG": str(missing)}}):
        with pytest.raises(ConfigurationError, match=r"configuration file not found: .*no\.toml"):
            Settings.from_environment(**{"environ": {}, **options})
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"cannot read .*it is not UTF-8 text"):
        Settings.from_environment({}, config=binary)


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbfidle_minutes = 5\n")
    assert Settings.from_environment({}, config=path).idle_minutes == 5


def test_the_file_of_the_documentation_is_read_as_it_stands(read):
    document = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
    settings = read(document.partition("```toml\n")[2].partition("```")[0])
    assert settings.budget.projects == {"work": Decimal("120.50")}
    assert set(settings.groups) == {"work"}
