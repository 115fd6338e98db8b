"""Only hashes and sealed texts of codes are kept, in no column of any table anything else (S1-44, security: codes)."""

import re
from collections.abc import Callable, Iterator

from sqlalchemy import Table, cast, func, select
from sqlalchemy.types import String

from helpdesk import vault
from helpdesk.db import db, transaction
from helpdesk.domain import sessions, tracking
from helpdesk.enums import CodePurpose, TicketStatus
from helpdesk.models import Delivery, EventSecret, Store
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox


def everything() -> Iterator[tuple[str, str]]:
    """Every value of every column, as text, with where it stands."""
    db.session.rollback()
    for table in Store.metadata.tables.values():
        for column in table.columns:
            for value in db.session.scalars(select(cast(column, String)).select_from(table)):
                yield f"{table.name}.{column.name}", str(value)


def places(word: str) -> set[str]:
    """Where a word stands, apart from longer words such as hashes."""
    alone = re.compile(rf"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])")
    return {place for place, value in everything() if alone.search(value)}


def count(table: type[EventSecret | Delivery]) -> int:
    db.session.rollback()
    kept: Table = table.__table__  # type: ignore[assignment]
    return db.session.scalar(select(func.count()).select_from(kept)) or 0


def test_codes_are_nowhere_in_the_database(
    make: Make, deliver: Callable[[], None], mailbox: Mailbox
) -> None:
    """Neither before their mail is written, nor while it waits, nor after it was sent."""
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    customer = make.shopper(filed.ticket)
    assert places(filed.tracking_code) == set()
    secrets = [vault.shown_tracking_code(filed.tracking_code)] + [
        make.issue(filed.ticket, purpose, customer) for purpose in CodePurpose
    ]
    assert count(EventSecret) == 3
    assert [places(one) for one in secrets] == [set()] * 3
    mailbox.mood(data="451 Later")
    deliver()
    assert count(EventSecret) == 0
    waiting = db.session.scalars(select(Delivery.secret).where(Delivery.secret.is_not(None))).all()
    assert {vault.unseal(one or "") for one in waiting} == set(secrets)
    assert [places(one) for one in secrets] == [set()] * 3
    mailbox.mood()
    make.clock.move(minutes=2)
    deliver()
    sent = "\n".join(mail.text for mail in mailbox.take())
    assert all(one in sent for one in secrets)
    assert [places(one) for one in secrets] == [set()] * 3
    db.session.rollback()
    assert (
        db.session.scalars(select(Delivery.secret).where(Delivery.secret.is_not(None))).all() == []
    )


def test_what_is_in_a_cookie_is_nowhere_in_the_database(make: Make) -> None:
    user = make.user()
    with transaction():
        token = sessions.start(user, "Firefox", make.shopper(), now=make.clock())
    assert places(token) == set()


def test_the_search_finds_what_is_there(make: Make) -> None:
    """Otherwise the tests above would prove nothing."""
    filed = make.complaint()
    assert "ticket.number" in places(filed.number)
    assert "message.body" in places("The bottle arrived broken")


def test_the_same_code_of_another_complaint_has_another_hash(make: Make) -> None:
    """So equal codes cannot be told from the database: not even under the same number in another store."""
    elsewhere = make.complaint(store=make.store("other")).ticket
    tickets = [make.complaint().ticket, make.complaint().ticket, elsewhere]
    with transaction():
        elsewhere.number = tickets[0].number
        for ticket in tickets:
            tracking.set_code(ticket, "AAAA2222")
    assert len({ticket.tracking_hash for ticket in tickets}) == 3
