"""Ticket numbers: a prefix and eight random digits, the last a Luhn check digit, shown `CMP-1234-5674` (C18)."""

import secrets

from helpdesk import normalise
from helpdesk.domain.errors import Invalid
from helpdesk.words import N_

BODY_DIGITS = 7


def check_digit(body: str) -> int:
    """The Luhn digit that makes `body` plus itself a valid number (ISO/IEC 7812-1, annex B)."""
    total = 0
    for position, char in enumerate(reversed(body)):
        value = int(char) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the digits of a two-digit product, summed
    return -total % 10


def compose(prefix: str, body: str) -> str:
    """The number as it is stored and shown, from its prefix and seven digits."""
    whole = f"{body}{check_digit(body)}"
    return f"{prefix}-{whole[:4]}-{whole[4:]}"


def draw(prefix: str) -> str:
    """A new random number; whether it is free is the caller's question."""
    return compose(prefix, f"{secrets.randbelow(10**BODY_DIGITS):0{BODY_DIGITS}}")


def read(prefix: str, typed: str) -> str:
    """The number somebody typed, in any digits, with or without prefix, dashes and spaces.

    Raises:
        Invalid: too short, too long, or the check digit says it was mistyped; nothing was looked up for that.
    """
    folded = normalise.code(typed).removeprefix(prefix)
    if len(folded) != BODY_DIGITS + 1 or not folded.isdigit():
        raise Invalid(
            N_("Enter the number as it was given to you, for example CMP-1234-5674."),
            field="number",
        )
    if check_digit(folded[:-1]) != int(folded[-1]):
        raise Invalid(
            N_("There is a typing mistake in this number. Please compare it digit by digit."),
            field="number",
        )
    return compose(prefix, folded[:-1])
