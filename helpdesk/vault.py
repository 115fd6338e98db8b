"""Keyed hashes and sealed texts under the server's secret key."""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken

TRACKING_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""No 0/O, 1/I/L: nothing that is read wrong over the telephone (C18)."""
TRACKING_LENGTH = 8
CODE_LENGTH = 6

_secret = b""


def use(secret_key: str) -> None:
    """Take the key of this installation; called once, when the application is put together."""
    global _secret  # noqa: PLW0603 - one key a process
    _secret = secret_key.encode()


def keyed_hash(purpose: str, *parts: str | int) -> str:
    """HMAC-SHA256 of `parts`, different for every purpose, as 64 hex digits."""
    message = "\x1f".join([purpose, *map(str, parts)]).encode()
    return hmac.new(_secret, message, hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def seal(text: str) -> str:
    """Encrypt a short secret for keeping."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(token: str, max_age_seconds: int | None = None) -> str | None:
    """The text that `seal` was given, or None when it was tampered with or is older than `max_age_seconds`."""
    try:
        return _fernet().decrypt(token.encode(), ttl=max_age_seconds).decode()
    except InvalidToken:
        return None


def new_token() -> str:
    """An unguessable token for cookies and links."""
    return secrets.token_urlsafe(32)


def new_verification_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}}"


def new_tracking_code() -> str:
    """Eight characters that are easy to read aloud, without the dash they are shown with."""
    return "".join(secrets.choice(TRACKING_ALPHABET) for _ in range(TRACKING_LENGTH))


def shown_tracking_code(code: str) -> str:
    """As people are shown it: two groups of four (C18)."""
    return f"{code[:4]}-{code[4:]}"


def _fernet() -> Fernet:
    key = hashlib.sha256(b"seal\x1f" + _secret).digest()
    return Fernet(base64.urlsafe_b64encode(key))
