"""What an answer proposes, and what an answer may not say (S1-20 to S1-24, S2-85)."""

import pytest

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, conversation, resolutions, wording
from helpdesk.domain.conversation import Resolution
from helpdesk.domain.errors import Invalid
from helpdesk.domain.kinds import RESOLUTIONS
from helpdesk.enums import ResolutionType, TicketStatus
from tests.fixtures.factory import Make

R = ResolutionType
CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize(
    ("kind", "line", "proposal"),
    [
        ("", "", None),
        ("", " \u200b ", None),
        ("refund", " 120  SAR\nto your card ", Resolution(R.REFUND, "120 SAR to your card")),
        ("apology", "", Resolution(R.APOLOGY, "")),
        ("not_valid", "It was used.", Resolution(R.NOT_VALID, "It was used.")),
        ("replacement", "x" * 500, Resolution(R.REPLACEMENT, "x" * 500)),
    ],
)
def test_a_proposal_is_a_kind_and_a_line(kind: str, line: str, proposal: Resolution | None) -> None:
    """S1-20, S1-21."""
    assert resolutions.read(kind, line) == proposal


@pytest.mark.parametrize(
    ("kind", "line", "field"),
    [
        ("", "120 SAR", "resolution"),
        ("money", "120 SAR", "resolution"),
        ("\x00", "", "resolution"),
        ("not_valid", "", "resolution_text"),
        ("not_valid", " \u200b\u3164 ", "resolution_text"),
        ("refund", "x" * 501, "resolution_text"),
        ("refund", CARD, "text"),
    ],
)
def test_half_a_proposal_is_refused_with_a_sentence(kind: str, line: str, field: str) -> None:
    """S1-23: "not valid" says why, in text that can be seen."""
    with pytest.raises(Invalid) as refused:
        resolutions.read(kind, line)
    assert refused.value.field == field


def test_every_kind_has_its_words() -> None:
    assert RESOLUTIONS.keys() == set(ResolutionType)


def test_an_answer_keeps_its_proposal(make: Make) -> None:
    ticket, agent = make.complaint(TicketStatus.PENDING_ADMIN).ticket, make.actor("agent")
    proposal = Resolution(R.WALLET_CREDIT, " 50\nSAR ")
    with transaction():
        complaints.answer(
            ticket, "Sorry.", agent, last_seen=None, resolution=proposal, now=make.clock()
        )
    make.release()
    said = conversation.read(ticket, make.shopper(ticket), now=make.clock())[-1]
    assert (said.resolution_type, said.resolution_text) == (R.WALLET_CREDIT, "50 SAR")


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("We refuse.", Resolution(R.NOT_VALID, "")),
        (f"Your card {CARD}?", None),
        ("Sorry.", Resolution(R.REFUND, f"To {CARD}")),
    ],
)
def test_an_answer_that_may_not_be_sent_changes_nothing(
    make: Make, text: str, proposal: Resolution | None
) -> None:
    """S1-23, S2-85; the rule itself refuses, whichever form it comes from."""
    ticket, agent = make.complaint(TicketStatus.PENDING_ADMIN).ticket, make.actor("agent")
    with pytest.raises(Invalid), transaction():
        complaints.answer(
            ticket, text, agent, last_seen=None, resolution=proposal, now=make.clock()
        )
    db.session.rollback()
    assert ticket.status is TicketStatus.PENDING_ADMIN
    assert len(conversation.read(ticket, agent, now=make.clock())) == 1


def test_nor_does_a_question_carry_a_card_number(make: Make) -> None:
    ticket, agent = make.complaint(TicketStatus.PENDING_ADMIN).ticket, make.actor("agent")
    with pytest.raises(Invalid) as refused, transaction():
        complaints.ask(ticket, f"Is it {CARD}?", agent, last_seen=None, now=make.clock())
    assert refused.value.text == wording.CARD_NUMBER
