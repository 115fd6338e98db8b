"""What members of staff hear of their own work and account (domain 2.6)."""

from helpdesk.db import transaction
from helpdesk.domain import notifications, tickets, timeline
from helpdesk.enums import Channel, EventKind, TicketStatus
from helpdesk.models import User
from tests.domain.notices import assign, emails, notices, over, respond, rung, told
from tests.fixtures.factory import Make

S = TicketStatus


def test_whoever_is_responsible_hears_alone(make: Make, team: dict[str, User]) -> None:
    """Domain 2.6: the assignee, else the team."""
    filed = make.complaint(S.PENDING_ADMIN)
    assign(make, filed.ticket, team["agent"], team["store_owner"])
    assert told(EventKind.TICKET_ASSIGNED) == {team["agent"].email: "ticket_assigned"}
    assert rung(EventKind.TICKET_ASSIGNED) == {team["agent"].email: "ticket_assigned"}
    respond(make, filed.ticket)
    expected = {team["agent"].email: "complaint_customer_reply"}
    assert told(EventKind.COMPLAINT_CUSTOMER_REPLIED) == expected
    assert rung(EventKind.COMPLAINT_CUSTOMER_REPLIED) == expected


def test_when_the_responsible_person_has_left_the_team_hears(
    make: Make, team: dict[str, User]
) -> None:
    """Nobody deactivated gets mail, and no reply is lost with them."""
    filed = make.complaint(S.PENDING_ADMIN)
    assign(make, filed.ticket, team["agent"], team["store_owner"])
    with transaction():
        team["agent"].active = False
    assert told(EventKind.TICKET_ASSIGNED) == {}
    respond(make, filed.ticket)
    assert set(told(EventKind.COMPLAINT_CUSTOMER_REPLIED)) == emails(
        team, "store_owner", "store_manager"
    )


def test_who_takes_something_over_is_not_told_so(make: Make, team: dict[str, User]) -> None:
    filed = make.complaint(S.PENDING_ADMIN)
    assign(make, filed.ticket, team["agent"], team["agent"])
    assert told(EventKind.TICKET_ASSIGNED) == {}


def test_an_assignment_that_was_overtaken_is_not_told(make: Make, team: dict[str, User]) -> None:
    """Neither to whom it no longer concerns, nor twice to whom it does."""
    filed, owner = make.complaint(S.PENDING_ADMIN), team["store_owner"]
    assign(make, filed.ticket, team["agent"], owner)
    assign(make, filed.ticket, team["store_manager"], owner)
    facts = timeline.of_ticket(filed.ticket, public_only=False)[-2:]
    found = [notifications.of_event(fact) for fact in facts]
    for channel in Channel:
        assert [[one.recipient for one in over(channel, told)] for told in found] == [
            [],
            [team["store_manager"].email],
        ]


def test_an_assignment_that_was_taken_back_is_told_to_nobody(
    make: Make, team: dict[str, User]
) -> None:
    filed, owner = make.complaint(S.PENDING_ADMIN), make.acting(team["store_owner"])
    assign(make, filed.ticket, team["agent"], team["store_owner"])
    with transaction():
        tickets.assign(filed.ticket, None, owner, now=make.clock())
    facts = timeline.of_ticket(filed.ticket, public_only=False)[-2:]
    assert [notifications.of_event(fact) for fact in facts] == [[], []]


def test_a_password_is_reset_and_changed_with_word_to_its_owner(make: Make) -> None:
    user = make.user()
    actor = make.acting(user)
    expires = make.clock.now.isoformat()
    with transaction():
        timeline.record(
            EventKind.PASSWORD_RESET_ASKED,
            actor,
            user,
            now=make.clock(),
            data={"expires_at": expires},
            secret="link",
        )
        timeline.record(EventKind.PASSWORD_CHANGED, actor, user, now=make.clock())
    assert told(EventKind.PASSWORD_RESET_ASKED) == {user.email: "password_reset"}
    (reset,) = notices(EventKind.PASSWORD_RESET_ASKED)
    assert (reset.secret, reset.expires_at) == ("link", make.clock())
    assert told(EventKind.PASSWORD_CHANGED) == {user.email: "password_changed"}
    assert rung(EventKind.PASSWORD_RESET_ASKED) == rung(EventKind.PASSWORD_CHANGED) == {}
    with transaction():
        user.active = False
    assert told(EventKind.PASSWORD_RESET_ASKED) == told(EventKind.PASSWORD_CHANGED) == {}
