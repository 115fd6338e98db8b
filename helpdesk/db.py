"""The database: the session, the one writer `transaction()`, column types and the tenant guard.

Nothing else commits. A commit, a flush or a store's row read outside the rules below is an error at once,
also when a library tries it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar, cast
from weakref import WeakKeyDictionary, WeakSet

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    ClauseElement,
    DateTime,
    Dialect,
    Engine,
    Executable,
    ForeignKey,
    ForeignKeyConstraint,
    FromClause,
    Index,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

WRITING = "writing"
SCOPE = "scope"
EVERY_STORE = "every store"
SQLITE_WAIT_MS = 30_000

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

Word = TypeVar("Word", bound=StrEnum)


class Base(DeclarativeBase):
    """The registry of every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database(SQLAlchemy):
    """The extension, but for what it does when the database goes away at the very end of a request."""

    def _teardown_session(self, exc: BaseException | None) -> None:
        """The answer is written by then: a connection that cannot even be closed must not make a 500 of it."""
        try:
            super()._teardown_session(exc)
        except DBAPIError:
            self.session().invalidate()
            self.session.registry.clear()


db = Database(model_class=Base)


# Column types


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware and in UTC in Python, UTC in the database (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Vocabulary(TypeDecorator[Word], Generic[Word]):
    """A word of a closed vocabulary, stored as its value."""

    impl = String(40)
    cache_ok = True

    def __init__(self, words: type[Word]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Word | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Word | None:
        return None if value is None else self.words(value)


class WordSet(TypeDecorator[frozenset[str]]):
    """Words of letters and digits alone: separated by spaces, and on PostgreSQL what its own search reads."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        on_postgres = dialect.name == "postgresql"
        return dialect.type_descriptor(postgresql.TSVECTOR() if on_postgres else Text())

    def process_bind_param(self, value: frozenset[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else " ".join(sorted(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str] | None:
        return None if value is None else frozenset(value.replace("'", "").split())


class Money(TypeDecorator[int]):
    """An amount in minor units (halalas, cents); its currency stands beside it."""

    impl = BigInteger
    cache_ok = True


Json = JSON


# Rows that belong to a store


class StoreOwned:
    """Mixin of every row that one store owns. The guard below reads and writes it in that store's scope only."""

    @declared_attr
    @classmethod
    def store_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("store.id"))


def store_key(parent: str, column: str) -> ForeignKeyConstraint:
    """A link to another store-owned row. It carries `store_id`, so the database refuses a foreign store's."""
    return ForeignKeyConstraint(["store_id", column], [f"{parent}.store_id", f"{parent}.id"])


def store_key_index(table: str, column: str, *more: str) -> Index:
    """The index that a `store_key` needs: its own columns first."""
    return Index(f"ix_{table}_{column}", "store_id", column, *more)


class TenantLeak(RuntimeError):
    """A store's row was about to be read or written outside that store's scope: a defect, never a user's fault."""


class UnsafeWrite(RuntimeError):
    """Something tried to write or commit outside `transaction()`: a defect."""


@contextmanager
def scope(store_id: int | str) -> Iterator[None]:
    """Limit every read and write to one store, or to `EVERY_STORE`; used through `domain/tenancy.py`."""
    info = db.session().info
    previous = info.get(SCOPE)
    info[SCOPE] = store_id
    try:
        yield
    finally:
        info[SCOPE] = previous


@event.listens_for(Session, "do_orm_execute")
def _read_in_scope(state: ORMExecuteState) -> None:
    """Add the store to every query on a store's rows, joins and lazy loads included."""
    if not (state.is_select or state.is_update or state.is_delete):
        return
    current = state.session.info.get(SCOPE)
    if current == EVERY_STORE:
        return
    if not isinstance(current, int):
        _refuse_owned(state.statement)
        return
    state.statement = _kept_to_scope(state.statement)


_UNOWNED: WeakSet[Executable] = WeakSet()
"""Statements that read no store's rows, as far as somebody looked."""


def _refuse_owned(statement: Executable) -> None:
    if statement in _UNOWNED:
        return
    for part in iterate(cast("ClauseElement", statement)):
        if isinstance(part, Table) and part in _owned_tables():
            raise TenantLeak(f"{part.name} was read without a store in scope")
    _UNOWNED.add(statement)


def _store_in_scope() -> object:
    return db.session().info.get(SCOPE)


# Asked for when a statement is carried out, so one condition does for every store.
_SCOPE_ID = bindparam("store_in_scope", callable_=_store_in_scope, type_=BigInteger())
_IN_SCOPE = with_loader_criteria(
    StoreOwned,
    lambda cls: cls.store_id == _SCOPE_ID,
    include_aliases=True,
    track_closure_variables=False,
)
_KEPT: WeakKeyDictionary[Executable, Executable] = WeakKeyDictionary()
"""Statements that modules keep, with the condition on them: what SQLAlchemy learned of one is not learned again."""


def _kept_to_scope(statement: Executable) -> Executable:
    kept = _KEPT.get(statement)
    if kept is None:
        kept = _KEPT[statement] = statement.options(_IN_SCOPE)
    return kept


@cache
def _owned_tables() -> set[FromClause]:
    mappers = Base.registry.mappers
    return {one.local_table for one in mappers if issubclass(one.class_, StoreOwned)}


@event.listens_for(Session, "before_flush")
def _write_in_scope(session: Session, _context: object, _instances: object) -> None:
    """Refuse a flush outside `transaction()`, and a row of a store that is not in scope."""
    if not session.info.get(WRITING):
        raise UnsafeWrite("rows were changed outside transaction()")
    current = session.info.get(SCOPE)
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, StoreOwned) and current not in {EVERY_STORE, row.store_id}:
            raise TenantLeak(
                f"{type(row).__name__} of store {row.store_id} was written in scope {current}"
            )


