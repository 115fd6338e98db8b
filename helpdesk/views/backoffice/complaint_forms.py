"""What staff fill in about a complaint."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField

from helpdesk import normalise
from helpdesk.domain import conversation, tickets
from helpdesk.domain.errors import Invalid
from helpdesk.models import MESSAGE_LIMIT, Ticket
from helpdesk.views.forms import ID_DIGITS, BaseForm, Reads, Seen
from helpdesk.words import N_

NOTE_LIMIT = 1000


def read_note(typed: str) -> str:
    """A short note, tidied.

    Raises:
        Invalid: longer than 1,000 characters.
    """
    note = normalise.prose(typed)
    if len(note) > NOTE_LIMIT:
        raise Invalid(N_("A note can have %(limit)s characters at the most."), limit=NOTE_LIMIT)
    return note


class ReplyForm(BaseForm):
    """A text that the customer will read; it remembers what its writer had seen."""

    text = TextAreaField(
        _l("Reply Message"),
        [Reads(conversation.read_text, required=True)],
        render_kw={"maxlength": MESSAGE_LIMIT},
    )
    last_seen = Seen()

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ticket = ticket

    def shown(self) -> None:
        """The page that carries this form shows the thread up to its newest message."""
        self.last_seen.data = str(conversation.newest_message_id(self.ticket))


class NoteForm(BaseForm):
    """Something for the store's staff, if there is something to say."""

    def __init__(self, _ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    note = TextAreaField(
        _l("Note for the store"),
        [Reads(read_note)],
        description=_l("Only the store's staff will read it, not the customer."),
        render_kw={"maxlength": NOTE_LIMIT},
    )


class AssignForm(BaseForm):
    """Who is responsible."""

    assignee = SelectField(_l("Assignee"), validate_choice=False)

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        people = [(str(person.id), person.name) for person in tickets.assignable(ticket)]
        self.assignee.choices = [("", _("Nobody")), *people]
        if not self.assignee.raw_data:  # also where the page comes back because of another form
            self.assignee.data = str(ticket.assignee_id or "")

    def chosen(self) -> int | None:
        """The chosen person's id, or None for nobody; whether they work here is the rule's question.

        Raises:
            Invalid: not an id at all.
        """
        typed = self.assignee.data or ""
        if typed and _id(typed) is None:
            raise Invalid(tickets.ASSIGNEE, field="assignee")
        return _id(typed)


def _id(typed: str) -> int | None:
    """A row's id from a form field, if it is one."""
    whole = typed.isascii() and typed.isdigit() and len(typed) <= ID_DIGITS
    return int(typed) if whole else None
