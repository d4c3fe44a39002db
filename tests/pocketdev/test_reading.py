"""A live PocketDev is read exactly, as of one moment, and never written to."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.pocketdev.address import Address
from pocketdev_analytics.pocketdev.database import ReadError, Snapshot
from pocketdev_analytics.pocketdev.reading import PocketDev, read_pocketdev
from pocketdev_analytics.pocketdev.tables import TABLES

UUID = "6f1ed002-ab5a-4bd1-9c0c-8f2b6fd3f1aa"
ROWS = (
    (
        "insert into users (name, email, password, remember_token) "
        "values ('Kim', 'kim@example.org', 'planted-hash', 'planted-token')"
    ),
    "insert into cache values ('k', 'planted-value', 1790000000)",
    "insert into cache_locks values ('l', 'planted-owner', 1790000001)",
    (
        "insert into jobs (queue, payload, attempts, available_at, created_at) "
        "values ('default', '{\"job\": 1}', 3, 1790000000, 1790000000)"
    ),
    "insert into job_batches values ('b', 'batch', 3, 1, 0, '[]', null, null, 1790000000, null)",
    (
        "insert into failed_jobs (uuid, connection, queue, payload, exception, failed_at) "
        "values ('u', 'database', 'default', '{}', 'Error: no', '2026-11-01 10:00:00')"
    ),
    (
        "insert into claude_sessions (claude_session_id, title, project_path, turn_count, "
        "streaming_state, last_activity_at, created_at) "
        f"values ('{UUID}', 'Ä title', '/work', 7, '{{\"b\": 1.10,  \"a\": [null]}}', "
        "'2026-11-01 10:00:00', '2026-10-31 23:59:59')"
    ),
    (
        "insert into model_pricing (model_name, input_price_per_million, output_price_per_million) "
        "values ('claude-opus-5-5', 4, 20.000001)"
    ),
    "insert into app_settings (key, value) values ('openai_api_key', 'sealed'), ('empty', null)",
)


def read(database: Any, **options: float) -> PocketDev:
    return read_pocketdev(Address.from_url(database.url), **options)


def problems(there: PocketDev) -> dict[str, str]:
    return {finding.table: finding.problem for finding in there.findings}


def test_the_documented_tables_are_read_completely(database: Any) -> None:
    database.run(*ROWS)
    there = read(database)
    assert there.findings == ()
    assert {name: frame.height for name, frame in there.tables.items()} == {
        **dict.fromkeys(TABLES, 1),
        "app_settings": 2,
    }
    for name, frame in there.tables.items():
        assert dict(frame.schema) == {
            column.name: column.dtype for column in TABLES[name].columns
        }, name


def test_values_come_exactly_as_they_are(database: Any) -> None:
    database.run(*ROWS)
    there = read(database)
    (session,) = there.tables["claude_sessions"].to_dicts()
    assert session["claude_session_id"] == UUID
    assert session["title"] == "Ä title"
    assert session["streaming_state"] == '{"b": 1.10,  "a": [null]}'
    assert session["last_activity_at"] == datetime(2026, 11, 1, 10)  # noqa: DTZ001
    assert session["updated_at"] is None
    (price,) = there.tables["model_pricing"].to_dicts()
    assert price["output_price_per_million"] == "20.000001"
    assert price["cache_read_multiplier"] == "0.100"


def test_passwords_tokens_and_cached_values_are_never_selected(database: Any) -> None:
    database.run(*ROWS)
    before = len(database.server.log())
    there = read(database)
    frames = "".join(frame.write_json() for frame in there.tables.values())
    assert "planted" not in frames
    asked = database.server.log()[before:]
    assert '"email"' in asked
    for column in (
        "password",
        "remember_token",
        '"value"::text as "value" from "cache"',
        '"owner"',
    ):
        assert column not in asked, column


def test_what_was_read_has_a_time_and_a_name_without_a_password(database: Any) -> None:
    there = read(database)
    assert there.source == f"{database.name} at 127.0.0.1:{database.server.port}"
    assert timedelta(0) <= datetime.now(UTC) - there.taken_at < timedelta(minutes=1)


def test_endless_times_are_empty_and_named(database: Any) -> None:
    database.run(
        *ROWS,
        "update claude_sessions set last_activity_at = 'infinity', created_at = '-infinity'",
        "update model_pricing set updated_at = '0044-03-15 BC'",
    )
    there = read(database)
    (session,) = there.tables["claude_sessions"].to_dicts()
    assert session["last_activity_at"] is None
    assert session["created_at"] is None
    assert problems(there) == {
        "claude_sessions": "2 times are infinite or before year 1; read as NULL",
        "model_pricing": "1 times are infinite or before year 1; read as NULL",
    }
    database.run("update failed_jobs set failed_at = 'infinity'")
    there = read(database)
    assert problems(there)["failed_jobs"] == "failed_at is empty in 1 of 1 rows"
    assert "failed_jobs" not in there.tables


def test_a_missing_table_is_named_with_what_is_there_instead(database: Any) -> None:
    database.run(
        *ROWS,
        "alter table claude_sessions rename to conversations",
        "create table messages (id bigint)",
    )
    there = read(database)
    (finding,) = there.findings
    assert str(finding) == (
        "claude_sessions: no such table; found: conversations, messages, migrations "
        "(not synced; rows of earlier syncs stay)"
    )
    assert there.tables.keys() == TABLES.keys() - {"claude_sessions"}


def test_other_columns_are_named_and_the_rest_is_read(database: Any) -> None:
    database.run(
        *ROWS,
        "alter table claude_sessions rename column turn_count to turns",
        "alter table model_pricing alter column input_price_per_million type text",
        "alter table app_settings add column is_secret boolean",
        "alter table jobs drop column reserved_at",
    )
    there = read(database)
    assert problems(there) == {
        "claude_sessions": "no column turn_count, further columns",
        "model_pricing": "column input_price_per_million is of the type text",
        "app_settings": "further columns",
        "jobs": "no column reserved_at",
    }
    found = {finding.table: finding.found for finding in there.findings}
    assert "turns" in found["claude_sessions"]
    assert found["app_settings"] == ("is_secret",)
    assert there.tables.keys() == TABLES.keys() - {"claude_sessions", "model_pricing"}
    assert there.tables["app_settings"].height == 2
    assert there.tables["jobs"]["reserved_at"].to_list() == [None]


def test_types_that_hold_the_same_are_read_as_the_documented_ones(database: Any) -> None:
    database.run(
        *ROWS,
        "create type session_status as enum ('active', 'completed', 'failed')",
        "alter table claude_sessions alter column status drop default, "
        "alter column status type session_status using status::session_status, "
        "alter column streaming_state type jsonb, alter column turn_count type bigint, "
        "alter column claude_session_id type varchar(36), "
        "alter column last_activity_at type timestamptz "
        "using last_activity_at at time zone 'Europe/Berlin'",
    )
    there = read(database)
    assert there.findings == ()
    (session,) = there.tables["claude_sessions"].to_dicts()
    assert session["status"] == "active"
    assert session["last_activity_at"] == datetime(2026, 11, 1, 9)  # noqa: DTZ001 - in UTC
    assert session["claude_session_id"] == UUID


def test_rows_that_do_not_fit_leave_their_table_out(database: Any) -> None:
    database.run(*ROWS, "update jobs set attempts = 200")
    there = read(database)
    assert problems(there) == {"jobs": "attempts holds 200; expected tinyint"}
    assert there.tables.keys() == TABLES.keys() - {"jobs"}


def test_every_table_is_read_as_of_the_same_moment(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.run(*ROWS)
    honest = Snapshot.read
    changes = iter(
        ("update app_settings set value = 'changed'", "delete from users", "drop table cache_locks")
    )

    def meanwhile(snapshot: Snapshot, query: str) -> pl.DataFrame:
        frame = honest(snapshot, query)
        if "claude_sessions" in query and (change := next(changes, None)):
            database.run(change)
        return frame

    monkeypatch.setattr(Snapshot, "read", meanwhile)
    there = read(database)
    assert database.rows("select count(*) from users") == [(0,)]
    assert there.tables["app_settings"]["value"].to_list() == ["sealed", None]
    assert there.tables["users"].height == 1


@pytest.fixture
def limited(database: Any) -> Iterator[str]:
    """The URL of a role that may read sessions and nothing else."""
    role = f"{database.name}_reader"
    database.run(
        *ROWS,
        f"create role {role} login password 'reads'",
        f"grant select on claude_sessions to {role}",
    )
    yield database.url_of(role, "reads")
    database.run(f"drop owned by {role}", f"drop role {role}")


def test_a_table_that_may_not_be_read_is_named(limited: str) -> None:
    there = read_pocketdev(Address.from_url(limited))
    assert there.tables.keys() == {"claude_sessions"}
    assert problems(there)["users"] == "permission denied for table users"


def test_a_locked_table_is_named_after_the_time_limit(database: Any) -> None:
    database.run(*ROWS)
    with database._cursor() as cursor:
        cursor.execute("begin")
        cursor.execute("lock table users in access exclusive mode")
        there = read(database, timeout_seconds=0.2)
        cursor.execute("rollback")
    assert problems(there).keys() == {"users"}
    assert "longer than 0.2 s" in problems(there)["users"]


def test_a_statement_that_takes_too_long_is_ended_and_the_snapshot_goes_on(database: Any) -> None:
    with Snapshot(Address.from_url(database.url), timeout_seconds=0.1) as snapshot:
        with pytest.raises(ReadError, match=r"longer than 0\.1 s; allow more with --timeout"):
            snapshot.read("select pg_sleep(5)::text")
        assert snapshot.read("select 1 as one").to_dicts() == [{"one": 1}]


def test_a_snapshot_cannot_write_even_for_a_role_that_may(database: Any) -> None:
    with Snapshot(Address.from_url(database.url), timeout_seconds=5) as snapshot:
        for statement in (
            "delete from users",
            "create table x (i int)",
            "select nextval('users_id_seq')",
            "select setval('users_id_seq', 5)",
        ):
            with pytest.raises(ReadError, match="read-only transaction"):
                snapshot.read(statement)
        reported = snapshot.read(
            "select current_setting('transaction_isolation') as isolation, "
            "current_setting('transaction_read_only') as is_read_only"
        )
    assert reported.to_dicts() == [{"isolation": "repeatable read", "is_read_only": "on"}]


def test_nothing_changes_at_the_source(database: Any) -> None:
    database.run(*ROWS)
    before = database.contents()
    read(database)
    assert database.contents() == before


def test_no_connection_stays_open(database: Any) -> None:
    read(database)
    others = database.rows(
        "select count(*) from pg_stat_activity where datname = current_database() "
        "and application_name = 'pocketdev-analytics'"
    )
    assert others == [(0,)]


def test_another_applications_database_is_refused_with_what_it_has(database: Any) -> None:
    tables = [name for name in database.contents() if not name.endswith("_seq")]
    database.run(*(f"drop table {name}" for name in tables), "create table albums (id int)")
    with pytest.raises(SourceError, match=r"is not a PocketDev database: .*found: albums"):
        read(database)


@pytest.mark.parametrize(
    ("user", "host", "said"),
    [
        ("pocket-dev", "127.0.0.1", "password authentication failed"),
        ("pocket-dev", "no-such-host.invalid", r"Docker service.* --host 127\.0\.0\.1"),
    ],
)
def test_a_failed_connection_says_why_and_never_the_password(
    database: Any, user: str, host: str, said: str
) -> None:
    port = database.server.port
    address = Address.from_url(f"postgresql://{user}:planted%25secret@{host}:{port}/d")
    with pytest.raises(SourceError, match=said) as caught:
        read_pocketdev(address)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    own = [frame for frame in shown.format() if "test_reading.py" not in frame]
    assert "planted" not in "".join(own)
    assert caught.value.__context__ is None
