"""The complaints log (S1-05 to S1-10): the platform's over every store, and a store's own."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from helpdesk import normalise
from helpdesk.domain import contacts, counters, customers, members, priorities, search, tags
from helpdesk.domain.kinds import COMPLAINT, COMPLAINT_TYPES
from helpdesk.domain.permissions import Permission, may
from helpdesk.enums import ComplaintType, Priority, Team, TicketKind, TicketStatus
from helpdesk.language import gettext as _
from helpdesk.language import lazy_gettext as _l
from helpdesk.lists import complaint_hits
from helpdesk.lists.declaration import (
    Card,
    Choice,
    Column,
    Conditions,
    Day,
    Listing,
    Lookup,
    Ranking,
    Rows,
    Sorting,
    Text,
    Tick,
    View,
    Viewer,
    end_of,
)
from helpdesk.models import Store, Ticket, TicketTag, User

P = Permission
NOBODY = "none"
ME = "me"
TONES = {Priority.URGENT: "danger", Priority.HIGH: "warning"}
"""Priorities that stand out; the others read like any word."""
UNTOLD = {"label": "", "tone": "neutral", "usual": True}
TO_DECIDE = {"status": [TicketStatus.PENDING_ADMIN.value], "overdue": ["1"], "sort": ["due"]}
"""What stores let their time pass with: the platform may decide in their place."""
URGENT_UNASSIGNED = {
    "priority": [Priority.URGENT.value],
    "assignee": [NOBODY],
    "open": ["1"],
    "sort": ["priority"],
}
"""What somebody in the store should be made responsible for at once (C48)."""
URGENT_TO_REVIEW = {
    "status": [TicketStatus.UNDER_PLATFORM_REVIEW.value],
    "priority": [Priority.URGENT.value],
    "sort": ["priority"],
}
"""The same for the platform, which assigns nobody: what it should review at once."""


def status_label(status: TicketStatus, platform: str) -> dict[str, str]:
    """A status as its pill: words and tone."""
    label = COMPLAINT.labels[status]
    return {"label": _(label.name, platform=platform), "tone": label.tone}


def priority_label(priority: Priority) -> dict[str, Any]:
    """A priority as its pill: words and tone; and whether it is the usual one, which a list need not repeat."""
    return {
        "label": _(priorities.NAMES[priority]),
        "tone": TONES.get(priority, "neutral"),
        "usual": priority is Priority.NORMAL,
    }


def _statuses(viewer: Viewer) -> list[tuple[str, str]]:
    return [(one.value, status_label(one, viewer.platform)["label"]) for one in COMPLAINT.labels]


def _types(_viewer: Viewer) -> list[tuple[str, str]]:
    return [(word.value, _(text)) for word, text in COMPLAINT_TYPES.items()]


def _priorities(_viewer: Viewer) -> list[tuple[str, str]]:
    return [(word.value, _(text)) for word, text in priorities.NAMES.items()]


def _assignees(viewer: Viewer) -> list[tuple[str, str]]:
    people = members.staff_with(P.COMPLAINT_REPLY, viewer.place.id)
    return [(ME, _("Me")), (NOBODY, _("Nobody")), *((str(one.id), one.name) for one in people)]


def _of_type(value: str, viewer: Viewer) -> ColumnElement[bool]:
    """What a complaint is about is no matter of the store's before it was forwarded."""
    found = Ticket.complaint_type == ComplaintType(value)
    read = viewer.actor.team is Team.PLATFORM
    return found if read else found & Ticket.forwarded_at.is_not(None)


def _of_priority(value: str, viewer: Viewer) -> ColumnElement[bool]:
    """Neither is how soon the platform wants to look at it."""
    found = Ticket.urgency == priorities.urgency(Priority(value))
    read = viewer.actor.team is Team.PLATFORM
    return found if read else found & Ticket.forwarded_at.is_not(None)


def _with_tag(tag_id: int, _viewer: Viewer) -> ColumnElement[bool]:
    mine = TicketTag.store_id == Ticket.store_id, TicketTag.ticket_id == Ticket.id
    return exists().where(*mine, TicketTag.tag_id == tag_id)


