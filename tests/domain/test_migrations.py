"""Migrations keep what is there: up, down and up again on data, and SQLite's batch alter without its traps."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DatabaseError

from helpdesk.clock import override
from helpdesk.db import db, transaction
from helpdesk.domain import (
    complaints,
    counters,
    deliveries,
    permissions,
    search,
    stores,
    tenancy,
)
from helpdesk.domain.permissions import SYSTEM, Actor
from helpdesk.enums import ActorType, Channel, ComplaintType, Lang, Team, TicketKind, TicketStatus
from helpdesk.factory import create_app
from helpdesk.models import (
    Event,
    Message,
    SearchDocument,
    StatusCounter,
    Store,
    Thread,
    Ticket,
)
from tests.domain.lifelines import miscounted
from tests.fixtures.clock import TUESDAY_AFTERNOON_IN_RIYADH as NOW
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make
from tests.fixtures.migrations import alembic_config, release, settings


@pytest.fixture
def app(empty_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database in which nothing is yet."""
    app = create_app(settings(empty_database_url, tmp_path / "instance"))
    with app.app_context(), tenancy.unscoped("a test looks at every store"):
        yield app
    release(app)


@pytest.fixture
def config(app: Flask) -> Config:
    return alembic_config(app)


S = TicketStatus
FORWARDED = "handler_team = 'merchant', forwarded_at = created_at"
VISITOR = Actor(type=ActorType.VISITOR, ip_hash="ip", browser_hash="browser")


def draft(email: str = "sara@example.com") -> complaints.Draft:
    return complaints.Draft(
        name="Sara",
        email=email,
        phone=None,
        type=ComplaintType.LATE,
        order_number="1021",
        description="Late.",
        desired_outcome=None,
        declared=True,
        lang=Lang.EN,
    )


def fill() -> Ticket:
    """A complaint with its thread, message and events."""
    with transaction():
        store = stores.create("noor", "Noor", "نور", SYSTEM, now=NOW)
        return complaints.submit(store, draft(), VISITOR, now=NOW).ticket


def counts() -> list[int]:
    db.session.rollback()
    found = [
        db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Ticket, Thread, Message, Event)
    ]
    db.session.rollback()
    return found


def schema() -> dict[str, list[str]]:
    """Every table with its columns, and the triggers."""
    inspector = inspect(db.engine)
    tables = {
        name: sorted(column["name"] for column in inspector.get_columns(name))
        for name in inspector.get_table_names()
    }
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if db.engine.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with db.engine.connect() as connection:
        return tables | {"triggers": sorted(connection.scalars(text(catalogue)))}


def events_are_kept() -> None:
    """The triggers work."""
    for change in ("DELETE FROM event", "UPDATE event SET became = 'x'"):
        with pytest.raises(DatabaseError, match="events are never"), transaction() as session:
            session.execute(text(change))


def test_up_down_and_up_again_with_data_in_it(app: Flask, config: Config) -> None:
    """Security: faults. Also where a trigger forbids to delete, the way down is open."""
    command.upgrade(config, "head")
    first = schema()
    fill()
    assert counts() == [1, 1, 1, 2]
    events_are_kept()
    db.session.remove()
    command.downgrade(config, "base")
    assert schema() == {"alembic_version": ["version_num"], "triggers": []}
    command.upgrade(config, "head")
    assert schema() == first
    with tenancy.unscoped("a test looks at every store"):
        assert counts() == [0, 0, 0, 0]
        assert fill().number
        events_are_kept()
    assert app.name == "helpdesk"


def test_from_every_revision_the_way_up_finds_what_was_there(config: Config) -> None:
    """Security, faults: down to each revision and up again with complaints of every status in it."""
    command.upgrade(config, "head")
    first, script = schema(), ScriptDirectory.from_config(config)
    with override(clock := Clock(NOW)):
        make = Make(clock)
        for status in (S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN, S.PENDING_CUSTOMER, S.CLOSED):
            make.complaint(status)
        before = said()
        for revision in list(script.walk_revisions())[1:]:
            db.session.remove()
            command.downgrade(config, revision.revision)
            command.upgrade(config, "head")
            with tenancy.unscoped("a test looks at every store"):
                assert (revision.revision, schema()) == (revision.revision, first)
                assert (revision.revision, said()) == (revision.revision, before)
                assert (revision.revision, miscounted()) == (revision.revision, [])
        with tenancy.unscoped("a test looks at every store"):
            events_are_kept()
            ticket = db.session.scalars(select(Ticket).where(Ticket.status == S.PENDING_ADMIN))
            make.answer(ticket.one())
            assert miscounted() == []


