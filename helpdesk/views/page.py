"""What every template may use: the page's language and theme, assets, moments in words, the security headers."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

from flask import Flask, current_app, g, has_request_context, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from helpdesk import clock, colour, dates
from helpdesk.domain import stores
from helpdesk.enums import Lang
from helpdesk.language import gettext as _
from helpdesk.models import Store
from helpdesk.views import session

BETWEEN_TAGS, INDENTATION = re.compile(r">(?:\n|\s{2,})<"), re.compile(r"\n\s+")
DEFAULT_ZONE = "Asia/Riyadh"
JUST_NOW = timedelta(minutes=1)


@dataclass(frozen=True)
class Page:
    """The page as its base template sees it."""

    lang: str
    theme: str
    demo: bool
    year: int

    @property
    def dir(self) -> str:
        """Reading direction."""
        return "rtl" if self.lang == Lang.AR else "ltr"

    @property
    def platform(self) -> str:
        """The platform's name in the language of the page."""
        return platform_name()

    def with_query(self, **values: str) -> str:
        """This page's own address with some query values replaced."""
        query = {**request.args.to_dict(), **values}
        return f"/{quote(request.path.lstrip('/'))}?{urlencode(query)}"


@dataclass(frozen=True)
class StoreLook:
    """A store as templates see it."""

    slug: str
    name: str
    color: str

    @property
    def ink(self) -> str:
        """A foreground that reads well on the store's colour (S0-62)."""
        return colour.ink_on(self.color)


def install(app: Flask) -> None:
    """Give every template its words and every answer its headers."""
    app.context_processor(_globals)
    app.jinja_env.globals["asset"] = asset
    app.template_filter("when")(_when)
    app.template_filter("unindented")(_unindented)
    app.template_filter("day")(_day)
    app.template_filter("ago")(ago)
    app.template_filter("iso")(datetime.isoformat)
    app.after_request(_secure)


def look(store: Store) -> StoreLook:
    """The store in the language of the page."""
    return StoreLook(store.slug, store.name_in(session.language()), store.color)


def platform_name() -> str:
    """The platform's name in the language of the page, read once a request."""
    if "platform_name" not in g:
        g.platform_name = stores.platform().name_in(session.language())
    name: str = g.platform_name
    return name


def name_of(name_en: str, name_ar: str) -> str:
    """A store's name in the language of the page, from its two columns."""
    return name_ar if session.language() == Lang.AR else name_en


def csp_nonce() -> str:
    """This answer's nonce for the one style element that carries the store's colour."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def asset(path: str) -> str:
    """The address of a static file; it changes with the file, so browsers may keep it for a year."""
    address = _asset(str(current_app.static_folder), str(current_app.static_url_path), path)
    return f"{request.script_root}{address}"


@cache
def _asset(folder: str, url: str, path: str) -> str:
    version = hashlib.sha256((Path(folder) / path).read_bytes()).hexdigest()[:6]
    return f"{url}/{path}?v={version}"


def _globals() -> dict[str, object]:
    if not has_request_context():
        return {}  # a mail: it says itself in which language and for which store it is
    store = g.get("store")
    page = Page(
        lang=session.language(),
        theme=session.theme(),
        demo=bool(current_app.config["DEMO"]),
        year=clock.now().year,
    )
    return {
        "page": page,
        "store": look(store) if store is not None else None,
        "csp_nonce": csp_nonce,
    }


def address(**query: str) -> str:
    """This page with exactly these query values."""
    return f"{request.path}?{urlencode(query)}"


def zone() -> str:
    """The time zone of the page's store."""
    store = g.get("store")
    return store.timezone if store is not None else DEFAULT_ZONE


def _unindented(html: str) -> Markup:
    """Markup without the lines of its templates, a thirtieth of a list; not for what holds a text area.

    Between two elements a single space stays; where it is wanted, both stand on one line.
    """
    shorter = INDENTATION.sub("\n", BETWEEN_TAGS.sub("><", html))
    return Markup(shorter)  # noqa: S704 - what it is given is escaped already


def _when(moment: datetime) -> str:
    return dates.when(moment, session.language(), zone())


def _day(moment: datetime) -> str:
    return dates.day(moment, session.language(), zone())


def ago(moment: datetime) -> str:
    """How long ago, in the language of the page; within a minute it is just now."""
    now = clock.now()
    if timedelta(0) <= now - moment < JUST_NOW:
        return _("just now")
    return dates.ago(moment, session.language(), now)


def _secure(response: Response) -> Response:
    nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; img-src 'self' data: blob:; style-src 'self'{nonce}; object-src 'none';"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "static":
        if "v" in request.args:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif not response.cache_control.no_store:
        # Pages name people and carry codes; a shared computer's back button must not show them.
        response.headers["Cache-Control"] = "no-store"
    return response
