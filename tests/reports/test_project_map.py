from __future__ import annotations

import pytest

from pocketdev_analytics.reports import activity, cost, filter_history, group_projects, project_map
from pocketdev_analytics.reports.project_map import ProjectRules

# Where macOS has it.
ROOTS_HOME = "/var/root"
APP = "/home/me/code/app"


def at(hour):
    return f"2026-11-01T{hour:02}:00:00+00:00"


def projects(history, **options):
    """Each folder of the usage with its project."""
    usage = group_projects(history, **options).usage.collect()
    return dict(usage.select("folder", "project").unique().iter_rows())


@pytest.mark.parametrize(
    ("folder", "repository"),
    [
        (f"{APP}/.claude/worktrees/fix", APP),
        (f"{APP}/.claude/worktrees/fix/web/src", APP),
        (f"{APP}/.worktrees/1", APP),
        (f"{APP}/.worktrees/1/.claude/worktrees/agent-a", APP),
        (r"C:\code\app\.claude\worktrees\fix\web", r"C:\code\app"),
        (r"C:\code\app/.worktrees/fix", r"C:\code\app"),
        (f"{APP}/worktrees/fix", APP),
        (f"{APP}-worktrees/fix", APP),
        (f"{APP}.worktrees/fix/web", APP),
        ("/srv/spotter-worktrees/spotter-0rt/assets", "/srv/spotter"),
        (f"{APP}/worktrees/.claude/worktrees/agent-a", f"{APP}/worktrees"),
        # no worktree, or one of nobody knows what
        (f"{APP}/.claude/worktrees", f"{APP}/.claude/worktrees"),
        (f"{APP}/worktrees", f"{APP}/worktrees"),
        ("/srv/other/worktrees/fix", "/srv/other/worktrees/fix"),
        ("/srv/other-worktrees/fix", "/srv/other-worktrees/fix"),
        ("/home/me/.claude/worktrees/fix", "/home/me/.claude/worktrees/fix"),
        ("/home/me/.worktrees/app/.worktrees/fix", "/home/me/.worktrees/app"),
        ("/home/me/worktrees/fix", "/home/me/worktrees/fix"),
        ("/.worktrees/fix", "/.worktrees/fix"),
        (r"C:\.worktrees\fix", r"C:\.worktrees\fix"),
    ],
)
def test_a_worktree_is_its_repository(folder, repository):
    known = frozenset({APP, "/home/me", "/", "C:\\"})
    assert ProjectRules(known).repository(folder) == repository
    assert ProjectRules(known).project(folder, folder) == repository


@pytest.mark.parametrize(
    ("folder", "began", "project"),
    [
        (f"{APP}/web", APP, APP),
        (r"C:\app\web", r"C:\app", r"C:\app"),
        (f"{APP}-two", APP, f"{APP}-two"),
        ("/home/me/code", APP, "/home/me/code"),
        ("/srv/other", APP, "/srv/other"),
        (f"{APP}/.worktrees/1/web", f"{APP}/.worktrees/1", APP),
        (f"{APP}/web", f"{APP}/.worktrees/1", APP),
        (APP, "/home/me", APP),
        (APP, "/home/me/", APP),
        (APP, "/", APP),
        (r"C:\Users\me\app", r"C:\Users\me", r"C:\Users\me\app"),
        ("/mnt/c/Users/me/app", "/mnt/c/Users/me", "/mnt/c/Users/me/app"),
        (f"{ROOTS_HOME}/app", ROOTS_HOME, f"{ROOTS_HOME}/app"),
        ("/data/me/app", "/data/me", "/data/me/app"),
        (APP, None, APP),
        (None, APP, None),
    ],
)
def test_a_folder_below_the_sessions_own_is_that_one_but_never_a_home(folder, began, project):
    assert ProjectRules(homes=["/data/me"]).project(folder, began) == project


@pytest.mark.parametrize(
    ("path", "folder", "is_in"),
    [
        (APP, APP, True),
        (f"{APP}/", f"{APP}/web", True),
        (APP, f"{APP}-two", False),
        ("/home/me/*/app", APP, True),
        ("/home/*/app", APP, False),
        ("/home/**/web", f"{APP}/web/src", True),
        ("/home/me/code/ap?", APP, True),
        ("/home/me/code/[a]pp", APP, False),
        (r"C:\code", r"C:\code\app", True),
    ],
)
def test_a_group_is_paths_and_globs_with_all_below(path, folder, is_in):
    expected = "work" if is_in else folder
    assert ProjectRules(groups={"work": [path]}).project(folder, folder) == expected


