"""Number and tracking code open the way to a complaint, and failing tells nobody anything (S1-35, C18)."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from helpdesk import vault
from helpdesk.db import db, transaction
from helpdesk.domain import tenancy, throttle, tracking
from helpdesk.domain.errors import Invalid, LimitReached, WrongCode
from helpdesk.domain.permissions import Actor
from helpdesk.models import Store, Throttle, Ticket
from tests.fixtures.factory import Filed, Make

ABSENT = "CMP-1234-5674"
Track = Callable[..., Ticket]


@pytest.fixture
def filed(make: Make) -> Filed:
    return make.complaint()


@pytest.fixture
def track(make: Make) -> Track:
    def run(
        number: str, code: str, actor: Actor | None = None, store: Store | None = None
    ) -> Ticket:
        place, visitor = store or make.store(), actor or make.shopper()
        with tenancy.scoped(place), transaction():
            return tracking.track(place, number, code, visitor, now=make.clock())

    return run


def test_the_pair_opens_the_complaint(track: Track, filed: Filed) -> None:
    assert track(filed.number, filed.tracking_code) is filed.ticket


def test_the_pair_is_taken_as_people_type_it(track: Track, filed: Filed) -> None:
    """X-07: any case, spaces, dashes, Arabic-Indic and Persian digits."""
    code, number = filed.tracking_code, filed.number
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    for typed_number, typed_code in [
        (number.lower(), code.lower()),
        (number.replace("-", " "), f" {code[:4]} {code[4:]} "),
        (number.replace("CMP-", ""), f"{code[:4]}-{code[4:]}"),
        (number.translate(arabic), code.translate(arabic)),
        (number.translate(persian), code.translate(persian)),
    ]:
        assert track(typed_number, typed_code) is filed.ticket


def test_whatever_does_not_fit_gets_the_same_answer(make: Make, track: Track, filed: Filed) -> None:
    """C18, X-01: a wrong number, a wrong code, another store's pair, an empty code."""
    other = make.complaint(store=make.store("other"))
    texts = set()
    for number, code in [
        (ABSENT, filed.tracking_code),
        (filed.number, "AAAA2222"),
        (filed.number, ""),
        (other.number, other.tracking_code),
        (filed.number, other.tracking_code),
    ]:
        with pytest.raises(WrongCode) as refused:
            track(number, code, make.shopper(ip=code))
        texts.add((refused.value.text, refused.value.field, str(refused.value.values)))
    assert len(texts) == 1


def test_another_stores_pair_fits_there_alone(make: Make, track: Track) -> None:
    """X-01: and a code is worth nothing for the same number in another store."""
    other = make.store("other")
    mine, theirs = make.complaint(), make.complaint(store=other)
    with transaction():
        theirs.ticket.number = mine.number
        tracking.set_code(theirs.ticket, theirs.tracking_code)
    assert track(mine.number, theirs.tracking_code, store=other) is theirs.ticket
    with pytest.raises(WrongCode):
        track(mine.number, theirs.tracking_code)
    with pytest.raises(WrongCode):
        track(mine.number, mine.tracking_code, store=other)


def test_a_mistyped_number_is_told_before_anything_is_looked_up(track: Track, filed: Filed) -> None:
    """C18: and it is no failure that counts."""
    last = str((int(filed.number[-1]) + 1) % 10)
    for _ in range(12):
        with pytest.raises(Invalid, match="typing mistake") as refused:
            track(filed.number[:-1] + last, filed.tracking_code)
    assert not isinstance(refused.value, WrongCode)
    assert "track" not in " ".join(db.session.scalars(select(Throttle.key)))


def fail(make: Make, track: Track, times: int, number: str, ip: str | None) -> None:
    for time in range(times):
        with pytest.raises(WrongCode):
            track(number, "AAAA2222", make.shopper(ip=ip or f"ip{time}"))


@pytest.mark.parametrize("spread", ["over addresses", "over numbers"])
def test_ten_failures_make_everybody_wait(
    make: Make, track: Track, filed: Filed, spread: str
) -> None:
    """Domain limits: ten for one number or from one address; then even the right pair waits 15 minutes."""
    if spread == "over addresses":
        fail(make, track, 9, filed.number, None)
        late = make.shopper(ip="fresh")
        assert track(filed.number, filed.tracking_code, late) is filed.ticket
        fail(make, track, 1, filed.number, "ip10")
    else:
        fail(make, track, 5, ABSENT, "ip")
        fail(make, track, 5, filed.number, "ip")
        late = make.shopper(ip="ip")
    with pytest.raises(LimitReached) as refused:
        track(filed.number, filed.tracking_code, late)
    assert refused.value.wait_seconds == 900
    make.clock.move(minutes=14, seconds=59)
    with pytest.raises(LimitReached) as refused:
        track(filed.number, filed.tracking_code, late)
    assert (refused.value.wait_seconds, refused.value.text) == (1, throttle.TOO_MANY_TRIES)
    make.clock.move(seconds=1)
    assert track(filed.number, filed.tracking_code, late) is filed.ticket


def test_a_number_that_is_locked_locks_no_other(make: Make, track: Track, filed: Filed) -> None:
    other = make.complaint()
    fail(make, track, 10, filed.number, None)
    assert track(other.number, other.tracking_code, make.shopper(ip="fresh")) is other.ticket


def test_a_number_that_does_not_exist_is_locked_like_one_that_does(
    make: Make, track: Track
) -> None:
    """Otherwise the wait would tell which numbers exist."""
    fail(make, track, 10, ABSENT, None)
    with pytest.raises(LimitReached):
        track(ABSENT, "AAAA2222", make.shopper(ip="fresh"))


def test_a_new_tracking_code_kills_the_old_one(make: Make, track: Track, filed: Filed) -> None:
    """C18."""
    code = vault.new_tracking_code()
    with transaction():
        tracking.set_code(filed.ticket, code)
    assert track(filed.number, code) is filed.ticket
    with pytest.raises(WrongCode):
        track(filed.number, filed.tracking_code)
    assert make.store()
