"""The store: the facts of a history in one DuckDB file, read as lazy frames."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import duckdb
import polars as pl

from pocketdev_analytics import model
from pocketdev_analytics.exceptions import StoreError, StoreOutdatedError
from pocketdev_analytics.model import Schema
from pocketdev_analytics.model.history import Evidence, History, Provenance, Queue
from pocketdev_analytics.model.units import UNITS
from pocketdev_analytics.pricing import KINDS, MODEL_PRICING, PriceBook, Pricing, price
from pocketdev_analytics.redaction import Redaction, redact
from pocketdev_analytics.settings.config import Settings
from pocketdev_analytics.store.app_settings import SettingsTable
from pocketdev_analytics.store.arrow import fetch
from pocketdev_analytics.store.connection import connect, connected, disconnect, reading
from pocketdev_analytics.store.evidence import read_evidence
from pocketdev_analytics.store.load import Batch, load_batch
from pocketdev_analytics.store.location import store_path
from pocketdev_analytics.store.migrations import applied_migrations, is_current, transaction
from pocketdev_analytics.store.price_book import read_book
from pocketdev_analytics.store.price_tables import PriceTables
from pocketdev_analytics.store.quarantine import quarantine_odd_values
from pocketdev_analytics.store.queries import named_query
from pocketdev_analytics.store.refusals import opening
from pocketdev_analytics.store.scan import Relation, fact_relation, scan, usage_relation
from pocketdev_analytics.store.select import select_rows
from pocketdev_analytics.store.shown import store_html
from pocketdev_analytics.store.spill import limit_memory, raise_limit
from pocketdev_analytics.store.sync import TableSync, sync_tables
from pocketdev_analytics.store.sync_messages import ReadMessages
from pocketdev_analytics.store.upgrade import upgrade
from pocketdev_analytics.store.writing import interruptible, writing

__all__ = ["Store", "open_store"]

#: Long enough for another import's batch to end, short enough for a person.
WAIT_SECONDS = 10.0
# The join key of pricing: DuckDB hashes the texts faster than Polars joins on them.
_KIND = f"hash({', '.join(KINDS)}) as request_kind"
_COST_STATE = ("session_id", "model", "cost_usd", "total_cost_usd", "has_unknown_model_cost")
_BILL: Final[Schema] = {
    "session_id": pl.String,
    "part": pl.String,
    "model": pl.String,
    "responded_at": model.INSTANT,
    **dict.fromkeys((*model.TOKEN_COLUMNS, "web_search_requests"), pl.Int64),
}
_BILLS = f"""(select session_id, part, model, stated_at as responded_at,
    {", ".join(model.TOKEN_COLUMNS)}, web_search_requests from session_bills)"""
_LINE_TOKENS = """(select (responded_at at time zone 'UTC')::date as day, model,
    sum(input_tokens + output_tokens)::bigint as tokens from usage_lines
    where source = 'message' group by all)"""


def open_store(
    path: str | Path | None = None, *, read_only: bool = True, wait_seconds: float = WAIT_SECONDS
) -> Store:
    """Open the store at `path`, or that of the settings; use it as a context manager.

    Opening for writing creates a missing store and migrates an older one. Opening for reading
    writes nothing.

    Args:
        path: the DuckDB file, a local path.
        read_only: open for reading, so that other processes can read it at the same time.
        wait_seconds: how long to wait for another process that has it open.

    Raises:
        StoreError: there is no store to read, or it cannot be opened.
        StoreLockedError: another process writes to it for longer than `wait_seconds`.
        StoreOutdatedError: it is opened for reading and has the schema of an older version.
        StoreTooNewError: a newer version wrote it.
    """
    file = Path(path) if path is not None else Settings.from_environment().store
    if not store_path(file).exists() and read_only:
        raise StoreError(f"there is no store at {file}; run `pocketdev-analytics import` first")
    connection = connect(file, read_only=read_only, wait_seconds=wait_seconds)
    try:
        with opening(file), interruptible():
            if read_only:
                _check_schema(connection, file)
            else:
                upgrade(connection, file)
    except BaseException:
        disconnect(connection, file)
        raise
    return Store(file, connection, is_constant=read_only)


def _check_schema(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Check that a store has this version's schema: reading never migrates.

    Raises:
        StoreError: nothing was ever imported into it.
        StoreOutdatedError: it has the schema of an older version.
        StoreTooNewError: it has a migration that this version does not know.
    """
    if not applied_migrations(connection):
        raise StoreError(f"{path} is an empty store; run `pocketdev-analytics import` first")
    if not is_current(connection):
        raise StoreOutdatedError(
            f"{path} has the schema of an older version; run `pocketdev-analytics store migrate`"
        )


