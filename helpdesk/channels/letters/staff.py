"""What staff are written about complaints."""

from collections.abc import Callable

from flask_babel import gettext as _

from helpdesk.channels import links
from helpdesk.channels.letters import words
from helpdesk.domain.notifications import Notice


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
    "ticket_assigned": _ticket_assigned,
}
