from __future__ import annotations

from pocketdev_analytics.charts import text


def test_a_label_is_short_on_one_line_and_no_markup():
    assert text.figure_label("a\nb\u202e<i>&") == "a b&lt;i&gt;&amp;"
    assert text.figure_label("x" * 10_000, 10) == "x" * 9 + "\u2026"
    assert text.figure_label("nul\x00") == "nul\ufffd"


def test_projects_that_end_alike_are_told_apart_as_far_up_as_it_takes():
    paths = ("/srv/one/team/app", "/srv/two/team/app", "/srv/app", "/home/me/site")
    assert [*text.project_names(paths).values()] == [
        "one/team/app",
        "two/team/app",
        "srv/app",
        "site",
    ]
