"""Fixtures of the tests of the rules."""

import pytest

from helpdesk.models import User
from tests.fixtures.factory import Make


@pytest.fixture
def team(make: Make) -> dict[str, User]:
    """Everybody: each role in `noor`, the platform's, another store's, and somebody who left."""
    store_roles = ("store_owner", "store_manager", "agent", "analyst")
    platform_roles = ("platform_admin", "platform_reviewer", "tech_support")
    people = {role: make.user(role) for role in (*store_roles, *platform_roles)}
    make.user("agent", make.store("other"))
    make.user("agent", active=False)
    make.user("platform_reviewer", active=False)
    return people
