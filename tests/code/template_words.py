"""Finding words in a template that bypass gettext.

Looks at what the template says outside its tags, as a browser would show it, and
at strings inside its tags that read like words for people.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

SHOWN_ATTRIBUTES = frozenset(
    {
        "alt",
        "aria-description",
        "aria-label",
        "aria-roledescription",
        "label",
        "placeholder",
        "title",
    }
)
BUTTONS = frozenset({"submit", "button", "reset"})
NOT_SHOWN = frozenset({"script", "style"})
TRANSLATORS = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})
CLASS_BLOCKS = frozenset({"body_class", "width"})  # blocks that hold names of CSS classes
NOT_WORDS_FOR_PEOPLE = (
    nodes.Compare,
    nodes.Extends,
    nodes.FromImport,
    nodes.Getitem,
    nodes.Import,
    nodes.Include,
)

WORD = re.compile(r"[^\W\d_]{2,}")
READS_LIKE_WORDS = re.compile(r"[A-Z][a-z]|[\u0600-\u06ff]")

Found = Iterator[tuple[int, str]]

environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)


def untranslated(source: str, *, html: bool) -> list[tuple[int, str]]:
    """Words and the lines they are on."""
    plain = without_tags(source)
    outside = _shown(plain) if html else _lines(plain)
    return sorted({*outside, *_inside(source)})


def without_tags(source: str) -> str:
    """The template's own text on its own lines, less what is translated or names a class."""
    kept: list[str] = []
    tag: list[str] = []
    skipped_until = ""
    for _, kind, value in environment.lex(source):
        shown = kind == "data" and not skipped_until
        kept.append(value if shown else " " + "\n" * value.count("\n"))
        if kind == "block_begin":
            tag = []
        elif kind == "name":
            tag.append(value)
        elif kind == "block_end":
            skipped_until = _skipped_after(tag, skipped_until)
    return "".join(kept)


def _skipped_after(tag: list[str], before: str) -> str:
    """The tag that ends what is skipped from here on, or "" when nothing is."""
    if before:
        return "" if tag[:1] == [before] else before
    if tag[:1] == ["trans"]:
        return "endtrans"
    return "endblock" if tag[:1] == ["block"] and tag[1] in CLASS_BLOCKS else ""


def _lines(text: str) -> Found:
    for number, line in enumerate(text.splitlines(), 1):
        if WORD.search(line):
            yield number, line.strip()


def _shown(text: str) -> Found:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    yield from reader.found


class _Reader(HTMLParser):
    """Collects the texts and attributes that a person would see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in NOT_SHOWN
        given = {name: value or "" for name, value in attrs}
        shown = [given[name] for name in SHOWN_ATTRIBUTES & given.keys()]
        if tag == "input" and given.get("type") in BUTTONS:
            shown.append(given.get("value", ""))
        if tag == "meta" and given.get("name") == "description":
            shown.append(given.get("content", ""))
        shown += [
            v for n, v in given.items() if n.startswith("data-") and READS_LIKE_WORDS.match(v)
        ]
        for text in shown:
            self._keep(text)

    def handle_endtag(self, _tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._keep(data)

    def _keep(self, text: str) -> None:
        if WORD.search(text):
            self.found.append((self.getpos()[0], " ".join(text.split())))


def _inside(source: str) -> Found:
    yield from _words_below(environment.parse(source))


def _words_below(node: nodes.Node) -> Found:
    if isinstance(node, NOT_WORDS_FOR_PEOPLE) or _translates(node):
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        if READS_LIKE_WORDS.match(node.value):
            yield node.lineno, node.value
        return
    for child in node.iter_child_nodes():
        yield from _words_below(child)


def _translates(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in TRANSLATORS
    )
