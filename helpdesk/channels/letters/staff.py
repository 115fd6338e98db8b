"""What staff are written about complaints."""

from collections.abc import Callable

from helpdesk.channels import links
from helpdesk.channels.letters import words
from helpdesk.domain.recipients import Notice
from helpdesk.enums import StoreKind
from helpdesk.language import gettext as _


def _complaint_forwarded(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    facts = [(_("Complaint number"), ticket.number), (_("Type"), words.kind(ticket))]
    if ticket.due_at is not None:
        facts.append((_("Answer due"), words.moment(notice, ticket.due_at)))
    return words.Letter(
        subject=_(
            "Complaint %(number)s waits for %(store)s",
            number=ticket.number,
            store=words.store(notice),
        ),
        paragraphs=[
            _(
                "%(platform)s has passed a complaint to your store. Please answer it.",
                platform=words.platform(notice),
            )
        ],
        facts=facts,
        button=(_("Open the complaint"), words.desk(notice)),
    )


def _complaint_customer_reply(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    return words.Letter(
        subject=_("The customer replied in complaint %(number)s", number=ticket.number),
        paragraphs=[_("There is a new reply from the customer. It is your turn to answer.")],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("Store"), ticket.store.name_in(notice.lang)),
        ],
        button=(_("Open the complaint"), words.desk(notice)),
    )


def _complaint_new_platform(notice: Notice) -> words.Letter:
    lines = notice.facts["complaints"]
    return words.Letter(
        subject=_("New complaints to review: %(count)s", count=len(lines)),
        paragraphs=[_("These complaints have arrived and wait for your review.")],
        facts=[
            (line["number"], f"{line['store'].name_in(notice.lang)} · {_(line['type'])}")
            for line in lines
        ],
        button=(_("Open the complaints"), links.public("platform_complaints.index")),
    )


def _complaint_overdue(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    ours = ticket.forwarded_at is None
    late = (
        _("The review of a complaint is late. Please look at it now.")
        if ours
        else _("An answer to a complaint is late. Please answer it now.")
        if notice.store.id == ticket.store_id
        else _("The store is late with its answer to a complaint. You can decide in its place.")
    )
    return words.Letter(
        subject=_("Complaint %(number)s is overdue", number=ticket.number),
        paragraphs=[late],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("Store"), ticket.store.name_in(notice.lang)),
            (_("Was due"), words.moment(notice, notice.facts["due_at"])),
        ],
        button=(_("Open the complaint"), words.desk(notice)),
    )


def _sla_warning(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    ours = ticket.forwarded_at is None
    todo = (
        _("Three quarters of the time for the review of a complaint have passed.")
        if ours
        else _("Three quarters of the time for the answer to a complaint have passed.")
    )
    return words.Letter(
        subject=_("Complaint %(number)s is due soon", number=ticket.number),
        paragraphs=[todo, _("Please look at it before it is overdue.")],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("Store"), ticket.store.name_in(notice.lang)),
            (_("Due"), words.moment(notice, notice.facts["due_at"])),
        ],
        button=(_("Open the complaint"), words.desk(notice)),
    )


def _urgent_unassigned(notice: Notice) -> words.Letter:
    lines = notice.facts["complaints"]
    at_store = notice.store.kind is StoreKind.STORE
    return words.Letter(
        subject=_("Urgent complaints that nobody has taken up: %(count)s", count=len(lines)),
        paragraphs=[
            _("Nobody is responsible for these urgent complaints. Please assign somebody to each.")
            if at_store
            else _("These urgent complaints wait for a review. Please review them now."),
            _("We remind you every hour of business until that is done."),
        ],
        links=[
            (
                line["number"]
                if at_store
                else f"{line['number']} · {line['store'].name_in(notice.lang)}",
                words.office(notice, line["ticket"]),
            )
            for line in lines
        ],
    )


def _complaint_decided(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    return words.Letter(
        subject=_(
            "%(platform)s decided complaint %(number)s",
            platform=words.platform(notice),
            number=ticket.number,
        ),
        paragraphs=[
            _(
                "Your store let its time pass, so %(platform)s has decided in its place and told the customer.",
                platform=words.platform(notice),
            ),
            _("Open the complaint to read the decision, and do what it asks of your store."),
        ],
        facts=[(_("Complaint number"), ticket.number), (_("Type"), words.kind(ticket))],
        button=(_("Open the complaint"), words.desk(notice)),
    )


def _ticket_assigned(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    facts = [(_("Complaint number"), ticket.number), (_("Type"), words.kind(ticket))]
    if ticket.due_at is not None:
        facts.append((_("Answer due"), words.moment(notice, ticket.due_at)))
    return words.Letter(
        subject=_("Complaint %(number)s is now yours", number=ticket.number),
        paragraphs=[
            _("You were made responsible for a complaint at %(store)s.", store=words.store(notice))
        ],
        facts=facts,
        button=(_("Open the complaint"), words.desk(notice)),
    )


WRITERS: dict[str, Callable[[Notice], words.Letter]] = {
    "complaint_customer_reply": _complaint_customer_reply,
    "complaint_decided_store": _complaint_decided,
    "complaint_forwarded": _complaint_forwarded,
    "complaint_new_platform": _complaint_new_platform,
    "complaint_overdue": _complaint_overdue,
    "sla_warning": _sla_warning,
    "ticket_assigned": _ticket_assigned,
    "urgent_unassigned": _urgent_unassigned,
}
