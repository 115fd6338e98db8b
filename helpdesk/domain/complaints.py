"""Complaints: from the shopper's form to the shopper's "closed" (S1).

The platform looks first and forwards, asks or answers; the merchant answers what was forwarded; nobody but the
customer closes, with a code from their mailbox.
"""

from dataclasses import dataclass
from datetime import datetime

from helpdesk import normalise, vault
from helpdesk.domain import (
    conversation,
    customers,
    numbers,
    orders,
    sla,
    stores,
    throttle,
    tickets,
    timeline,
    verification,
)
from helpdesk.domain.errors import Invalid, NotFound, WrongCode, WrongState
from helpdesk.domain.kinds import COMPLAINT, COMPLAINT_TYPES, DECLARATION_VERSION, Move
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import (
    ClosedBy,
    CloseReason,
    CodePurpose,
    ComplaintType,
    DesiredOutcome,
    EventKind,
    Lang,
    Team,
    TicketKind,
    TicketSource,
    TicketStatus,
)
from helpdesk.models import Message, Store, Ticket
from helpdesk.words import N_

ORDER_NUMBER_LIMIT = 40
PER_HOUR_AND_ADDRESS = 60
PER_HOUR_AND_EMAIL = 5

TOO_MANY = N_(
    "Many complaints came from here within an hour. Please wait and try again; what you typed is still here."
)
WRONG_PAIR = N_(
    "This number and tracking code do not belong together. Check both: they are on the page and in the e-mail"
    " that confirmed your complaint."
)
NOT_ANSWERED = N_("You can accept a resolution as soon as the store or the platform has answered.")
ONLY_CUSTOMER = N_("Only the customer can close a complaint.")
DECLARE = N_("Please confirm the declaration; without it we cannot handle the complaint.")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A complaint as its form hands it over, each value already read by `contacts` or its vocabulary."""

    name: str
    email: str
    phone: str | None
    type: ComplaintType
    order_number: str
    description: str
    desired_outcome: DesiredOutcome | None
    declared: bool
    lang: Lang


@dataclass(frozen=True)
class Receipt:
    """What the complainant is told once: the number, and the tracking code that is kept only as a hash."""

    ticket: Ticket
    tracking_code: str


def read_description(typed: str) -> str:
    """What happened, tidied.

    Raises:
        Invalid: nothing visible in it, or more than 12,000 characters.
    """
    if not normalise.prose(typed):
        raise Invalid(N_("Describe what happened."), field="description")
    return conversation.read_text(typed)


def read_order_number(typed: str) -> str:
    """An order number as the shop writes it: ASCII digits, no leading #; empty when none was given.

    Raises:
        Invalid: longer than any order number.
    """
    number = normalise.reference(typed)
    if len(number) > ORDER_NUMBER_LIMIT:
        raise Invalid(
            N_("An order number has %(limit)s characters at the most."), limit=ORDER_NUMBER_LIMIT
        )
    return number


def submit(store: Store, draft: Draft, actor: Actor, *, now: datetime) -> Receipt:
    """Take in a complaint.

    Raises:
        Invalid: the declaration was not agreed to, or the description is empty or too long.
        LimitReached: more than 60 an hour from one address or 5 an hour for one mailbox.
    """
    text = conversation.read_text(draft.description)
    if not draft.declared:
        raise Invalid(DECLARE, field="declaration")
    _spend_submission(store, draft, actor, now=now)
    tracking_code = vault.new_tracking_code()
    reviewed = stores.reviews_complaints()
    ticket = tickets.open_ticket(
        TicketKind.COMPLAINT,
        store,
        now=now,
        source=TicketSource.COMPLAINT_PAGE,
        subject=COMPLAINT_TYPES[draft.type],
        status=TicketStatus.UNDER_PLATFORM_REVIEW if reviewed else TicketStatus.PENDING_ADMIN,
        forwarded_at=None if reviewed else now,
        **_first_hand(store, reviewed=reviewed, now=now),
        **_contact(draft),
        **_matter(draft, now),
    )
    set_tracking_code(ticket, tracking_code)
    conversation.say(ticket, actor, text, now=now)
    timeline.record(
        EventKind.COMPLAINT_SUBMITTED,
        actor,
        ticket,
        now=now,
        became=ticket.status,
        public=True,
        secret=vault.shown_tracking_code(tracking_code),
    )
    return Receipt(ticket, tracking_code)


def set_tracking_code(ticket: Ticket, code: str) -> None:
    """From now on this code, and no other, opens the complaint; only its hash is kept."""
    ticket.tracking_hash = _tracking_hash(ticket.store_id, ticket.number, code)


def track(store: Store, number: str, tracking_code: str, actor: Actor, *, now: datetime) -> Ticket:
    """The complaint that number and tracking code open, so that a code may be sent to its mailbox.

    A wrong number, a wrong code and another store's pair get the same answer after the same work.

    Raises:
        Invalid: the number was mistyped (its check digit says so).
        WrongCode: the pair fits nothing here; the failure is counted.
        LimitReached: after ten failures for this number or this address.
    """
    number = numbers.read(COMPLAINT.prefix, number)
    keys = (f"track:{vault.keyed_hash('track', store.id, number)}", f"track-ip:{actor.ip_hash}")
    throttle.refuse_locked(*keys, now=now)
    try:
        ticket = tickets.find(TicketKind.COMPLAINT, number)
    except NotFound:
        ticket = None
    typed = _tracking_hash(store.id, number, normalise.code(tracking_code))
    kept = (ticket.tracking_hash if ticket else None) or vault.keyed_hash("no such complaint")
    if not vault.same(kept, typed) or ticket is None:
        throttle.count_failure(*keys, now=now)
        raise WrongCode(WRONG_PAIR)
    return ticket


def prove(ticket: Ticket, code: str, actor: Actor, *, now: datetime) -> None:
    """The mailbox's code was typed: this browser may read the complaint, and the contact is a customer.

    Raises:
        WrongCode, Invalid, LimitReached: see `verification.spend`.
    """
    verification.spend(ticket, CodePurpose.VIEW, code, actor, now=now)
    verification.grant(ticket, actor, now=now)
    customers.prove(ticket, now=now)
    timeline.record(EventKind.CONTACT_PROVEN, actor, ticket, now=now)


def forward(ticket: Ticket, note: str, actor: Actor, *, now: datetime) -> None:
    """Hand the complaint to the store, with a note for the store's staff if there is something to say (S1-48).

    Raises:
        WrongState: it is not under review (any more).
    """
    require(actor, Permission.COMPLAINT_REVIEW, ticket)
    change = tickets.move(ticket, Move.FORWARD, now=now)
    ticket.forwarded_at = now
    tickets.hand_to(
        ticket, Team.MERCHANT, sla.after_workdays(now, sla.FIRST_REPLY_DAYS, ticket.store)
    )
    timeline.record(
        EventKind.COMPLAINT_FORWARDED,
        actor,
        ticket,
        now=now,
        was=change.was,
        became=change.became,
        public=True,
        data={"note": normalise.prose(note)} if normalise.prose(note) else None,
    )


def ask(
    ticket: Ticket, text: str, actor: Actor, *, last_seen: int | None, now: datetime
) -> Message:
    """The platform asks the customer for what is missing (C45)."""
    require(actor, Permission.COMPLAINT_REVIEW, ticket)
    return _answer(ticket, text, actor, EventKind.COMPLAINT_ASKED, last_seen=last_seen, now=now)


def answer(
    ticket: Ticket, text: str, actor: Actor, *, last_seen: int | None, now: datetime
) -> Message:
    """The platform, or the merchant with **Add** (S1-19), answers; then it is the customer's turn (S1-25).

    While the customer's turn lasts, a further text is a supplement: shown and told, and the turn stays (C46).

    Raises:
        Invalid: an empty or too long text.
        WrongState: closed, or somebody wrote meanwhile.
    """
    return _answer(ticket, text, actor, EventKind.COMPLAINT_ANSWERED, last_seen=last_seen, now=now)


def respond(
    ticket: Ticket, text: str, actor: Actor, *, last_seen: int | None = None, now: datetime
) -> Message:
    """The customer adds a reply; it goes back to whoever asked (C45).

    Raises:
        Invalid: an empty or too long text.
        WrongState: the complaint is closed, or somebody answered while the customer was typing (X-11).
    """
    require(actor, Permission.COMPLAINT_RESPOND, ticket)
    change = tickets.move(ticket, Move.CUSTOMER_REPLY, now=now)
    conversation.refuse_stale(ticket, actor, last_seen)
    message = conversation.say(ticket, actor, text, now=now)
    if change.was is TicketStatus.PENDING_CUSTOMER:
        _wait_for_staff(ticket, change.became, now=now)
    timeline.record(
        EventKind.COMPLAINT_CUSTOMER_REPLIED,
        actor,
        ticket,
        now=now,
        was=change.was,
        became=change.became,
        public=True,
        data={"message_id": message.id},
    )
    return message


def may_be_closed(ticket: Ticket) -> bool:
    """Whether there is an answer that the customer could accept."""
    return ticket.status is not TicketStatus.CLOSED and ticket.first_reply_at is not None


def ask_to_close(ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """The customer said **Yes**: send the code that closing needs (S1-43, S1-44).

    Raises:
        WrongState: there is no answer to accept yet, or the complaint is closed.
        LimitReached: codes were asked for too quickly.
    """
    require(actor, Permission.COMPLAINT_CLOSE, ticket)
    _refuse_unclosable(ticket)
    verification.issue(ticket, CodePurpose.CLOSE, actor, now=now)


def close(ticket: Ticket, code: str, actor: Actor, *, now: datetime) -> None:
    """The one path to "closed": the customer, with a fresh `close` code from their mailbox (S1-26, C9).

    Raises:
        NotAllowed: anybody else.
        WrongState: there is no answer to accept yet, or the complaint is closed.
        WrongCode, Invalid, LimitReached: see `verification.spend`.
    """
    require(actor, Permission.COMPLAINT_CLOSE, ticket)
    _refuse_unclosable(ticket)
    verification.spend(ticket, CodePurpose.CLOSE, code, actor, now=now)
    # Before the status is written: the database itself refuses a complaint closed by anybody else.
    ticket.closed_by, ticket.close_reason, ticket.closed_at = (
        ClosedBy.CUSTOMER,
        CloseReason.ACCEPTED,
        now,
    )
    change = tickets.move(ticket, Move.ACCEPT, now=now)
    ticket.due_at = None
    timeline.record(
        EventKind.COMPLAINT_CLOSED,
        actor,
        ticket,
        now=now,
        was=change.was,
        became=change.became,
        public=True,
    )


def missing_information(ticket: Ticket, description: str) -> list[str]:
    """What a reader would still want to know to identify the case (S1-16), as sentences."""
    missing = []
    if not ticket.order_number_text and ticket.complaint_type is not ComplaintType.SERVICE:
        missing.append(N_("No order number was given."))
    if ticket.order_number_text and ticket.order_id is None:
        missing.append(N_("The order number could not be matched with an order of this customer."))
    if ticket.contact_phone is None:
        missing.append(N_("No telephone number was given."))
    if ticket.desired_outcome is None:
        missing.append(N_("The customer did not say what would make it right."))
    if len(description) < SHORT_DESCRIPTION:
        missing.append(N_("The description is very short."))
    return missing


SHORT_DESCRIPTION = 40


def _spend_submission(store: Store, draft: Draft, actor: Actor, *, now: datetime) -> None:
    mailbox = vault.keyed_hash("mailbox", normalise.email_key(draft.email))
    throttle.spend(f"submit-ip:{actor.ip_hash}", PER_HOUR_AND_ADDRESS, now=now, text=TOO_MANY)
    throttle.spend(f"submit:{store.id}:{mailbox}", PER_HOUR_AND_EMAIL, now=now, text=TOO_MANY)


def _first_hand(store: Store, *, reviewed: bool, now: datetime) -> dict[str, object]:
    if reviewed:
        due_at = sla.after_workdays(now, sla.REVIEW_DAYS, stores.platform())
        return {"handler_team": Team.PLATFORM, "due_at": due_at}
    return {
        "handler_team": Team.MERCHANT,
        "due_at": sla.after_workdays(now, sla.FIRST_REPLY_DAYS, store),
    }


def _contact(draft: Draft) -> dict[str, object]:
    return {
        "contact_name": draft.name,
        "contact_email": draft.email,
        "contact_email_key": normalise.email_key(draft.email),
        "contact_phone": draft.phone,
        "contact_lang": draft.lang,
    }


def _matter(draft: Draft, now: datetime) -> dict[str, object]:
    number = draft.order_number
    order = orders.of_contact(number, draft.email, draft.phone) if number else None
    return {
        "complaint_type": draft.type,
        "desired_outcome": draft.desired_outcome,
        "order_number_text": number or None,
        "order_id": order.id if order else None,
        "declaration_version": DECLARATION_VERSION,
        "declared_at": now,
        "declaration_lang": draft.lang,
    }


def _tracking_hash(store_id: int, number: str, code: str) -> str:
    return vault.keyed_hash("tracking", store_id, number, code)


def _answer(
    ticket: Ticket,
    text: str,
    actor: Actor,
    kind: EventKind,
    *,
    last_seen: int | None,
    now: datetime,
) -> Message:
    require(actor, Permission.COMPLAINT_REPLY, ticket)
    step, kind = _reply_step(ticket, kind)
    change = tickets.move(ticket, step, now=now)
    conversation.refuse_stale(ticket, actor, last_seen)
    message = conversation.say(ticket, actor, text, now=now)
    if kind is not EventKind.COMPLAINT_ASKED:
        ticket.first_reply_at = ticket.first_reply_at or now
    ticket.due_at = None
    timeline.record(
        kind,
        actor,
        ticket,
        now=now,
        was=change.was,
        became=change.became,
        public=True,
        data={"message_id": message.id},
    )
    return message


def _reply_step(ticket: Ticket, kind: EventKind) -> tuple[Move, EventKind]:
    if ticket.status is TicketStatus.PENDING_CUSTOMER:
        return Move.SUPPLEMENT, EventKind.COMPLAINT_SUPPLEMENTED
    if ticket.status is TicketStatus.UNDER_PLATFORM_REVIEW:
        return Move.REVIEW_REPLY, kind
    return Move.STAFF_REPLY, kind


def _wait_for_staff(ticket: Ticket, status: TicketStatus, *, now: datetime) -> None:
    if status is TicketStatus.UNDER_PLATFORM_REVIEW:
        tickets.hand_to(
            ticket, Team.PLATFORM, sla.after_workdays(now, sla.REVIEW_DAYS, stores.platform())
        )
    else:
        tickets.hand_to(
            ticket, Team.MERCHANT, sla.after_workdays(now, sla.FIRST_REPLY_DAYS, ticket.store)
        )


def _refuse_unclosable(ticket: Ticket) -> None:
    if ticket.status is TicketStatus.CLOSED:
        raise WrongState(tickets.FINISHED)
    if not may_be_closed(ticket):
        raise WrongState(NOT_ANSWERED)
