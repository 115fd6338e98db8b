"""Every text on screen and in mails can be read in English and in Arabic."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests.code.sources import PACKAGE, ROOT, templates
from tests.code.template_words import untranslated

CATALOGUE = PACKAGE / "translations" / "ar" / "LC_MESSAGES" / "messages.po"
KEYWORDS = DEFAULT_KEYWORDS | {"N_": None, "_l": None, "lazy_gettext": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
UPDATE = "run make translations-update"

# Words that are the same in every language, each with its reason.
ALIKE: dict[str, str] = {
    "English": "a language is called by its own name",
    "العربية": "a language is called by its own name",
}


@cache
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ar")


@cache
def texts_in_the_code() -> dict[str | tuple[str, ...], str]:
    """Each text that is marked for translation, and where it stands."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    extracted = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    return {text: f"{file}:{line}" for file, line, text, _, _ in extracted}


def messages() -> list[Message]:
    return [message for message in catalogue() if message.id]


def said(message: Message) -> str:
    """The text itself; of one with a plural, the singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def lacks_a_placeholder(message: Message) -> bool:
    """Arabic may say "one" and "two" in words, so a plural may leave out the number alone."""
    plural = not isinstance(message.id, str)
    spared = {"num"} if plural else set()
    wanted = set(PLACEHOLDER.findall(message.id[1] if plural else said(message))) | spared
    found = (set(PLACEHOLDER.findall(string)) | spared for string in strings(message))
    return any(names != wanted for names in found)


@pytest.mark.parametrize("template", templates())
def test_a_template_says_nothing_past_gettext(template: str) -> None:
    found = untranslated(templates()[template], html=template.endswith(".html"))
    assert [(line, text) for line, text in found if text not in ALIKE] == []


def test_every_text_is_in_the_arabic_catalogue() -> None:
    missing = {
        text: place for text, place in texts_in_the_code().items() if text not in catalogue()
    }
    assert not missing, f"Texts without Arabic, {UPDATE}: {missing}"


def test_the_catalogue_holds_no_text_that_nobody_says() -> None:
    wanted = {text if isinstance(text, str) else text[0] for text in texts_in_the_code()}
    spare = [message.id for message in messages() if said(message) not in wanted]
    assert not spare, f"Nobody says this any more, {UPDATE}: {spare}"


def test_every_text_has_its_arabic() -> None:
    empty = [message.id for message in messages() if not all(strings(message))]
    assert not empty, f"Not translated yet: {empty}"


def test_no_translation_is_a_guess() -> None:
    assert [message.id for message in messages() if message.fuzzy] == []


def test_translations_keep_the_placeholders() -> None:
    translated = [message for message in messages() if all(strings(message))]
    assert [message.id for message in translated if lacks_a_placeholder(message)] == []


def test_the_compiled_catalogue_is_up_to_date() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = {said(message): strings(message) for message in read_mo(file) if message.id}
    assert compiled == {said(message): strings(message) for message in messages()}, UPDATE
