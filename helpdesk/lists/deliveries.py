"""Every outgoing message and what became of it (X-05)."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, exists, false, select

from helpdesk.domain import contacts
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.enums import Channel, DeliveryStatus, Team
from helpdesk.language import gettext as _
from helpdesk.language import lazy_gettext as _l
from helpdesk.lists.declaration import (
    Choice,
    Column,
    Conditions,
    Listing,
    Rows,
    Sorting,
    View,
    Viewer,
)
from helpdesk.models import Delivery, Store, Ticket
from helpdesk.words import N_

D = DeliveryStatus
STATES = {
    D.QUEUED: (N_("Waiting to be sent"), "info"),
    D.SENDING: (N_("Being sent"), "info"),
    D.SENT: (N_("Sent"), "success"),
    D.TEMPORARY_FAILURE: (N_("Failed, will be tried again"), "warning"),
    D.PERMANENT_FAILURE: (N_("Failed"), "danger"),
    D.SUPPRESSED: (N_("Not sent on purpose"), "neutral"),
    D.HELD: (N_("Held"), "warning"),
}
CHANNELS = {Channel.EMAIL: N_("E-mail"), Channel.IN_APP: N_("In-app")}


def state_label(status: DeliveryStatus) -> dict[str, str]:
    """A state as its pill: words and tone."""
    text, tone = STATES[status]
    return {"label": _(text), "tone": tone}


def withheld(actor: Actor) -> ColumnElement[bool]:
    """Whether it is about a complaint that was not forwarded: until then its store may not know the mailbox."""
    if actor.team is Team.PLATFORM:
        return false()
    mine = (Ticket.store_id == Delivery.store_id, Ticket.id == Delivery.ticket_id)
    return exists().where(*mine, Ticket.forwarded_at.is_(None))


def _states(_viewer: Viewer) -> list[tuple[str, str]]:
    return [(word.value, _(text)) for word, (text, _tone) in STATES.items()]


def _channels(_viewer: Viewer) -> list[tuple[str, str]]:
    return [(word.value, _(text)) for word, text in CHANNELS.items()]


def _rows(viewer: Viewer) -> Rows:
    return select(
        Delivery.id,
        Delivery.created_at,
        Delivery.subject,
        Delivery.recipient,
        Delivery.channel,
        Delivery.status,
        Delivery.attempts,
        withheld(viewer.actor).label("withheld"),
        Store.slug,
        Store.name_en,
        Store.name_ar,
    ).join(Store, Store.id == Delivery.store_id)


def _base(_viewer: Viewer) -> Conditions:
    return []


def _search(q: str, viewer: Viewer) -> Conditions:
    return [Delivery.recipient.icontains(q, autoescape=True), ~withheld(viewer.actor)]


def _facts(viewer: Viewer) -> Callable[[Any], dict[str, Any]]:
    states = {one: state_label(one) for one in D}
    channels = {word: _(text) for word, text in CHANNELS.items()}
    arabic = viewer.lang == "ar"

    def read(row: Any) -> dict[str, Any]:
        return {
            "id": row.id,
            "slug": row.slug,
            "subject": row.subject,
            "store": row.name_ar if arabic else row.name_en,
            "recipient": contacts.masked_email(row.recipient) if row.withheld else row.recipient,
            "channel": channels[row.channel],
            "state": states[row.status],
            "attempts": row.attempts,
            "created_at": row.created_at,
        }

    return read


def _empty(_viewer: Viewer) -> str:
    return _("Every mail that is written will appear here, with what became of it.")


DELIVERIES = Listing(
    name="deliveries",
    title=_l("Deliveries"),
    searched=_l("Recipient's address"),
    reads=Permission.DELIVERY_LIST,
    columns=(
        Column(name="subject", label=_l("Subject")),
        Column(name="store", label=_l("Store"), team=Team.PLATFORM),
        Column(name="recipient", label=_l("Recipient")),
        Column(name="channel", label=_l("Channel")),
        Column(name="state", label=_l("State")),
        Column(name="attempts", label=_l("Attempts")),
        Column(name="created_at", label=_l("Written")),
    ),
    filters=(
        Choice(
            name="status",
            label=_l("State"),
            options=_states,
            condition=lambda value, _viewer: Delivery.status == D(value),
        ),
        Choice(
            name="channel",
            label=_l("Channel"),
            options=_channels,
            condition=lambda value, _viewer: Delivery.channel == Channel(value),
        ),
    ),
    sortings=(Sorting(name="recent", label=_l("Latest first"), key=Delivery.created_at),),
    views=(
        View(label=_l("All"), query={}),
        View(label=_l("Failed"), query={"status": [D.PERMANENT_FAILURE.value]}),
        View(label=_l("Held"), query={"status": [D.HELD.value]}),
    ),
    id=Delivery.id,
    select=_rows,
    base=_base,
    search=_search,
    facts=_facts,
    empty=_empty,
)
