"""The language that words are said in: Flask-Babel's choice, with the catalogue looked up once and not for every word.

A page asks for some two hundred words. Flask-Babel finds out for each of them in which request and language it is
asked, which was a fifth of a page's processor time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gettext import NullTranslations

import flask_babel
from flask import Flask, g
from flask_babel.speaklater import LazyString


def install(app: Flask, *, locale_selector: Callable[[], str | None]) -> None:
    """Set Flask-Babel up, and let templates find their words here too."""
    flask_babel.Babel(app, locale_selector=locale_selector)
    # Jinja fills in the values itself, so that those which are no markup are escaped.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: catalogue().gettext(text),
        lambda one, many, count: catalogue().ngettext(one, many, count),
        newstyle=True,
    )


def gettext(text: str, **values: object) -> str:
    """The text in the language of the page, its `%(names)s` filled in."""
    said = catalogue().gettext(text)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The form of the text that goes with `num`, which it may name as `%(num)s`."""
    return catalogue().ngettext(one, many, num) % {"num": num, **values}


def lazy_gettext(text: str) -> LazyString:
    """The text in the language of whichever page shows it."""
    return LazyString(gettext, text)


def catalogue() -> NullTranslations:
    """The words of the language that is spoken now."""
    found: NullTranslations | None = g.get("catalogue")
    if found is None:
        found = g.catalogue = flask_babel.get_translations()
    return found


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Say everything in this language until the block ends."""
    before = g.pop("catalogue", None)
    try:
        with flask_babel.force_locale(lang):
            yield
    finally:
        g.pop("catalogue", None)
        if before is not None:
            g.catalogue = before