class Store:
    """An open store. Its frames have times in UTC and money as decimals, see `model`."""

    def __init__(
        self, path: Path, connection: duckdb.DuckDBPyConnection, *, is_constant: bool = False
    ) -> None:
        self.path = path
        self._connection = connection
        self._is_open = True
        # Who reads keeps everyone from writing: what a query was given once stays true.
        self._is_constant = is_constant
        self._registered: set[str] = set()
        self._limit_mb: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r}{'' if self._is_open else ', closed'})"

    def _repr_html_(self) -> str:
        return store_html(self.path, self.provenance, self.usage_cost if self._is_open else None)

    def close(self) -> None:
        """Close the file, so that others can write to it.

        Existing frames remain usable: they open it briefly when collected.
        """
        if self._is_open:
            self._is_open = False
            disconnect(self._connection, self.path)

    def usage(self) -> pl.LazyFrame:
        """Return one row per response of the entire history: `model.USAGE`."""
        return self._frame(self._usage_relation(), model.USAGE)

    def usage_cost(
        self,
        pricing: str = "full",
        *,
        prices_at: date | None = None,
        as_model: str | None = None,
        is_uncached: bool = False,
        since: datetime | None = None,
    ) -> pl.LazyFrame:
        """Return one row per response with its cost in US dollars: `model.USAGE_COST`.

        A response without a price costs NULL.

        Args:
            pricing: `full` (list prices of the day, with everything billed), `plain` (today's
                row of `model_pricing` only) or `recorded` (the cost that Claude Code wrote, where
                it did).
            prices_at: price all usage at the prices of this UTC day.
            as_model: price all usage as this model.
            is_uncached: price all usage as if nothing had been cached.
            since: only sessions with a response at this time or later, with all their responses;
                faster than all sessions of a large store.

        Raises:
            PricingError: the mode is unknown, or the model has no price.
        """
        options = Pricing(pricing, prices_at, as_model, is_uncached)
        relation = self._usage_relation()
        responses = relation(KINDS)
        recent = ""
        if since is not None:
            recent = f" where session_id in ({_sessions_since(since, responses)})"

        def numbered(names: Collection[str]) -> str:
            return f"(select *, {_KIND} from {relation(names)}{recent})"

        usage = self._frame(numbered, {**model.USAGE, "request_kind": pl.UInt64})
        return price(
            usage,
            self.price_book(),
            options,
            kinds=self._kinds(f"{responses}{recent}"),
            prompt_tokens=_prompt_tokens(),
        )

    def usage_kinds(self) -> pl.LazyFrame:
        """Return the distinct models, speeds, service tiers and regions, with their hash."""
        return self._kinds(self._usage_relation()(KINDS))

    def _kinds(self, responses: str) -> pl.LazyFrame:
        kinds = f"(select distinct {', '.join(KINDS)}, {_KIND} from {responses})"
        return self._frame(kinds, {**KINDS, "request_kind": pl.UInt64})

    def _usage_relation(self) -> Callable[[Collection[str]], str]:
        # Planning the view takes longer than looking into its table.
        has_rows = self._has_rows("pocketdev_messages") and self._has_rows("conversation_usage")
        return partial(usage_relation, is_synced=self._is_synced, has_conversations=has_rows)

    def _is_synced(self) -> bool:
        """Whether PocketDev knows any session."""
        return self._has_rows("pocketdev_conversations") or self._has_rows("pocketdev_sessions")

    def _has_rows(self, relation: str) -> bool:
        found: bool = self._read(f"select exists (from {relation}) as has_rows").item()
        return found

    def price_book(self) -> PriceBook:
        """Return the prices of this store: list prices, the user's own prices, and aliases."""
        return read_book(self._read)

    def price_tables(self) -> PriceTables:
        """Return the tables of prices and aliases, to change them."""
        return PriceTables(self._connection)

    def model_pricing(self) -> pl.LazyFrame:
        """Return one row per priced model: the table `model_pricing`."""
        return self._frame("model_pricing", MODEL_PRICING)

    def prompts(self) -> pl.LazyFrame:
        """Return one row per prompt: `model.PROMPTS`."""
        return self._frame(self._facts("prompt_facts"), model.PROMPTS)

    def tool_calls(self) -> pl.LazyFrame:
        """Return one row per tool call: `model.TOOL_CALLS`."""
        return self._frame(self._facts("tool_calls"), model.TOOL_CALLS)

    def api_errors(self) -> pl.LazyFrame:
        """Return one row per API error or retry: `model.API_ERRORS`."""
        return self._frame(self._facts("api_error_facts"), model.API_ERRORS)

    def session_events(self) -> pl.LazyFrame:
        """Return one row per measured event: `model.SESSION_EVENTS`."""
        return self._frame(self._facts("session_event_facts"), model.SESSION_EVENTS)

    def _facts(self, view: str) -> Relation:
        return fact_relation(view, self._is_synced)

    def history(
        self,
        pricing: str = "full",
        *,
        group: Callable[[History], History] | None = None,
        redaction: Redaction | None = None,
        **options: Any,
    ) -> History:
        """Return all facts for reports; usage is priced as by `usage_cost`.

        Args:
            pricing: the mode of pricing.
            group: groups folders into projects, before names are redacted.
            redaction: replaces names by hashes.
            options: the other arguments of `usage_cost`.
        """
        history = History(
            usage=self.usage_cost(pricing, **options),
            prompts=self.prompts(),
            tool_calls=self.tool_calls(),
            api_errors=self.api_errors(),
            session_events=self.session_events(),
        )
        grouped = group(history) if group else history
        return redact(grouped, redaction) if redaction else grouped

    def queue(self) -> Queue:
        """Return PocketDev's queue as of the last sync."""
        return Queue(
            jobs=self._frame("queue_jobs", model.QUEUE_JOBS),
            batches=self._frame("queue_batches", model.QUEUE_BATCHES),
            expirations=self._frame("queue_expirations", model.QUEUE_EXPIRATIONS),
            synced_at=self._read("select synced_at from queue_sync").item(),
        )

    def provenance(self) -> Provenance:
        """Return what the store contains and which prices it uses."""
        row = self._read("select * from store_provenance").row(0, named=True)
        return Provenance(**row)

    def evidence(self) -> Evidence:
        """Return the provenance of the facts, for the reports `quality` and `quarantine`."""
        listed = self.price_book().listed_model
        kinds = self.usage_kinds()
        states, bills = self.cost_states(), self.session_bills()
        return read_evidence(self._frame, self.usage_cost, states, bills, kinds, listed)

    def cost_states(self) -> pl.LazyFrame:
        """Return Claude Code's own totals per session and model: `reports.COST_STATES`."""
        columns = {name: model.LINE_FRAMES["cost_states"][name] for name in _COST_STATE}
        return self._frame("session_cost_states", {**columns, "stated_at": model.INSTANT})

    def session_bills(self, pricing: str = "full", **options: Any) -> pl.LazyFrame:
        """The parts of a session's last cost-state beyond its lines, priced as by `usage_cost`.

        One row a session, model and part: 'unlisted' (in no line; below 0 where lines hold
        more), 'inherited' (the total of the session it was forked from) or 'refused' (refused
        before any output: not billed). Columns: `session_id, part, model, responded_at`, the
        token columns, `web_search_requests` and their costs.
        """
        return self.price_calls(self._frame(_BILLS, _BILL), pricing, **options)

    def price_calls(
        self, calls: pl.LazyFrame, pricing: str = "full", **options: Any
    ) -> pl.LazyFrame:
        """Price rows of tokens that add up several requests of unknown length.

        `calls` has `model, responded_at`, the token columns and `web_search_requests`.
        """
        mode = "full" if pricing == "recorded" else pricing
        blank = {name: kind for name, kind in KINDS.items() if name != "model"}
        kinds = calls.with_columns(pl.lit(None, kind).alias(name) for name, kind in blank.items())
        return price(kinds, self.price_book(), Pricing(mode, **options), prompt_tokens=pl.lit(0))

    def line_tokens(self) -> pl.LazyFrame:
        """Input and output tokens of all lines of a UTC day and model: `day, model, tokens`."""
        columns: Schema = {"day": pl.Date, "model": pl.String, "tokens": pl.Int64}
        return self._frame(_LINE_TOKENS, columns)

    def conversation_messages(self) -> pl.LazyFrame:
        """Return PocketDev's messages with its own figures: `model.CONVERSATION_MESSAGES`."""
        return self._frame("conversation_messages", model.CONVERSATION_MESSAGES)

    def response_lines(self) -> pl.LazyFrame:
        """Return the file and line of each response: `response_id, session_id, path, line_no`."""
        kinds = {"response_id": pl.String, "session_id": pl.String, "path": pl.String}
        return self._frame("response_lines", {**kinds, "line_no": pl.Int64})

    def session_files(self) -> pl.DataFrame:
        """Return one row per imported session file, past or present: `model.SESSION_FILES`."""
        return self._frame("session_files", model.SESSION_FILES).collect()

    def usage_evidence(self) -> pl.DataFrame:
        """Return one row per line with usage: its file, its number and its identity."""
        names = "file_id, line_no, response_id, source, responded_at, input_tokens, output_tokens"
        return self._read(f"select {names} from usage_lines")

    def store_id(self) -> str:
        """Return the store's unique id, which its exports carry."""
        return self.properties()["store_id"]

    def properties(self) -> dict[str, str]:
        """Return the store's properties by name."""
        return dict(self._read("select name, value from store_properties").iter_rows())

    def counts(self) -> dict[str, int]:
        """Return the numbers of responses, sessions and quarantined lines."""
        names = {
            "sessions": "claude_sessions",
            "quarantined_lines": "quarantine",
        }
        counts = (
            "(select coalesce(sum(response_count), 0)::bigint from responses) "
            "+ (select count(*) from conversation_usage) as responses"
        )
        for name, table in names.items():
            counts += f", (select count(*) from {table}) as {name}"
        return self._read(f"select {counts}").row(0, named=True)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Return the rows of a query, which can also read `usage_cost` and `models_used`.

        `models_used` has each model that a response names and what it is priced as, see
        `PriceBook.meanings`. Types without an equivalent in Polars (intervals, bit strings) are
        returned as text.

        Raises:
            QueryError: DuckDB refuses the query, or it does not return rows.
        """
        for name, rows in {"usage_cost": self._priced, "models_used": self._models_used}.items():
            is_known = self._is_constant and name in self._registered
            if name in sql.lower() and not is_known:
                self._connection.register(name, rows())
                self._registered.add(name)
        return select_rows(self._connection, sql, parameters)

    def _priced(self) -> pl.DataFrame:
        return self.usage_cost().collect()

    def _models_used(self) -> pl.DataFrame:
        models = self.usage_kinds().collect()["model"].drop_nulls().unique().sort()
        return self.price_book().meanings(models)

    def named_query(
        self, name: str, parameters: Mapping[str, object] | None = None
    ) -> pl.DataFrame:
        """Return the rows of a named query; parameters are given as text or as values.

        Raises:
            QueryError: there is no such query, or a parameter is missing, unknown or invalid.
        """
        found = named_query(name)
        return self.query(found.sql, found.values(self._connection, parameters or {}))

    def question(self, name: str) -> str:
        """Return the question that a named query answers, and the grain of its rows."""
        return named_query(name).comment

    def app_settings(self) -> SettingsTable:
        """Return the encrypted payloads of the application's settings."""
        return SettingsTable(self._connection)

    def sync(
        self,
        tables: Mapping[str, pl.DataFrame],
        *,
        source: str,
        taken_at: datetime,
        gone: Collection[str] = (),
        messages: tuple[pl.DataFrame, ReadMessages] | None = None,
    ) -> list[TableSync]:
        """Sync PocketDev's tables in one transaction; see `store.sync.sync_tables`.

        Raises:
            StoreError: the disk is full, or the stored rows differ from those sent.
        """
        with writing(self.path):
            return sync_tables(
                self._connection,
                tables,
                source=source,
                taken_at=taken_at,
                gone=gone,
                messages=messages,
            )

    def leave_cores(self) -> None:
        """Use one core from now on, to leave the others to the decoding processes."""
        self._connection.execute("set threads = 1")

    def limit_memory(self, new_bytes: int) -> None:
        """Limit memory from now on; spill files next to the store take the rest.

        `new_bytes` is the size of the session files that are about to be loaded.
        """
        with writing(self.path):
            self._limit_mb = limit_memory(self._connection, self.path, new_bytes)

    def load(self, batch: Batch) -> None:
        """Load a batch of decoded lines in one transaction.

        Raises:
            StoreError: the disk is full, or the stored rows differ from those sent.
        """
        with writing(self.path):
            while True:
                try:
                    load_batch(self._connection, batch)
                    break
                except duckdb.OutOfMemoryException:  # very many short lines or sessions
                    if self._limit_mb is None:
                        raise
                    self._limit_mb = raise_limit(self._connection, self._limit_mb)

    def quarantine_odd_values(self) -> int:
        """Move rows with values that decoding cannot produce to quarantine; return their number.

        Raises:
            StoreError: the store cannot be written.
        """
        with writing(self.path):
            return quarantine_odd_values(self._connection)

    def merge_log(self) -> None:
        """Merge the log into the store's file, as `close` does, while others read."""
        with self._connection.cursor() as connection, suppress(duckdb.Error):
            connection.execute("checkpoint")  # if it fails, the log keeps the commits

    def mark_gone(self, file_ids: list[int], at: datetime | None = None) -> None:
        """Record that these files are no longer on disk; their rows are kept."""
        if not file_ids:
            return
        with transaction(self._connection):
            self._connection.execute(
                "update session_files set gone_at = ? "
                "where list_contains(?, file_id) and gone_at is null",
                [at or datetime.now(UTC), file_ids],
            )

    def set_property(self, name: str, value: str) -> None:
        """Set a property of this store, such as `is_sample`."""
        with transaction(self._connection):
            self._connection.execute(
                "insert or replace into store_properties values (?, ?)", [name, value]
            )

    def _frame(self, relation: Relation, columns: Schema) -> pl.LazyFrame:
        return scan(self._read, relation, columns)

    def _read(self, sql: str) -> pl.DataFrame:
        """Return the rows of a select; after `close` the file is opened again briefly."""
        with self._reader() as connection, interruptible(), reading(self.path):
            return fetch(connection, sql)

    def _reader(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        if self._is_open:
            return self._connection.cursor()  # Polars may collect in other threads
        return connected(self.path, read_only=True, wait_seconds=WAIT_SECONDS)


def _prompt_tokens() -> pl.Expr:
    """The length of a row's prompt; unlisted calls add up several requests of unknown length."""
    prompt = pl.sum_horizontal(unit.count_column for unit in UNITS if unit.is_prompt)
    return pl.when(pl.col("kind") == "unlisted").then(0).otherwise(prompt)


def _sessions_since(moment: datetime, responses: str) -> str:
    at = moment.astimezone(UTC).isoformat()
    return f"select session_id from {responses} where responded_at >= timestamptz '{at}'"
