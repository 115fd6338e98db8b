"""What an answer proposes to the customer: a kind and one line, or why there is nothing to propose (S1-20 to S1-23)."""

from helpdesk import normalise
from helpdesk.domain import wording
from helpdesk.domain.conversation import Resolution
from helpdesk.domain.errors import Invalid
from helpdesk.enums import ResolutionType
from helpdesk.models import RESOLUTION_LIMIT
from helpdesk.words import N_

KIND = N_("Choose what you propose, or leave the line empty.")
REASON = N_("Say why the complaint is not valid; the customer has a right to know.")


def read(kind: str, line: str) -> Resolution | None:
    """A proposal as a form hands it over; None when nothing is proposed.

    Raises:
        Invalid: an unknown kind, a line without a kind, or what `checked` refuses.
    """
    text = normalise.line(line)
    if not kind and not text:
        return None
    if kind not in set(ResolutionType):
        raise Invalid(KIND, field="resolution")
    return checked(Resolution(ResolutionType(kind), text))


def checked(resolution: Resolution) -> Resolution:
    """The proposal with its line tidied.

    Raises:
        Invalid: "not valid" without a reason (S1-23), or a line of more than 500 characters.
    """
    text = normalise.line(resolution.text)
    if resolution.type is ResolutionType.NOT_VALID and not text:
        raise Invalid(REASON, field="resolution_text")
    if len(text) > RESOLUTION_LIMIT:
        raise Invalid(
            N_("The line has %(count)s characters; %(limit)s is the most."),
            field="resolution_text",
            count=len(text),
            limit=RESOLUTION_LIMIT,
        )
    wording.refuse_card_numbers(text)
    return Resolution(resolution.type, text)
