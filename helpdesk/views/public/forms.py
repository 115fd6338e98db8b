"""What shoppers fill in."""

from typing import Any

from flask import g
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from helpdesk.domain import complaints, contacts, conversation, ratings
from helpdesk.domain.kinds import COMPLAINT_TYPES, DESIRED_OUTCOMES
from helpdesk.enums import CloseReason, ComplaintType, DesiredOutcome, Lang
from helpdesk.language import gettext as _
from helpdesk.language import lazy_gettext as _l
from helpdesk.models import COMMENT_LIMIT, MESSAGE_LIMIT
from helpdesk.views import session
from helpdesk.views.files_field import FilesField
from helpdesk.views.forms import BaseForm, Reads, Seen, Wanted, choice
from helpdesk.words import N_


class ComplaintForm(BaseForm):
    """Open New Complaint (S1-29, S1-31)."""

    name = StringField(_l("Name"), [Reads(contacts.read_name, required=True)])
    email = EmailField(
        _l("E-mail"),
        [Reads(contacts.read_email, required=True)],
        description=_l("We send the number, the tracking code and every change of status there."),
    )
    phone = TelField(
        _l("Phone"), [Reads(lambda typed: contacts.read_phone(typed, g.store.country))]
    )
    type = SelectField(
        _l("Type"),
        [Reads(choice(ComplaintType, N_("Choose what the complaint is about.")), required=True)],
        validate_choice=False,
    )
    order_number = StringField(
        _l("Order number"),
        [Reads(complaints.read_order_number)],
        description=_l(
            "It is in the e-mail that confirmed your order. Leave it empty if there is none."
        ),
    )
    description = TextAreaField(
        _l("What happened?"),
        [Reads(complaints.read_description, required=True)],
        render_kw={"maxlength": MESSAGE_LIMIT},
    )
    desired_outcome = RadioField(_l("What would make it right?"), validate_choice=False)
    files = FilesField(_l("Files"))
    declaration = BooleanField(false_values=("", "0", "n", "no", "false", "off"))

    def __init__(self, declaration: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.type.choices = [
            ("", _("Choose…")),
            *((word.value, _(text)) for word, text in COMPLAINT_TYPES.items()),
        ]
        self.desired_outcome.choices = [
            (word.value, _(text)) for word, text in DESIRED_OUTCOMES.items()
        ]
        self.declaration.label.text = declaration

    def validate_declaration(self, field: BooleanField) -> None:
        """It has to be ticked by hand."""
        if not field.data:
            raise ValidationError(_(complaints.DECLARE))

    def draft(self) -> complaints.Draft:
        """The complaint as the rules take it."""
        outcome = self.desired_outcome.data
        return complaints.Draft(
            name=self.values["name"],
            email=self.values["email"],
            phone=self.values["phone"],
            type=self.values["type"],
            order_number=self.values["order_number"],
            description=self.values["description"],
            desired_outcome=DesiredOutcome(outcome) if outcome in set(DesiredOutcome) else None,
            declared=bool(self.declaration.data),
            lang=Lang(session.language()),
            files=tuple(self.files.data),
        )


class TrackForm(BaseForm):
    """Track Complaint (S1-35). What was typed is read by the rules, which count wrong pairs."""

    number = StringField(_l("Complaint number"), [Wanted()])
    tracking_code = StringField(_l("Tracking code"), [Wanted()])


class CodeForm(BaseForm):
    """The six digits from the mail (S1-37, S1-45)."""

    code = StringField(_l("Verification code"), [Wanted()])


class MailboxForm(BaseForm):
    """Send my complaints to my e-mail (S1-56)."""

    email = EmailField(
        _l("E-mail"),
        [Reads(contacts.read_email, required=True)],
        description=_l("The address that you gave with your complaint."),
    )


class EndForm(BaseForm):
    """Yes: the complaint shall end. It says in which of the two ways, for things may change meanwhile."""

    reason = HiddenField()

    def chosen(self) -> CloseReason:
        """How: accepted, unless the form said that it is withdrawn."""
        withdrawn = self.reason.data == CloseReason.WITHDRAWN.value
        return CloseReason.WITHDRAWN if withdrawn else CloseReason.ACCEPTED


class EndCodeForm(EndForm, CodeForm):
    """The code that ends it (S1-45)."""


class RatingForm(BaseForm):
    """How it went (C40): stars, and a word about it."""

    stars = RadioField(
        _l("How did we do?"),
        [Reads(ratings.read_stars, required=True)],
        validate_choice=False,
    )
    comment = TextAreaField(
        _l("Comment"),
        [Reads(ratings.read_comment)],
        render_kw={"maxlength": COMMENT_LIMIT},
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stars.choices = [(str(one), "") for one in ratings.STARS]


class ReplyForm(BaseForm):
    """The customer's reply (S1-18, S1-40): a text, or files, or both (S0-47)."""

    text = TextAreaField(
        _l("Your reply"),
        [Reads(lambda typed: conversation.read_text(typed, required=False))],
        render_kw={"maxlength": MESSAGE_LIMIT},
    )
    files = FilesField(_l("Files"))
    last_seen = Seen()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Neither text nor files is no reply; a file that was refused says so itself."""
        good = super().validate(*args, **kwargs)
        if good and not self.values["text"] and not self.files.data:
            self.text.errors = [_("Write a message or choose a file.")]
        return good and not self.text.errors
