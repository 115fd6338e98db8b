"""What letters are made of, and the words that many of them share."""

from dataclasses import dataclass, field
from datetime import datetime

from helpdesk import dates
from helpdesk.channels import links
from helpdesk.domain import stores
from helpdesk.domain.kinds import COMPLAINT, COMPLAINT_TYPES
from helpdesk.domain.recipients import Notice
from helpdesk.enums import TicketStatus
from helpdesk.language import gettext as _
from helpdesk.models import Ticket


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The content of one mail, before it is laid out as text and HTML."""

    subject: str
    paragraphs: list[str]
    facts: list[tuple[str, str]] = field(default_factory=list)
    """Label and value of what the reader may want to copy or compare."""
    links: list[tuple[str, str]] = field(default_factory=list)
    """Label and address of several things of the same kind; the one thing to do is the button."""
    code: str | None = None
    """Shown large; the place of a sealed code until the moment of sending."""
    button: tuple[str, str] | None = None
    """Label and address of the one thing to do."""
    closing: list[str] = field(default_factory=list)


def ticket(notice: Notice) -> Ticket:
    """The ticket that the notice is about."""
    assert notice.ticket is not None, notice.template  # noqa: S101 - these templates are about a ticket
    return notice.ticket


def platform(notice: Notice) -> str:
    """The platform's name in the reader's language."""
    return stores.platform().name_in(notice.lang)


def store(notice: Notice) -> str:
    """The store's name in the reader's language."""
    return notice.store.name_in(notice.lang)


def label(status: TicketStatus, notice: Notice) -> str:
    """A complaint's status in words."""
    return _(COMPLAINT.labels[status].name, platform=platform(notice))


def kind(ticket: Ticket) -> str:
    """What a complaint is about, in words."""
    return _(COMPLAINT_TYPES[ticket.complaint_type]) if ticket.complaint_type else ""


def moment(notice: Notice, moment: datetime) -> str:
    """A moment on the clock of the notice's store."""
    return dates.when(moment, notice.lang, notice.store.timezone)


def day(notice: Notice, fact: str) -> str:
    """A day among the notice's facts; empty when there is none."""
    moment = notice.facts[fact]
    return dates.day(moment, notice.lang, notice.store.timezone) if moment else ""


def track(notice: Notice) -> str:
    """Where the complainant opens it."""
    return public(notice, "tracking.track", number=ticket(notice).number)


def public(notice: Notice, endpoint: str, **values: str) -> str:
    """A page of the store, in the reader's language."""
    return links.public(endpoint, store=notice.store.slug, lang=notice.lang.value, **values)


def desk(notice: Notice) -> str:
    """Where staff open it: in their own back office."""
    return office(notice, ticket(notice))


def office(notice: Notice, about: Ticket) -> str:
    """Where the reader's own back office has this ticket."""
    if notice.store.id == about.store_id:
        return links.public("desk_complaints.details", store=about.store.slug, number=about.number)
    return links.public("platform_complaints.details", shop=about.store.slug, number=about.number)