def test_a_group_takes_folders_and_projects_and_the_first_gets_them():
    groups = {"web": [f"{APP}/web"], "all": ["/home/me/code"]}
    rule = ProjectRules(groups=groups)
    assert rule.project(f"{APP}/web/src", APP) == "web"
    assert rule.project(f"{APP}/api", APP) == "all"
    assert ProjectRules(groups={"app": [APP]}).project("/home/me/x/.worktrees/1", None) != "app"
    assert ProjectRules(groups={"app": [APP]}).project(f"{APP}/.worktrees/1", None) == "app"


def test_a_session_begins_in_the_folder_of_the_first_row_of_its_main_thread(make_history):
    history = make_history(
        usage=[
            {"project": f"{APP}/web", "responded_at": at(10)},
            {"project": "/home/me/code", "responded_at": at(8), "agent": "subagent"},
        ],
        prompts=[{"project": APP, "prompted_at": at(9)}],
    )
    assert projects(history) == {f"{APP}/web": APP, "/home/me/code": "/home/me/code"}


def test_a_session_of_subagents_alone_begins_with_their_first_row(make_history):
    rows = [(APP, 8), (f"{APP}/web", 9)]
    history = make_history(
        usage=[{"project": f, "responded_at": at(h), "agent": "subagent"} for f, h in rows]
    )
    assert projects(history) == {APP: APP, f"{APP}/web": APP}


def test_each_session_is_folded_by_its_own_beginning(make_history):
    web = f"{APP}/web"
    history = make_history(
        usage=[
            {"session_id": "a", "project": APP, "responded_at": at(8)},
            {"session_id": "a", "project": web, "responded_at": at(9)},
            {"session_id": "b", "project": web, "responded_at": at(9)},
            {"session_id": None, "project": web},
            {"session_id": "c", "project": None},
        ]
    )
    usage = group_projects(history).usage
    rows = cost(usage, by=["project"]).collect().select("project", "responses").rows()
    assert rows == [(APP, 2), (web, 2), (None, 1)]
    folders = cost(usage, by=["folder"]).collect().select("folder", "responses").rows()
    assert folders == [(APP, 1), (web, 3), (None, 1)]


def test_a_worktree_next_to_a_repository_needs_a_session_in_the_repository(make_history):
    worktree = f"{APP}-worktrees/fix"
    alone = make_history(usage=[{"project": worktree}])
    assert projects(alone) == {worktree: worktree}
    both = make_history(
        usage=[{"project": worktree}], prompts=[{"session_id": "b", "project": APP}]
    )
    assert projects(both) == {worktree: APP}


def test_all_facts_fold_alike(make_history):
    names = ("usage", "prompts", "tool_calls", "api_errors", "session_events")
    folder = f"{APP}/.worktrees/1"
    history = group_projects(make_history(**{name: [{"project": folder}] for name in names}))
    for frame in history.frames().values():
        assert frame.select("project", "folder").collect().rows() == [(APP, folder)]
    (row,) = activity(history, by=["project"]).collect().rows()
    assert row[0] == APP


def test_a_path_is_found_among_projects_and_folders(make_history):
    folder = f"{APP}-worktrees/app-fix"
    history = group_projects(make_history(usage=[{"project": folder}, {"project": "/srv/x"}]))
    for path in (APP, folder, "/home/me/code"):
        assert filter_history(history, projects=[path]).usage.collect().height == 1


def test_folding_maps_each_folder_of_a_session_once(make_history):
    history = make_history(usage=[{}, {}, {"project": "/srv/x"}], prompts=[{}])
    rows = project_map(history).sort("folder").collect()
    assert rows.columns == ["session_id", "folder", "project"]
    assert rows["folder"].to_list() == ["/home/me/app", "/srv/x"]


def test_an_empty_history_folds_to_an_empty_one(make_history):
    assert group_projects(make_history()).usage.collect().is_empty()


def test_groups_name_the_projects_of_a_history(make_history):
    history = make_history(usage=[{"project": APP}, {"project": "/srv/x"}])
    assert projects(history, groups={"mine": ["/home"]}) == {APP: "mine", "/srv/x": "/srv/x"}


def test_a_grouped_history_can_be_grouped_again(make_history):
    usage = [{"project": APP, "responded_at": at(8)}, {"project": f"{APP}/web"}]
    once = group_projects(make_history(usage=usage), groups={"mine": [APP]})
    assert projects(once) == {APP: APP, f"{APP}/web": APP}
