"""Names, addresses and telephone numbers as people type them (S1-29, C17, X-07)."""

import pytest

from helpdesk.domain import contacts
from helpdesk.domain.errors import Invalid


@pytest.mark.parametrize(
    "typed", ["Sara O'Connor", "  Sara \n O'Connor ", "Sara\x00 O'Connor\u202e"]
)
def test_a_name_is_tidied(typed: str) -> None:
    assert contacts.read_name(typed) == "Sara O'Connor"


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "\u3164", "n" * 121])
def test_a_name_that_nobody_has_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        contacts.read_name(typed)


def test_the_longest_name_is_accepted() -> None:
    assert contacts.read_name("n" * 120) == "n" * 120


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("sara@example.com", "sara@example.com"),
        (" Sara.O'Connor@EXAMPLE.com\n", "Sara.O'Connor@example.com"),
        ("sara@bücher.example.com", "sara@bücher.example.com"),
    ],
)
def test_an_address_is_read(typed: str, address: str) -> None:
    assert contacts.read_email(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "sara",
        "sara@",
        "@example.com",
        "a@b.com, x@y.com",
        "a@b.com;x@y.com",
        "a@b.com\r\nBcc: x@y.com",
        "Sara <sara@example.com>",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 250}.com",
        "sara@localhost",
        "sara@[127.0.0.1]",
        "sa ra@example.com",
        "\x00",
    ],
)
def test_what_is_not_one_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        contacts.read_email(typed)
    assert "name@example.com" in refused.value.text


def test_an_address_that_our_mail_cannot_reach_is_refused_at_once() -> None:
    """Without SMTPUTF8 a code could never arrive there, and the complaint could never be opened (C17)."""
    with pytest.raises(Invalid):
        contacts.read_email("سارة@example.com")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0551234567", "+966551234567"),
        ("٠٥٥١٢٣٤٥٦٧", "+966551234567"),
        ("+44 20 7946 0958", "+442079460958"),
        ("00966 55 123 4567", "+966551234567"),
        ("", None),
        ("   ", None),
        ("\u200f", None),
    ],
)
def test_a_telephone_number_is_read_at_home_in_the_stores_country(
    typed: str, number: str | None
) -> None:
    assert contacts.read_phone(typed, "SA") == number


@pytest.mark.parametrize(
    "typed", ["12", "call me", "+", "1" * 30, "0551234567x9", "+0", "+966", "²²²"]
)
def test_what_is_no_telephone_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        contacts.read_phone(typed, "SA")


@pytest.mark.parametrize(
    ("address", "masked"),
    [("sara@example.com", "s•••@example.com"), ("x@example.com", "x•••@example.com")],
)
def test_an_address_is_masked_whatever_its_length(address: str, masked: str) -> None:
    """C17: what is shown tells nobody how long the name is."""
    assert contacts.masked_email(address) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [("Sara O'Connor", "S. O."), ("سارة القحطاني", "س. ا."), ("Sara", "S."), ("", "")],
)
def test_a_name_is_masked_to_its_initials(name: str, masked: str) -> None:
    assert contacts.masked_name(name) == masked
