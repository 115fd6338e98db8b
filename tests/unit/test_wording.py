"""Card numbers are found and masked; texts that were meant for colleagues are noticed (S2-85, pages 5.5)."""

import pytest

from helpdesk.domain import wording
from helpdesk.domain.errors import Invalid


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("4111111111111111", "••••••••••••1111"),
        ("Card 4111 1111 1111 1111, please", "Card •••• •••• •••• 1111, please"),
        ("5500-0000-0000-0004", "••••-••••-••••-0004"),
        ("٤١١١١١١١١١١١١١١١", "••••••••••••١١١١"),
        ("378282246310005", "•••••••••••0005"),
        ("(4111111111111111)\n4222222222222", "(••••••••••••1111)\n•••••••••2222"),
    ],
)
def test_a_card_number_is_masked_but_for_its_last_four_digits(text: str, masked: str) -> None:
    assert wording.mask_card_numbers(text) == masked
    with pytest.raises(Invalid) as refused:
        wording.refuse_card_numbers(text)
    assert "1111" not in refused.value.text
    wording.refuse_card_numbers(masked)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4111111111111112",  # the check digit is wrong
        "411111111111",  # twelve digits
        "41111111111111111111",  # twenty
        "CMP-1234-5674 of 2025-05-06",
        "+966 55 123 4567",
        "00966551234567",
        "SA0380000000608010167519",
        "0000000000000000",
        "9400111899223197",
        "Last four digits: 1111",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert wording.mask_card_numbers(text) == text
    wording.refuse_card_numbers(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Internal: she is a liar", ["Internal"]),
        ("هذه ملاحظة داخلية، لا ترسلوها. داخلي!", ["داخلية", "داخلي"]),
        ("للاستخدام الداخلي", ["الداخلي"]),
        ("Confidential and internal", ["Confidential", "internal"]),
        ("The internals of the bottle, internationally", []),
        ("We send a new bottle.", []),
        ("نرسل لك زجاجة جديدة.", []),
    ],
)
def test_a_text_that_sounds_like_a_note_is_noticed(text: str, words: list[str]) -> None:
    assert wording.doubtful_words(text) == words
