"""Refusals: why something is not done, in a sentence fit to show.

Texts are marked with `N_` and translated where they are shown; `values` fill their placeholders.
"""

from datetime import datetime

from helpdesk.words import N_

Value = str | int | datetime | tuple[str, ...]
"""What a placeholder of a sentence may stand for; a moment or several names are put into words where they are shown."""


class Refusal(Exception):
    """The base of every refusal. `field` names the form field it belongs to, if there is one."""

    commits = False
    """Whether the refusal itself is a fact to keep, as a wrong code is (see `db.transaction`)."""

    def __init__(self, text: str, *, field: str | None = None, **values: Value) -> None:
        super().__init__(text)
        self.text = text
        self.field = field
        self.values = values


class NotAllowed(Refusal):
    """This person may see the thing, but not do this (403)."""

    def __init__(self, text: str = N_("You do not have permission to do this.")) -> None:
        super().__init__(text)


class NotFound(Refusal):
    """Missing, or not for these eyes: the answer is the same (404)."""

    def __init__(self) -> None:
        super().__init__(N_("We could not find that page."))


class WrongState(Refusal):
    """It cannot be done as things stand now (409)."""


class Invalid(Refusal):
    """What was typed cannot be used (422)."""


class WrongCode(Invalid):
    """A code or number did not fit. The failure is counted, so it is kept although the request is refused."""

    commits = True


class LimitReached(Refusal):
    """Too often, too soon (429). `wait_seconds` says when to try again."""

    def __init__(self, text: str, *, wait_seconds: int) -> None:
        super().__init__(text)
        self.wait_seconds = wait_seconds
