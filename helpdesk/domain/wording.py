"""What must not, and what should not, stand in a text that a customer reads (S2-85)."""

import re

from helpdesk import normalise
from helpdesk.domain.errors import Invalid
from helpdesk.words import N_

CARD_NUMBER = N_(
    "This looks like a card number. Never send one: it was masked in your text. Check the text and send it again."
)
DOUBTFUL = frozenset(
    {"internal", "internally", "confidential", "داخلي", "داخليه", "داخليا", "سري", "سريه"}
)
"""Words, folded, of texts that were meant for colleagues."""
_RUN = re.compile(r"(?<!\w)\d(?:[ \u00a0-]?\d)*(?!\w)")
_CARD_LENGTHS = range(13, 20)
_LEFT_READABLE = 4


def refuse_card_numbers(text: str) -> None:
    """Refuse a text with a payment card's number in it.

    Raises:
        Invalid: there is one.
    """
    if mask_card_numbers(text) != text:
        raise Invalid(CARD_NUMBER, field="text")


def mask_card_numbers(text: str) -> str:
    """The text with all but the last four digits of every card number replaced by dots."""
    return _RUN.sub(lambda run: _masked(run[0]) if _is_card(run[0]) else run[0], text)


def doubtful_words(text: str) -> list[str]:
    """The words, as they were typed, that make a text look as if it were meant for colleagues."""
    words = dict.fromkeys(re.findall(r"\w+", text))
    return [word for word in words if normalise.bare(normalise.folded(word)) in DOUBTFUL]


def _is_card(run: str) -> bool:
    digits = [int(char) for char in run if char.isdecimal()]
    return len(digits) in _CARD_LENGTHS and digits[0] in _FIRST_DIGITS and _checks(digits)


_FIRST_DIGITS = range(2, 7)
"""What the numbers of payment cards begin with."""


def _checks(digits: list[int]) -> bool:
    """Luhn's sum: every second digit from the right counts double, with its own digits added."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _masked(run: str) -> str:
    kept = [place for place, char in enumerate(run) if char.isdecimal()][-_LEFT_READABLE:]
    return "".join(
        "•" if char.isdecimal() and place not in kept else char for place, char in enumerate(run)
    )