def said() -> list[tuple[Any, ...]]:
    """Each ticket with its status and contact, what was said in it, and what happened to it."""
    db.session.rollback()
    messages = select(Ticket.number, Ticket.status, Ticket.contact_email, Message.body)
    messages = messages.join(Thread, Thread.ticket_id == Ticket.id)
    messages = messages.join(Message, Message.thread_id == Thread.id).order_by(Message.id)
    events = select(Event.kind, Event.was, Event.became, Event.at).order_by(Event.id)
    found = [tuple(row) for query in (messages, events) for row in db.session.execute(query)]
    db.session.rollback()
    return found


def test_a_second_upgrade_changes_nothing(config: Config) -> None:
    command.upgrade(config, "head")
    fill()
    before = schema()
    db.session.remove()
    command.upgrade(config, "head")
    with tenancy.unscoped("a test looks at every store"):
        assert (schema(), counts()) == (before, [1, 1, 1, 2])


def test_the_way_up_leaves_the_platform_and_the_built_in_roles(config: Config) -> None:
    """X-03."""
    command.upgrade(config, "head")
    assert stores.platform().slug == "platform"
    assert db.session.scalars(select(Store.slug)).all() == ["platform"]
    keys = db.session.execute(text("SELECT count(*) FROM role WHERE builtin")).scalar()
    assert keys == 7


def test_the_counters_begin_with_the_tickets_there_are(config: Config) -> None:
    """Migration 0002: of every store and status, and counting goes on from there."""
    command.upgrade(config, "head")
    fill()
    with transaction():
        najd = stores.create("najd", "Najd", "نجد", SYSTEM, now=NOW)
        db.session.execute(text(f"UPDATE ticket SET status = 'pending_admin', {FORWARDED}"))
    with transaction():
        complaints.submit(najd, draft(), VISITOR, now=NOW)
        complaints.submit(najd, draft("huda@example.com"), VISITOR, now=NOW)
    db.session.remove()
    command.downgrade(config, "0001")
    command.upgrade(config, "head")
    with tenancy.unscoped("a test looks at every store"):
        counter = StatusCounter
        query = select(Store.slug, counter.kind, counter.status, counter.n)
        found = db.session.execute(query.join(Store).order_by(Store.slug)).all()
        assert [tuple(row) for row in found] == [
            ("najd", "complaint", "under_platform_review", 2),
            ("noor", "complaint", "pending_admin", 1),
        ]
        noor = db.session.scalars(select(Store).where(Store.slug == "noor")).one()
        with transaction():
            complaints.submit(noor, draft("third@example.com"), VISITOR, now=NOW)
        kept = counters.by_status(TicketKind.COMPLAINT)
        assert kept == {TicketStatus.UNDER_PLATFORM_REVIEW: 3, TicketStatus.PENDING_ADMIN: 1}


def test_the_way_down_takes_what_was_told_in_the_app_and_no_mail(config: Config) -> None:
    """Migration 0003: the older version knows no such channel, and every mail stays."""
    command.upgrade(config, "head")
    ticket = fill()
    with transaction():
        for channel in (Channel.EMAIL, Channel.IN_APP, Channel.EMAIL):
            deliveries.queue(now=NOW, **told(ticket, channel))
    assert message_ids() == [f"{n}@desk.test" for n in range(3)]
    db.session.remove()
    command.downgrade(config, "0002")
    assert message_ids() == ["0@desk.test", "2@desk.test"]
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(text("UPDATE delivery SET channel = 'in_app'"))
    db.session.remove()
    command.upgrade(config, "head")
    assert message_ids() == ["0@desk.test", "2@desk.test"]
    with transaction() as session:
        session.execute(text("UPDATE delivery SET channel = 'in_app'"))


def test_the_tickets_there_are_wait_for_their_words(config: Config) -> None:
    """Migration 0008: found by nothing yet, and by everything once the worker has gathered it."""
    command.upgrade(config, "head")
    number = fill().number
    db.session.remove()
    command.downgrade(config, "0007")
    command.upgrade(config, "head")
    with tenancy.unscoped("a test looks at every store"):
        assert db.session.scalars(select(SearchDocument.stale)).all() == [True]
        assert found("late") == []
        with transaction():
            assert search.catch_up(10) == 1
        assert found("late") == found("sara") == found("sar example") == [number]
        with transaction():
            assert search.catch_up(10) == 0


