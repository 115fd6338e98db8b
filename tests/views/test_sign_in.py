"""The one door for staff: who gets in, who does not, and what the door does not tell."""

import pytest

from helpdesk.db import db, transaction
from helpdesk.models import LoginSession, Membership, User
from tests.fixtures.client import Client, Visitors
from tests.fixtures.clock import Clock
from tests.fixtures.factory import PASSWORD, Make
from tests.fixtures.pages import Page
from tests.views.steps import sign_in

DESK = "/desk/noor/"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


def is_in(client: Client) -> bool:
    return client.get(DESK).status_code == 200


def reason(client: Client, email: str, password: str) -> tuple[int, str]:
    response = sign_in(client, email, password)
    alerts = [one.text for one in Page(response.text).root.all() if one.get("role") == "alert"]
    return response.status_code, " ".join(alerts)


def test_the_right_password_opens_the_desk(client: Client, make: Make) -> None:
    user = make.user("agent")
    assert sign_in(client, user).headers["Location"] == "/desk/"
    assert client.get("/desk/").headers["Location"] == DESK
    assert is_in(client)


@pytest.mark.parametrize("written", ["  Agent@Staff.Example ", "ＡＧＥＮＴ@staff.example"])
def test_case_and_spaces_around_an_address_do_not_matter(
    written: str, client: Client, make: Make
) -> None:
    make.user("agent", email="agent@staff.example")
    assert sign_in(client, written).status_code == 303


def test_every_wrong_try_is_answered_alike(client: Client, make: Make) -> None:
    """Unknown address, wrong password, deactivated account: the text does not tell which."""
    make.user("agent", email="agent@staff.example")
    make.user("agent", email="former@staff.example", active=False)
    answers = [
        reason(client, "nobody@staff.example", PASSWORD),
        reason(client, "agent@staff.example", "wrong password"),
        reason(client, "former@staff.example", PASSWORD),
        reason(client, "", ""),
    ]
    assert answers[0][0] == 422
    assert "do not belong together" in answers[0][1]
    assert answers == [answers[0]] * 4
    assert not is_in(client)


def test_after_five_wrong_tries_even_the_right_password_waits_and_the_wait_doubles(
    client: Client, make: Make, clock: Clock
) -> None:
    user = make.user("agent")
    for _ in range(5):
        assert sign_in(client, user, "wrong password").status_code == 422
    for seconds in (60, 120, 240):
        clock.move(seconds=seconds - 1)
        assert sign_in(client, user).status_code == 429
        clock.move(seconds=2)
        assert sign_in(client, user, "wrong password").status_code == 422
    clock.move(seconds=481)
    assert sign_in(client, user).status_code == 303


def test_another_writing_of_the_address_does_not_start_the_count_anew(
    client: Client, make: Make
) -> None:
    user = make.user("agent", email="agent@staff.example")
    for written in ("agent@", "AGENT@", "ａgent@", "ａＧent@", "Ａgent@"):
        sign_in(client, f"{written}staff.example", "wrong password")
    assert sign_in(client, user).status_code == 429


def test_a_stranger_elsewhere_does_not_lock_anybody_out(
    client: Client, visitors: Visitors, make: Make
) -> None:
    user = make.user("agent")
    stranger = visitors()
    values = {"email": user.email, "password": "wrong password"}
    for _ in range(8):
        form = stranger.get("/login", environ_base=ELSEWHERE)
        stranger.submit(form, values, environ_base=ELSEWHERE)
    locked = stranger.submit(form, values, environ_base=ELSEWHERE)
    assert locked.status_code == 429
    assert sign_in(client, user).status_code == 303


def test_an_account_that_does_not_exist_waits_just_the_same(client: Client, make: Make) -> None:
    make.store()
    for _ in range(5):
        sign_in(client, "nobody@staff.example")
    assert sign_in(client, "nobody@staff.example").status_code == 429


