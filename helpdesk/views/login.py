"""Staff sign-in: our façade over Flask-Security (which is built on Flask-Login).

Flask-Security hashes passwords and signs reset tokens; pages, throttles and sessions are ours, and none of its own
routes exist.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import cast
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import (
    session as cookie,
)
from flask_security import (
    Security,
    SQLAlchemyUserDatastore,
    hash_password,
    login_user,
    logout_user,
    verify_password,
)
from flask_security.recoverable import generate_reset_password_token, reset_password_token_status
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField

from helpdesk import clock, normalise, vault
from helpdesk.db import db, transaction
from helpdesk.demo import people
from helpdesk.domain import members, sessions, stores, tenancy, throttle, timeline
from helpdesk.domain.errors import Invalid, LimitReached, Refusal, WrongCode
from helpdesk.domain.permissions import Actor
from helpdesk.enums import ActorType, EventKind
from helpdesk.language import gettext as _
from helpdesk.language import lazy_gettext as _l
from helpdesk.models import Role, User
from helpdesk.views import session
from helpdesk.views.forms import BaseForm, ConfirmForm, Wanted
from helpdesk.words import N_

login = Blueprint("login", __name__)

ARGON2_COST = {"argon2__memory_cost": 19 * 1024, "argon2__time_cost": 2, "argon2__parallelism": 1}
"""OWASP's minimum for argon2id; more would let a handful of sign-ins fill the memory of a small machine."""
WRONG = N_("This e-mail address and password do not belong together.")
RESETS_PER_HOUR = 3
RESETS_PER_HOUR_AND_ADDRESS = 20


class Datastore(SQLAlchemyUserDatastore):
    """Flask-Security's access to our users; it commits nothing, `transaction()` does."""

    def commit(self) -> None:
        """Leave the commit to the transaction that is open."""
        db.session.flush()


class SignInForm(BaseForm):
    """Who are you?"""

    email = EmailField(_l("E-mail"), [Wanted()])
    password = PasswordField(_l("Password"), [Wanted()])


class ForgotForm(BaseForm):
    """Where may we send the link?"""

    email = EmailField(_l("E-mail"), [Wanted()])


class NewPasswordForm(BaseForm):
    """A new password, twice."""

    password = PasswordField(
        _l("New password"), [Wanted()], description=_l("10 characters or more.")
    )
    again = PasswordField(_l("The same again"), [Wanted()])


class ChangePasswordForm(NewPasswordForm):
    """The old password, too."""

    current = PasswordField(_l("Present password"), [Wanted()])


def install(app: Flask) -> None:
    """Set Flask-Security up without any page of its own."""
    app.config.update(
        SECURITY_PASSWORD_SALT=vault.keyed_hash("password salt"),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of the algorithm
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=ARGON2_COST,
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_RESET_PASSWORD_WITHIN=sessions.RESET_LIFETIME,
        SECURITY_RECOVERABLE=True,
        SECURITY_REGISTER_BLUEPRINT=False,
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_SEND_PASSWORD_RESET_EMAIL=False,
    )
    # Roles are memberships here; the library wants a model and never looks into it.
    store = Datastore(db, User, Role)  # type: ignore[arg-type]
    security = Security(app, store, register_blueprint=False)
    # Nobody asks for the library's identity; without a loader, static files ask the database nothing.
    security.principal.identity_loaders.clear()
    app.login_manager.user_loader(session.load_staff)  # type: ignore[attr-defined]  # set by Flask-Login
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    app.register_blueprint(login)


