from __future__ import annotations

from pocketdev_analytics.charts import text


def test_a_label_is_short_on_one_line_and_no_markup():
    assert text.figure_label("a\nb\u202e<i>&") == "a b&lt;i&gt;&amp;"
    assert text.figure_label("x" * 10_000, 10) == "x" * 9 + "\u2026"
    assert text.figure_label("nul\x00") == "nul\ufffd"


def test_projects_with_equal_endings_show_more_parent_folders():
    paths = ("/srv/one/team/app", "/srv/two/team/app", "/srv/app", "/home/me/site")
    assert [*text.project_names(paths).values()] == [
        "one/team/app",
        "two/team/app",
        "srv/app",
        "site",
    ]
