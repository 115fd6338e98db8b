"""Keyed hashes, sealed texts, and codes that nobody reads wrong (C17, C18, security: codes)."""

from collections.abc import Iterator

import pytest

from helpdesk import vault


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(vault, "_secret", b"one key")
    return


def test_a_hash_depends_on_key_purpose_and_every_part(monkeypatch: pytest.MonkeyPatch) -> None:
    first = vault.keyed_hash("code", 1, 23)
    assert first == vault.keyed_hash("code", 1, 23)
    assert len(first) == 64
    monkeypatch.setattr(vault, "_secret", b"another key")
    others = {vault.keyed_hash("code", 1, 23)}
    monkeypatch.setattr(vault, "_secret", b"one key")
    others |= {
        vault.keyed_hash("mailbox", 1, 23),
        vault.keyed_hash("code", 12, 3),
        vault.keyed_hash("code", 123),
        vault.keyed_hash("code", 1, 24),
    }
    assert len(others) == 5
    assert first not in others


def test_comparing() -> None:
    assert vault.same("7K4M", "7K4M")
    assert not vault.same("7K4M", "7K4N")
    assert not vault.same("7K4M", "رمز")


def test_what_was_sealed_is_unsealed_with_the_same_key_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sealed = vault.seal("123456")
    assert "123456" not in sealed
    assert sealed != vault.seal("123456")
    assert vault.unseal(sealed) == "123456"
    monkeypatch.setattr(vault, "_secret", b"another key")
    assert vault.unseal(sealed) is None


@pytest.mark.parametrize("token", ["", "nonsense", "رمز", "gAAAAA"])
def test_nonsense_unseals_to_nothing(token: str) -> None:
    assert vault.unseal(token) is None


def test_a_seal_that_was_tampered_with_or_is_too_old_unseals_to_nothing() -> None:
    sealed = vault.seal("123456")
    changed = sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]
    assert vault.unseal(changed) is None
    assert vault.unseal(sealed, max_age_seconds=60) == "123456"
    assert vault.unseal(sealed, max_age_seconds=-1) is None


def test_tracking_codes_avoid_what_is_read_wrong() -> None:
    """C18: no 0 and O, no 1, I and L."""
    drawn = {vault.new_tracking_code() for _ in range(300)}
    assert len(drawn) == 300
    assert {len(code) for code in drawn} == {8}
    assert set("".join(drawn)) == set("ABCDEFGHJKMNPQRSTUVWXYZ23456789")


def test_verification_codes_have_six_digits_also_small_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """C17."""
    drawn = {vault.new_verification_code() for _ in range(300)}
    assert all(len(code) == 6 and code.isdigit() and code.isascii() for code in drawn)
    assert len(drawn) > 290
    monkeypatch.setattr("helpdesk.vault.secrets.randbelow", lambda _limit: 7)
    assert vault.new_verification_code() == "000007"


def test_tokens_are_long_and_never_the_same() -> None:
    assert len({vault.new_token() for _ in range(100)}) == 100
    assert len(vault.new_token()) >= 43
