"""The words of every mail: one function a template key, both formats and languages from the same words.

A letter says what happened, what it means and what to do now. It never quotes what somebody typed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from helpdesk import dates
from helpdesk.channels import links
from helpdesk.domain import stores
from helpdesk.domain.deliveries import CODE_PLACE
from helpdesk.domain.kinds import COMPLAINT, COMPLAINT_TYPES
from helpdesk.domain.notifications import Notice
from helpdesk.enums import TicketStatus
from helpdesk.models import Ticket

LINK_PLACE = "to-be-filled-in"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The content of one mail, before it is laid out as text and HTML."""

    subject: str
    paragraphs: list[str]
    facts: list[tuple[str, str]] = field(default_factory=list)
    """Label and value of what the reader may want to copy or compare."""
    code: str | None = None
    """Shown large; the place of a sealed code until the moment of sending."""
    button: tuple[str, str] | None = None
    """Label and address of the one thing to do."""
    closing: list[str] = field(default_factory=list)


def write(notice: Notice) -> Letter:
    """The letter of a notice, in the language that is in force."""
    return _WRITERS[notice.template](notice)


def _complaint_received(notice: Notice) -> Letter:
    ticket = _ticket(notice)
    steps = [
        _(
            "%(platform)s checks it by %(day)s.",
            platform=_platform(notice),
            day=_day(notice, "review_by"),
        ),
        _("The store answers by %(day)s.", day=_day(notice, "answer_by")),
    ]
    return Letter(
        subject=_("We have your complaint %(number)s", number=ticket.number),
        paragraphs=[
            _("Your complaint to %(store)s has arrived.", store=_store(notice)),
            _(
                "Keep the number and the tracking code: with both you can follow the complaint, reply and close it."
            ),
        ],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("Tracking code"), CODE_PLACE),
            (_("Status"), _label(ticket.status, notice)),
        ],
        button=(_("Track Complaint"), _track(notice)),
        closing=[
            _("What happens next:"),
            *(steps if notice.facts["review_by"] else steps[1:]),
            _("You need to do nothing now. We will write to you when something changes."),
            _(
                "You did not send a complaint? Then somebody mistyped an address and you can ignore this mail."
            ),
        ],
    )


def _complaint_status(notice: Notice) -> Letter:
    ticket = _ticket(notice)
    label = COMPLAINT.labels[TicketStatus(notice.facts["became"])]
    return Letter(
        subject=_("Your complaint %(number)s has a new status", number=ticket.number),
        paragraphs=[_(label.meaning, platform=_platform(notice)), _(label.todo)],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("Status until now"), _label(TicketStatus(notice.facts["was"]), notice)),
            (_("New status"), _label(TicketStatus(notice.facts["became"]), notice)),
        ],
        button=(_("Track Complaint"), _track(notice)),
    )


def _complaint_reply_notice(notice: Notice) -> Letter:
    ticket = _ticket(notice)
    return Letter(
        subject=_("There is a reply to your complaint %(number)s", number=ticket.number),
        paragraphs=[
            _("You have a reply to read in your complaint to %(store)s.", store=_store(notice)),
            _(
                "For your privacy it is not in this mail. Open the complaint with its number and tracking code."
            ),
            _("Then please reply, or accept the resolution and close the complaint."),
        ],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("New status"), _label(TicketStatus(notice.facts["became"]), notice)),
        ],
        button=(_("Read the reply"), _track(notice)),
    )


def _complaint_closed(notice: Notice) -> Letter:
    ticket = _ticket(notice)
    return Letter(
        subject=_("Your complaint %(number)s is closed", number=ticket.number),
        paragraphs=[
            _(
                "You accepted the resolution and closed your complaint to %(store)s.",
                store=_store(notice),
            ),
            _(
                "It stays closed. If the matter is not over, you can start a new complaint about it."
            ),
        ],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("Closed on"), _moment(notice, notice.facts["closed_at"])),
        ],
        button=(_("Start a new complaint"), _public(notice, "complaints.new")),
        closing=[
            _(
                "You did not close it? Tell the store at once: somebody had a code from your mailbox."
            )
        ],
    )


def _code_view(notice: Notice) -> Letter:
    ticket = _ticket(notice)
    return _code(
        _("Your code to open complaint %(number)s", number=ticket.number),
        _("Enter this code to open your complaint %(number)s.", number=ticket.number),
    )


def _code_close(notice: Notice) -> Letter:
    ticket = _ticket(notice)
    return _code(
        _("Your code to close complaint %(number)s", number=ticket.number),
        _("Enter this code to close your complaint %(number)s for good.", number=ticket.number),
    )


def _code(subject: str, purpose: str) -> Letter:
    return Letter(
        subject=subject,
        paragraphs=[purpose],
        code=CODE_PLACE,
        closing=[
            _("It works for 10 minutes, once, in the browser where you asked for it."),
            _(
                "We never ask for it by phone or message. If you did not ask for a code, ignore this mail."
            ),
        ],
    )


