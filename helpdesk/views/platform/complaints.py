"""The platform's complaints: review them first (C45), decide what stores leave lying, put spam aside (C9, C47)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, ClassVar

from flask import g
from flask_admin import expose

from helpdesk import clock
from helpdesk.domain import contact_change, notes, review, stores, tenancy
from helpdesk.domain.errors import NotFound
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.enums import TicketStatus
from helpdesk.models import Store, Ticket
from helpdesk.views import session
from helpdesk.views.backoffice import composer
from helpdesk.views.backoffice.complaint_forms import AnswerForm, AskForm, NoteForm, RecordForm
from helpdesk.views.backoffice.complaints import ComplaintsView
from helpdesk.views.backoffice.composer import answer, ask
from helpdesk.views.backoffice.operations import Operation, Page
from helpdesk.views.backoffice.sorting import PRIORITY
from helpdesk.views.platform.base import PlatformView
from helpdesk.views.platform.forms import ArchiveForm, ContactForm, DecideForm
from helpdesk.words import N_

P = Permission


def _forward(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    review.forward(ticket, form.values["note"], actor, now=now)


def _open_notes(ticket: Ticket, _form: Any, actor: Actor, now: datetime) -> None:
    notes.open_for_platform(ticket, actor, now=now)


def _decide(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    seen = form.last_seen.read()
    verdict, text = form.values["verdict"], form.values["text"]
    review.decide(ticket, verdict, text, actor, last_seen=seen, now=now)


def _archive(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    review.archive(ticket, form.values["reason"], form.values["note"], actor, now=now)


def _restore(ticket: Ticket, _form: Any, actor: Actor, now: datetime) -> None:
    review.restore(ticket, actor, now=now)


def _change_contact(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    email, reason = form.values["email"], form.values["reason"]
    contact_change.change(ticket, email, reason, actor, checked=form.checked.data, now=now)


def _under_review(ticket: Any) -> bool:
    return ticket.status is TicketStatus.UNDER_PLATFORM_REVIEW and not _archived(ticket)


def _forwarded(ticket: Any) -> bool:
    """Before that the store has no notes."""
    return ticket.forwarded_at is not None


def _open(ticket: Any) -> bool:
    return ticket.status is not TicketStatus.CLOSED and not _archived(ticket)


def _awaits_decision(ticket: Any) -> bool:
    return review.awaits_decision(ticket, now=clock.now())


def _archived(ticket: Any) -> bool:
    return ticket.archived_at is not None


def _among_others(ticket: Any) -> bool:
    return ticket.archived_at is None


def _any(_ticket: Any) -> bool:
    return True


FORWARD = Operation(
    name="forward",
    label=N_("Forward to merchant"),
    explain=N_("The store can then read and answer the complaint, and the customer is told."),
    done=N_("The complaint was forwarded to the store."),
    permission=P.COMPLAINT_REVIEW,
    possible=_under_review,
    form=NoteForm,
    run=_forward,
    tone="primary",
    bulk=NoteForm,
)
ASK = Operation(
    name="ask",
    label=N_("Ask the customer"),
    explain=N_(
        "Ask for what is missing. The complaint waits for the customer and then comes back to you."
    ),
    done=N_("Your question was sent. The complaint now waits for the customer."),
    permission=P.COMPLAINT_REVIEW,
    possible=_under_review,
    form=AskForm,
    run=ask,
)
ANSWER = Operation(
    name="answer",
    label=N_("Answer"),
    explain="",
    done=N_("Answer sent. Now it is the customer's turn."),
    permission=P.COMPLAINT_REVIEW,
    possible=_open,
    form=AnswerForm,
    run=answer,
)


OPEN_NOTES = Operation(
    name="open-notes",
    label=N_("Open the store's notes"),
    explain=N_(
        "They were written for the store's own team. That you open them is written down; you can read them for half"
        " an hour."
    ),
    done=N_("The store's notes are open for half an hour."),
    permission=P.NOTE_READ,
    possible=_forwarded,
    form=RecordForm,
    run=_open_notes,
)
DECIDE = Operation(
    name="decide",
    label=N_("Decide"),
    explain=N_(
        "The store let its time pass. Decide in its place: the customer and the store are told, and then it is the"
        " customer's turn."
    ),
    done=N_("Your decision was sent. Now it is the customer's turn."),
    permission=P.COMPLAINT_REVIEW,
    possible=_awaits_decision,
    form=DecideForm,
    run=_decide,
    tone="primary",
)
ARCHIVE = Operation(
    name="archive",
    label=N_("Archive"),
    explain=N_(
        "Put spam and duplicates aside. They leave every list and count, and nobody is reminded of them. Their status"
        " stays, the customer can still read and withdraw them, and you can take them back."
    ),
    done=N_("The complaint was archived."),
    permission=P.COMPLAINT_ARCHIVE,
    possible=_among_others,
    form=ArchiveForm,
    run=_archive,
    bulk=ArchiveForm,
)
RESTORE = Operation(
    name="restore",
    label=N_("Restore"),
    explain=N_("The complaint comes back to where it was, with its clocks running."),
    done=N_("The complaint is back among the others."),
    permission=P.COMPLAINT_ARCHIVE,
    possible=_archived,
    form=RecordForm,
    run=_restore,
    tone="primary",
    bulk=RecordForm,
)
CHANGE_CONTACT = Operation(
    name="contact",
    label=N_("Change contact e-mail"),
    explain=N_(
        "For a customer who lost their mailbox. Codes then go to the new address, both addresses are told, and for 24"
        " hours nobody can close the complaint."
    ),
    done=N_("The contact e-mail was changed, and both addresses are told."),
    permission=P.CONTACT_CHANGE,
    possible=_any,
    form=ContactForm,
    run=_change_contact,
)


class PlatformComplaints(PlatformView, ComplaintsView):
    """Complaints about every store."""

    modes: ClassVar = {
        composer.REPLY: ANSWER,
        composer.ASK: ASK,
        composer.NOTE: composer.WRITE_NOTE,
    }
    only_here: ClassVar = (OPEN_NOTES,)
    operations: ClassVar = (FORWARD, ASK, DECIDE, PRIORITY, RESTORE, CHANGE_CONTACT, ARCHIVE)

    @expose("/<shop>/<number>")
    def details(self, shop: str, number: str) -> Page:
        """One complaint."""
        self._look_into(shop)
        return self.dossier_page(self.key_of(shop, number))

    @expose("/<shop>/<number>/preview")
    def preview(self, shop: str, number: str) -> str:
        """A look at it from the log."""
        self._look_into(shop)
        return self.glance_page(self.key_of(shop, number))

    @expose("/<shop>/<number>/canned", methods=("GET", "POST"))
    def canned(self, shop: str, number: str) -> Page:
        """A predefined response for it."""
        self._look_into(shop)
        return self.canned_page(self.key_of(shop, number))

    @expose("/<shop>/<number>/draft", methods=("POST",))
    def draft(self, shop: str, number: str) -> Page:
        """What somebody has typed about it so far."""
        self._look_into(shop)
        return self.draft_page(self.key_of(shop, number))

    @expose("/<shop>/<number>/presence", methods=("GET", "POST"))
    def presence(self, shop: str, number: str) -> str:
        """Who has it open."""
        self._look_into(shop)
        return self.presence_part(self.key_of(shop, number))

    @expose("/<shop>/<number>/<operation>", methods=("GET", "POST"))
    def operate(self, shop: str, number: str, operation: str) -> Page:
        """One action."""
        self._look_into(shop)
        return self.action_page(self.key_of(shop, number), operation)

    def find_all(self, keys: Sequence[str]) -> dict[str, Any]:
        """Keys are `<store>/<number>`; a page narrowed to one store knows its own alone."""
        found: dict[str, Any] = {}
        for shop, group in groupby(keys, lambda key: key.rpartition("/")[0]):  # keys come sorted
            store = g.store if g.store is not None and g.store.slug == shop else stores.find(shop)
            if store is not None and session.narrowed() in {None, store}:
                keys_by_number = {key.rpartition("/")[2]: key for key in group}
                with tenancy.scoped(store):
                    of_store = super().find_all(list(keys_by_number))
                found |= {keys_by_number[number]: one for number, one in of_store.items()}
        return found

    def key_of(self, slug: str, number: str) -> str:
        """The same number may exist in two stores."""
        return f"{slug}/{number}"

    def _look_into(self, shop: str) -> None:
        """From here on only this store's rows are read and written."""
        session.enter_store(_store(shop))


def _store(slug: str) -> Store:
    store = stores.find(slug)
    if store is None:
        raise NotFound
    return store
