"""What every table keeps to, and that the migrations build what the models say."""

from collections.abc import Sequence

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint

from helpdesk.models import Store
from tests.fixtures.migrations import alembic_config

# Tables without store_id, each with its reason.
OF_NO_STORE: dict[str, str] = {
    "heartbeat": "the worker works for all stores",
    "idempotency_key": "it belongs to a browser, before a store is known",
    "login_session": "one person may work in several stores",
    "platform_setting": "the platform's own",
    "role": "the platform defines them for all stores",
    "store": "it is the store",
    "throttle": "it counts addresses, before a store is known",
    "user": "one person may work in several stores",
}

TABLES = sorted(Store.metadata.tables.values(), key=lambda table: table.name)


def index_columns(table: Table) -> list[tuple[str, ...]]:
    """The columns of each index and key, but for an index on some of the rows."""
    partial = {"sqlite", "postgresql"}
    indexes = (
        tuple(column.name for column in index.columns)
        for index in table.indexes
        if not any(index.dialect_options[name].get("where") is not None for name in partial)
    )
    keys = (
        tuple(column.name for column in constraint.columns)
        for constraint in table.constraints
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint)
    )
    return [*indexes, *keys]


def unindexed(table: Table) -> list[Sequence[str]]:
    """The foreign keys that no index serves: finding what points to a row would read it all."""
    return [
        key.column_keys
        for key in table.foreign_key_constraints
        if not any(serves(index, key) for index in index_columns(table))
    ]


def serves(index: tuple[str, ...], key: ForeignKeyConstraint) -> bool:
    return set(index[: len(key.column_keys)]) == set(key.column_keys)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_belongs_to_a_store_or_says_why_not(table: Table) -> None:
    if table.name in OF_NO_STORE:
        assert "store_id" not in table.columns
    else:
        assert "store_id" in table.columns
        assert not table.columns["store_id"].nullable


def test_the_exceptions_are_tables() -> None:
    assert not OF_NO_STORE.keys() - Store.metadata.tables.keys()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_foreign_key_has_its_index(table: Table) -> None:
    assert unindexed(table) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_link_between_rows_of_stores_carries_the_store(table: Table) -> None:
    for key in table.foreign_key_constraints:
        both = "store_id" in table.columns and "store_id" in key.referred_table.columns
        assert not both or "store_id" in key.column_keys, f"{key.column_keys} may cross stores"


def test_the_migrations_build_what_the_models_say(app: Flask) -> None:
    with app.app_context():
        command.check(alembic_config(app))
