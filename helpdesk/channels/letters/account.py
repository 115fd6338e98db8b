"""What staff are written about their accounts."""

from collections.abc import Callable

from helpdesk.channels import links
from helpdesk.channels.letters import words
from helpdesk.domain.deliveries import CODE_PLACE
from helpdesk.domain.recipients import Notice
from helpdesk.language import gettext as _

LINK_PLACE = "to-be-filled-in"


def _password_reset(_notice: Notice) -> words.Letter:
    return words.Letter(
        subject=_("Choose a new password"),
        paragraphs=[
            _("Somebody, we hope you, asked for a new password for this account."),
            _("The link works once, for one hour."),
        ],
        button=(_("Choose a new password"), _reset_link()),
        closing=[_("If it was not you, ignore this mail; your password stays as it is.")],
    )


def _password_changed(_notice: Notice) -> words.Letter:
    return words.Letter(
        subject=_("Your password was changed"),
        paragraphs=[
            _(
                "The password of your staff account was changed just now. All signed-in browsers were signed out."
            ),
            _("If it was not you, choose a new password at once and tell your administrator."),
        ],
        button=(_("Sign in"), links.public("login.sign_in")),
    )


def _reset_link() -> str:
    return links.public("login.reset", token=LINK_PLACE).replace(LINK_PLACE, CODE_PLACE)


WRITERS: dict[str, Callable[[Notice], words.Letter]] = {
    "password_changed": _password_changed,
    "password_reset": _password_reset,
}
