from __future__ import annotations

import socket
from decimal import Decimal
from pathlib import Path

import pytest

from pocketdev_analytics.config import Budget, Settings, default_config_path
from pocketdev_analytics.exceptions import ConfigurationError

ROOT = Path(__file__).parent.parent
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


def test_an_option_goes_before_the_environment_and_that_before_the_file(read, tmp_path):
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
    with pytest.raises(ConfigurationError, match="is no name of a machine; use up to 100"):
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
        ("idle_minute = 5", "'idle_minute' is no key that there is.*did you mean 'idle_minutes'"),
        ("[budget]\nweekly = 5", r"'budget.weekly' is no key.*\[budget\] may have daily, monthly"),
        ("[projects]\ngroup = {}", r"'projects.group' is no key.*did you mean 'groups'"),
        ("idle_minutes = 0", "idle_minutes is 0, which is not a number of minutes"),
        ("idle_minutes = true", "idle_minutes is True, which is not a number of minutes"),
        ('timezone = "Berlin"', "timezone is 'Berlin', which is not a time zone; write an IANA"),
        ("timezone = 1", "timezone is 1, which is not a time zone"),
        ('week_start = "mon"', "week_start is 'mon', which is not a weekday; write one of monday"),
        ('[budget]\nmonthly = "200"', "budget.monthly is '200'.*without quotes"),
        ("[budget]\nmonthly = -0.5", "budget.monthly is -0.5, which is not an amount"),
        ("[budget]\ndaily = nan", "budget.daily is NaN, which is not an amount"),
        ("[budget]\nmonthly = 1e15", "budget.monthly is 1E.15, which is not an amount"),
        ("[budget]\ndaily = 1e-400", "budget.daily is 1E-400, which is not an amount"),
        ('[budget.projects]\n"" = 5', "a key of budget.projects is '', which is not a project"),
        ("[budget.projects]\nweb = 0", "budget.projects.web is 0, which is not an amount"),
        ("budget = 200", r"budget is 200, which is not a table; write \[budget\]"),
        ('[projects.groups]\nweb = "/a"', "projects.groups.web is '/a', which is not a list"),
        ("[projects.groups]\nweb = [1]", r"projects.groups.web is \[1\], which is not a list"),
        ('[projects.groups]\n"a/b" = ["/a"]', "is 'a/b', which is not a group's name"),
        ("machine = 5", "machine is 5, which is not the name of a machine; write one such as"),
        ("idle_minutes = ?", r"config.toml is no TOML: .*line 1.*correct it there"),
    ],
)
def test_a_wrong_file_is_answered_with_file_key_and_cure(read, tmp_path, text, message):
    with pytest.raises(ConfigurationError, match=message) as caught:
        read(text)
    assert str(caught.value).startswith(str(tmp_path / "config.toml"))


def test_a_named_file_that_cannot_be_read_is_an_error(tmp_path):
    missing = tmp_path / "no.toml"
    for options in ({"config": missing}, {"environ": {"POCKETDEV_ANALYTICS_CONFIG": str(missing)}}):
        with pytest.raises(ConfigurationError, match=r"no configuration file .*no\.toml"):
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
