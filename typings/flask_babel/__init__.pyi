# What we use of Flask-Babel, which ships no types.
from collections.abc import Callable
from contextlib import AbstractContextManager
from gettext import NullTranslations

from flask import Flask

class Babel:
    def __init__(self, app: Flask, *, locale_selector: Callable[[], str | None]) -> None: ...

def force_locale(locale: str) -> AbstractContextManager[None]: ...
def get_translations() -> NullTranslations: ...
