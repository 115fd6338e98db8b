"""Complaints: from the shopper's form to the shopper's "closed" (S1).

The platform looks first and forwards, asks or answers; the merchant answers what was forwarded; nobody but the
customer closes, with a code from their mailbox.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from helpdesk import normalise, vault
from helpdesk.domain import (
    attachments,
    canned_replies,
    conversation,
    drafts,
    orders,
    replies,
    resolutions,
    stores,
    throttle,
    tickets,
    timeline,
    tracking,
    turns,
    wording,
)
from helpdesk.domain.conversation import Resolution
from helpdesk.domain.errors import Invalid
from helpdesk.domain.kinds import COMPLAINT_TYPES, DECLARATION_VERSION, Move
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import (
    ComplaintType,
    Decision,
    DesiredOutcome,
    DraftMode,
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
    files: tuple[str, ...] = ()
    """Tokens of staged uploads."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What staff say to the customer."""

    text: str
    files: Sequence[str] = ()
    """Tokens of staged uploads."""
    resolution: Resolution | None = None
    decision: Decision | None = None


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
        handler_team=Team.PLATFORM if reviewed else Team.MERCHANT,
        **_contact(draft),
        **_matter(draft, now),
    )
    tracking.set_code(ticket, tracking_code)
    turns.to_staff(ticket, now=now)
    message = conversation.say(ticket, actor, text, now=now)
    attachments.attach(message, draft.files, actor, now=now)
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


def ask(
    ticket: Ticket,
    text: str,
    actor: Actor,
    *,
    last_seen: int | None,
    files: Sequence[str] = (),
    now: datetime,
) -> Message:
    """A side asks the customer for what is missing (C45, S1-16); its clock stands still until they reply.

    Raises:
        Invalid: an empty or too long text, or a file that is not there.
        WrongState: closed, or somebody wrote meanwhile.
    """
    reply = Reply(text=text, files=files)
    kind = EventKind.COMPLAINT_ASKED
    message = _answer(ticket, reply, actor, kind, last_seen=last_seen, now=now)
    drafts.drop(ticket, DraftMode.ASK, actor)
    return message


def answer(
    ticket: Ticket,
    text: str,
    actor: Actor,
    *,
    last_seen: int | None,
    files: Sequence[str] = (),
    resolution: Resolution | None = None,
    now: datetime,
) -> Message:
    """The platform, or the merchant with **Add** (S1-19), answers; then it is the customer's turn (S1-25).

    While the customer's turn lasts, a further text is a supplement: shown and told, and the turn stays (C46).

    Raises:
        Invalid: an empty or too long text, a file that is not there, or "not valid" without saying why.
        WrongState: closed, or somebody wrote meanwhile.
    """
    reply = Reply(text=text, files=files, resolution=resolution)
    kind = EventKind.COMPLAINT_ANSWERED
    message = _answer(ticket, reply, actor, kind, last_seen=last_seen, now=now)
    drafts.drop(ticket, DraftMode.REPLY, actor)
    return message


def decide(
    ticket: Ticket,
    text: str,
    decision: Decision,
    actor: Actor,
    *,
    last_seen: int | None,
    now: datetime,
) -> Message:
    """The platform's word in place of an answer of the store's; when it may be said is `review.decide`'s matter.

    Raises:
        Invalid: an empty or too long text.
        WrongState: closed, or somebody wrote meanwhile.
    """
    reply = Reply(text=text, decision=decision)
    return _answer(ticket, reply, actor, EventKind.COMPLAINT_DECIDED, last_seen=last_seen, now=now)


def respond(
    ticket: Ticket,
    text: str,
    actor: Actor,
    *,
    last_seen: int | None = None,
    files: Sequence[str] = (),
    now: datetime,
) -> Message:
    """The customer adds a reply, a text or files or both (S0-47); it goes back to whoever asked (C45).

    Raises:
        Invalid: neither text nor files, a too long text, or a file that is not there.
        WrongState: the complaint is closed, or somebody answered while the customer was typing (X-11).
    """
    require(actor, Permission.COMPLAINT_RESPOND, ticket)
    change = tickets.move(ticket, Move.CUSTOMER_REPLY, now=now)
    conversation.refuse_stale(ticket, actor, last_seen, now=now)
    message = conversation.say(ticket, actor, text, now=now, wordless=bool(files))
    attachments.attach(message, files, actor, now=now)
    if change.was is TicketStatus.PENDING_CUSTOMER:
        turns.to_staff(ticket, now=now)
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


def _spend_submission(store: Store, draft: Draft, actor: Actor, *, now: datetime) -> None:
    mailbox = vault.keyed_hash("mailbox", normalise.email_key(draft.email))
    throttle.spend(f"submit-ip:{actor.ip_hash}", PER_HOUR_AND_ADDRESS, now=now, text=TOO_MANY)
    throttle.spend(f"submit:{store.id}:{mailbox}", PER_HOUR_AND_EMAIL, now=now, text=TOO_MANY)


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


def _answer(
    ticket: Ticket,
    reply: Reply,
    actor: Actor,
    kind: EventKind,
    *,
    last_seen: int | None,
    now: datetime,
) -> Message:
    require(actor, Permission.COMPLAINT_REPLY, ticket)
    wording.refuse_card_numbers(reply.text)
    canned_replies.refuse_unfilled(reply.text)
    asked = kind is EventKind.COMPLAINT_ASKED
    step, kind = _reply_step(ticket, kind)
    before = replies.before(ticket)
    change = tickets.move(ticket, step, now=now)
    conversation.refuse_stale(ticket, actor, last_seen, now=now)
    message = conversation.say(
        ticket,
        actor,
        reply.text,
        resolution=resolutions.checked(reply.resolution) if reply.resolution else None,
        decision=reply.decision,
        now=now,
        released_at=now + replies.UNDO_FOR,
    )
    attachments.attach(message, reply.files, actor, now=now)
    if not asked:
        ticket.first_reply_at = ticket.first_reply_at or message.released_at
    turns.to_customer(ticket, asked=asked, now=now)
    timeline.record(
        kind,
        actor,
        ticket,
        now=now,
        was=change.was,
        became=change.became,
        public=True,
        data={"message_id": message.id, "before": before},
        dispatch_after=message.released_at,
    )
    return message


def _reply_step(ticket: Ticket, kind: EventKind) -> tuple[Move, EventKind]:
    if ticket.status is TicketStatus.PENDING_CUSTOMER:
        return Move.SUPPLEMENT, EventKind.COMPLAINT_SUPPLEMENTED
    if ticket.status is TicketStatus.UNDER_PLATFORM_REVIEW:
        return Move.REVIEW_REPLY, kind
    return Move.STAFF_REPLY, kind
