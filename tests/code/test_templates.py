"""What no template may say: it would break the content security policy, or trust its input."""

import re

import pytest

from tests.code.sources import templates

FORBIDDEN = {
    "|safe": re.compile(r"\|\s*safe\b"),
    "autoescape off": re.compile(r"autoescape\s+false", re.IGNORECASE),
    "style=": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\b(?:src|nonce)=)[^>]*>", re.IGNORECASE),
    "a javascript: address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "htmx that needs eval": re.compile(r"\bhx-on\b|\bhx-on:|[\"']js:"),
    "another host": re.compile(r"\b(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}

MAILS = "emails/"


def faults(source: str) -> list[str]:
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(source)]


@pytest.mark.parametrize("template", templates())
def test_a_template_keeps_to_the_content_security_policy(template: str) -> None:
    assert not faults(templates()[template])


def test_there_are_templates_for_pages_and_for_mails() -> None:
    mails = {name for name in templates() if name.startswith(MAILS)}
    assert mails
    assert templates().keys() - mails
