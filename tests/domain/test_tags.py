"""Tags: a store's own words for sorting, never the platform's, never another store's."""

import pytest
from sqlalchemy import func, select

from helpdesk.db import db, transaction
from helpdesk.domain import tags, tenancy
from helpdesk.domain.errors import Invalid, NotAllowed, NotFound, Refusal, WrongState
from helpdesk.domain.permissions import Actor
from helpdesk.enums import EventKind, TicketStatus
from helpdesk.models import Event, Tag
from tests.fixtures.factory import Filed, Make

S = TicketStatus


@pytest.fixture
def filed(make: Make) -> Filed:
    return make.complaint(S.PENDING_ADMIN)


def put(make: Make, filed: Filed, names: str, actor: Actor) -> None:
    with transaction():
        tags.put(make.find(filed.number), tags.read(names), actor, now=make.clock())


def add(make: Make, filed: Filed, names: str, actor: Actor) -> None:
    with transaction():
        tags.add(make.find(filed.number), tags.read(names), actor, now=make.clock())


def on(make: Make, filed: Filed, actor: Actor) -> list[str]:
    return [tag.name for tag in tags.of(make.find(filed.number), actor)]


def recorded() -> list[dict[str, list[str]]]:
    db.session.rollback()
    query = select(Event.data).where(Event.kind == EventKind.TAGS_SET).order_by(Event.id)
    return list(db.session.scalars(query))


def count_tags() -> int:
    db.session.rollback()
    return db.session.scalars(select(func.count()).select_from(Tag)).one()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", []),
        ("  , ،,\n", []),
        ("VIP", ["VIP"]),
        ("wholesale, VIP ، فخم", ["wholesale", "VIP", "فخم"]),
        ("أحمد, احمد", ["احمد"]),
        ("two  words\nand more", ["two words", "and more"]),
        ("\u200b, a\x00b", ["ab"]),
    ],
)
def test_names_stand_between_commas_of_either_script(typed: str, read: list[str]) -> None:
    assert tags.read(typed) == read


@pytest.mark.parametrize(
    "typed", ["t" * 41, "ﷺ" * 20, ",".join(str(number) for number in range(11))]
)
def test_a_name_too_long_and_a_tag_too_many_are_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        tags.read(typed)


def test_the_longest_name_and_ten_of_them_are_taken(make: Make, filed: Filed) -> None:
    agent = make.actor("agent")
    names = [f"{number}{'t' * 39}" for number in range(10)]
    put(make, filed, ",".join(names), agent)
    assert on(make, filed, agent) == names


def test_a_new_name_becomes_a_tag_of_the_store_once(make: Make, filed: Filed) -> None:
    agent, another = make.actor("agent"), make.complaint(S.PENDING_CUSTOMER)
    put(make, filed, "VIP, wholesale", agent)
    put(make, another, "vip", agent)
    assert on(make, another, agent) == ["VIP"], "as it was written first"
    assert count_tags() == 2


def test_the_log_has_the_names_before_and_after(make: Make, filed: Filed) -> None:
    """X-04."""
    agent = make.actor("agent")
    put(make, filed, "b, a", agent)
    put(make, filed, "b, c", agent)
    put(make, filed, "C, B", agent)
    put(make, filed, "", agent)
    assert on(make, filed, agent) == []
    assert recorded() == [
        {"was": [], "became": ["a", "b"]},
        {"was": ["a", "b"], "became": ["b", "c"]},
        {"was": ["b", "c"], "became": []},
    ]


def test_adding_leaves_what_is_there_and_stops_at_ten(make: Make, filed: Filed) -> None:
    agent = make.actor("agent")
    put(make, filed, ",".join(str(number) for number in range(9)), agent)
    add(make, filed, "9, 0", agent)
    assert len(on(make, filed, agent)) == 10
    with pytest.raises(Invalid, match="at the most"):
        add(make, filed, "one more", agent)
    assert len(on(make, filed, agent)) == 10
    assert len(recorded()) == 2


@pytest.mark.parametrize(
    ("role", "status", "refusal"),
    [
        ("analyst", S.PENDING_ADMIN, NotAllowed),
        ("platform_admin", S.PENDING_ADMIN, NotAllowed),
        ("platform_reviewer", S.PENDING_ADMIN, NotAllowed),
        ("agent", S.UNDER_PLATFORM_REVIEW, NotAllowed),
        ("agent", S.CLOSED, WrongState),
    ],
)
def test_refused_tags_leave_no_trace(
    role: str, status: TicketStatus, refusal: type[Refusal], make: Make
) -> None:
    filed = make.complaint(status)
    with pytest.raises(refusal):
        put(make, filed, "VIP", make.actor(role))
    assert count_tags() == 0
    assert recorded() == []


def test_the_platform_and_another_store_see_none(make: Make, filed: Filed) -> None:
    put(make, filed, "VIP", make.actor("agent"))
    assert on(make, filed, make.actor("analyst")) == ["VIP"]
    for actor in (make.actor("platform_admin"), make.actor("agent", make.store("najd"))):
        assert on(make, filed, actor) == []
    with pytest.raises(NotFound):
        put(make, filed, "theirs", make.actor("agent", make.store("najd")))


def test_a_tag_is_looked_up_in_its_own_store_alone(make: Make, filed: Filed) -> None:
    """X-01."""
    put(make, filed, "Wholesale_50%, أحمد", make.actor("agent"))
    [found] = db.session.scalars(select(Tag.id).where(Tag.key.contains("whole"))).all()
    with tenancy.scoped(make.store()):
        assert tags.look_up("HOLE") == [(found, "Wholesale_50%")]
        assert tags.look_up("0%") == [(found, "Wholesale_50%")]
        assert tags.look_up("احم") != []
        assert tags.look_up("%") == [(found, "Wholesale_50%")]
        assert tags.look_up(" \u200b") == []
        assert tags.look_up("x_") == []
        assert tags.name_of(found) == "Wholesale_50%"
    with tenancy.scoped(make.store("najd")):
        assert tags.look_up("whole") == []
        assert tags.name_of(found) is None
