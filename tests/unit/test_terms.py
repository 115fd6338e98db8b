"""Texts and searches are folded and cut alike, whatever is typed (S1-10, X-07, pages 5.6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk import normalise
from helpdesk.domain import terms
from helpdesk.domain.terms import Term

ANYTHING = st.text(st.characters(), max_size=300)


def holds(text: str, typed: str) -> bool:
    """Whether every word that was typed is found in a text."""
    there = terms.words(text)
    query = terms.read(typed)
    return bool(query) and all(
        any(all(stands(term, there) for term in way) for way in choice) for choice in query
    )


def stands(term: Term, there: frozenset[str]) -> bool:
    if term.beginning:
        return any(word.startswith(term.word) for word in there)
    return term.word in there


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("أحمد وإيمان وآمال", "احمد"),
        ("احمد", "أحمد"),
        ("المدرسة", "المدرسه"),
        ("المدرسه", "مدرسة"),
        ("على مصطفى", "علي"),
        ("مستشفي", "مستشفى"),
        ("مؤسسة", "موسسه"),
        ("الطـــلب", "الطلب"),
        ("الطَّلَبُ", "الطلب"),
        ("الطلب", "الطَّلَب"),
        ("الطلب", "طلب"),
        ("للطلب", "طلب"),
        ("بالطلب", "الطلب"),
        ("طلب", "الطلب"),
        ("رقم ٠١٢٣٤", "01234"),
        ("رقم 01234", "۰۱۲۳۴"),
        ("Ｆｕｌｌ width", "full"),
        ("Café", "cafe"),
        ("STRASSE", "straße"),
        ("O'Connor", "oconnor"),
        ("oconnor", "O'Connor"),
        ("a well known shop", "well-known"),
        ("CMP-1234-5674", "cmp12345674"),
        ("CMP-1234-5674", "12345674"),
        ("CMP-1234-5674", "١٢٣٤ ٥٦٧٤"),
        ("CMP-1234-5674", "1234-"),
        ("write to Sara.Q@Example.com now", "sara.q@example.com"),
        ("حق", "حق"),
    ],
)
def test_a_word_is_found_however_it_is_spelled(text: str, typed: str) -> None:
    """Pages 5.6, X-07: hamza, ة/ه, ى/ي, stretching, marks, digits, article, compounds."""
    assert holds(text, typed)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("bottle", "ottle"),
        ("bottle", "bottles"),
        ("the bottle", "bottle broken"),
        ("Sara", "S%a"),
        ("Sara", "S*a"),
        ("sara and example.com", "sara@example.com"),
        ("1021", "102"),
        ("1021", "1"),
        ("anna", "a"),
        ("والد", "د"),
        ("ولد", "والد"),
    ],
)
def test_what_is_not_there_is_not_found(text: str, typed: str) -> None:
    assert not holds(text, typed)


@pytest.mark.parametrize(("typed", "beginning"), [("bo", True), ("b", False), ("حق", True)])
def test_two_letters_are_taken_for_a_beginning(typed: str, beginning: bool) -> None:
    assert terms.read(typed) == (((Term(typed, beginning),),),)


@pytest.mark.parametrize(("typed", "beginning"), [("1021", True), ("102", False)])
def test_few_digits_are_the_whole_number(typed: str, beginning: bool) -> None:
    """Else 50 would find every complaint whose number begins so."""
    assert terms.read(typed) == (((Term(typed, beginning),),),)


@pytest.mark.parametrize("typed", ["", "  ", "%", "_", "\\", "-*", '"', "()", "***", "؟", "\u0640"])
def test_signs_alone_are_nothing_to_look_for(typed: str) -> None:
    assert terms.read(typed) == ()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ('a" OR (b', ["a", "or", "b"]),
        ("NEAR(c", ["near", "c"]),
        ("NOT x:*", ["not", "x"]),
        ("' & !(x | y):*", ["x", "y"]),
    ],
)
def test_signs_of_a_query_language_are_signs(typed: str, words: list[str]) -> None:
    """Security, input."""
    found = {term.word for choice in terms.read(typed) for way in choice for term in way}
    assert found == set(words)


@given(ANYTHING)
def test_whatever_is_typed_holds_only_letters_and_digits_and_stays_short(text: str) -> None:
    query = terms.read(text)
    assert len(query) <= terms.TERMS_LIMIT
    found = {term.word for choice in query for way in choice for term in way} | terms.words(text)
    assert all(word.isalnum() and len(word) <= terms.LONGEST for word in found)
    assert all(len(way) <= terms.TERMS_LIMIT for choice in query for way in choice)


@given(ANYTHING)
def test_a_text_is_found_by_each_of_its_own_words(text: str) -> None:
    for chunk in normalise.line(text).split()[:5]:
        assert terms.read(chunk) == () or holds(text, chunk)


def test_what_is_typed_beyond_the_limits_is_left_out() -> None:
    many = " ".join(f"word{letter}" for letter in "abcdefghijklmnop")
    assert len(terms.read(many)) == terms.TERMS_LIMIT
    assert terms.read(f"{'x' * terms.TYPED_LIMIT} further") == terms.read("x" * terms.TYPED_LIMIT)


@pytest.mark.parametrize(
    "typed",
    [
        *("+966551234567", "00966551234567", "0551234567", "551234567", "٠٥٥١٢٣٤٥٦٧"),
        *("+966 55 123 4567", "055-123-4567", "(055) 123 4567", "0551"),
    ],
)
def test_a_telephone_number_is_found_with_any_code_and_spacing(typed: str) -> None:
    """X-07."""
    there = terms.telephone("+966551234567")
    assert any(
        all(stands(term, there) for term in way) for [*ways] in terms.read(typed) for way in ways
    )


def test_the_code_of_a_country_alone_finds_nobody() -> None:
    """It is in front of every number."""
    there = terms.telephone("+966551234567")
    assert not [word for word in there if word.startswith("966")]
    assert terms.telephone("") == frozenset()
