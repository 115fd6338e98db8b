"""What a refusal or a fault looks like: the one table from exceptions to answers."""

import logging
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import Flask, current_app, g, make_response, render_template, request
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestURITooLarge, SecurityError
from werkzeug.wrappers import Response

from helpdesk import dates
from helpdesk.db import db
from helpdesk.domain.errors import (
    Invalid,
    LimitReached,
    NotAllowed,
    NotFound,
    Refusal,
    Value,
    WrongState,
)
from helpdesk.language import gettext as _
from helpdesk.views import session
from helpdesk.views.page import zone
from helpdesk.views.ways_back import way_back
from helpdesk.words import N_, counted

log = logging.getLogger(__name__)

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    NotAllowed: 403,
    WrongState: 409,
    LimitReached: 429,
    Invalid: 422,
}
RETRY_SECONDS = 5
ADDRESS_BYTES = 4000
"""More than any page of ours needs. The web server itself refuses double as much, and in its own words."""

TITLES = {
    400: N_("We could not read this request"),
    403: N_("You may not do this"),
    404: N_("Page not found"),
    405: N_("This page does not take that"),
    409: N_("Things have changed"),
    413: N_("That is too large"),
    414: N_("That address is too long"),
    422: N_("Something is not right yet"),
    429: N_("Too many tries"),
    500: N_("Something went wrong on our side"),
    503: N_("We are not reachable right now"),
}
TEXTS = {
    400: N_("Go back, reload the page and try again."),
    403: N_("You do not have permission to do this."),
    404: N_("We could not find that page."),
    405: N_("Go back, reload the page and try again."),
    409: N_(
        "Somebody changed this while you were looking at it. Reload the page to see how it is now."
    ),
    413: N_("Send less at once, please."),
    414: N_("Go back and search for less, or choose fewer filters."),
    422: N_("Go back, check what you entered and try again."),
    429: N_("Please wait a little and try again."),
    500: N_("It is not your fault and we have noted it. Please try again in a moment."),
    503: N_("Please try again in a few seconds. Nothing you did before is lost."),
}
CSRF_TEXT = N_(
    "The page was open for too long, or your browser keeps no cookies. Go back, reload it and send again."
)


@dataclass(frozen=True)
class ErrorPage:
    """What `errors/error.html` shows."""

    code: int
    title: str
    text: str
    action_url: str
    action_label: str


def install(app: Flask) -> None:
    """Answer every refusal and fault with a page in plain words."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, lambda _error: page(400, CSRF_TEXT))
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, lambda _error: page(409))
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _fault)
    app.before_request(_refuse_long_address)


def say(refusal: Refusal) -> str:
    """The refusal's sentence in the reader's language."""
    return _(refusal.text, **spoken(refusal))


def spoken(refusal: Refusal) -> dict[str, str]:
    """What stands in the refusal's sentence, in the reader's words."""
    return {name: _spoken(value) for name, value in refusal.values.items()}


def _spoken(value: Value) -> str:
    if isinstance(value, datetime):
        return dates.when(value, session.language(), zone())
    if isinstance(value, tuple):
        return _(", ").join(value)
    return counted(value) if isinstance(value, int) else value


def status_of(refusal: Refusal) -> int:
    """The HTTP status that a refusal answers with."""
    return next(status for kind, status in STATUS.items() if isinstance(refusal, kind))


def refused(refusal: Refusal) -> Response:
    """A page for a refusal that no form could show."""
    response = page(status_of(refusal), refusal.text, **spoken(refusal))
    if isinstance(refusal, LimitReached):
        response.headers["Retry-After"] = str(refusal.wait_seconds)
    return response


def page(code: int, text: str | None = None, **values: str | int) -> Response:
    """The error page; one page for every reason of the same code, so a missing thing looks like a hidden one."""
    try:
        return _answer(code, text, values)
    except DBAPIError as error:  # the page itself names the platform and the way back
        if session.is_cut_off():
            raise
        return _database_away(error)


def _answer(code: int, text: str | None, values: dict[str, str | int]) -> Response:
    known = code if code in TITLES else 400
    title, words = _(TITLES[known]), _(text, **values) if text else _(TEXTS[known])
    if request.accept_mimetypes.best == "application/json":
        return make_response({"error": title, "text": words}, code)
    if "HX-Request" in request.headers:
        return make_response(render_template("errors/fragment.html", title=title, text=words), code)
    error = ErrorPage(code, title, words, *way_back())
    return make_response(render_template("errors/error.html", error=error), code)


def _foreign_host(_error: SecurityError) -> Response:
    """Nothing was routed for a foreign Host; the page about it needs addresses all the same."""
    public = urlsplit(current_app.config["PUBLIC_URL"])
    request_ctx.url_adapter = current_app.url_map.bind(public.netloc, url_scheme=public.scheme)
    return page(400)


def _http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:  # noqa: PLR2004 - redirects are exceptions too
        return error
    response = page(error.code)
    for name in ("Allow", "Retry-After"):
        if name in error.get_response().headers:
            response.headers[name] = error.get_response().headers[name]
    return response


def _refuse_long_address() -> None:
    if len(request.environ["PATH_INFO"]) + len(request.query_string) > ADDRESS_BYTES:
        raise RequestURITooLarge


def _database_away(error: DBAPIError) -> Response:
    log.error("the database did not answer: %s", type(error.orig).__name__)
    _reset_session()
    session.forget_database()
    g.platform_name = _("Help desk")
    response = page(503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _fault(error: Exception) -> Response:
    log.error("unexpected fault", exc_info=error)
    _reset_session()
    return page(500)


def _reset_session() -> None:
    """The page below reads nothing more from a connection that may be broken."""
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.remove()
