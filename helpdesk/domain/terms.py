"""How texts are cut into words for searching, and what somebody typed into terms (S1-10, X-07, pages 5.6).

Both sides are folded alike, so it does not matter how a word is spelled, pointed or marked, nor in which digits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from helpdesk import normalise
from helpdesk.domain.kinds import COMPLAINT

TYPED_LIMIT = 200
TERMS_LIMIT = 10
"""Words that are looked for; further ones are left out."""
LONGEST = 40
"""Letters of a word that count."""
SHORTEST_BEGINNING = 2
SHORTEST_NUMBER = 4
"""Digits that are taken for the beginning of a number; fewer have to be all of it."""
SHORTEST_STEM = 3
"""Letters that an article must leave before what is typed is looked for without it."""
TELEPHONE_DIGITS = 9
"""The end of a telephone number, which is the same with and without the country's code."""

_PART = re.compile(r"[^\W_]+")
_PARTING = re.compile(r"[!\"#$%()*,:;<=>?\[\\\]^`{|}~]")
"""Signs that stand between words. Others, such as a dash or an apostrophe, hold a compound together."""
_NUMBER = re.compile(rf"{COMPLAINT.prefix.casefold()}(\d{{1,8}})")


@dataclass(frozen=True)
class Term:
    """A folded word: one that has to be there, or, as a `beginning`, one that begins so."""

    word: str
    beginning: bool


Way = tuple[Term, ...]
"""Terms that have to be found together."""
Choice = tuple[Way, ...]
"""Ways to understand a word that was typed; one has to be found."""
Query = tuple[Choice, ...]
"""What was typed; each word has to be found. Empty where nothing typed could be looked for."""


def words(text: str) -> frozenset[str]:
    """What a text can be found by: its words, Arabic ones without their article too, and compounds in one piece."""
    found = {form for chunk in _chunks(normalise.folded(text)) for form in _forms(chunk)}
    return frozenset(word[:LONGEST] for word in found)


def telephone(number: str) -> frozenset[str]:
    """What a telephone number can be found by, whichever code was dialled before it."""
    national = normalise.digits(number)[-TELEPHONE_DIGITS:]
    return frozenset({national, f"0{national}"}) if national else frozenset()


def read(typed: str) -> Query:
    """What somebody typed, understood. Signs of any query language are just signs."""
    typed = typed[:TYPED_LIMIT]
    text = normalise.folded(typed)
    # Digits in groups may be one number: it is looked for in one piece and in its pieces.
    chunks = [text] if len(normalise.phone(typed)) >= TELEPHONE_DIGITS - 1 else _chunks(text)
    return tuple(choice for choice in map(_choice, chunks) if choice)[:TERMS_LIMIT]


def _chunks(text: str) -> list[str]:
    return _PARTING.sub(" ", text).split()


def _forms(chunk: str) -> Iterator[str]:
    parts = _PART.findall(chunk)
    for part in parts:
        yield _known(part)
        yield normalise.bare(part)
    if len(parts) > 1:
        yield _known("".join(parts))


def _known(word: str) -> str:
    """A complaint's number stands for itself with and without its letters, which would be in front of all of them."""
    number = _NUMBER.fullmatch(word)
    return number[1] if number else word


def _choice(chunk: str) -> Choice:
    parts = _PART.findall(chunk)
    if len(parts) == 1:
        return _ways(parts[0])
    together = _ways("".join(parts)) if parts else ()
    if "@" in chunk:
        return together  # an address is one thing: its parts stand in many others
    return (*together, tuple(_term(_known(part)) for part in parts[:TERMS_LIMIT])) if parts else ()


def _ways(word: str) -> Choice:
    forms = [_known(word)]
    stem = normalise.bare(word)
    if stem != word and len(stem) >= SHORTEST_STEM:
        forms.append(stem)
    if word.isdigit() and len(word) > TELEPHONE_DIGITS:
        forms.append(word[-TELEPHONE_DIGITS:])
    return tuple((_term(form),) for form in forms)


def _term(word: str) -> Term:
    enough = SHORTEST_NUMBER if word.isdigit() else SHORTEST_BEGINNING
    return Term(word[:LONGEST], len(word) >= enough)