def _of_assignee(value: str, viewer: Viewer) -> ColumnElement[bool]:
    if value == NOBODY:
        return Ticket.assignee_id.is_(None)
    return Ticket.assignee_id == (viewer.actor.user_id if value == ME else int(value))


def _cards(viewer: Viewer) -> list[Card]:
    kept = counters.by_status(TicketKind.COMPLAINT)
    return [
        Card(status=one.value, count=kept.get(one, 0), **status_label(one, viewer.platform))
        for one in COMPLAINT.labels
    ]


def _rows(_viewer: Viewer) -> Rows:
    return _selected()


@cache
def _selected() -> Rows:
    """The same for everybody, so it is put together once."""
    assignee, store = aliased(User), aliased(Store)
    return (
        select(
            Ticket.id,
            Ticket.number,
            Ticket.contact_name,
            Ticket.order_number_text,
            Ticket.status,
            Ticket.complaint_type,
            Ticket.priority,
            Ticket.forwarded_at,
            Ticket.waiting_since,
            Ticket.due_at,
            Ticket.archived_at,
            Ticket.created_at,
            Ticket.last_public_message_at,
            assignee.name.label("assignee"),
            store.slug,
            store.name_en,
            store.name_ar,
        )
        .join(store, store.id == Ticket.store_id)
        .outerjoin(assignee, assignee.id == Ticket.assignee_id)
    )


def _base(_viewer: Viewer) -> Conditions:
    return [Ticket.kind == TicketKind.COMPLAINT]


def _search(q: str, viewer: Viewer) -> Conditions:
    return [search.matching(q, viewer.actor)]


def _facts(viewer: Viewer) -> Callable[[Any], dict[str, Any]]:
    named = may(viewer.actor, P.CONTACT_READ)
    statuses = {one: status_label(one, viewer.platform) for one in COMPLAINT.labels}
    types = {word: _(text) for word, text in COMPLAINT_TYPES.items()}
    ranks = {one: priority_label(one) for one in Priority}
    late = _("Overdue")
    merchant = viewer.actor.team is Team.MERCHANT
    arabic = viewer.lang == "ar"

    def read(row: Any) -> dict[str, Any]:
        name = row.contact_name if named else contacts.masked_name(row.contact_name)
        untold = merchant and row.forwarded_at is None
        return {
            "number": row.number,
            "slug": row.slug,
            "store": row.name_ar if arabic else row.name_en,
            "customer_name": name or "",
            "order_number": row.order_number_text or "",
            "status": statuses[row.status],
            "type": "" if untold else types.get(row.complaint_type, ""),
            "priority": UNTOLD if untold else ranks[row.priority],
            "waiting_since": None if row.status is TicketStatus.CLOSED else row.waiting_since,
            "due": row.due_at,
            "overdue": late if row.due_at is not None and row.due_at < viewer.now else "",
            "created": row.created_at,
            "assignee": row.assignee or "",
        }

    return read


def _empty(viewer: Viewer) -> str:
    if viewer.actor.team is Team.PLATFORM:
        return _("New complaints of all stores will appear here, to be reviewed first.")
    return _("Complaints of your customers will appear here as soon as there are any.")