@event.listens_for(Session, "before_commit")
def _commit_by_transaction_alone(session: Session) -> None:
    if not session.info.get(WRITING):
        raise UnsafeWrite("only transaction() commits")


# The one writer


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one kind of write there is: a writer from its first statement, committed at the end of the block.

    What was read before is let go and read again inside, so a decision never rests on an old row. On SQLite the
    block holds the write lock from its start (BEGIN IMMEDIATE), so it waits for its turn instead of failing half-way.
    An exception undoes everything, unless it says `commits` (a wrong code is a refusal *and* a fact to be kept).
    Keep slow work (hashing, rendering, the network) outside.
    """
    session = db.session()
    if session.info.get(WRITING):
        raise UnsafeWrite("transaction() inside transaction()")
    if session.new or session.dirty or session.deleted:
        raise UnsafeWrite("rows were changed before transaction()")
    session.rollback()
    session.info[WRITING] = True
    try:
        session.connection(execution_options={WRITING: True})
        yield session
        session.commit()
    except BaseException as error:
        if getattr(error, "commits", False):
            session.commit()
        else:
            session.rollback()
        raise
    finally:
        session.info[WRITING] = False


def writing() -> bool:
    """Whether a transaction is open in this session."""
    return bool(db.session().info.get(WRITING))


# SQLite


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Take transaction control away from the driver and switch on what SQLite leaves off."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {SQLITE_WAIT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """A deferred BEGIN that turns writer later fails at once when another writer was faster; IMMEDIATE waits."""
    if connection.dialect.name == "sqlite":
        immediate = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


# Insert unless it is there


def insert_once(table: type[Base], **values: Any) -> bool:
    """Insert a row unless a unique key already has it; whether it was inserted.

    A parallel transaction that inserts the same key is waited for, then counts as "there".
    """
    session = db.session()
    if not session.info.get(WRITING):
        raise UnsafeWrite("rows were changed outside transaction()")
    current = session.info.get(SCOPE)
    if issubclass(table, StoreOwned) and current not in {EVERY_STORE, values["store_id"]}:
        raise TenantLeak(
            f"{table.__name__} of store {values['store_id']} was written in scope {current}"
        )
    insert: Any = _INSERTS[session.get_bind().dialect.name]
    return changed(insert(table).values(**values).on_conflict_do_nothing()) == 1


def changed(statement: Executable) -> int:
    """Carry out an INSERT, UPDATE or DELETE; how many rows it touched."""
    # Without being asked to, SQLAlchemy does not keep the count of an INSERT on PostgreSQL: it would be -1.
    counted = statement.execution_options(preserve_rowcount=True)
    return cast("CursorResult[Any]", db.session.execute(counted)).rowcount