def test_a_success_forgets_the_tries_before_it(
    client: Client, visitors: Visitors, make: Make
) -> None:
    user = make.user("agent")
    for _ in range(2):
        browser = visitors()
        for _ in range(4):
            sign_in(browser, user, "wrong password")
        assert sign_in(browser, user).status_code == 303
    assert sign_in(client, user, "wrong password").status_code == 422


def test_sign_in_gives_the_browser_a_new_name_and_a_new_token(
    client: Client, visitors: Visitors, make: Make
) -> None:
    """Fixation: a cookie planted before is worth nothing after."""
    user = make.user("agent")
    page = client.get("/login")
    planted = client.get_cookie("helpdesk", domain="desk.test")
    assert planted is not None
    [token] = Page(page.text).form().data["csrf_token"]
    client.submit(page, {"email": user.email, "password": PASSWORD})
    with client.session_transaction(base_url="http://desk.test") as after:
        own = dict(after)
    thief = visitors()
    thief.set_cookie("helpdesk", planted.value, domain="desk.test")
    with thief.session_transaction(base_url="http://desk.test") as before:
        assert before["browser"] != own["browser"]
    assert not is_in(thief)
    assert client.post("/login/sessions/end-others", data={"csrf_token": token}).status_code == 400


def test_sign_out_ends_the_session_on_the_server(
    client: Client, visitors: Visitors, make: Make
) -> None:
    sign_in(client, make.user("agent"))
    kept = client.get_cookie("helpdesk", domain="desk.test")
    assert kept is not None
    assert client.submit(client.get(DESK), button="Sign out").headers["Location"] == "/login"
    assert not is_in(client)
    thief = visitors()
    thief.set_cookie("helpdesk", kept.value, domain="desk.test")
    assert not is_in(thief)


def test_signing_out_needs_a_post(client: Client, make: Make) -> None:
    sign_in(client, make.user("agent"))
    assert client.get("/logout").status_code == 405
    assert is_in(client)


@pytest.mark.parametrize(("step", "lasts"), [(119, 12 * 60), (121, 0)])
def test_a_session_ends_after_two_idle_hours_and_after_twelve_in_any_case(
    step: int, lasts: int, client: Client, make: Make, clock: Clock
) -> None:
    sign_in(client, make.user("agent"))
    passed = 0
    while passed + step < max(lasts, 1):
        clock.move(minutes=step)
        passed += step
        assert is_in(client), f"after {passed} minutes"
    clock.move(minutes=step)
    assert not is_in(client)


def test_deactivation_works_at_the_next_request(client: Client, make: Make) -> None:
    user = make.user("agent")
    sign_in(client, user)
    assert is_in(client)
    with transaction():
        db.session.get_one(User, user.id).active = False
    assert client.get(DESK).headers["Location"].startswith("/login")


def test_a_membership_that_is_taken_away_works_at_the_next_request(
    client: Client, make: Make
) -> None:
    user = make.user("agent")
    sign_in(client, user)
    assert is_in(client)
    with transaction():
        db.session.delete(db.session.query(Membership).filter_by(user_id=user.id).one())
    assert client.get(DESK).status_code == 404
    assert "do not work in any store" in client.page("/desk/").text


def test_a_store_that_is_closed_is_gone_for_its_staff_too(client: Client, make: Make) -> None:
    user = make.user("agent")
    sign_in(client, user)
    make.store("najd")
    with transaction():
        db.session.get_one(User, user.id)
        make_inactive = db.session.query(Membership).filter_by(user_id=user.id).one().store
        make_inactive.is_active = False
    assert client.get(DESK).status_code == 404
    assert client.get("/s/noor/").status_code == 404


def test_only_a_hash_of_the_cookie_is_kept(client: Client, make: Make) -> None:
    sign_in(client, make.user("agent"))
    with client.session_transaction(base_url="http://desk.test") as cookie:
        token = cookie["staff"]
    kept = db.session.query(LoginSession).one()
    assert kept.token_hash != token
    assert token not in kept.token_hash
