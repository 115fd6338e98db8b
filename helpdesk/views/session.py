"""Who is asking: the browser, the member of staff, the store of the address, and the scope they work in.

One signed cookie holds random tokens only; what they stand for is kept on the server and can be ended there.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime

from flask import Flask, current_app, g, request, session
from flask_login import current_user
from werkzeug.wrappers import Response

from helpdesk import clock, vault
from helpdesk.db import transaction
from helpdesk.domain import attachments, members, sessions, stores, tenancy, verification
from helpdesk.domain.errors import NotFound
from helpdesk.domain.permissions import Actor
from helpdesk.enums import ActorType, Lang
from helpdesk.language import speaking as words_in
from helpdesk.models import LoginSession, Membership, Store, Ticket, User

BROWSER = "browser"
STAFF = "staff"
THEMES = ("light", "dark", "system")
DENSITIES = ("comfortable", "compact")
READ_ONCE = ("catalogue", "lang", "max_upload_mb", "memberships", "narrowed", "platform_name")
"""What a request finds out once; nothing of it is left from a request before, where both share a context."""
YEAR_SECONDS = 365 * 24 * 3600
OWN_ACCOUNT = "a person's own sessions and grants are spread over every store"


def install(app: Flask) -> None:
    """Read store, language and theme from every address; put the store into every link."""
    app.url_value_preprocessor(_take_store_out)
    app.url_defaults(_put_store_in)
    app.before_request(_enter)
    app.teardown_request(_leave)
    app.after_request(_remember_choices)


def enter_store(store: Store) -> None:
    """Work in this store, and in no other, until the request ends."""
    g.store = store
    g.scope.enter_context(tenancy.scoped(store))


def narrow(slug: str) -> None:
    """Keep the platform's pages to one store (X-02): no other store's rows, and every link stays in it.

    Raises:
        NotFound: no shop has this address.
    """
    store = stores.find(slug) if stores.SLUG.fullmatch(slug) else None
    if store is None:
        raise NotFound
    g.narrowed = store
    enter_store(store)


def narrowed() -> Store | None:
    """The store that the platform's pages are kept to; None for all of them."""
    store: Store | None = g.get("narrowed")
    return store


def enter_platform(reason: str) -> None:
    """Work in every store until the request ends."""
    g.scope.enter_context(tenancy.unscoped(reason))


def browser_hash() -> str:
    """What this browser is known as on the server; its token is made at the first need."""
    if BROWSER not in session:
        session[BROWSER] = vault.new_token()
    return _browser_hash(session[BROWSER])


def renew_browser() -> str:
    """Give the browser a new token, so that one planted before is worth nothing; grants and waiting files come along.

    Call it inside the transaction that makes the old token more powerful. Returns the new token, sealed, for the
    second of two equal posts: its cookie is the one that the browser keeps (see `adopt_browser`).
    """
    old, new = browser_hash(), vault.new_token()
    with tenancy.unscoped(OWN_ACCOUNT):
        verification.move_grants(old, _browser_hash(new))
        attachments.move_staged(old, _browser_hash(new))
    session[BROWSER] = new
    return vault.seal(new)


def adopt_browser(sealed: str) -> None:
    """Take over the token that the first of two equal posts was given."""
    token = vault.unseal(sealed)
    if token is not None:
        session[BROWSER] = token


def ip_hash() -> str:
    """The address of the request, hashed; an IPv6 address counts by its /64 network."""
    address = request.remote_addr or ""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return vault.keyed_hash("ip", address)
    if parsed.version == 6:  # noqa: PLR2004 - IP version 6
        address = str(ipaddress.ip_network((parsed, 64), strict=False))
    return vault.keyed_hash("ip", address)


def visitor() -> Actor:
    """Somebody without any rights, as every shopper is at first."""
    return Actor(type=ActorType.VISITOR, ip_hash=ip_hash(), browser_hash=browser_hash())


def contact(now: datetime) -> Actor:
    """The shopper with the tickets that this browser has proven in the store of the address."""
    if BROWSER not in session:
        return visitor()
    granted = verification.granted(browser_hash(), now=now)
    ids = frozenset(grant.ticket_id for grant in granted)
    if any(
        grant.expires_at - now < verification.GRANT_IDLE - verification.GRANT_TOUCH
        for grant in granted
    ):
        with transaction():
            verification.extend(browser_hash(), now=now)
    return replace(visitor(), type=ActorType.CONTACT, ticket_ids=ids)


def holder_of(ticket: Ticket) -> Actor:
    """Somebody who holds the receipt or a link from the mailbox of this complaint, and acts for it alone."""
    return replace(visitor(), type=ActorType.CONTACT, ticket_ids=frozenset({ticket.id}))


