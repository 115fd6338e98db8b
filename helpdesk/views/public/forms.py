"""What shoppers fill in."""

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from helpdesk.domain import complaints, contacts, conversation
from helpdesk.domain.kinds import COMPLAINT_TYPES, DESIRED_OUTCOMES
from helpdesk.enums import ComplaintType, DesiredOutcome, Lang
from helpdesk.models import MESSAGE_LIMIT
from helpdesk.views import session
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
        )


class TrackForm(BaseForm):
    """Track Complaint (S1-35). What was typed is read by the rules, which count wrong pairs."""

    number = StringField(_l("Complaint number"), [Wanted()])
    tracking_code = StringField(_l("Tracking code"), [Wanted()])


class CodeForm(BaseForm):
    """The six digits from the mail (S1-37, S1-45)."""

    code = StringField(_l("Verification code"), [Wanted()])


class ReplyForm(BaseForm):
    """The customer's reply (S1-40)."""

    text = TextAreaField(
        _l("Your reply"),
        [Reads(conversation.read_text, required=True)],
        render_kw={"maxlength": MESSAGE_LIMIT},
    )
    last_seen = Seen()
