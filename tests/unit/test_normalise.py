"""What people type is made clean once, and nothing they type makes it fail (X-07, security: input)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk import normalise

ANYTHING = st.text(st.characters(), max_size=60)
FUNCTIONS = [
    normalise.prose,
    normalise.line,
    normalise.code,
    normalise.digits,
    normalise.reference,
    normalise.phone,
    normalise.email_key,
]
INVISIBLE = [
    "",
    " ",
    "\n\t",
    "\u200b\u200c\u200d",
    "\ufeff",
    "\u3164\u115f\u1160",
    "\u2800",
    "\u00ad",
    "\u034f",
]


@given(ANYTHING)
def test_nothing_typed_makes_it_fail_and_twice_changes_nothing_more(text: str) -> None:
    for function in FUNCTIONS:
        once = function(text)
        if function is not normalise.email_key:
            assert function(once) == once, function.__name__


@given(ANYTHING)
def test_prose_holds_nothing_that_a_database_or_a_reader_stumbles_over(text: str) -> None:
    prose = normalise.prose(text)
    prose.encode("utf-8")
    assert not set(prose) & {*"\x00\r\x07\x1b\x7f\x85\ufeff", *map(chr, range(0x202A, 0x202F))}
    assert prose == prose.strip()
    assert prose == "" or normalise.is_visible(prose)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\x00b", "ab"),
        ("a\ud800b", "ab"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2067turned\u2069", "turned"),
        ("  wide  inside  ", "wide  inside"),
        ("السلام عليكم", "السلام عليكم"),
        ("مُحَمَّدٌ", "مُحَمَّدٌ"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("Tiếng Việt", "Tiếng Việt"),
    ],
)
def test_prose_keeps_what_was_meant_and_loses_what_harms(typed: str, kept: str) -> None:
    assert normalise.prose(typed) == kept


@pytest.mark.parametrize("text", INVISIBLE)
def test_text_that_nobody_can_see_is_empty(text: str) -> None:
    """Required means what a person would call required."""
    assert normalise.prose(text) == ""
    assert normalise.line(text) == ""
    assert not normalise.is_visible(text)


@pytest.mark.parametrize("mark", ["\u0301", "\u064e", "\u20dd", "\u0488"])
def test_a_tower_of_marks_is_taken_down(mark: str) -> None:
    """Enclosing marks have no combining class and towered up unhindered before."""
    assert normalise.prose("a" + mark * 10_000) == "a" + mark * 8


def test_a_line_is_one_line() -> None:
    assert normalise.line(" Sara\r\n  O'Connor\u2028II\t ") == "Sara O'Connor II"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7k4m-q9tx", "7K4MQ9TX"),
        (" 7K4M Q9TX ", "7K4MQ9TX"),
        ("７Ｋ４Ｍ－Ｑ９ＴＸ", "7K4MQ9TX"),
        ("٤٥٦٧٨٩", "456789"),
        ("۴۵۶۷۸۹", "456789"),
        ("1_000", "1000"),
        ("12³", "12"),
        ("①②", ""),
        ("\u200e123\u200f", "123"),
        ("\x00", ""),
    ],
)
def test_codes_are_folded_hard(typed: str, code: str) -> None:
    """X-07, S1-35, S1-37."""
    assert normalise.code(typed) == code


def test_the_digits_alone() -> None:
    assert normalise.digits("No. ١٢-٣ b") == "123"


@pytest.mark.parametrize(
    ("typed", "reference"),
    [("#1021", "1021"), (" # ١٠٢١ ", "1021"), ("INV 7/b", "INV 7/b"), ("10²1", "101"), ("##", "#")],
)
def test_a_reference_keeps_its_letters(typed: str, reference: str) -> None:
    """S1-55, X-07."""
    assert normalise.reference(typed) == reference


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("055 123 4567", "0551234567"),
        ("+966-55-123-4567", "+966551234567"),
        ("\u202a+966 55 123 4567\u202c", "+966551234567"),
        ("\u200e٠٥٥١٢٣٤٥٦٧", "0551234567"),
        ("(055) 123.45/67", "0551234567"),
        ("055-CALL-ME", ""),
        ("1" * 30, ""),
        ("++966", ""),
        ("", ""),
    ],
)
def test_a_telephone_number_is_its_digits_or_nothing(typed: str, phone: str) -> None:
    """X-07."""
    assert normalise.phone(typed) == phone


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("My order is late", "en"),
        ("طلبي متأخر", "ar"),
        ("طلبي رقم A1 متأخر", "ar"),
        ("1021", "en"),
        ("ab اب", "en"),
    ],
)
def test_the_language_is_that_of_most_letters(text: str, lang: str) -> None:
    assert normalise.language(text) == lang


def test_addresses_compare_without_case_and_width() -> None:
    assert normalise.email_key(" Sara@Example.COM ") == normalise.email_key("ｓara@example.com")
    assert normalise.email_key("sara@example.com") != normalise.email_key("zara@example.com")