def _complaint_forwarded(notice: Notice) -> Letter:
    ticket = _ticket(notice)
    facts = [(_("Complaint number"), ticket.number), (_("Type"), _type(ticket))]
    if ticket.due_at is not None:
        facts.append((_("Answer due"), _moment(notice, ticket.due_at)))
    return Letter(
        subject=_(
            "Complaint %(number)s waits for %(store)s", number=ticket.number, store=_store(notice)
        ),
        paragraphs=[
            _(
                "%(platform)s has passed a complaint to your store. Please answer it.",
                platform=_platform(notice),
            )
        ],
        facts=facts,
        button=(_("Open the complaint"), _desk(notice)),
    )


def _complaint_customer_reply(notice: Notice) -> Letter:
    ticket = _ticket(notice)
    return Letter(
        subject=_("The customer replied in complaint %(number)s", number=ticket.number),
        paragraphs=[_("There is a new reply from the customer. It is your turn to answer.")],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("Store"), ticket.store.name_in(notice.lang)),
        ],
        button=(_("Open the complaint"), _desk(notice)),
    )


def _complaint_new_platform(notice: Notice) -> Letter:
    lines = notice.facts["complaints"]
    return Letter(
        subject=_("New complaints to review: %(count)s", count=len(lines)),
        paragraphs=[_("These complaints have arrived and wait for your review.")],
        facts=[
            (line["number"], f"{line['store'].name_in(notice.lang)} · {_(line['type'])}")
            for line in lines
        ],
        button=(_("Open the complaints"), links.public("platform_complaints.index")),
    )


def _ticket_assigned(notice: Notice) -> Letter:
    ticket = _ticket(notice)
    facts = [(_("Complaint number"), ticket.number), (_("Type"), _type(ticket))]
    if ticket.due_at is not None:
        facts.append((_("Answer due"), _moment(notice, ticket.due_at)))
    return Letter(
        subject=_("Complaint %(number)s is now yours", number=ticket.number),
        paragraphs=[
            _("You were made responsible for a complaint at %(store)s.", store=_store(notice))
        ],
        facts=facts,
        button=(_("Open the complaint"), _desk(notice)),
    )


def _password_reset(_notice: Notice) -> Letter:
    return Letter(
        subject=_("Choose a new password"),
        paragraphs=[
            _("Somebody, we hope you, asked for a new password for this account."),
            _("The link works once, for one hour."),
        ],
        button=(_("Choose a new password"), _reset_link()),
        closing=[_("If it was not you, ignore this mail; your password stays as it is.")],
    )


def _password_changed(_notice: Notice) -> Letter:
    return Letter(
        subject=_("Your password was changed"),
        paragraphs=[
            _(
                "The password of your staff account was changed just now. All signed-in browsers were signed out."
            ),
            _("If it was not you, choose a new password at once and tell your administrator."),
        ],
        button=(_("Sign in"), links.public("login.sign_in")),
    )


_WRITERS: dict[str, Callable[[Notice], Letter]] = {
    "code_close": _code_close,
    "code_view": _code_view,
    "complaint_closed": _complaint_closed,
    "complaint_customer_reply": _complaint_customer_reply,
    "complaint_forwarded": _complaint_forwarded,
    "complaint_new_platform": _complaint_new_platform,
    "complaint_received": _complaint_received,
    "complaint_reply_notice": _complaint_reply_notice,
    "complaint_status": _complaint_status,
    "password_changed": _password_changed,
    "password_reset": _password_reset,
    "ticket_assigned": _ticket_assigned,
}


def _ticket(notice: Notice) -> Ticket:
    assert notice.ticket is not None, notice.template  # noqa: S101 - these templates are about a ticket
    return notice.ticket


def _platform(notice: Notice) -> str:
    return stores.platform().name_in(notice.lang)


def _store(notice: Notice) -> str:
    return notice.store.name_in(notice.lang)


def _label(status: TicketStatus, notice: Notice) -> str:
    return _(COMPLAINT.labels[status].name, platform=_platform(notice))


def _type(ticket: Ticket) -> str:
    return _(COMPLAINT_TYPES[ticket.complaint_type]) if ticket.complaint_type else ""


def _moment(notice: Notice, moment: datetime) -> str:
    return dates.when(moment, notice.lang, notice.store.timezone)


def _day(notice: Notice, fact: str) -> str:
    moment = notice.facts[fact]
    return dates.day(moment, notice.lang, notice.store.timezone) if moment else ""


def _track(notice: Notice) -> str:
    return _public(notice, "tracking.track", number=_ticket(notice).number)


def _public(notice: Notice, endpoint: str, **values: str) -> str:
    return links.public(endpoint, store=notice.store.slug, lang=notice.lang.value, **values)


def _desk(notice: Notice) -> str:
    ticket = _ticket(notice)
    if notice.store.id == ticket.store_id:
        return links.public(
            "desk_complaints.details", store=ticket.store.slug, number=ticket.number
        )
    return links.public("platform_complaints.details", shop=ticket.store.slug, number=ticket.number)


def _reset_link() -> str:
    return links.public("login.reset", token=LINK_PLACE).replace(LINK_PLACE, CODE_PLACE)
