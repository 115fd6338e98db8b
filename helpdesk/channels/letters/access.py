"""What brings a complainant back to a complaint whose number or tracking code is lost."""

from collections.abc import Callable

from helpdesk.channels.letters import words
from helpdesk.domain.deliveries import CODE_PLACE
from helpdesk.domain.recipients import Notice
from helpdesk.language import gettext as _

KEY_PLACE = "to-be-filled-in"


def _tracking_code_reissued(notice: Notice) -> words.Letter:
    ticket = words.ticket(notice)
    return words.Letter(
        subject=_("Your new tracking code for complaint %(number)s", number=ticket.number),
        paragraphs=[
            _(
                "Here is a new tracking code for your complaint to %(store)s. The old one no longer works.",
                store=words.store(notice),
            )
        ],
        facts=[
            (_("Complaint number"), ticket.number),
            (_("Tracking code"), CODE_PLACE),
        ],
        button=(_("Track Complaint"), words.track(notice)),
        closing=[
            _(
                "You did not ask for it? Then ask for another one: each new code ends the one before."
            )
        ],
    )


def _complaint_links(notice: Notice) -> words.Letter:
    return words.Letter(
        subject=_("Your complaints to %(store)s", store=words.store(notice)),
        paragraphs=[
            _("Somebody, we hope you, asked which complaints belong to this mailbox."),
            _(
                "Have the tracking code? Track the complaint with its number."
                " Lost it too? The link at each number lets us send you a new one."
            ),
        ],
        links=[
            (_("%(number)s: get a new tracking code", number=number), _reissue_link(notice, number))
            for number in notice.facts["numbers"]
        ],
        button=(_("Track Complaint"), words.public(notice, "tracking.track")),
        closing=[
            _("The links work for 24 hours."),
            _("If it was not you, ignore this mail; nothing has changed."),
        ],
    )


def _reissue_link(notice: Notice, number: str) -> str:
    link = words.public(notice, "lost.renew", number=number, key=KEY_PLACE)
    return link.replace(KEY_PLACE, CODE_PLACE)


WRITERS: dict[str, Callable[[Notice], words.Letter]] = {
    "complaint_links": _complaint_links,
    "tracking_code_reissued": _tracking_code_reissued,
}
