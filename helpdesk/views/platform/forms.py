"""What the platform's team fills in about a complaint, besides what both sides do."""

from typing import Any

from wtforms import BooleanField, EmailField, RadioField, TextAreaField

from helpdesk.domain import contacts, conversation
from helpdesk.domain.errors import Invalid
from helpdesk.enums import ArchiveReason, Decision
from helpdesk.language import gettext as _
from helpdesk.language import lazy_gettext as _l
from helpdesk.models import MESSAGE_LIMIT, Ticket
from helpdesk.views.backoffice.complaint_forms import NOTE_LIMIT, RecordForm, read_note
from helpdesk.views.forms import Reads, Seen, Wanted, choice
from helpdesk.words import N_

ASK = "ask"
VERDICTS = {
    Decision.UPHELD.value: N_("Uphold: the customer is right"),
    Decision.REJECTED.value: N_("Reject: the complaint is not valid"),
    ASK: N_("Ask the customer first"),
}
REASONS = {
    ArchiveReason.SPAM: N_("Spam"),
    ArchiveReason.DUPLICATE: N_("Duplicate of another complaint"),
}


def read_verdict(typed: str) -> Decision | None:
    """A decision, or None to ask first.

    Raises:
        Invalid: neither.
    """
    if typed not in VERDICTS:
        raise Invalid(N_("Choose what you decide."))
    return None if typed == ASK else Decision(typed)


class DecideForm(RecordForm):
    """A decision in the store's place, in words that the customer will read."""

    verdict = RadioField(
        _l("Decision"), [Reads(read_verdict, required=True)], validate_choice=False
    )
    text = TextAreaField(
        _l("What the customer reads"),
        [Reads(conversation.read_text, required=True)],
        description=_l("Say what you found out, what follows from it, and what happens now."),
        render_kw={"maxlength": MESSAGE_LIMIT},
    )
    last_seen = Seen()

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(ticket, **kwargs)
        self.ticket = ticket
        self.verdict.choices = [(value, _(text)) for value, text in VERDICTS.items()]

    def shown(self) -> None:
        """The form was opened from the thread up to its newest message."""
        self.last_seen.data = str(conversation.newest_message_id(self.ticket))


class ArchiveForm(RecordForm):
    """Why a complaint is put aside."""

    reason = RadioField(
        _l("Reason"),
        [Reads(choice(ArchiveReason, N_("Choose why it is archived.")), required=True)],
        validate_choice=False,
    )
    note = TextAreaField(
        _l("Note"),
        [Reads(read_note)],
        description=_l("Only the platform's staff will read it: for a duplicate, of which one."),
        render_kw={"maxlength": NOTE_LIMIT},
    )

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(ticket, **kwargs)
        self.reason.choices = [(word.value, _(text)) for word, text in REASONS.items()]


class ContactForm(RecordForm):
    """Another e-mail address for a complaint (C47)."""

    email = EmailField(_l("New e-mail"), [Reads(contacts.read_email, required=True)])
    reason = TextAreaField(
        _l("Reason"),
        [Wanted(), Reads(read_note)],
        description=_l("How the customer lost the old mailbox, and how you know that it is them."),
        render_kw={"maxlength": NOTE_LIMIT},
    )
    checked = BooleanField(
        _l("I have made sure that the person who asks is the customer"),
        [Wanted()],
        false_values=("", "0", "n", "no", "false", "off"),
    )
