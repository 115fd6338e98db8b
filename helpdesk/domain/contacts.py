"""Names, e-mail addresses and telephone numbers as people type them, and masked as others may see them."""

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from helpdesk import normalise
from helpdesk.domain.errors import Invalid
from helpdesk.words import N_

NAME_LIMIT = 120


def read_name(typed: str) -> str:
    """A person's name, tidied.

    Raises:
        Invalid: nothing visible in it, or longer than 120 characters.
    """
    name = normalise.line(typed)
    if not name:
        raise Invalid(N_("Enter your name."))
    if len(name) > NAME_LIMIT:
        raise Invalid(N_("A name can have %(limit)s characters at the most."), limit=NAME_LIMIT)
    return name


def read_email(typed: str) -> str:
    """One e-mail address in its normal form.

    Raises:
        Invalid: not an address, or more than one.
    """
    try:
        # Our mail goes out without SMTPUTF8, so a name before the @ in other letters could never be reached.
        return validate_email(
            normalise.line(typed), check_deliverability=False, allow_smtputf8=False, strict=True
        ).normalized
    except EmailNotValidError:
        raise Invalid(N_("Enter one e-mail address, like name@example.com.")) from None


def read_phone(typed: str, country: str) -> str | None:
    """A telephone number in E.164, or None when none was given.

    Raises:
        Invalid: not a number that exists in that form anywhere.
    """
    folded = normalise.phone(typed)
    if not folded:
        if normalise.line(typed):
            raise Invalid(_PHONE)
        return None
    try:
        number = phonenumbers.parse(folded, country)
    except phonenumbers.NumberParseException:
        raise Invalid(_PHONE) from None
    if not phonenumbers.is_possible_number(number):
        raise Invalid(_PHONE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_PHONE = N_("Enter a telephone number, like 0551234567 or +966551234567, or leave it empty.")


def masked_email(address: str) -> str:
    """`sara@example.com` as `s•••@example.com`: enough to recognise one's own."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def masked_name(name: str) -> str:
    """The initials of a name, for readers who may not know the person."""
    return " ".join(f"{word[0]}." for word in name.split())
