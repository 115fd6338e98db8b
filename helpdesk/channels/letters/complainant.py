"""What a complainant is written."""

from collections.abc import Callable

from helpdesk.channels.letters import words
from helpdesk.domain.deliveries import CODE_PLACE
from helpdesk.domain.kinds import COMPLAINT
from helpdesk.domain.recipients import Notice
from helpdesk.domain.reminders import LAST
from helpdesk.enums import TicketStatus
from helpdesk.language import gettext as _
from helpdesk.language import ngettext


def _complaint_received(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    steps = [
        _(
            "%(platform)s checks it by %(day)s.",
            platform=words.platform(notice),
            day=words.day(notice, "review_by"),
        ),
        _("The store answers by %(day)s.", day=words.day(notice, "answer_by")),
    ]
    return words.Letter(
        subject=_("We have your complaint %(number)s", number=ticket.number),
        paragraphs=[
            _("Your complaint to %(store)s has arrived.", store=words.store(notice)),
            _(
                "Keep the number and the tracking code: with both you can follow the complaint, reply and close it."
            ),
        ],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("Tracking code"), CODE_PLACE),
            (_("Status"), words.label(ticket.status, notice)),
        ],
        button=(_("Track Complaint"), words.track(notice)),
        closing=[
            _("What happens next:"),
            *(steps if notice.facts["review_by"] else steps[1:]),
            _("You need to do nothing now. We will write to you when something changes."),
            _(
                "You did not send a complaint? Then somebody mistyped an address and you can ignore this mail."
            ),
        ],
    )


def _complaint_status(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    label = COMPLAINT.labels[TicketStatus(notice.facts["became"])]
    return words.Letter(
        subject=_("Your complaint %(number)s has a new status", number=ticket.number),
        paragraphs=[_(label.meaning, platform=words.platform(notice)), _(label.todo)],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("Status until now"), words.label(TicketStatus(notice.facts["was"]), notice)),
            (_("New status"), words.label(TicketStatus(notice.facts["became"]), notice)),
        ],
        button=(_("Track Complaint"), words.track(notice)),
    )


def _complaint_reply_notice(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    return words.Letter(
        subject=_("There is a reply to your complaint %(number)s", number=ticket.number),
        paragraphs=[
            _(
                "You have a reply to read in your complaint to %(store)s.",
                store=words.store(notice),
            ),
            _(
                "For your privacy it is not in this mail. Open the complaint with its number and tracking code."
            ),
            _("Then please reply, or accept the resolution and close the complaint."),
        ],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("New status"), words.label(TicketStatus(notice.facts["became"]), notice)),
        ],
        button=(_("Read the reply"), words.track(notice)),
    )


def _complaint_decided(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    return words.Letter(
        subject=_("Your complaint %(number)s was decided", number=ticket.number),
        paragraphs=[
            _(
                "%(store)s did not answer your complaint in time, so %(platform)s has decided about it.",
                store=words.store(notice),
                platform=words.platform(notice),
            ),
            _(
                "For your privacy the decision is not in this mail. Open the complaint with its number and tracking"
                " code."
            ),
            _("Then please reply, or accept the resolution and close the complaint."),
        ],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("New status"), words.label(TicketStatus(notice.facts["became"]), notice)),
        ],
        button=(_("Read the decision"), words.track(notice)),
    )


def _reminder_customer(notice: Notice) -> words.Letter:
    ticket, store = words.ticket(notice), words.store(notice)
    wanted = (
        [
            _("A question about your complaint to %(store)s waits for your answer.", store=store),
            _("Please open the complaint, read the question and reply."),
        ]
        if notice.facts["asked"]
        else [
            _("An answer to your complaint to %(store)s waits for you.", store=store),
            _(
                "Please open the complaint and read it. Then reply, or accept the resolution and close the complaint."
            ),
        ]
    )
    return words.Letter(
        subject=_("Your complaint %(number)s waits for you", number=ticket.number),
        paragraphs=wanted,
        facts=[
            (_("Complaint number"), ticket.number),
            (_("Waiting for you since"), words.moment(notice, ticket.waiting_since)),
        ],
        button=(_("Open the complaint"), words.track(notice)),
        closing=[
            _(
                "If you do nothing, the complaint stays open and goes on waiting for you: nobody but you can close it."
            ),
            _("We do not remind you again.")
            if notice.facts["days"] == LAST
            else ngettext(
                "We will remind you once more, after %(num)s day.",
                "We will remind you once more, after %(num)s days.",
                LAST,
            ),
        ],
    )


