"""The first steps of a real installation."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from helpdesk.config import ROOT, Settings, SettingsError
from helpdesk.views.errors import ADDRESS_BYTES
from tests.fixtures.client import Client


def test_the_first_administrator_can_sign_in_with_the_password_that_was_printed(
    app: Flask, client: Client
) -> None:
    said = app.test_cli_runner().invoke(args=["create-admin", "Boss@Shop.example"]).output
    password = said.rsplit("with: ", 1)[1].strip()
    answer = client.submit(
        client.get("/login"), {"email": "boss@shop.example", "password": password}
    )
    assert answer.status_code == 303
    assert client.get("/platform/").status_code == 200


def test_the_same_administrator_is_not_made_twice(app: Flask) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=["create-admin", "boss@shop.example"])
    again = runner.invoke(args=["create-admin", "boss@shop.example"])
    assert again.exit_code != 0
    assert "works here already" in again.output


def test_a_new_store_is_served_and_a_bad_address_is_refused(app: Flask, client: Client) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["create-store", "my-shop"]).exit_code == 0
    assert client.get("/s/my-shop/").status_code == 200
    for slug in ("my-shop", "platform", "My Shop", "../etc", "x"):
        refused = runner.invoke(args=["create-store", slug])
        assert refused.exit_code != 0, slug
        assert "Traceback" not in refused.output


def test_a_job_can_be_run_by_hand_and_an_unknown_one_cannot(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["job", "minutely"]).exit_code == 0
    assert runner.invoke(args=["job", "nothing"]).exit_code != 0


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "not an address"),
        ("SECRET_KEY", "short"),
        ("PUBLIC_URL", "help.example.com"),
        ("PUBLIC_URL", "https://help.example.com/desk"),
        ("MAIL_PORT", "0"),
        ("MAIL_PORT", "٢٥"),
        ("PORT", "70000"),
        ("MAIL_USE_TLS", "perhaps"),
        ("DEMO", "2"),
        ("REDIS_URL", "http://localhost"),
        ("TRUSTED_PROXIES", "-1"),
        ("STAGED_LIMIT_MB", "0"),
        ("STAGED_LIMIT_MB", "5 GB"),
        ("STAGED_LIMIT_MB", "99999999"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_plain_sentence(
    tmp_path: Path, setting: str, value: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_env({"INSTANCE": str(tmp_path), setting: value})
    assert re.fullmatch(rf"{setting} [^\n]+\.", str(refusal.value))


def test_a_shared_database_needs_a_secret_that_is_set(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        Settings.from_env({"INSTANCE": str(tmp_path), "DATABASE_URL": "postgresql://db/helpdesk"})


def test_the_secret_of_one_machine_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = Settings.from_env({"INSTANCE": str(tmp_path)})
    again = Settings.from_env({"INSTANCE": str(tmp_path)})
    assert first.secret_key == again.secret_key
    assert first.instance.joinpath("secret_key").stat().st_mode & 0o077 == 0


def test_the_web_server_lets_in_an_address_that_our_own_page_is_to_refuse() -> None:
    """gunicorn reads its settings from beside `app.py`; by itself it cuts off at 4,094, in its own words."""
    command = (sys.executable, "-m", "gunicorn", "--print-config", "wsgiref.simple_server:demo_app")
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603
    [limit] = re.findall(r"^limit_request_line += (\d+)$", said, re.MULTILINE)
    assert int(limit) > 2 * ADDRESS_BYTES
