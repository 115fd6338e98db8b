"""The base of every form: normalised reading, an idempotency token, and refusals that keep what was typed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar

from flask import after_this_request, request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField
from wtforms.validators import ValidationError

from helpdesk import clock, vault
from helpdesk.db import transaction
from helpdesk.domain import idempotency
from helpdesk.domain.errors import Invalid, LimitReached, Refusal
from helpdesk.views import errors, session

KEY_LENGTH = 64
ID_DIGITS = 18


class Reads:
    """Validate a field with one of the domain's readers, and keep what it read in `form.values`."""

    def __init__(self, reader: Callable[[str], Any], *, required: bool = False) -> None:
        self.reader = reader
        self.field_flags = {"required": True} if required else {}

    def __call__(self, form: "BaseForm", field: Field) -> None:
        try:
            form.values[field.short_name] = self.reader(field.data or "")
        except Refusal as refusal:
            raise ValidationError(errors.say(refusal)) from None


class Wanted:
    """Marks a field as one to fill in; whether what was typed will do is for the rules to say."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, _form: "BaseForm", _field: Field) -> None:
        return


class Token(HiddenField):
    """The idempotency token: made new for an empty form, kept when the form comes back with an error."""

    def _value(self) -> str:
        return self.data if self.data and len(self.data) <= KEY_LENGTH else vault.new_token()


class BaseForm(FlaskForm):
    """A form of ours. CSRF is checked before any view runs, so the form itself does not."""

    class Meta:
        csrf = False

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Texts alone: what Flask-WTF would also take, files and JSON, is nothing that these fields can read."""
            if formdata is not _Auto:
                return formdata
            return request.form if form.is_submitted() else None

    idempotency = Token()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.values: dict[str, Any] = {}
        self.refusal: str | None = None
        self.status = 200
        session.browser_hash()  # known from the first form on: two equal posts come from the same browser
        super().__init__(*args, **kwargs)

    def sent(self) -> bool:
        """Whether the form was posted and reads well; if it does not, the page answers 422."""
        if request.method != "POST":
            return False
        valid: bool = self.validate()
        if not valid:
            self.status = 422
        return valid

    def shown(self) -> None:
        """Called when the page that carries the form is made."""

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal at its field, or on top, with everything typed still there."""
        field = self[refusal.field] if refusal.field and refusal.field in self else None
        if field is None:
            self.refusal = errors.say(refusal)
        else:
            field.errors = [*field.errors, errors.say(refusal)]
        self.status = errors.status_of(refusal)
        if isinstance(refusal, LimitReached):
            after_this_request(partial(_retry_after, refusal.wait_seconds))


class Post:
    """One arrival of a form: the answer that was given before, or the chance to give the first."""

    def __init__(self, first: dict[str, Any] | None, *, changed: bool = False) -> None:
        self.first = first
        self.changed = changed
        """Whether a repeated form came with other content than the first time; that content had no effect."""
        self.answer: dict[str, Any] = {}

    @property
    def repeated(self) -> bool:
        """Whether the same form has been handled already."""
        return self.first is not None


@contextmanager
def once(form: BaseForm, *, alike: str | None = None) -> Iterator[Post]:
    """A transaction in which this form takes effect once, however often it arrives (X-10).

    `post.answer`, filled inside, is what a repeated post finds in `post.first`. A post repeats another when it
    carries the same token; or, where `alike` describes the content, the same content from the same browser: after
    "back" a browser may fetch the form anew, token and all, and still keep what was typed.
    """
    places = [
        (session.browser_hash(), str(request.endpoint)[:100], key)
        for key in (_token(form), alike)
        if key is not None
    ]
    with transaction():
        now = clock.now()
        answers = [idempotency.first_answer(*place, now=now) for place in places]
        first = next((answer for answer in answers if answer is not None), None)
        post = Post(first, changed=alike is not None and first is not None and answers[-1] is None)
        try:
            yield post
        except Refusal:
            # A refusal that commits (a wrong code) must leave the form free to be sent again, corrected.
            for place in places:
                idempotency.release(*place)
            raise
        for place in places:
            idempotency.keep_answer(*place, post.first if post.repeated else post.answer)


def _token(form: BaseForm) -> str | None:
    key = form.idempotency.data or ""
    usable = 0 < len(key) <= KEY_LENGTH and key.isascii() and key.isprintable()
    return key if usable else None


class Seen(HiddenField):
    """The newest message or version that the page showed; what was written without seeing a newer one is not lost."""

    def read(self) -> int:
        """Its id; 0, so "nothing was seen", when the page did not say."""
        typed = self.data or ""
        whole = typed.isascii() and typed.isdigit() and len(typed) <= ID_DIGITS
        return int(typed) if whole else 0


def _retry_after(seconds: int, response: Response) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response


class ConfirmForm(BaseForm):
    """A button: nothing to type."""


def choice(words: type[StrEnum], text: str) -> Callable[[str], StrEnum]:
    """A reader for a closed vocabulary that refuses with `text`."""

    def read(typed: str) -> StrEnum:
        if typed not in set(words):
            raise Invalid(text)
        return words(typed)

    return read
