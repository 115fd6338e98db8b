"""The field under a conversation in its modes: answer and ask, which the customer reads, and note, which they do not.

Each mode is an operation with an address of its own, so nothing that was written as a note can be sent by mistake.
"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from flask import g, request

from helpdesk import clock, dates
from helpdesk.domain import complaints, drafts, notes, replies
from helpdesk.domain.permissions import Actor, Permission, may
from helpdesk.enums import DraftMode, Lang
from helpdesk.language import gettext as _
from helpdesk.models import Ticket
from helpdesk.views import page, session
from helpdesk.views.backoffice.complaint_forms import ReplyForm, TeamNoteForm, UndoForm
from helpdesk.views.backoffice.operations import Operation
from helpdesk.views.backoffice.writing_aids import aids, count_use
from helpdesk.words import N_

REPLY, ASK, NOTE = "reply", "ask", "note"


def answer(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    """What sending the form of an answer does."""
    complaints.answer(
        ticket,
        form.values["text"],
        actor,
        last_seen=form.seen,
        files=form.files.data,
        resolution=form.values.get("resolution"),
        now=now,
    )
    count_use(form, ticket, actor)


def ask(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    """What sending the form of a question does."""
    text, files = form.values["text"], form.files.data
    complaints.ask(ticket, text, actor, last_seen=form.seen, files=files, now=now)
    count_use(form, ticket, actor)


def _note(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    text, files = form.values["text"], form.files.data
    notes.write(ticket, text, actor, last_seen=form.seen, files=files, now=now)


def _any(_ticket: Any) -> bool:
    """A note may be written on a closed complaint too: it is the team's own memory."""
    return True


WRITE_NOTE = Operation(
    name="note",
    label=N_("Save note"),
    explain="",
    done=N_("The note was saved. Only your team sees it."),
    permission=Permission.NOTE_WRITE,
    possible=_any,
    form=TeamNoteForm,
    run=_note,
)
TITLES = {REPLY: N_("Reply"), ASK: N_("Ask the customer"), NOTE: N_("Internal note")}


@dataclass(frozen=True)
class Written:
    """A text that came back: in which mode, in which form, and whether others wrote meanwhile."""

    mode: str
    form: ReplyForm

    @property
    def stale_since(self) -> int | None:
        """The newest message its writer had seen, if it was refused as stale."""
        return self.form.seen if self.form.status == 409 else None  # noqa: PLR2004 - the answer's status


def chosen_mode(modes: dict[str, Operation], ticket: Ticket, written: Written | None) -> str | None:
    """The mode that comes back, is asked for in the address, or is the first that is open here and now."""
    there = [name for name, one in modes.items() if one.open_to(g.actor, ticket)]
    wanted = written.mode if written else request.args.get("mode", "")
    return wanted if wanted in there else next(iter(there), None)


def composer(
    mode: str, modes: dict[str, Operation], ticket: Ticket, written: Written | None, url: str
) -> dict[str, Any]:
    """What `backoffice/complaints/_composer.html` needs besides the address that the form is sent to."""
    operation = modes[mode]
    other = other_mode(mode)
    back = written.form if written and written.mode == mode else None
    form = back or operation.form(ticket)
    kept = drafts.of(ticket, g.actor)
    draft = kept.get(DraftMode(mode))
    if draft is not None and back is None:
        form.text.data = draft.body
    form.shown()
    return {
        "mode": mode,
        "title": _(TITLES[mode]),
        "form": form,
        "submit": _(operation.label),
        "switches": [
            {"name": name, "url": mode_url(url, name), "current": (name == NOTE) is (mode == NOTE)}
            for name in (REPLY, NOTE)
            if modes[name].open_to(g.actor, ticket)
        ],
        "other": {"name": other, "url": mode_url(url, other), "typed": DraftMode(other) in kept}
        if modes[other].open_to(g.actor, ticket)
        else None,
        "writes_in": _customer_writes(ticket) if mode != NOTE else "",
        "aids": aids(ticket, form, draft),
    }


def other_mode(mode: str) -> str:
    """Where a text can be taken along to: other people read it there."""
    return REPLY if mode == NOTE else NOTE


def mode_url(url: str, mode: str) -> str:
    """The address of a complaint with its composer in this mode."""
    return f"{with_query(url, mode=mode)}#reply"


def with_query(url: str, **values: str) -> str:
    """An address that may have a query already, with more."""
    more = "&".join(f"{name}={value}" for name, value in values.items())
    return f"{url}{'&' if '?' in url else '?'}{more}"


def undo(ticket: Ticket) -> dict[str, Any] | None:
    """The reply that this person can still take back, until when, and how many seconds that is from now."""
    if not may(g.actor, Permission.COMPLAINT_REPLY, ticket):
        return None
    now = clock.now()
    message = replies.pending(ticket, g.actor, now=now)
    if message is None:
        return None
    form = UndoForm(formdata=None)
    form.message.data = str(message.id)
    return {
        "form": form,
        "until": dates.second(message.released_at, session.language(), page.zone()),
        "seconds": ceil((message.released_at - now).total_seconds()),
    }


def _customer_writes(ticket: Ticket) -> str:
    """The customer's language in words, where it is not the page's (pages 4.13)."""
    if ticket.contact_lang == session.language():
        return ""
    if ticket.contact_lang is Lang.AR:
        return _("The customer writes Arabic.")
    return _("The customer writes English.")
