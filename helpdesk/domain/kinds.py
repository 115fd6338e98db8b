"""What each kind of ticket allows, as data: statuses, moves and the words for them.

The engine (`tickets.move`) reads the table; no rule about a kind's statuses stands anywhere else.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from helpdesk.enums import (
    CloseReason,
    ComplaintType,
    Decision,
    DesiredOutcome,
    ResolutionType,
    TicketKind,
    TicketStatus,
)
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
    WITHDRAW = "withdraw"


STAFF_MOVES = frozenset({Move.FORWARD, Move.REVIEW_REPLY, Move.STAFF_REPLY, Move.SUPPLEMENT})


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
    endings: dict[CloseReason, Label] = field(default_factory=dict)
    """Words for a closed ticket where its reason asks for other ones."""

    def label(self, status: TicketStatus, reason: CloseReason | None = None) -> Label:
        """The words for a status; of a closed ticket, for the reason it was closed."""
        ending = self.endings.get(reason) if reason else None
        return ending if ending and status is S.CLOSED else self.labels[status]


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
        # The only ways to `closed`, and only `closing` walks them, with the customer's code (S1-26, C9).
        Move.ACCEPT: Step(_COMPLAINT_OPEN, S.CLOSED),
        Move.WITHDRAW: Step(_COMPLAINT_OPEN, S.CLOSED),
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
    refusal=N_("This cannot be done while the complaint is in its present status."),
    endings={
        CloseReason.WITHDRAWN: Label(
            N_("Closed"),
            N_("You withdrew the complaint. It is finished and stays closed."),
            "",
            "neutral",
        )
    },
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

TYPE_HINTS: dict[ComplaintType, str] = {
    ComplaintType.DAMAGED: N_("Add a photo of the label on the parcel and one of the damage."),
    ComplaintType.NOT_RECEIVED: N_(
        "Ask your neighbours and the guard or reception of the building first, then tell us the address it was sent to."
    ),
    ComplaintType.LATE: N_("Tell us which day you were promised, and where you read it."),
    ComplaintType.REFUND: N_(
        "Tell us the amount, when it was promised and how you paid. Never send a full card number."
    ),
    ComplaintType.CHARGE: N_("Tell us which price you expected and which one you were charged."),
    ComplaintType.NOT_AS_DESCRIBED: N_(
        "Tell us what the shop's page said, and add a photo of what you got."
    ),
    ComplaintType.SERVICE: N_("Tell us when it happened and through which channel."),
    ComplaintType.PRIVACY: N_(
        "Tell us which details it is about and where you saw them. Do not repeat the details themselves."
    ),
}
"""What helps to sort a complaint of this type out, said while it is written."""

RESOLUTIONS: dict[ResolutionType, str] = {
    ResolutionType.REFUND: N_("Refund"),
    ResolutionType.WALLET_CREDIT: N_("Wallet credit"),
    ResolutionType.DISCOUNT_CODE: N_("Discount code"),
    ResolutionType.REPLACEMENT: N_("Replacement"),
    ResolutionType.APOLOGY: N_("Apology"),
    ResolutionType.NOT_VALID: N_("Complaint not valid"),
}
"""What an answer proposes (S1-20, S1-21, S1-23)."""

DECISIONS: dict[Decision, str] = {
    Decision.UPHELD: N_("Upheld"),
    Decision.REJECTED: N_("Rejected"),
}

DECLARATION_VERSION = 1
DECLARATIONS: dict[int, str] = {
    1: N_(
        "I declare that the information is correct to the best of my knowledge and agree that it is shared"
        " with the store and %(platform)s to handle this complaint."
    ),
}
"""Every wording anybody ever agreed to, by version (S1-31, C51). Add a version; never edit one."""
