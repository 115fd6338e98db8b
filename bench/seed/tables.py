"""The tables that are filled, column by column, and the quickest way in that each database has."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

import psycopg
from psycopg import sql as names
from sqlalchemy import Engine, inspect
from sqlalchemy.engine import make_url

_COLUMNS = {
    "store": """id kind slug name_en name_ar color currency country timezone default_lang
        business_hours holidays is_active created_at""",
    "user": "id email name password active fs_uniquifier lang created_at",
    "membership": "user_id store_id role_id created_at",
    "tag": "id store_id name key created_at",
    "customer": "id store_id name email email_key phone lang type created_at",
    "order": "id store_id number customer_id status total_minor currency items created_at",
    "ticket": """id store_id kind number tracking_hash source customer_id contact_name contact_email
        contact_email_key contact_phone contact_lang subject complaint_type desired_outcome order_id
        order_number_text declaration_version declared_at declaration_lang status return_to
        waiting_since priority urgency handler_team assignee_id version created_at forwarded_at
        first_reply_at last_public_message_at due_at reminded_days archived_at archive_reason
        closed_at closed_by close_reason""",
    "thread": "id store_id ticket_id kind team created_at",
    "message": """id store_id thread_id author_type author_customer_id author_user_id team body lang
        resolution_type resolution_text created_at released_at""",
    "held_interval": "id store_id ticket_id side began_at ended_at",
    "event": """id store_id kind subject_type subject_id ticket_id was became actor_type actor_id
        actor_name ip_hash public data at dispatched_at""",
    "search_document": "ticket_id store_id words stale",
    "rating": "store_id ticket_id stars comment created_at",
    "ticket_tag": "store_id ticket_id tag_id",
    "status_counter": "store_id kind status n",
    "notification": "user_id store_id template_key about facts dedup_key created_at read_at",
}
COLUMNS = {table: tuple(columns.split()) for table, columns in _COLUMNS.items()}
"""What each row is made of, parents first."""
MEGABYTES = 1024
SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_mode = OFF",  # a seed that breaks off is thrown away
    "PRAGMA synchronous = OFF",
    f"PRAGMA cache_size = -{MEGABYTES * 1024}",
    "PRAGMA temp_store = MEMORY",
)

Rows = dict[str, list[tuple[Any, ...]]]


class SchemaUnknown(RuntimeError):
    """The schema has grown, and nobody has told the seed how to fill what is new."""


class Writer(Protocol):
    """Where rows go."""

    def write(self, rows: Rows) -> None:
        """All of them in one transaction, parents first."""

    def finish(self) -> None:
        """Go on counting ids where the rows end, and tell the planner what there is."""


def check(engine: Engine) -> list[str]:
    """The tables that stay empty.

    Raises:
        SchemaUnknown: a column has to be filled and is not, or is filled and is not there.
    """
    found = inspect(engine)
    faults = []
    for table, known in COLUMNS.items():
        columns = {column["name"]: column for column in found.get_columns(table)}
        faults += [f"{table}.{name} is not there" for name in known if name not in columns]
        faults += [
            f"{table}.{name} has to be filled"
            for name, column in columns.items()
            if name not in known and not column["nullable"] and not _fills_itself(column)
        ]
    if faults:
        raise SchemaUnknown(f"teach bench/seed/ the schema: {'; '.join(faults)}")
    inside = {"alembic_version", "role", "platform_setting"}
    return sorted(
        name
        for name in found.get_table_names()
        if name not in {*COLUMNS, *inside} and not name.startswith("search_index")
    )


def _fills_itself(column: Any) -> bool:
    return column["default"] is not None or column["name"] == "id"


def writer(url: str) -> Writer:
    """The way into this database."""
    return SqliteWriter(url) if url.startswith("sqlite") else PostgresWriter(url)


class SqliteWriter:
    """`executemany` through the driver."""

    def __init__(self, url: str) -> None:
        sqlite3.register_adapter(datetime, _as_sqlalchemy_keeps_it)
        self.connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)
        for setting in SETTINGS:
            self.connection.execute(setting)

    def write(self, rows: Rows) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        for table, columns in COLUMNS.items():
            if rows.get(table):
                places = ", ".join("?" * len(columns))
                into = f'"{table}" ({", ".join(columns)})'
                statement = f"INSERT INTO {into} VALUES ({places})"  # noqa: S608 - names from above
                self.connection.executemany(statement, rows[table])
        self.connection.execute("COMMIT")

    def finish(self) -> None:
        self.connection.execute("ANALYZE")
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.close()


class PostgresWriter:
    """COPY."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(plain(url), autocommit=True)
        self.connection.execute("SET synchronous_commit = off")

    def write(self, rows: Rows) -> None:
        with self.connection.transaction(), self.connection.cursor() as cursor:
            for table, columns in COLUMNS.items():
                if rows.get(table):
                    with cursor.copy(_copy(table, columns)) as copy:
                        for row in rows[table]:
                            copy.write_row(row)

    def finish(self) -> None:
        for table, columns in COLUMNS.items():
            if columns[0] == "id":
                self._count_on(table)
        self.connection.execute("VACUUM (ANALYZE)")
        self.connection.execute("CHECKPOINT")
        self.connection.close()

    def _count_on(self, table: str) -> None:
        statement = "SELECT setval(pg_get_serial_sequence({name}, 'id'), max(id)) FROM {table}"
        named = names.Literal(f'"{table}"'), names.Identifier(table)
        self.connection.execute(names.SQL(statement).format(name=named[0], table=named[1]))


def plain(url: str) -> str:
    """The address as the driver takes it, without SQLAlchemy's own scheme."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def grouped(pairs: Iterable[tuple[str, tuple[Any, ...]]]) -> Rows:
    """Rows by table."""
    rows: Rows = {}
    for table, row in pairs:
        rows.setdefault(table, []).append(row)
    return rows


def _copy(table: str, columns: Sequence[str]) -> names.Composed:
    into = names.SQL(", ").join(map(names.Identifier, columns))
    return names.SQL("COPY {} ({}) FROM STDIN").format(names.Identifier(table), into)


def _as_sqlalchemy_keeps_it(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")
