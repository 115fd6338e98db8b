"""Commands: first steps of an installation, the background worker, demo data."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_security import hash_password

from helpdesk import clock, jobs, worker
from helpdesk.db import transaction
from helpdesk.demo import load, people
from helpdesk.domain import members, stores, tenancy
from helpdesk.domain.errors import Refusal
from helpdesk.domain.permissions import SYSTEM
from helpdesk.enums import Lang
from helpdesk.jobs import JOBS
from helpdesk.vault import new_token

SETTING_UP = "commands set up the whole installation"
DEMO_PEOPLE = "demo data fills several stores"

demo = AppGroup("demo", help="Demo data.")


def install(app: Flask) -> None:
    """Register the commands."""
    for command in (create_admin, create_store, run_worker, run_job, hold_mails, up, demo):
        app.cli.add_command(command)


@click.command("create-admin")
@click.argument("email")
@click.option("--name", default="Administrator", show_default=True)
@with_appcontext
def create_admin(email: str, name: str) -> None:
    """Make the first platform administrator; the password is printed once."""
    password = new_token()[:20]
    hashed = hash_password(password)
    with _told(), tenancy.unscoped(SETTING_UP), transaction():
        members.create(
            email,
            name,
            hashed,
            stores.platform(),
            "platform_admin",
            actor=SYSTEM,
            lang=Lang.EN,
            now=clock.now(),
        )
    click.echo(
        f"Administrator {email} may sign in at {current_app.config['PUBLIC_URL']}/login with: {password}"
    )


@click.command("create-store")
@click.argument("slug")
@click.option("--name-en", help="Name in English.")
@click.option("--name-ar", help="Name in Arabic.")
@with_appcontext
def create_store(slug: str, name_en: str | None, name_ar: str | None) -> None:
    """Open a store at /s/SLUG."""
    english = name_en or slug.replace("-", " ").title()
    with _told(), tenancy.unscoped(SETTING_UP), transaction():
        stores.create(slug, english, name_ar or english, SYSTEM, now=clock.now())
    click.echo(f"The store is at {current_app.config['PUBLIC_URL']}/s/{slug}/")


@click.command("worker")
@with_appcontext
def run_worker() -> None:
    """Send messages and run periodic jobs, until stopped."""
    worker.run(_app())


@click.command("job")
@click.argument("name", type=click.Choice(sorted(JOBS)))
@with_appcontext
def run_job(name: str) -> None:
    """Run one periodic job now."""
    JOBS[name](clock.now)


@click.command("hold-mails")
@with_appcontext
def hold_mails() -> None:
    """After a backup was restored, before the worker starts: send nothing that may have been sent since."""
    held = jobs.hold_mails(clock.now)
    click.echo(f"{held} messages are held. Deliveries shows them, and sends those that you choose.")


@click.command("up")
@with_appcontext
def up() -> None:
    """Run web and worker together; Ctrl-C stops both."""
    port = os.environ.get("PORT") or "5000"
    if current_app.config["DEMO"]:
        _print_accounts(f"http://127.0.0.1:{port}")
    click.echo(f"The help desk is at http://127.0.0.1:{port} (Ctrl-C stops it)")
    web = [sys.executable, "-m", "gunicorn", "app:app", "--bind", f"127.0.0.1:{port}"]
    background = [sys.executable, "-m", "flask", "--app", "app", "worker"]
    sys.exit(_run_together([web, background]))


@demo.command("load")
@click.option("--reset", is_flag=True, help="Remove the demo data first.")
def demo_load(*, reset: bool) -> None:
    """Fill an empty installation with two stores, people and complaints; a second time does nothing."""
    with _told(), tenancy.unscoped(DEMO_PEOPLE):
        click.echo(load.load(clock.now(), hash_password(people.PASSWORD), reset=reset))


@demo.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def demo_accounts(*, as_json: bool) -> None:
    """Who can sign in with what."""
    if as_json:
        with tenancy.unscoped(DEMO_PEOPLE):
            click.echo(json.dumps(load.accounts(clock.now()), ensure_ascii=False, indent=2))
    else:
        _print_accounts(current_app.config["PUBLIC_URL"])


@demo.command("age")
@click.argument("store")
@click.argument("order")
@click.option("--hours", type=float, required=True, help="How much older it becomes.")
def demo_age(store: str, order: str, hours: float) -> None:
    """Move an order in time."""
    with _told(), tenancy.unscoped(DEMO_PEOPLE), transaction():
        load.age(store, order, timedelta(hours=hours))
    click.echo(f"Order {order} is now {hours:g} hours older.")


@contextmanager
def _told() -> Iterator[None]:
    """Turn a refusal into one sentence on the terminal."""
    try:
        yield
    except Refusal as refusal:
        text = refusal.text % refusal.values if refusal.values else refusal.text
        raise click.ClickException(text) from None


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own idiom
    return app


def _print_accounts(address: str) -> None:
    with tenancy.unscoped(DEMO_PEOPLE):
        click.echo(load.tour(address))


def _run_together(commands: list[list[str]]) -> int:
    """Start all, wait until one ends or Ctrl-C comes, then stop the others. Returns the exit status."""
    root = Path(current_app.root_path).parent
    # Each in a session of its own: Ctrl-C reaches this process alone, which then stops them in good order.
    running = [subprocess.Popen(command, cwd=root, start_new_session=True) for command in commands]  # noqa: S603
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(one.poll() is None for one in running):
            with suppress(subprocess.TimeoutExpired):
                running[0].wait(timeout=0.5)
    except (KeyboardInterrupt, SystemExit):
        return 0
    finally:
        _stop(running)
    return next(one.returncode for one in running if one.returncode is not None)


def _stop(running: list[subprocess.Popen[bytes]]) -> None:
    for one in running:
        if one.poll() is None:
            one.send_signal(signal.SIGINT)
    for one in running:
        try:
            one.wait(timeout=10)
        except subprocess.TimeoutExpired:
            one.kill()
