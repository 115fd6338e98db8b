"""What the browser tests share: the words of the page in its language, and people at work."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from helpdesk.language import gettext, speaking
from helpdesk.models import User
from tests.fixtures.browser import NewPage
from tests.fixtures.factory import PASSWORD
from tests.fixtures.mailbox import Mail

Words = Callable[..., str]
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture
def words(app: Flask) -> Callable[[str], Words]:
    """`words("ar")("Send complaint")`: a text as a reader of that language finds it."""

    def in_language(lang: str) -> Words:
        def say(text: str, **values: object) -> str:
            with app.app_context(), speaking(lang):
                return str(gettext(text, **values))

        return say

    return in_language


@pytest.fixture
def signed_in(new_page: NewPage) -> Callable[..., Page]:
    """A window in which this member of staff has signed in."""

    def open_window(user: User, lang: str = "en", **options: object) -> Page:
        page = new_page(**options)
        page.goto(f"/login?lang={lang}")
        page.fill("[name=email]", user.email)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        expect(page).to_have_url(re.compile("/(desk|platform)/"))
        return page

    return open_window


def code_in(mail: Mail) -> str:
    """The six digits of a code mail."""
    found = re.search(r"(?<!\d)\d{6}(?!\d)", mail.text)
    assert found, mail.text
    return found[0]


def fits_the_screen(page: Page) -> bool:
    """Whether nothing makes the page scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
