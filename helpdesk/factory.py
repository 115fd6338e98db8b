"""The composition root: settings → extensions → pages → commands. It imports everything; nobody imports it."""

import logging
import os
from typing import Any

from dotenv import dotenv_values
from flask import Flask, request
from flask import Request as FlaskRequest
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.formparser import FormDataParser
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from helpdesk import cli, language, vault, worker
from helpdesk.channels.email import mail
from helpdesk.config import ROOT, Settings, SettingsError
from helpdesk.db import db
from helpdesk.uploads import inspection
from helpdesk.views import desk, errors, login, page, platform, public, session, staging
from helpdesk.views.files import files
from helpdesk.views.front import front
from helpdesk.views.health import health

POOL = {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}


class Request(FlaskRequest):
    """A request as browsers really send them: with odd bytes, or with files.

    The address may hold bytes that are no UTF-8; they are read as U+FFFD, "no such character".
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.query_string = self.query_string.decode(errors="replace").encode()

    def make_form_data_parser(self) -> FormDataParser:
        """A form with files may be as long as its files; what is longer is answered with 413."""
        if self.mimetype == "multipart/form-data":
            self.max_content_length = staging.largest_request(self.endpoint)
        return super().make_form_data_parser()


def create_app(settings: Settings | None = None) -> Flask:
    """Put the application together. Without `settings` they come from the environment and `.env`."""
    settings = settings or _settings_from_environment()
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = Flask(
        "helpdesk",
        root_path=str(ROOT / "helpdesk"),
        template_folder=str(ROOT / "templates"),
        instance_path=str(settings.instance.resolve()),
    )
    app.request_class = Request
    app.config.from_mapping(_config(settings))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = (
        True  # or a list is a tenth indentation
    )
    _set_up_logging(settings.log_level)
    _install_extensions(app, settings)
    _install_pages(app)
    cli.install(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def _set_up_logging(level: str) -> None:
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if level == "INFO":
        for talkative in ("alembic", "huey"):
            logging.getLogger(talkative).setLevel(logging.WARNING)


def _settings_from_environment() -> Settings:
    try:
        return Settings.from_env({**_dotenv(), **os.environ})
    except SettingsError as error:
        raise SystemExit(f"The help desk cannot start: {error}") from None


def _dotenv() -> dict[str, str]:
    return {
        name: value for name, value in dotenv_values(ROOT / ".env").items() if value is not None
    }


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "PUBLIC_URL": settings.public_url,
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        "DEMO": settings.demo,
        "UPLOADS_URL": settings.uploads_url,
        "STAGED_LIMIT_BYTES": settings.staged_limit_mb * inspection.MEGABYTE,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": POOL,
        "MAIL_SERVER": settings.mail_server,
        "MAIL_PORT": settings.mail_port,
        "MAIL_USERNAME": settings.mail_username,
        "MAIL_PASSWORD": settings.mail_password,
        "MAIL_USE_TLS": settings.mail_use_tls,
        "MAIL_SENDER": settings.mail_sender,
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "helpdesk" / "translations"),
        "MAX_CONTENT_LENGTH": staging.TEXTS,
        "MAX_FORM_MEMORY_SIZE": staging.TEXTS,
        "SESSION_COOKIE_NAME": "helpdesk",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_PROTECTION": None,  # it would believe anybody's X-Forwarded-For; sessions are rows of ours
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_I18N_ENABLED": False,  # our fields speak their own words; WTForms' would be loaded for every page
    }


def _install_extensions(app: Flask, settings: Settings) -> None:
    vault.use(settings.secret_key)
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    language.install(app, locale_selector=session.language)
    CSRFProtect(app)
    mail.init_app(app)
    worker.install(app, settings.queue_url)


def _install_pages(app: Flask) -> None:
    session.install(app)
    page.install(app)
    errors.install(app)
    login.install(app)
    app.register_blueprint(health)
    app.register_blueprint(front)
    app.register_blueprint(files)
    public.install(app)
    desk.install(app)
    platform.install(app)
    app.after_request(_nudge_the_worker)


def _nudge_the_worker(response: Response) -> Response:
    """What was posted may have to be told to somebody."""
    if request.method == "POST" and response.status_code < 400:  # noqa: PLR2004 - an answer, not a refusal
        worker.nudge()
    return response