def _contact_email_changed(notice: Notice) -> words.Letter:
    ticket, old = words.ticket(notice), notice.facts["old"]
    platform = words.platform(notice)
    until = words.moment(notice, notice.facts["closable_from"])
    return words.Letter(
        subject=_(
            "The e-mail address of your complaint %(number)s was changed", number=ticket.number
        ),
        paragraphs=[
            _(
                "%(platform)s was asked to change the e-mail address of this complaint, and has done so after"
                " checking who asked.",
                platform=platform,
            ),
            _("This mailbox gets no more codes and no more mails about it.")
            if old
            else _("From now on codes and mails about it come to this mailbox."),
            _(
                "To be on the safe side nobody can close the complaint before %(moment)s.",
                moment=until,
            ),
        ],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("E-mail until now"), notice.facts["was"]),
            (_("New e-mail"), notice.facts["became"]),
        ],
        button=(_("Object to the change"), words.public(notice, "complaints.new"))
        if old
        else (_("Open the complaint"), words.track(notice)),
        closing=[
            _(
                "You did not ask for this? Then object at once: send a new complaint and give the number of this"
                " one. %(platform)s reads it first and can set the address right.",
                platform=platform,
            )
            if old
            else _(
                "You know nothing of this complaint? Then somebody gave a wrong address. Ignore this mail: without"
                " the number and the tracking code nothing can be opened."
            )
        ],
    )


def _complaint_closed(notice: Notice) -> words.Letter:
    return _ended(
        notice,
        subject=_("Your complaint %(number)s is closed", number=words.ticket(notice).number),
        how=_(
            "You accepted the resolution and closed your complaint to %(store)s.",
            store=words.store(notice),
        ),
        doubt=_(
            "You did not close it? Tell the store at once: somebody had a code from your mailbox."
        ),
    )


def _complaint_withdrawn(notice: Notice) -> words.Letter:
    return _ended(
        notice,
        subject=_("You withdrew your complaint %(number)s", number=words.ticket(notice).number),
        how=_(
            "You withdrew your complaint to %(store)s before it was answered. Nobody works on it any more.",
            store=words.store(notice),
        ),
        doubt=_(
            "You did not withdraw it? Tell the store at once: somebody had a code from your mailbox."
        ),
    )


def _ended(notice: Notice, *, subject: str, how: str, doubt: str) -> words.Letter:
    return words.Letter(
        subject=subject,
        paragraphs=[
            how,
            _(
                "It stays closed. If the matter is not over, you can start a new complaint about it."
            ),
        ],
        facts=[
            (_("Complaint number"), words.ticket(notice).number),
            (_("Closed on"), words.moment(notice, notice.facts["closed_at"])),
        ],
        button=(_("Rate how it went"), words.track(notice)),
        links=[(_("Start a new complaint"), words.public(notice, "complaints.new"))],
        closing=[doubt],
    )


def _code_view(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    return _code(
        _("Your code to open complaint %(number)s", number=ticket.number),
        _("Enter this code to open your complaint %(number)s.", number=ticket.number),
    )


def _code_close(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    return _code(
        _("Your code to close complaint %(number)s", number=ticket.number),
        _("Enter this code to close your complaint %(number)s for good.", number=ticket.number),
    )


def _code(subject: str, purpose: str) -> words.Letter:
    return words.Letter(
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


WRITERS: dict[str, Callable[[Notice], words.Letter]] = {
    "code_close": _code_close,
    "code_view": _code_view,
    "complaint_closed": _complaint_closed,
    "complaint_decided": _complaint_decided,
    "complaint_received": _complaint_received,
    "complaint_reply_notice": _complaint_reply_notice,
    "complaint_status": _complaint_status,
    "contact_email_changed": _contact_email_changed,
    "reminder_customer": _reminder_customer,
    "complaint_withdrawn": _complaint_withdrawn,
}