@contextmanager
def speaking(lang: Lang) -> Iterator[None]:
    """Answer in this language until the block ends, whichever the page has."""
    found_out = {name: g.pop(name) for name in ("lang", "platform_name") if name in g}
    g.lang = lang.value
    try:
        with words_in(lang.value):
            yield
    finally:
        g.pop("platform_name", None)
        g.pop("lang")
        for name, value in found_out.items():
            setattr(g, name, value)


def staff() -> User | None:
    """The signed-in member of staff, if there is one."""
    # The person and not Flask-Login's proxy, which no rule would know as a user.
    known: User | None = current_user._get_current_object()  # noqa: SLF001 - Werkzeug's own idiom
    return known if known is not None and known.is_authenticated else None


def memberships(user: User) -> list[Membership]:
    """Where the person works, read once a request."""
    if "memberships" not in g:
        g.memberships = members.memberships(user)
    places: list[Membership] = g.memberships
    return places


def forget_database() -> None:
    """For the page that says the database is away: nobody is signed in and no store is known, so nothing is read."""
    g.cut_off = True
    g.store = None
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # noqa: SLF001


def is_cut_off() -> bool:
    """Whether the database did not answer in this request."""
    return bool(g.get("cut_off"))


def load_staff(uniquifier: str) -> User | None:
    """Flask-Login's question: whose cookie is this? The session row must be alive, and the password unchanged."""
    now = clock.now()
    found = sessions.find(session.get(STAFF, ""), now=now)
    if found is None or found.user.fs_uniquifier != uniquifier:
        return None
    if sessions.wants_touch(found, now=now) and not _by_itself():
        with transaction():
            sessions.touch(session[STAFF], now=now)
    g.login_session = found
    return found.user


def _by_itself() -> bool:
    """Whether a page that lies open asks, and nobody does: that keeps no session alive."""
    return (request.endpoint or "").endswith(".presence")


def login_session() -> LoginSession:
    """The server's row of the session that this request came in."""
    found: LoginSession = g.login_session
    return found


def _browser_hash(token: str) -> str:
    return vault.keyed_hash("browser", token)


def _take_store_out(_endpoint: str | None, values: dict[str, str] | None) -> None:
    g.store_slug = values.pop("store", None) if values else None


def _put_store_in(endpoint: str, values: dict[str, str]) -> None:
    if "store" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "store"):
        store = g.get("store")
        if store is not None:
            values["store"] = store.slug
    elif endpoint.startswith("platform") and narrowed() is not None:
        values.setdefault("store", g.narrowed.slug)


def _enter() -> None:
    g.scope = ExitStack()
    g.store = None
    for name in READ_ONCE:
        g.pop(name, None)
    _choose_look()
    if "\0" in request.path:
        raise NotFound  # PostgreSQL cannot even look for it
    if g.store_slug is not None:
        store = stores.find(g.store_slug)
        if store is None:
            raise NotFound
        g.store = store
        if not (request.blueprint or "").startswith("desk"):
            enter_store(store)


def _leave(_error: BaseException | None) -> None:
    scope: ExitStack | None = g.pop("scope", None)
    if scope is not None:
        scope.close()


def _choose_look() -> None:
    asked = request.args.get("lang")
    g.chosen_lang = asked if asked in set(Lang) else None
    theme = request.args.get("theme")
    g.chosen_theme = theme if theme in THEMES else None
    density = request.args.get("density")
    g.chosen_density = density if density in DENSITIES else None


def language() -> str:
    """The language of the page: asked for now, chosen before, the person's own, the store's, the browser's."""
    if "lang" not in g:
        g.lang = _language()
    lang: str = g.lang
    return lang


def _language() -> str:
    chosen = g.get("chosen_lang") or request.cookies.get("lang")
    if chosen in set(Lang):
        return str(chosen)
    user = staff() if STAFF in session else None
    if user is not None:
        return user.lang.value
    store = g.get("store")
    if store is not None:
        return str(store.default_lang.value)
    return request.accept_languages.best_match([lang.value for lang in Lang]) or Lang.EN.value


def theme() -> str:
    """Light, dark, or as the device has it."""
    chosen = g.get("chosen_theme") or request.cookies.get("theme")
    return chosen if chosen in THEMES else "system"


def density() -> str:
    """How much room a list's rows take."""
    chosen = g.get("chosen_density") or request.cookies.get("density")
    return chosen if chosen in DENSITIES else DENSITIES[0]


def _remember_choices(response: Response) -> Response:
    for name in ("lang", "theme", "density"):
        value = g.get(f"chosen_{name}")
        if value:
            response.set_cookie(
                name,
                value,
                max_age=YEAR_SECONDS,
                samesite="Lax",
                secure=request.is_secure,
                httponly=True,
            )
    return response
