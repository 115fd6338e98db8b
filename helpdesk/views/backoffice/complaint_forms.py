"""What staff fill in about a complaint."""

from collections.abc import Sequence
from typing import Any

from flask import g
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from helpdesk import clock, normalise
from helpdesk.domain import conversation, resolutions, tickets, wording
from helpdesk.domain.errors import Invalid
from helpdesk.domain.kinds import RESOLUTIONS
from helpdesk.domain.missing import gaps
from helpdesk.language import gettext as _
from helpdesk.language import lazy_gettext as _l
from helpdesk.language import speaking
from helpdesk.models import MESSAGE_LIMIT, RESOLUTION_LIMIT, Ticket
from helpdesk.views import errors
from helpdesk.views.files_field import FilesField
from helpdesk.views.forms import ID_DIGITS, BaseForm, Reads, Seen
from helpdesk.words import N_

NOTE_LIMIT = 1000
UNDECIDED = "?"


def read_note(typed: str) -> str:
    """A short note, tidied.

    Raises:
        Invalid: longer than 1,000 characters.
    """
    note = normalise.prose(typed)
    if len(note) > NOTE_LIMIT:
        raise Invalid(N_("A note can have %(limit)s characters at the most."), limit=NOTE_LIMIT)
    return note


def read_message(typed: str) -> str:
    """The text of a message, tidied.

    Raises:
        Invalid: nothing visible in it, more than 12,000 characters, or a card number.
    """
    text = conversation.read_text(typed)
    wording.refuse_card_numbers(text)
    return text


class ReplyForm(BaseForm):
    """A text of staff in a complaint; it remembers what its writer had seen."""

    text = TextAreaField(
        _l("Reply Message"),
        [Reads(read_message, required=True)],
        render_kw={"maxlength": MESSAGE_LIMIT},
    )
    files = FilesField(_l("Attachments"))
    last_seen = Seen()
    doubts: Sequence[str] = ()
    """Words because of which it was not sent at the first press."""

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ticket = ticket
        self.seen = self.last_seen.read()
        """The newest message that its writer had seen."""

    def sent(self) -> bool:
        """A card number does not come back with the page, nor does it stay on the device."""
        good = super().sent()
        if not good:
            self.text.data = wording.mask_card_numbers(self.text.data or "")
        return good

    def fill(self, draft: dict[str, Any]) -> None:
        """Write again what was taken back: a `replies.Draft` as a dictionary."""
        self.text.data, self.files.data = draft["text"], list(draft["files"])

    def shown(self) -> None:
        """The page that carries this form shows everything up to the newest message."""
        self.last_seen.data = str(conversation.newest_message_id(self.ticket))


class PublicForm(ReplyForm):
    """A text that the customer will read. What looks as if it were meant for colleagues is asked about once (S2-85)."""

    warned = HiddenField()
    """The words that were asked about already."""
    inserted = HiddenField()
    """The predefined response that was inserted last."""

    def sent(self) -> bool:
        """Whether it may go out now; with a doubtful word, at the second press."""
        if not super().sent():
            return False
        doubts = wording.doubtful_words(self.values["text"])
        if set(doubts) <= set((self.warned.data or "").split()):
            return True
        self.doubts, self.warned.data, self.status = doubts, " ".join(doubts), 422
        return False


class AnswerForm(PublicForm):
    """An answer, with what is proposed to the customer (S1-20 to S1-24)."""

    resolution = SelectField(_l("Proposed resolution"), validate_choice=False)
    resolution_text = StringField(
        _l("What exactly"),
        description=_l(
            "One line, such as “120 SAR to your card”; for a complaint that is not valid, why."
        ),
        render_kw={"maxlength": RESOLUTION_LIMIT},
    )

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(ticket, **kwargs)
        known = [(kind.value, _(label)) for kind, label in RESOLUTIONS.items()]
        self.resolution.choices = [("", _("No proposal")), *known]

    def validate_resolution_text(self, field: StringField) -> None:
        """The two fields together are one proposal."""
        try:
            self.values["resolution"] = resolutions.read(
                self.resolution.data or "", field.data or ""
            )
        except Invalid as refusal:
            field.data = wording.mask_card_numbers(field.data or "")
            raise ValidationError(errors.say(refusal)) from None

    def fill(self, draft: dict[str, Any]) -> None:
        super().fill(draft)
        proposed = draft["resolution"]
        if proposed:
            self.resolution.data, self.resolution_text.data = proposed["type"], proposed["text"]


class AskForm(PublicForm):
    """A question to the customer; it opens with what is missing, in their language (S1-16)."""

    def shown(self) -> None:
        """Only an empty form is filled in, never one that comes back."""
        super().shown()
        if not self.is_submitted() and not self.text.data:
            self.text.data = question(self.ticket)


class TeamNoteForm(ReplyForm):
    """Something for one's own team alone."""

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(ticket, **kwargs)
        self.text.label.text = _("Internal note")


class UndoForm(BaseForm):
    """The button that takes a reply back."""

    message = HiddenField()

    def chosen(self) -> int:
        """The message's id; 0 when it is none."""
        return _id(self.message.data or "") or 0


class RecordForm(BaseForm):
    """A button about one complaint: nothing to type."""

    def __init__(self, _ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(**kwargs)


def question(ticket: Ticket) -> str:
    """What is missing, asked in the customer's own language; empty where nothing is."""
    told = conversation.read(ticket, g.actor, now=clock.now())
    wanted = gaps(ticket, told[0].body)
    if not wanted:
        return ""
    with speaking(ticket.contact_lang.value):
        lines = [f"• {_(gap.asked)}" for gap in wanted]
        opening = _("Hello, to look into your complaint we still need to know:")
        return "\n".join([opening, "", *lines, "", _("Thank you!")])


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

    def __init__(self, ticket: Ticket, *, undecided: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        first = [(UNDECIDED, _("Choose…"))] if undecided else []
        people = [(str(person.id), person.name) for person in tickets.assignable(ticket)]
        self.assignee.choices = [*first, ("", _("Nobody")), *people]
        if not self.assignee.raw_data:  # also where the page comes back because of another form
            self.assignee.data = UNDECIDED if undecided else str(ticket.assignee_id or "")

    def chosen(self) -> int | None:
        """The chosen person's id, or None for nobody; whether they work here is the rule's question.

        Raises:
            Invalid: not an id at all.
        """
        typed = self.assignee.data or ""
        if typed and _id(typed) is None:
            raise Invalid(tickets.ASSIGNEE, field="assignee")
        return _id(typed)


class AssignSeveralForm(AssignForm):
    """Who is responsible for several complaints; nobody is chosen beforehand, or one press would hand over all."""

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(ticket, undecided=True, **kwargs)

    def validate_assignee(self, field: SelectField) -> None:
        """Somebody, or nobody, has to be chosen."""
        if field.data == UNDECIDED:
            raise ValidationError(_("Choose who is responsible."))


def _id(typed: str) -> int | None:
    """A row's id from a form field, if it is one."""
    whole = typed.isascii() and typed.isdigit() and len(typed) <= ID_DIGITS
    return int(typed) if whole else None
