from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

CASES = {
    'isDay("2026-02-28")': True,
    'isDay("2026-02-30")': False,
    'isDay("2026-13-45")': False,
    "isDay(null)": False,
    'isDay("<script>")': False,
    'plusDays("2026-03-28", 3)': "2026-03-31",
    'plusDays("2024-02-28", 1)': "2024-02-29",
    'daysBetween("2026-03-01", "2026-04-01")': 31,
    'daysBetween("2026-10-01", "2026-11-01")': 31,
    'weekdayOf("2026-11-02")': 0,
    'weekOf("2026-11-04", 0)': "2026-11-02",
    'weekOf("2026-11-01", 6)': "2026-11-01",
    'weekOf("2026-11-04", 6)': "2026-11-01",
    'weekOf("2026-11-01", 0)': "2026-10-26",
    'monthOf("2026-11-04")': "2026-11",
    'allMonths(["2025-11", "2026-02"])': ["2025-11", "2025-12", "2026-01", "2026-02"],
    "allMonths([])": [],
    'periodBefore(["2026-10-05", "2026-10-11"])': ["2026-09-28", "2026-10-04"],
    'periodBefore(["2026-11-01", "2026-11-30"])': ["2026-10-01", "2026-10-31"],
    'periodBefore(["2026-01-01", "2026-03-31"])': ["2025-10-01", "2025-12-31"],
    'periodBefore(["2024-01-01", "2024-12-31"])': ["2023-01-01", "2023-12-31"],
    'grainOf(["2026-01-01", "2026-12-31"], 400)': "day",
    'grainOf(["2024-01-01", "2026-12-31"], 400)': "week",
    "grainOf([], 400)": "day",
}


@pytest.mark.parametrize("expression", CASES)
def test_a_period_is_reckoned_in_calendar_days(evaluate, expression):
    assert evaluate("periods", expression) == CASES[expression]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Apia"])
def test_days_do_not_depend_on_the_clocks_of_the_reader(browser, zone):
    from pocketdev_analytics.pages.bundle import bundle

    page = browser.new_page(timezone_id=zone)
    page.add_script_tag(content=bundle("periods"))
    days = page.evaluate(
        "Array.from({ length: 800 }, (_, n) => module_periods.plusDays('2025-01-01', n))"
    )
    assert len(set(days)) == 800
    assert (days[0], days[-1]) == ("2025-01-01", "2027-03-11")
    assert page.evaluate("module_periods.dateOf('2026-03-29').getUTCHours()") == 0
    page.close()
