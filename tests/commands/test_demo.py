"""Demo data: a switch at the first run, accounts that work, and no company for real people (X-14)."""

import json
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from helpdesk.db import db, transaction
from helpdesk.demo.people import PASSWORD
from helpdesk.domain import tenancy
from helpdesk.models import Delivery, Event, Order, Store, Ticket
from tests.fixtures.client import Client
from tests.fixtures.factory import Make

TOLD = 12 + 44 + 9
"""The complaints of the tour, and the older ones of both stores."""


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    app.config.update(DEMO=True, MAIL_SERVER=None)
    return app.test_cli_runner()


def test_the_demo_is_loaded_once_in_every_status_and_loading_it_again_changes_nothing(
    app: Flask, run: FlaskCliRunner
) -> None:
    """X-14."""
    first = run.invoke(args=["demo", "load"])
    assert first.exit_code == 0, first.output
    before = counts(app)
    assert before[Ticket] == TOLD
    assert statuses(app) == {
        "under_platform_review",
        "pending_admin",
        "pending_customer",
        "closed",
    }
    again = run.invoke(args=["demo", "load"])
    assert "already" in again.output
    assert counts(app) == before


def test_the_accounts_that_are_printed_can_sign_in_and_the_codes_can_be_tracked(
    run: FlaskCliRunner, client: Client
) -> None:
    """X-14."""
    run.invoke(args=["demo", "load"])
    accounts = json.loads(run.invoke(args=["demo", "accounts", "--json"]).output)
    assert {one["password"] for one in accounts["staff"]} == {PASSWORD}
    assert "former@noor.example" not in {one["email"] for one in accounts["staff"]}
    omar = next(one for one in accounts["staff"] if one["email"] == "omar@noor.example")
    answer = client.submit(
        client.get("/login"), {"email": omar["email"], "password": omar["password"]}
    )
    assert answer.status_code == 303
    shown = accounts["complaints"][0]
    pair = {"number": shown["number"], "tracking_code": shown["tracking_code"]}
    tracked = client.submit(client.get(f"/s/{shown['store']}/track"), pair)
    assert tracked.headers["Location"].endswith("/track/verify")


def test_demo_data_is_refused_where_real_people_work(
    app: Flask, run: FlaskCliRunner, make: Make
) -> None:
    make.user("agent", email="real@shop.example")
    refused = run.invoke(args=["demo", "load", "--reset"])
    assert refused.exit_code != 0
    assert "Real people" in refused.output
    assert counts(app)[Ticket] == 0


def test_resetting_brings_the_demo_back_as_it_was(app: Flask, run: FlaskCliRunner) -> None:
    run.invoke(args=["demo", "load"])
    with app.app_context(), tenancy.unscoped("a test changes a store"), transaction():
        db.session.scalars(select(Store).where(Store.slug == "noor")).one().name_en = "Changed"
    reset = run.invoke(args=["demo", "load", "--reset"])
    assert reset.exit_code == 0, reset.output
    with app.app_context():
        names = set(db.session.scalars(select(Store.name_en)))
    assert "Noor Perfumes" in names
    assert "Changed" not in names
    assert counts(app)[Ticket] == TOLD


def test_an_order_can_be_made_older_and_an_unknown_one_cannot(
    app: Flask, run: FlaskCliRunner
) -> None:
    run.invoke(args=["demo", "load"])
    before = ages(app)
    assert run.invoke(args=["demo", "age", "noor", "1021", "--hours", "24"]).exit_code == 0
    assert (before["1021"] - ages(app)["1021"]).total_seconds() == 24 * 3600
    assert run.invoke(args=["demo", "age", "noor", "9999", "--hours", "24"]).exit_code != 0


def counts(app: Flask) -> dict[type, int]:
    with app.app_context(), tenancy.unscoped("a test looks at every store"):
        return {
            table: db.session.scalars(select(func.count()).select_from(table)).one()
            for table in (Store, Ticket, Event, Delivery)
        }


def statuses(app: Flask) -> set[str]:
    with app.app_context(), tenancy.unscoped("a test looks at every store"):
        return {status.value for status in db.session.scalars(select(Ticket.status))}


def ages(app: Flask) -> dict[str, datetime]:
    with app.app_context(), tenancy.unscoped("a test looks at every store"):
        rows = db.session.execute(
            select(Order.number, Order.created_at).where(Order.number == "1021")
        )
        return dict(rows.all())
