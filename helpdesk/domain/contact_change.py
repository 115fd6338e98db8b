"""Another e-mail address for a complaint whose customer lost theirs, by the platform's administrators alone (C47)."""

from datetime import datetime

from helpdesk import normalise
from helpdesk.domain import contacts, search, timeline, verification
from helpdesk.domain.errors import Invalid
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import EventKind
from helpdesk.models import Ticket
from helpdesk.words import N_

REASON = N_("Say why the address changes. Nobody can undo it, so it has to be explained.")
UNCHECKED = N_("First make sure that it is the same person, then tick that you did.")
SAME = N_("This is the address that the complaint has already.")


def change(
    ticket: Ticket, email: str, reason: str, actor: Actor, *, checked: bool, now: datetime
) -> None:
    """From now on codes and mails go to `email`; whatever the old mailbox had opened is shut.

    Both mailboxes are told, and the complaint cannot be closed for a day (`closing.closable_from`), so that whoever
    lost it has time to object. The contact is no known customer again until the new mailbox is proven.

    Raises:
        Invalid: no reason, identity not checked, no address, or the same as before.
    """
    require(actor, Permission.CONTACT_CHANGE, ticket)
    address, why = contacts.read_email(email), normalise.prose(reason)
    _refuse_unexplained(ticket, address, why, checked=checked)
    old = ticket.contact_email
    ticket.contact_email = address
    ticket.contact_email_key = normalise.email_key(address)
    ticket.contact_changed_at = now
    ticket.customer = None
    search.rebuild(ticket)
    verification.forget(ticket, now=now)
    timeline.record(
        EventKind.CONTACT_CHANGED,
        actor,
        ticket,
        now=now,
        was=contacts.masked_email(old),
        became=contacts.masked_email(address),
        public=True,
        data={"reason": why},
        secret=old,  # the log keeps no address; the mail to the old one still has to find it
    )


def _refuse_unexplained(ticket: Ticket, address: str, why: str, *, checked: bool) -> None:
    if normalise.email_key(address) == ticket.contact_email_key:
        raise Invalid(SAME, field="email")
    if not why:
        raise Invalid(REASON, field="reason")
    if not checked:
        raise Invalid(UNCHECKED, field="checked")
