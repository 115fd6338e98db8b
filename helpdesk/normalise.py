"""What people type, made clean once, at the edge (architecture rule 10, X-07).

Codes and numbers are folded hard (NFKC, Arabic-Indic and Persian digits to ASCII); prose keeps its letters
and loses only what nobody typed on purpose.
"""

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n?")
# NUL and other controls, lone surrogates, and marks that turn the reading direction of what follows.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]"
)
# Letters to Unicode, blank to the eye: fillers, braille blank, and every "format" character.
_BLANK = re.compile("[\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5]")
_ALIKE = str.maketrans("ٱىیةک", "اييهك", "\u0640")
"""Arabic letters that people write for one another; the stretching sign is none at all."""
PARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال")
_STACKED = 8
"""Combining marks kept on one letter; Arabic and Vietnamese need three at the most."""


def prose(text: str) -> str:
    """A text of several lines: LF line ends, no harmful characters, no piles of marks, trimmed.

    Invisible text comes back empty, so "required" means what a person would call required.
    """
    text = _HARMFUL.sub("", _LINE_ENDS.sub("\n", text))
    text = _thin_marks(text).strip()
    return text if is_visible(text) else ""


def line(text: str) -> str:
    """A text of one line, such as a name: like `prose`, and runs of white space become one space."""
    return " ".join(prose(text).split())


def code(text: str) -> str:
    """A number or code, comparable: NFKC, ASCII digits, upper case, letters and digits only."""
    folded = unicodedata.normalize("NFKC", _digits(text)).upper()
    return "".join(char for char in folded if char.isascii() and char.isalnum())


def digits(text: str) -> str:
    """The digits of `text` as ASCII, in order."""
    return "".join(char for char in code(text) if char.isdigit())


def reference(text: str) -> str:
    """Somebody else's number, such as an order's: ASCII digits, one line, no leading `#`, otherwise as typed."""
    return line(unicodedata.normalize("NFKC", _digits(text))).removeprefix("#").strip()


def phone(text: str) -> str:
    """A telephone number's digits, with its leading plus; empty when letters or other signs are in it."""
    folded = unicodedata.normalize("NFKC", _digits(line(text)))
    bare = "".join(
        char for char in folded if char not in " -./()" and unicodedata.category(char) != "Cf"
    )
    return bare if re.fullmatch(r"\+?[0-9]{1,20}", bare) else ""


def language(text: str) -> str:
    """`ar` when most letters are Arabic, else `en`."""
    letters = [char for char in text if char.isalpha()]
    arabic = sum("\u0600" <= char <= "\u06ff" or "\u0750" <= char <= "\u077f" for char in letters)
    return "ar" if arabic * 2 > len(letters) else "en"


def email_key(address: str) -> str:
    """An e-mail address for comparing: case and compatibility forms folded."""
    return unicodedata.normalize("NFKC", line(address)).strip().casefold()


def folded(text: str) -> str:
    """A text for searching: small letters, ASCII digits, one form of each Arabic letter, no marks."""
    plain = unicodedata.normalize("NFKD", _digits(text)).casefold()
    bare_letters = "".join(char for char in plain if unicodedata.category(char) != "Mn")
    return line(bare_letters.translate(_ALIKE))


def bare(word: str) -> str:
    """A folded Arabic word without its article: `طلب` for `الطلب`."""
    for particle in PARTICLES:
        if word.startswith(particle) and len(word) > len(particle) + 1:
            return word.removeprefix(particle)
    return word


def is_visible(text: str) -> bool:
    """Whether a person would see anything at all."""
    return any(
        not char.isspace()
        and unicodedata.category(char) not in {"Cf", "Cc", "Mn", "Me", "Zs"}
        and not _BLANK.match(char)
        for char in text
    )


def _digits(text: str) -> str:
    """Decimal digits of every script as ASCII; superscripts and circled digits are no digits anybody types."""
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else "" if char.isdigit() else char
        for char in text
    )


def _thin_marks(text: str) -> str:
    kept: list[str] = []
    pile = 0
    for char in text:
        pile = pile + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if pile <= _STACKED:
            kept.append(char)
    return "".join(kept)