def test_urgent_complaints_that_are_nobodys_are_told_from_now_on(config: Config) -> None:
    """Migration 0009: those of the platform and of stores alike; of a time that runs already nobody is warned."""
    command.upgrade(config, "head")
    waiting = "UPDATE ticket SET priority = 'urgent', urgency = 0"
    begun = {}
    for email, change in (
        ("a@example.com", waiting),
        ("b@example.com", f"{waiting}, status = 'pending_customer', {FORWARDED}"),
        ("c@example.com", f"{waiting}, status = 'pending_customer'"),
        ("d@example.com", f"{waiting}, archived_at = created_at"),
        ("e@example.com", "UPDATE ticket SET version = version"),
    ):
        with transaction() as session:
            store = stores.find("noor") or stores.create("noor", "Noor", "نور", SYSTEM, now=NOW)
            ticket = complaints.submit(store, draft(email), VISITOR, now=NOW).ticket
            begun[email] = ticket.waiting_since
            session.flush()
            session.execute(text(f"{change} WHERE id = :id"), {"id": ticket.id})
    db.session.remove()
    command.downgrade(config, "0008")
    command.upgrade(config, "head")
    with tenancy.unscoped("a test looks at every store"):
        tickets = db.session.scalars(select(Ticket)).all()
        told_next = {one.contact_email: one.urgent_due_at for one in tickets if one.urgent_due_at}
        assert told_next == {email: begun[email] for email in ("a@example.com", "b@example.com")}
        assert (
            {one.warn_at for one in tickets} == {one.follow_up_of_id for one in tickets} == {None}
        )


def found(typed: str) -> list[str]:
    reviewer = Actor(
        type=ActorType.STAFF, team=Team.PLATFORM, permissions=frozenset(permissions.Permission)
    )
    return list(db.session.scalars(select(Ticket.number).where(search.matching(typed, reviewer))))


def told(ticket: Ticket, channel: Channel) -> dict[str, Any]:
    serial = len(message_ids(keep=True))
    return {
        "store_id": ticket.store_id,
        "channel": channel,
        "recipient": "agent@staff.example",
        "lang": Lang.EN,
        "template_key": "complaint_forwarded",
        "sender_name": "Noor",
        "subject": "A complaint",
        "body_text": "A complaint",
        "body_html": "",
        "dedup_key": f"key {serial}",
        "message_id": f"{serial}@desk.test",
    }


def message_ids(*, keep: bool = False) -> list[str]:
    found = db.session.scalars(text("SELECT message_id FROM delivery ORDER BY id")).all()
    if not keep:
        db.session.rollback()
    return list(found)


@pytest.fixture
def next_migration(config: Config, tmp_path: Path) -> Iterator[Path]:
    """A place for one more migration, on top of those there are."""
    folder = tmp_path / "versions"
    folder.mkdir()
    main = config.get_main_option("script_location")
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{main}/versions\n{folder}")
    command.upgrade(config, "head")
    return folder / "9999_one_more.py"


def write(migration: Path, config: Config, body: str) -> None:
    """What `flask db revision` would write on SQLite, with this in its way up."""

    head = ScriptDirectory.from_config(config).get_current_head()
    migration.write_text(
        dedent("""
        import sqlalchemy as sa
        from alembic import op

        revision = "9999"
        down_revision = "{head}"


        def upgrade():
        {body}


        def downgrade():
            pass
        """)
        .replace("{head}", str(head))
        .replace("{body}", "\n".join(f"    {line}" for line in dedent(body).strip().splitlines()))
    )


def test_a_copied_table_loses_no_row_and_no_trigger(config: Config, next_migration: Path) -> None:
    """Architecture, rule 7: with foreign keys on, SQLite's copying would delete every message and drop the triggers."""
    ticket = fill()
    number, before = ticket.number, schema()
    write(
        next_migration,
        config,
        """
        for table in ("store", "ticket", "thread", "event"):
            with op.batch_alter_table(table, recreate="auto") as batch:
                batch.add_column(sa.Column("extra", sa.String(10)))
                batch.alter_column("extra", type_=sa.String(20))
        """,
    )
    db.session.remove()
    command.upgrade(config, "head")
    with tenancy.unscoped("a test looks at every store"):
        assert counts() == [1, 1, 1, 2]
        assert db.session.scalars(select(Ticket.number)).all() == [number]
        events_are_kept()
    after = schema()
    assert after["triggers"] == before["triggers"] != []
    assert "extra" in after["ticket"]


def test_foreign_keys_are_on_again_afterwards(config: Config, next_migration: Path) -> None:
    fill()
    write(next_migration, config, "op.execute('SELECT 1')")
    db.session.remove()
    command.upgrade(config, "head")
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(text("DELETE FROM thread"))


def test_a_migration_that_orphans_rows_is_undone(config: Config, next_migration: Path) -> None:
    """Nothing of it stays, neither its change nor its number."""
    fill()
    before = schema()
    write(
        next_migration,
        config,
        """
        with op.batch_alter_table("ticket") as batch:
            batch.add_column(sa.Column("extra", sa.String(10)))
        op.execute("DELETE FROM thread")
        """,
    )
    db.session.remove()
    with pytest.raises(
        (RuntimeError, DatabaseError), match=r"(?i)without their parents|foreign key"
    ):
        command.upgrade(config, "head")
    with tenancy.unscoped("a test looks at every store"):
        assert counts() == [1, 1, 1, 2]
        assert schema() == before
        events_are_kept()
