"""What each kind of ticket allows, as data: statuses, moves and the words for them.

The engine (`tickets.move`) reads the table; no rule about a kind's statuses stands anywhere else.
"""

from dataclasses import dataclass
from enum import StrEnum

from helpdesk.enums import ComplaintType, DesiredOutcome, TicketKind, TicketStatus
from helpdesk.words import N_

S = TicketStatus


class Move(StrEnum):
    """Events that may change a ticket's status."""

    FORWARD = "forward"
    REVIEW_REPLY = "review_reply"
    STAFF_REPLY = "staff_reply"
    SUPPLEMENT = "supplement"
    CUSTOMER_REPLY = "customer_reply"
    ACCEPT = "accept"


@dataclass(frozen=True)
class Step:
    """One allowed transition. Without a `target` the status stays; `returns` leads back to whoever asked."""

    sources: frozenset[TicketStatus]
    target: TicketStatus | None = None
    returns: bool = False
    """The target is the ticket's `return_to`, if it waits for the customer."""
    remembers: bool = False
    """The status that is left becomes `return_to`."""


@dataclass(frozen=True)
class Label:
    """A status in words: its name, what it means for the customer and what they have to do."""

    name: str
    meaning: str
    todo: str
    tone: str


@dataclass(frozen=True)
class Kind:
    """The policy of one kind of ticket."""

    prefix: str
    steps: dict[Move, Step]
    labels: dict[TicketStatus, Label]
    refusal: str
    """What a refused move answers while the ticket is open."""


_COMPLAINT_OPEN = frozenset({S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN, S.PENDING_CUSTOMER})

COMPLAINT = Kind(
    prefix="CMP",
    steps={
        Move.FORWARD: Step(frozenset({S.UNDER_PLATFORM_REVIEW}), S.PENDING_ADMIN),
        Move.REVIEW_REPLY: Step(
            frozenset({S.UNDER_PLATFORM_REVIEW}), S.PENDING_CUSTOMER, remembers=True
        ),
        Move.STAFF_REPLY: Step(frozenset({S.PENDING_ADMIN}), S.PENDING_CUSTOMER, remembers=True),
        Move.SUPPLEMENT: Step(frozenset({S.PENDING_CUSTOMER})),
        Move.CUSTOMER_REPLY: Step(_COMPLAINT_OPEN, returns=True),
        # The only way to `closed`, and only `complaints.close` walks it, with the customer's code (S1-26, C9).
        Move.ACCEPT: Step(_COMPLAINT_OPEN, S.CLOSED),
    },
    labels={
        S.UNDER_PLATFORM_REVIEW: Label(
            N_("Under Review by %(platform)s"),
            N_("The %(platform)s team is checking the complaint before the store answers."),
            N_("You need to do nothing now. We will write to you."),
            "info",
        ),
        S.PENDING_ADMIN: Label(
            N_("Waiting for Merchant Response"),
            N_("The store has the complaint and owes you an answer."),
            N_("You need to do nothing now. We will write to you when the store answers."),
            "info",
        ),
        S.PENDING_CUSTOMER: Label(
            N_("Waiting for Customer Response"),
            N_("You have an answer or a question to read."),
            N_("Please read it and reply, or accept the resolution and close the complaint."),
            "warning",
        ),
        S.CLOSED: Label(
            N_("Closed"),
            N_("You accepted the resolution. The complaint is finished and stays closed."),
            "",
            "success",
        ),
    },
    refusal=N_(
        "This cannot be done while the complaint is in its present status. Reload the page to see it."
    ),
)

KINDS: dict[TicketKind, Kind] = {TicketKind.COMPLAINT: COMPLAINT}

COMPLAINT_TYPES: dict[ComplaintType, str] = {
    ComplaintType.DAMAGED: N_("Damaged or wrong item"),
    ComplaintType.NOT_RECEIVED: N_("Not received"),
    ComplaintType.LATE: N_("Late delivery"),
    ComplaintType.REFUND: N_("Refund not received"),
    ComplaintType.CHARGE: N_("Charge or price"),
    ComplaintType.NOT_AS_DESCRIBED: N_("Not as described"),
    ComplaintType.SERVICE: N_("Staff or service"),
    ComplaintType.PRIVACY: N_("Privacy"),
    ComplaintType.OTHER: N_("Other"),
}

DESIRED_OUTCOMES: dict[DesiredOutcome, str] = {
    DesiredOutcome.REFUND: N_("A refund"),
    DesiredOutcome.REPLACEMENT: N_("A replacement"),
    DesiredOutcome.EXPLANATION: N_("An explanation"),
    DesiredOutcome.OTHER: N_("Something else"),
}

DECLARATION_VERSION = 1
DECLARATIONS: dict[int, str] = {
    1: N_(
        "I declare that the information is correct to the best of my knowledge and agree that it is shared"
        " with the store and %(platform)s to handle this complaint."
    ),
}
"""Every wording anybody ever agreed to, by version (S1-31, C51). Add a version; never edit one."""
