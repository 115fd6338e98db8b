"""A reply to a complaint that was closed meanwhile: refused, and its text is still there."""

from helpdesk.enums import TicketStatus
from tests.fixtures.client import Client
from tests.fixtures.factory import Make
from tests.views.steps import sign_in


def test_a_reply_to_a_complaint_closed_meanwhile_is_refused_and_its_text_is_shown(
    client: Client, make: Make
) -> None:
    """S1-51, X-11."""
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    sign_in(client, make.user("agent"))
    page = client.get(f"/desk/noor/complaints/{filed.number}")
    make.close(filed.ticket)
    answer = client.submit(page, {"text": "One more thing, please."}, button="Add")
    assert answer.status_code == 409
    assert "One more thing, please." in answer.text
    assert "Your reply was not sent" in answer.text
    shown = client.get(f"/desk/noor/complaints/{filed.number}").text
    assert "One more thing" not in shown