COMPLAINTS = Listing(
    name="complaints",
    title=_l("Complaints"),
    searched=_l("Number, name, e-mail, order or words"),
    reads=P.COMPLAINT_LIST,
    columns=(
        Column(name="number", label=_l("Complaint number")),
        Column(name="store", label=_l("Store"), team=Team.PLATFORM),
        Column(name="customer_name", label=_l("Customer name")),
        Column(name="order_number", label=_l("Order number")),
        Column(name="status", label=_l("Complaint status")),
        Column(name="type", label=_l("Type")),
        Column(name="priority", label=_l("Priority"), sorting="priority"),
        Column(name="waiting_since", label=_l("Waiting since"), sorting="waiting"),
        Column(name="due", label=_l("Due"), sorting="due"),
        Column(name="assignee", label=_l("Assignee"), team=Team.MERCHANT),
    ),
    filters=(
        Choice(
            name="status",
            label=_l("Complaint status"),
            options=_statuses,
            condition=lambda value, _viewer: Ticket.status == TicketStatus(value),
        ),
        Choice(name="type", label=_l("Type"), options=_types, condition=_of_type),
        Choice(
            name="priority",
            label=_l("Priority"),
            options=_priorities,
            condition=_of_priority,
        ),
        Choice(
            name="assignee",
            label=_l("Assignee"),
            options=_assignees,
            condition=_of_assignee,
            team=Team.MERCHANT,
        ),
        Lookup(
            name="customer",
            label=_l("Customer"),
            permission=P.CONTACT_READ,
            find=customers.look_up,
            named=customers.name_of,
            condition=lambda value, _viewer: (
                (Ticket.customer_id == value) & Ticket.forwarded_at.is_not(None)
            ),
            team=Team.MERCHANT,
        ),
        Lookup(
            name="tag",
            label=_l("Tag"),
            permission=P.COMPLAINT_LIST,
            find=tags.look_up,
            named=tags.name_of,
            condition=_with_tag,
            team=Team.MERCHANT,
        ),
        Text(
            name="order",
            label=_l("Order number"),
            condition=lambda value, _viewer: Ticket.order_number_text == normalise.reference(value),
        ),
        Day(
            name="from",
            label=_l("Sent from"),
            condition=lambda day, _viewer: Ticket.created_at >= day,
        ),
        Day(
            name="to",
            label=_l("Sent until"),
            condition=lambda day, _viewer: Ticket.created_at < end_of(day),
        ),
        Tick(
            name="open",
            label=_l("Only open"),
            condition=lambda _on, _viewer: Ticket.status != TicketStatus.CLOSED,
        ),
        Tick(
            name="overdue",
            label=_l("Only overdue"),
            condition=lambda _on, viewer: Ticket.due_at < viewer.now,
        ),
        Tick(
            name="archived",
            label=_l("Only archived"),
            condition=lambda _on, _viewer: Ticket.archived_at.is_not(None),
            otherwise=Ticket.archived_at.is_(None),
            team=Team.PLATFORM,
        ),
    ),
    sortings=(
        Sorting(name="recent", label=_l("Latest message first"), key=Ticket.last_public_message_at),
        Sorting(
            name="waiting",
            label=_l("Longest wait first"),
            key=Ticket.waiting_since,
            newest_first=False,
            condition=Ticket.status != TicketStatus.CLOSED,
        ),
        Sorting(
            name="due",
            label=_l("Due first (only with a date)"),
            key=Ticket.due_at,
            newest_first=False,
            condition=Ticket.due_at.is_not(None),
        ),
        Sorting(name="created", label=_l("Newest first"), key=Ticket.created_at),
        Ranking(
            name="priority",
            label=_l("Most urgent first, the oldest of them first"),
            key=Ticket.urgency,
            newest_first=False,
            team=Team.PLATFORM,
        ),
        # A store would see from a row's place what the platform made of it before it was forwarded.
        Ranking(
            name="priority",
            label=_l("Most urgent first, the oldest of them first (only forwarded)"),
            key=Ticket.urgency,
            newest_first=False,
            condition=Ticket.forwarded_at.is_not(None),
            team=Team.MERCHANT,
        ),
    ),
    views=(
        View(label=_l("All"), query={}),
        View(label=_l("Mine"), query={"assignee": [ME], "open": ["1"]}, team=Team.MERCHANT),
        View(
            label=_l("Unassigned"), query={"assignee": [NOBODY], "open": ["1"]}, team=Team.MERCHANT
        ),
        View(label=_l("Urgent, unassigned"), query=URGENT_UNASSIGNED, team=Team.MERCHANT),
        View(label=_l("Urgent, to review"), query=URGENT_TO_REVIEW, team=Team.PLATFORM),
        View(label=_l("To decide"), query=TO_DECIDE, team=Team.PLATFORM),
        View(label=_l("Overdue"), query={"overdue": ["1"], "sort": ["due"]}),
        View(label=_l("Archived"), query={"archived": ["1"]}, team=Team.PLATFORM),
    ),
    id=Ticket.id,
    select=_rows,
    base=_base,
    search=_search,
    hits=complaint_hits.hits,
    unfound=complaint_hits.unfound,
    facts=_facts,
    empty=_empty,
    cards=_cards,
)