@login.route("/login", methods=("GET", "POST"))
def sign_in() -> Response | tuple[str, int]:
    """The one door for all staff."""
    if session.staff() is not None and request.method != "POST":
        return redirect(_next_page())
    form = SignInForm()
    if form.sent():
        try:
            _sign_in(form.email.data or "", form.password.data or "")
            return redirect(_next_page(), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    context = {"form": form, "demo_accounts": people.ACCOUNTS if current_app.config["DEMO"] else []}
    return render_template(
        "login/sign_in.html", demo_password=people.PASSWORD, **context
    ), form.status


@login.post("/logout")
def sign_out() -> Response:
    """Leave: the session ends on the server too."""
    user = session.staff()
    if user is not None:
        with account_change():
            found = sessions.find(cookie[session.STAFF], now=clock.now())
            if found is not None:
                sessions.sign_out(found, _self(found.user), now=clock.now())
        logout_user()
        cookie.pop(session.STAFF, None)
        flash(_("You are signed out."), "success")
    return redirect(url_for("login.sign_in"), 303)


@login.route("/login/forgot", methods=("GET", "POST"))
def forgot() -> Response | tuple[str, int]:
    """Ask for a reset link; the answer is the same whether the account exists or not."""
    form = ForgotForm()
    if form.sent():
        try:
            with account_change():
                key = f"reset-ip:{session.ip_hash()}"
                throttle.spend(
                    key, RESETS_PER_HOUR_AND_ADDRESS, now=clock.now(), text=throttle.TOO_MANY_RESETS
                )
            _send_reset_link(form.email.data or "")
            return redirect(url_for("login.forgot_sent"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return render_template("login/forgot.html", form=form), form.status


@login.get("/login/forgot/sent")
def forgot_sent() -> str:
    """Look into your mailbox."""
    return render_template("login/forgot_sent.html")


@login.route("/login/reset/<token>", methods=("GET", "POST"))
def reset(token: str) -> Response | tuple[str, int]:
    """Choose a new password with the link from the mail."""
    user = _owner_of(token)
    form = NewPasswordForm()
    if form.sent():
        try:
            members.check_password(form.password.data or "", form.again.data or "")
            _change_password(user, form.password.data or "")
            flash(_("Your password is changed. Please sign in with it."), "success")
            return redirect(url_for("login.sign_in"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return render_template("login/reset.html", form=form), form.status


@login.route("/login/password", methods=("GET", "POST"))
def password() -> Response | tuple[str, int]:
    """Change one's own password, knowing the old one."""
    user = _signed_in()
    form = ChangePasswordForm()
    if form.sent():
        try:
            members.check_password(form.password.data or "", form.again.data or "")
            _check_current(user, form.current.data or "")
            _change_password(user, form.password.data or "")
            logout_user()
            cookie.pop(session.STAFF, None)
            flash(_("Your password is changed. Please sign in with it."), "success")
            return redirect(url_for("login.sign_in"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return render_template("login/password.html", form=form), form.status


@login.get("/login/sessions", endpoint="sessions")
def own_sessions() -> str:
    """Where am I signed in?"""
    user = _signed_in()
    current = session.login_session().id
    rows = [
        {
            "id": one.id,
            "agent": one.agent,
            "created_at": one.created_at,
            "seen_at": one.seen_at,
            "current": one.id == current,
        }
        for one in sessions.live(user, now=clock.now())
    ]
    return render_template("login/sessions.html", sessions=rows, form=ConfirmForm())


@login.post("/login/sessions/<int:session_id>/end")
def end_session(session_id: int) -> Response:
    """End one of my other sessions."""
    user = _signed_in()
    with account_change():
        sessions.end(user, session_id, _self(user), now=clock.now())
    flash(_("That session has ended."), "success")
    return redirect(url_for("login.sessions"), 303)


@login.post("/login/sessions/end-others")
def end_others() -> Response:
    """End all my other sessions."""
    user = _signed_in()
    keep = session.login_session().id
    with account_change():
        sessions.end_all(user, _self(user), keep=keep, now=clock.now())
    flash(_("You are now signed in only here."), "success")
    return redirect(url_for("login.sessions"), 303)


@contextmanager
def account_change() -> Iterator[None]:
    """A transaction on staff accounts: what happens to them is recorded with the platform's own row."""
    with tenancy.scoped(stores.platform()), transaction():
        yield


def _sign_in(email: str, password: str) -> None:
    now = clock.now()
    account = vault.keyed_hash("account", normalise.email_key(email), session.ip_hash())
    key = f"sign-in:{account}"
    longest = throttle.SIGN_IN_LONGEST_WAIT
    throttle.refuse_locked(key, now=now, text=throttle.SIGN_IN_WAIT, longest=longest)
    user = members.find_by_email(email)
    # Hash also for an unknown address: the time taken must not tell who works here.
    right = (
        verify_password(_bounded(password), user.password if user else _dummy_hash())
        and user is not None
        and user.active
    )
    with account_change():
        if not right:
            throttle.count_sign_in_failure(key, now=now)
            raise WrongCode(WRONG)
        known = cast(User, user)
        throttle.forget(key)
        left = sessions.find(cookie.get(session.STAFF, ""), now=now)
        if left is not None:
            sessions.sign_out(left, _self(left.user), now=now)
        token = sessions.start(known, request.user_agent.string, _self(known), now=now)
        session.renew_browser()
    cookie.pop("csrf_token", None)
    g.pop("csrf_token", None)
    cookie[session.STAFF] = token
    login_user(known)


def _send_reset_link(email: str) -> None:
    now = clock.now()
    user = members.find_by_email(email)
    # Made for nobody, too: the time taken must not tell who works here.
    nobody = User(fs_uniquifier=vault.new_token(), password=_dummy_hash())
    token = generate_reset_password_token(user or nobody)  # type: ignore[no-untyped-call]  # Flask-Security
    if user is None or not user.active:
        return
    # Silently: an answer of its own would tell that the account exists.
    with suppress(LimitReached), account_change():
        throttle.spend(f"reset:{user.id}", RESETS_PER_HOUR, now=now, text=throttle.TOO_MANY_TRIES)
        timeline.record(
            EventKind.PASSWORD_RESET_ASKED,
            Actor(type=ActorType.VISITOR, ip_hash=session.ip_hash()),
            user,
            now=now,
            data={"expires_at": (now + sessions.RESET_LIFETIME).isoformat()},
            secret=token,
        )


def _owner_of(token: str) -> User:
    expired, invalid, user = reset_password_token_status(token)  # type: ignore[no-untyped-call]  # Flask-Security
    if expired or invalid or user is None or not user.active:
        flash(_("This link has been used, or it is too old. Ask for a new one."), "warning")
        abort(redirect(url_for("login.forgot"), 303))
    return cast(User, user)


def _check_current(user: User, password: str) -> None:
    if not verify_password(_bounded(password), user.password):
        raise Invalid(N_("This is not your present password."), field="current")


def _change_password(user: User, password: str) -> None:
    hashed = hash_password(password)
    now = clock.now()
    with account_change():
        members.set_password(user, hashed, _self(user), now=now)
        sessions.end_all(user, _self(user), keep=None, now=now)


def _bounded(password: str) -> str:
    """The hash function refuses very long texts; one beyond our limit is wrong anyway."""
    return password[: members.PASSWORD_MAX + 1]


def _self(user: User) -> Actor:
    return members.as_self(user, ip_hash=session.ip_hash())


def _signed_in() -> User:
    user = session.staff()
    if user is None:
        abort(redirect(url_for("login.sign_in", next=request.path)))
    return user


def _dummy_hash() -> str:
    if "dummy_hash" not in current_app.extensions:
        current_app.extensions["dummy_hash"] = hash_password(vault.new_token())
    return str(current_app.extensions["dummy_hash"])


def _next_page() -> str:
    """Where the person wanted to go, if that is a plain path on this site; else the fitting back office."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    plain = (
        wanted.startswith("/")
        and not wanted.startswith("//")
        and "\\" not in wanted
        and wanted.isprintable()
    )
    if plain and not parts.scheme and not parts.netloc and " " not in wanted:
        return wanted
    return url_for("desk_door.choose")
