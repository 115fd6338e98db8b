"""Settings from the environment, checked once at start. A wrong value is told in one plain sentence."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fsspec import available_protocols, get_filesystem_class
from fsspec.core import split_protocol
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MIN_SECRET_LENGTH = 32
HIGHEST_PORT = 65535
MOST_MEGABYTES = 10_000_000


class SettingsError(Exception):
    """A setting cannot be used; the text says which and what would do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that one installation may choose. Names follow the environment variables."""

    instance: Path
    database_url: str
    queue_url: str
    uploads_url: str
    staged_limit_mb: int
    secret_key: str
    public_url: str
    trusted_hosts: tuple[str, ...]
    mail_server: str | None
    mail_port: int
    mail_username: str | None
    mail_password: str | None
    mail_use_tls: bool
    mail_sender: str
    trusted_proxies: int
    demo: bool
    log_level: str

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read and check the settings.

        Raises:
            SettingsError: with the name of the variable and what it should look like.
        """
        instance = Path(env.get("INSTANCE") or ROOT / "instance")
        database_url = _database_url(env.get("DATABASE_URL") or f"sqlite:///{instance}/helpdesk.db")
        public_url = _public_url(
            env.get("PUBLIC_URL") or f"http://127.0.0.1:{_port(env, 'PORT', 5000)}"
        )
        host = urlsplit(public_url).hostname or "localhost"
        local = {"127.0.0.1", "localhost"} if host in {"127.0.0.1", "localhost"} else set()
        trusted = [part.strip() for part in env.get("TRUSTED_HOSTS", "").split(",") if part.strip()]
        return cls(
            instance=instance,
            database_url=database_url,
            queue_url=_queue_url(env.get("REDIS_URL"), instance),
            uploads_url=_uploads_url(env.get("UPLOADS_URL") or str(instance / "uploads")),
            staged_limit_mb=_megabytes(env, "STAGED_LIMIT_MB", 5000),
            secret_key=_secret_key(env.get("SECRET_KEY"), database_url, instance),
            public_url=public_url,
            trusted_hosts=tuple(dict.fromkeys([*trusted, host, *sorted(local)])),
            mail_server=env.get("MAIL_SERVER") or None,
            mail_port=_port(env, "MAIL_PORT", 25),
            mail_username=env.get("MAIL_USERNAME") or None,
            mail_password=env.get("MAIL_PASSWORD") or None,
            mail_use_tls=_switch(env, "MAIL_USE_TLS"),
            mail_sender=env.get("MAIL_SENDER") or f"no-reply@{_mail_domain(host)}",
            trusted_proxies=_count(env, "TRUSTED_PROXIES"),
            demo=_switch(env, "DEMO"),
            log_level=_log_level(env.get("LOG_LEVEL") or "INFO"),
        )

    @property
    def secure_cookies(self) -> bool:
        """Whether the public address is HTTPS, so cookies may insist on it."""
        return self.public_url.startswith("https://")


def _database_url(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError:
        raise SettingsError(
            "DATABASE_URL is not a database address; try sqlite:///helpdesk.db."
        ) from None
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise SettingsError("DATABASE_URL must begin with sqlite:// or postgresql://.")
    return url.render_as_string(hide_password=False)


def _queue_url(redis_url: str | None, instance: Path) -> str:
    if redis_url is None or redis_url == "":
        return f"sqlite:///{instance}/queue.db"
    if not redis_url.startswith(("redis://", "rediss://", "unix://")):
        raise SettingsError("REDIS_URL must begin with redis://, rediss:// or unix://.")
    return redis_url


def _uploads_url(value: str) -> str:
    """A folder, made if it is not there, or the address of a storage that this installation can reach."""
    protocol, path = split_protocol(value)
    if protocol in {None, "file", "local"}:
        return _writable_folder(Path(path))
    if protocol not in available_protocols() or protocol in {"http", "https"}:
        raise SettingsError("UPLOADS_URL must be a folder or an address such as s3://bucket/files.")
    try:
        get_filesystem_class(protocol)
    except ImportError as error:
        raise SettingsError(f"UPLOADS_URL cannot be used yet: {error}") from None
    return value


def _writable_folder(path: Path) -> str:
    with suppress(OSError):
        path.mkdir(parents=True, exist_ok=True)
    if not os.access(path, os.W_OK | os.X_OK) or not path.is_dir():
        raise SettingsError(f"UPLOADS_URL must be a folder that can be written to; {path} is not.")
    return str(path.resolve())


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise SettingsError("PUBLIC_URL must be an address such as https://help.example.com.")
    return value.rstrip("/")


def _secret_key(value: str | None, database_url: str, instance: Path) -> str:
    if value is not None and value != "":
        if len(value) < MIN_SECRET_LENGTH:
            raise SettingsError(f"SECRET_KEY must have {MIN_SECRET_LENGTH} characters or more.")
        return value
    if not database_url.startswith("sqlite"):
        # Several machines may share that database: a key made up on one would not open what another sealed.
        raise SettingsError("SECRET_KEY must be set when the database is not SQLite.")
    return _kept_secret(instance / "secret_key")


def _kept_secret(path: Path) -> str:
    """The key of this one-machine installation, made at the first start (readable by its owner only)."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        # Two processes may start together: the link of one of them fails, and both read the same whole key.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    key = path.read_text()
    if len(key) < MIN_SECRET_LENGTH:
        raise SettingsError(
            f"{path.name} in the instance folder is damaged; set SECRET_KEY or remove the file."
        )
    return key


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= HIGHEST_PORT):
        raise SettingsError(f"{name} must be a port number between 1 and 65535.")
    return int(value)


def _count(env: Mapping[str, str], name: str) -> int:
    value = env.get(name) or "0"
    if not (value.isascii() and value.isdigit() and len(value) == 1):
        raise SettingsError(f"{name} must be how many proxies stand in front, 0 to 9.")
    return int(value)


def _megabytes(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= MOST_MEGABYTES):
        raise SettingsError(f"{name} must be a whole number of megabytes, 1 to {MOST_MEGABYTES}.")
    return int(value)


def _switch(env: Mapping[str, str], name: str) -> bool:
    value = (env.get(name) or "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise SettingsError(f"{name} must be 0 or 1.")
    return value in {"1", "true", "yes"}


def _log_level(value: str) -> str:
    if value.upper() not in LOG_LEVELS:
        raise SettingsError(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}.")
    return value.upper()


def _mail_domain(host: str) -> str:
    return host if "." in host and not host.replace(".", "").isdigit() else "helpdesk.example"
