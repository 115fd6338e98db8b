"""Notices inside the back office: a sentence a template key, for whoever reads it in whichever language.

The sentence is made of kept facts (numbers, kinds, moments, names of stores), never of what somebody typed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.lists import format_list

from helpdesk import dates
from helpdesk.channels.email import Composed
from helpdesk.domain import notices
from helpdesk.domain.kinds import COMPLAINT_TYPES
from helpdesk.domain.recipients import Notice
from helpdesk.enums import ComplaintType, Lang
from helpdesk.language import gettext as _
from helpdesk.language import ngettext, speaking
from helpdesk.models import Store, Ticket

STORES_NAMED = NUMBERS_NAMED = 3
TITLE_LIMIT = 300


@dataclass(frozen=True, kw_only=True)
class Told:
    """The facts of a notice, with the reader's language and clock."""

    facts: dict[str, Any]
    lang: str
    zone: str


@dataclass(frozen=True)
class Entry(Composed):
    """A notice ready to be written down, with what is kept of it to say it in either language later."""

    about: str | None
    facts: dict[str, Any]


def sentence(template: str, told: Told) -> str:
    """What a notice says, in the language that is in force."""
    return _WRITERS[template](told)


def compose(notice: Notice) -> Entry:
    """The notice as its reader and the list of deliveries get it, there in the reader's language."""
    ticket = notice.ticket
    told = Told(facts=_kept(notice), lang=notice.lang.value, zone=notice.store.timezone)
    with speaking(notice.lang.value):
        text = sentence(notice.template, told)
    return Entry(
        sender_name=notice.store.name_in(notice.lang),
        subject=text[:TITLE_LIMIT],
        text=text,
        html="",
        about=notices.subject(ticket) if ticket is not None else None,
        facts=told.facts,
    )


def _complaint_forwarded(told: Told) -> str:
    waits = _(
        "Complaint %(number)s (%(type)s) waits for your answer.",
        number=told.facts["number"],
        type=_type(told),
    )
    return f"{waits} {_due(told)}".rstrip()


def _complaint_customer_reply(told: Told) -> str:
    return _(
        "The customer replied in complaint %(number)s (%(store)s).",
        number=told.facts["number"],
        store=told.facts["store"][told.lang],
    )


def _complaint_closed(told: Told) -> str:
    return _(
        "The customer accepted the resolution and closed complaint %(number)s.",
        number=told.facts["number"],
    )


def _complaint_withdrawn(told: Told) -> str:
    return _(
        "The customer withdrew complaint %(number)s (%(store)s). It needs no answer any more.",
        number=told.facts["number"],
        store=told.facts["store"][told.lang],
    )


def _complaint_decided_store(told: Told) -> str:
    return _(
        "Complaint %(number)s was decided in your store's place, because its answer was late.",
        number=told.facts["number"],
    )


def _complaint_overdue(told: Told) -> str:
    return _(
        "Complaint %(number)s (%(store)s) is overdue.",
        number=told.facts["number"],
        store=told.facts["store"][told.lang],
    )


def _sla_warning(told: Told) -> str:
    soon = _(
        "Complaint %(number)s (%(store)s) is due soon.",
        number=told.facts["number"],
        store=told.facts["store"][told.lang],
    )
    return f"{soon} {_due(told)}".rstrip()


def _urgent_unassigned(told: Told) -> str:
    return ngettext(
        "%(num)s urgent complaint has not been taken up by anybody: %(numbers)s.",
        "%(num)s urgent complaints have not been taken up by anybody: %(numbers)s.",
        told.facts["count"],
        numbers=_numbers(told),
    )


def _complaint_new_platform(told: Told) -> str:
    return ngettext(
        "%(num)s new complaint to review: %(stores)s.",
        "%(num)s new complaints to review: %(stores)s.",
        told.facts["count"],
        stores=_stores(told),
    )


def _ticket_assigned(told: Told) -> str:
    yours = _(
        "Complaint %(number)s (%(type)s) is now yours.",
        number=told.facts["number"],
        type=_type(told),
    )
    return f"{yours} {_due(told)}".rstrip()


def _export_finished(_told: Told) -> str:
    return _("Your list is ready to download.")


_WRITERS: dict[str, Callable[[Told], str]] = {
    "complaint_closed": _complaint_closed,
    "complaint_customer_reply": _complaint_customer_reply,
    "complaint_decided_store": _complaint_decided_store,
    "complaint_forwarded": _complaint_forwarded,
    "complaint_new_platform": _complaint_new_platform,
    "complaint_overdue": _complaint_overdue,
    "complaint_withdrawn": _complaint_withdrawn,
    "export_finished": _export_finished,
    "sla_warning": _sla_warning,
    "ticket_assigned": _ticket_assigned,
    "urgent_unassigned": _urgent_unassigned,
}


def _kept(notice: Notice) -> dict[str, Any]:
    if notice.ticket is not None:
        return _of_ticket(notice.ticket)
    lines = notice.facts.get("complaints", [])
    if not lines:
        return {}
    shops = {line["store"].id: line["store"] for line in lines}
    return {
        "count": len(lines),
        "stores": [_names(store) for store in shops.values()],
        "numbers": [line["number"] for line in lines[:NUMBERS_NAMED]],
    }


def _of_ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "store": _names(ticket.store),
        "type": (ticket.complaint_type or ComplaintType.OTHER).value,
        "due_at": ticket.due_at.isoformat() if ticket.due_at else None,
    }


def _names(store: Store) -> dict[str, str]:
    return {lang.value: store.name_in(lang) for lang in Lang}


def _type(told: Told) -> str:
    return _(COMPLAINT_TYPES[ComplaintType(told.facts["type"])])


def _due(told: Told) -> str:
    due = told.facts["due_at"]
    if due is None:
        return ""
    return _(
        "Answer due %(due)s.", due=dates.when(datetime.fromisoformat(due), told.lang, told.zone)
    )


def _stores(told: Told) -> str:
    """The first few stores by name, and how many more."""
    names = [one[told.lang] for one in told.facts["stores"]]
    more = len(names) - STORES_NAMED
    if more > 0:
        names[STORES_NAMED:] = [ngettext("%(num)s more store", "%(num)s more stores", more)]
    return format_list(names, locale=told.lang)


def _numbers(told: Told) -> str:
    """The first few complaints by number, and how many more."""
    numbers = list(told.facts["numbers"])
    more = told.facts["count"] - len(numbers)
    if more > 0:
        numbers.append(ngettext("%(num)s more", "%(num)s more", more))
    return format_list(numbers, locale=told.lang)
