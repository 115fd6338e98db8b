"""Who may do what to a complaint in which status: the whole table, and that a refusal leaves no trace.

S1-17, S1-26, S1-48 to S1-51, C9, C10, C45, C46, X-01, X-03.
"""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from helpdesk.db import db, transaction
from helpdesk.domain import closing, complaints, conversation, review, tickets
from helpdesk.domain.errors import Refusal
from helpdesk.domain.permissions import SYSTEM, Actor
from helpdesk.enums import TicketStatus
from helpdesk.models import Event, Message, Ticket, VerificationCode
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Filed, Make

STATUSES = [
    TicketStatus.UNDER_PLATFORM_REVIEW,
    TicketStatus.PENDING_ADMIN,
    TicketStatus.PENDING_CUSTOMER,
    TicketStatus.CLOSED,
]
Do = Callable[[Ticket, Actor, Clock], object]
MOVES: dict[str, Do] = {
    "read": lambda ticket, actor, now: conversation.read(ticket, actor, now=now()),
    "forward": lambda ticket, actor, now: review.forward(ticket, "", actor, now=now()),
    "ask": lambda ticket, actor, now: complaints.ask(
        ticket, "Which?", actor, last_seen=None, now=now()
    ),
    "answer": lambda ticket, actor, now: complaints.answer(
        ticket, "Here.", actor, last_seen=None, now=now()
    ),
    "respond": lambda ticket, actor, now: complaints.respond(ticket, "Thanks.", actor, now=now()),
    "ask to close": lambda ticket, actor, now: closing.ask_to_close(ticket, actor, now=now()),
    "close": lambda ticket, actor, now: closing.close(ticket, "000000", actor, now=now()),
    "ask to withdraw": lambda ticket, actor, now: closing.ask_to_withdraw(ticket, actor, now=now()),
    "withdraw": lambda ticket, actor, now: closing.withdraw(ticket, "000000", actor, now=now()),
    "assign": lambda ticket, actor, now: tickets.assign(ticket, None, actor, now=now()),
}

DONE, STATE, FORBIDDEN, HIDDEN = "done", "WrongState", "NotAllowed", "NotFound"
UNFORWARDED = (FORBIDDEN, DONE, DONE, DONE)
ALWAYS, NEVER, UNSEEN = (DONE,) * 4, (FORBIDDEN,) * 4, (HIDDEN,) * 4
UNTIL_CLOSED = (DONE, DONE, DONE, STATE)
MERCHANT = ("store_owner", "store_manager", "agent")
PLATFORM = ("platform_admin", "platform_reviewer")
STRANGERS = ("an agent of another store", "another complainant", "a visitor", "the system")
PEOPLE = (*PLATFORM, "tech_support", *MERCHANT, "analyst", "the complainant", *STRANGERS)

# Move → who may, with the outcome in each of STATUSES. Who is not named gets NEVER, strangers UNSEEN.
TABLE: dict[str, dict[str, tuple[str, ...]]] = {
    "read": dict.fromkeys(PLATFORM, ALWAYS)
    | dict.fromkeys((*MERCHANT, "analyst"), UNFORWARDED)
    | {"the complainant": ALWAYS},
    "forward": dict.fromkeys(PLATFORM, (DONE, STATE, STATE, STATE)),
    "ask": dict.fromkeys(PLATFORM, UNTIL_CLOSED)
    | dict.fromkeys(MERCHANT, (FORBIDDEN, DONE, DONE, STATE)),
    "answer": dict.fromkeys(PLATFORM, UNTIL_CLOSED)
    | dict.fromkeys(MERCHANT, (FORBIDDEN, DONE, DONE, STATE)),
    "respond": {"the complainant": UNTIL_CLOSED},
    "ask to close": {"the complainant": (STATE, STATE, DONE, STATE)},
    "close": {"the complainant": (STATE, STATE, "WrongCode", STATE)},
    "ask to withdraw": {"the complainant": (DONE, DONE, STATE, STATE)},
    "withdraw": {"the complainant": ("WrongCode", "WrongCode", STATE, STATE)},
    "assign": dict.fromkeys(MERCHANT, (FORBIDDEN, DONE, DONE, STATE)),
}


def people(make: Make, filed: Filed) -> dict[str, Actor]:
    other = make.complaint(store=make.store("other")).ticket
    strangers = [
        make.actor("agent", make.store("other")),
        make.shopper(other),
        make.shopper(),
        SYSTEM,
    ]
    staff = {role: make.actor(role) for role in PEOPLE[:7]}
    return (
        staff
        | {"the complainant": make.shopper(filed.ticket)}
        | dict(zip(STRANGERS, strangers, strict=True))
    )


def attempt(do: Do, ticket: Ticket, actor: Actor, clock: Clock) -> str:
    """What comes of it; what went well is undone, so that the next one starts from the same status."""
    try:
        with transaction() as session:
            do(ticket, actor, clock)
            session.rollback()
    except Refusal as refusal:
        return type(refusal).__name__
    return DONE


def traces(ticket: Ticket) -> tuple[object, ...]:
    db.session.rollback()
    counts = (select(func.count()).select_from(one) for one in (Event, Message, VerificationCode))
    return (ticket.status, ticket.version, ticket.first_reply_at, *map(db.session.scalar, counts))


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("status", STATUSES)
def test_the_table_of_moves(make: Make, move: str, status: TicketStatus) -> None:
    """Every status × move × person; and nothing that is refused is written."""
    filed = make.complaint(status)
    column = STATUSES.index(status)
    everybody = people(make, filed)
    expected = {
        name: TABLE[move].get(name, UNSEEN if name in STRANGERS else NEVER)[column]
        for name in PEOPLE
    }
    before = traces(filed.ticket)
    found = {
        name: attempt(MOVES[move], filed.ticket, actor, make.clock)
        for name, actor in everybody.items()
    }
    assert found == expected
    assert traces(filed.ticket) == before


def test_no_built_in_role_closes_a_complaint(make: Make) -> None:
    """S1-26, C9: not even with the right code in hand."""
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    customer = make.shopper(filed.ticket)
    with transaction():
        closing.ask_to_close(filed.ticket, customer, now=make.clock())
    code = make.code(filed.ticket)
    everybody = people(make, filed)
    outcomes = {
        name: attempt(
            lambda ticket, by, now: closing.close(ticket, code, by, now=now()),
            filed.ticket,
            actor,
            make.clock,
        )
        for name, actor in everybody.items()
    }
    done = [name for name, outcome in outcomes.items() if outcome == DONE]
    assert done == ["the complainant"]


def test_what_the_platform_asked_stays_unread_by_the_store(make: Make) -> None:
    """S1-48: waiting for the customer, but never forwarded."""
    filed, reviewer = make.complaint(), make.actor("platform_reviewer")
    with transaction():
        complaints.ask(filed.ticket, "Which bottle?", reviewer, last_seen=None, now=make.clock())
    owner = make.actor("store_owner")
    assert filed.ticket.status is TicketStatus.PENDING_CUSTOMER
    for move in ("read", "answer", "assign"):
        assert attempt(MOVES[move], filed.ticket, owner, make.clock) == FORBIDDEN
