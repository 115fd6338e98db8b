"""Ticket numbers: a typing mistake is told from the number alone (C18, domain limits)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.domain import numbers
from helpdesk.domain.errors import Invalid

BODIES = st.text("0123456789", min_size=7, max_size=7)
SHAPE = "Enter the number as it was given to you, for example CMP-1234-5674."
MISTAKE = "There is a typing mistake in this number. Please compare it digit by digit."


def refusal(typed: str) -> str:
    with pytest.raises(Invalid) as refused:
        numbers.read("CMP", typed)
    assert refused.value.field == "number"
    return refused.value.text


@pytest.mark.parametrize(
    ("body", "digit"),
    [("7992739871", 3), ("1234567", 4), ("0000000", 0), ("453201511283036", 6)],
)
def test_the_check_digit_is_that_of_the_standard(body: str, digit: int) -> None:
    """C18: ISO/IEC 7812-1, with examples from outside this code."""
    assert numbers.check_digit(body) == digit


@given(BODIES)
def test_a_composed_number_is_read_back(body: str) -> None:
    number = numbers.compose("CMP", body)
    assert re.fullmatch(r"CMP-\d{4}-\d{4}", number)
    assert numbers.read("CMP", number) == number


@given(BODIES, st.integers(0, 7), st.integers(1, 9))
def test_every_single_wrong_digit_is_caught(body: str, place: int, shift: int) -> None:
    """C18."""
    digits = numbers.compose("CMP", body).removeprefix("CMP-").replace("-", "")
    wrong = str((int(digits[place]) + shift) % 10)
    assert refusal(f"CMP{digits[:place]}{wrong}{digits[place + 1 :]}") == MISTAKE


@given(BODIES, st.integers(0, 6))
def test_two_neighbours_exchanged_are_caught_but_for_09_and_90(body: str, place: int) -> None:
    """C18: Luhn cannot tell 09 from 90, and misses nothing else of the kind."""
    digits = numbers.compose("CMP", body).removeprefix("CMP-").replace("-", "")
    pair = digits[place : place + 2]
    exchanged = digits[:place] + pair[::-1] + digits[place + 2 :]
    if pair in {"09", "90"} or pair[0] == pair[1]:
        assert numbers.read("CMP", exchanged)
    else:
        assert refusal(exchanged) == MISTAKE


@pytest.mark.parametrize(
    "typed",
    [
        "CMP-1234-5674",
        "cmp-1234-5674",
        " CMP 1234 5674 ",
        "12345674",
        "1234-5674",
        "CMP-١٢٣٤-٥٦٧٤",
        "۱۲۳۴۵۶۷۴",
        "ＣＭＰ１２３４５６７４",
        "CMP–1234–5674",
        "\u200fCMP-1234-5674\u200f",
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    """X-07: digits of every script, any case, spaces and dashes."""
    assert numbers.read("CMP", typed) == "CMP-1234-5674"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "CMP",
        "1234567",
        "123456740",
        "CMP-ABCD-EFGH",
        "H-1234-5674",
        "12345674²2",
        "1e3",
        "\x00",
    ],
)
def test_what_is_no_number_is_told_so(typed: str) -> None:
    assert refusal(typed) == SHAPE


def test_a_superscript_is_not_taken_for_a_digit() -> None:
    assert refusal("1234567⁴") == SHAPE


def test_drawn_numbers_are_valid_and_do_not_follow_each_other() -> None:
    """C18: a number tells nobody how many complaints there are."""
    drawn = [numbers.draw("CMP") for _ in range(50)]
    assert all(numbers.read("CMP", number) == number for number in drawn)
    assert len(set(drawn)) > 45
    assert drawn != sorted(drawn)
