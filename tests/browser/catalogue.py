"""Every page of the product that a person can see: where it is, and who looks at it.

An address may name what `stage.py` made, such as `{answered}`. What a page looks like only after somebody did
something on it (a refused form, an open dialog) has a step that does it, in words of no language.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.stage import ANYONE, SENDER, SHOPPER, TRACKER, Stage
from tests.fixtures import papers

ROW_MENU = "tbody details"
AFTER_SCROLLING = "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
"""Until the page has been told of its scrolling, which closes what is open over it."""
Step = Callable[[Page, Stage], None]


@dataclass(frozen=True)
class Entry:
    """One page."""

    name: str
    address: str
    who: str = ANYONE
    status: int = 200
    step: Step | None = None
    part: str = ""
    """What axe-core judges alone, where another entry has the rest of the page."""
    fragment: bool = False
    """Fetched into a page by a script, and none itself."""
    pictured: bool = True

    def at(self, stage: Stage) -> str:
        """Where it is."""
        return self.address.format(**stage.words)

    @property
    def path(self) -> str:
        """An address of the same route, wherever the product stands."""
        return re.sub(r"\{\w+\}", "1", self.address.partition("?")[0])


def send_empty(page: Page, _stage: Stage) -> None:
    """Send the page's form as it stands, and be told what is wrong."""
    page.locator("main form[method=post] [type=submit]").first.click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def open_wrong_address(page: Page, _stage: Stage) -> None:
    page.locator(".wrong-address summary").click()
    expect(page.locator(".wrong-address p").first).to_be_visible()


def rate_nothing(page: Page, _stage: Stage) -> None:
    page.locator("form[action$=rating] [type=submit]").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def choose_files(page: Page, _stage: Stage) -> None:
    """A picture and a letter that are taken, and a program that is not."""
    found = {name: papers.GOOD[name] for name in ("photo.jpg", "شكوى.pdf")}
    chosen: list[FilePayload] = [
        {"name": name, "mimeType": "", "buffer": content}
        for name, content in (found | {"x.exe": papers.PROGRAM}).items()
    ]
    page.set_input_files("[data-files] input[type=file]", chosen)
    expect(page.locator("[data-file-remove]")).to_have_count(2)
    expect(page.locator(".is-refused")).to_have_count(1)


def lose_the_token(page: Page, _stage: Stage) -> None:
    page.locator("main form[method=post] [name=csrf_token]").evaluate_all(
        "fields => fields.forEach((field) => field.remove())"
    )
    with page.expect_navigation():
        page.locator("main form[method=post] [type=submit]").first.click()


def open_close_dialog(page: Page, _stage: Stage) -> None:
    page.locator("[data-dialog=close-dialog]").click()
    expect(page.locator("dialog[open]")).to_be_visible()


def open_account(page: Page, _stage: Stage) -> None:
    page.locator(".topbar .tool-user").click()
    expect(page.locator(".topbar details[open] .menu-panel")).to_be_visible()


def open_the_menu(page: Page, _stage: Stage) -> None:
    """The sidebar, which is a drawer on a phone and beside the page elsewhere."""
    drawer = page.locator(".topbar-menu")
    if drawer.is_visible():
        drawer.click()
    expect(page.locator("#sidebar .sidebar-nav")).to_be_visible()


def open_row_menu(page: Page, _stage: Stage) -> None:
    summary = page.locator(f"{ROW_MENU} summary").nth(1)
    summary.scroll_into_view_if_needed()
    page.evaluate(AFTER_SCROLLING)
    summary.click()
    expect(page.locator(f"{ROW_MENU}[open] a").first).to_be_visible()


def open_operation(page: Page, stage: Stage) -> None:
    open_row_menu(page, stage)
    page.locator(f"{ROW_MENU}[open] a[href$=assign]").first.click()
    expect(page.locator("#operation-dialog form")).to_be_visible()


def open_preview(page: Page, _stage: Stage) -> None:
    button = page.locator(".list-table .peek").first
    button.focus()
    button.press("Enter")
    expect(page.locator("#preview-body h2, #preview-body h1").first).to_be_visible()


def select_rows(page: Page, _stage: Stage) -> None:
    for number in range(3):
        page.locator("tbody [name=key]").nth(number).check()
    expect(page.locator("[data-bulk-bar]")).to_be_visible()


def open_display(page: Page, _stage: Stage) -> None:
    page.locator(".list-tools details", has=page.locator(".display")).locator("summary").click()
    expect(page.locator(".display")).to_be_visible()


def open_filters(page: Page, _stage: Stage) -> None:
    page.locator(".filters-more summary").click()
    expect(page.locator(".filters-grid")).to_be_visible()


PUBLIC = (
    Entry("front", "/"),
    Entry("terms", "/terms"),
    Entry("privacy", "/privacy"),
    Entry("storefront", "/s/noor/"),
    Entry("storefront-pale", "/s/najd/"),
    Entry("complaints", "/s/noor/complaints"),
    Entry("complaint-form", "/s/noor/complaints/new"),
    Entry("complaint-form-pale", "/s/najd/complaints/new", pictured=False),
    Entry("complaint-form-refused", "/s/noor/complaints/new", step=send_empty),
    Entry(
        "complaint-form-files",
        "/s/noor/complaints/new",
        part=".picker",
        step=choose_files,
    ),
    Entry("complaint-sent", "/s/noor/complaints/sent", SENDER),
    Entry(
        "complaint-sent-wrong-address",
        "/s/noor/complaints/sent",
        SENDER,
        step=open_wrong_address,
        pictured=False,
    ),
    Entry("complaint-sent-elsewhere", "/s/najd/complaints/sent", pictured=False),
    Entry("track", "/s/noor/track"),
    Entry("track-refused", "/s/noor/track", step=send_empty, pictured=False),
    Entry("track-code", "/s/noor/track/verify", TRACKER),
    Entry("track-lost", "/s/noor/track/lost"),
    Entry("track-lost-refused", "/s/noor/track/lost", step=send_empty, pictured=False),
    Entry("track-lost-sent", "/s/noor/track/lost/sent"),
    Entry("track-renew", "/s/noor/track/renew/{answered}/{link_key}"),
    Entry("complaint", "/s/noor/complaints/{answered}", SHOPPER),
    Entry("complaint-open", "/s/noor/complaints/{open}", SHOPPER),
    Entry("complaint-withdraw", "/s/noor/complaints/{open}/close", SHOPPER),
    Entry("complaint-withdrawn", "/s/noor/complaints/{withdrawn}", SHOPPER),
    Entry(
        "complaint-rating-refused",
        "/s/noor/complaints/{withdrawn}",
        SHOPPER,
        step=rate_nothing,
        pictured=False,
    ),
    Entry("complaint-locked", "/s/noor/complaints/locked"),
    Entry("complaint-closed", "/s/noor/complaints/{closed}", SHOPPER),
    Entry("complaint-follow-up", "/s/noor/complaints/{closed}/follow-up", SHOPPER),
    Entry(
        "complaint-closing",
        "/s/noor/complaints/{answered}",
        SHOPPER,
        part="#close-dialog",
        step=open_close_dialog,
    ),
    Entry("complaint-close", "/s/noor/complaints/{answered}/close", SHOPPER, pictured=False),
    Entry("complaint-close-code", "/s/noor/complaints/{answered}/close/code", SHOPPER),
)

ACCOUNTS = (
    Entry("sign-in", "/login"),
    Entry("sign-in-refused", "/login", step=send_empty, pictured=False),
    Entry("forgot", "/login/forgot"),
    Entry("forgot-sent", "/login/forgot/sent", pictured=False),
    Entry("reset-password", "/login/reset/{reset_token}", pictured=False),
    Entry("change-password", "/login/password", "agent"),
    Entry("sessions", "/login/sessions", "agent"),
)

DESK = (
    Entry("choose-store", "/desk/", "agency"),
    Entry("desk-home", "/desk/noor/", "owner"),
    Entry(
        "desk-home-account",
        "/desk/noor/",
        "owner",
        part=".topbar",
        step=open_account,
        pictured=False,
    ),
    Entry("desk-home-analyst", "/desk/noor/", "analyst", pictured=False),
    Entry("desk-two-stores", "/desk/najd/", "agency", pictured=False),
    Entry("desk-menu", "/desk/noor/", "agent", part="#sidebar", step=open_the_menu),
    Entry("desk-all", "/desk/noor/all/", "owner"),
    Entry("desk-all-search", "/desk/noor/all/?q=complaint", "agent", pictured=False),
    Entry(
        "desk-all-nothing-found", "/desk/noor/all/?q=nothing-of-that-name", "agent", pictured=False
    ),
    Entry("later-tickets", "/desk/noor/tickets/", "agent"),
    Entry("later-self-service", "/desk/noor/self-service/", "agent", pictured=False),
    Entry("later-chats", "/desk/noor/chats/", "agent", pictured=False),
    Entry("later-staff-tickets", "/desk/noor/staff-tickets/", "agent", pictured=False),
    Entry("later-customers", "/desk/noor/customers/", "agent", pictured=False),
    Entry("later-orders", "/desk/noor/orders/", "agent", pictured=False),
    Entry("log", "/desk/noor/complaints/", "owner"),
    Entry("log-analyst", "/desk/noor/complaints/", "analyst", pictured=False),
    Entry(
        "log-filtered",
        "/desk/noor/complaints/?status=pending_admin&type=late",
        "owner",
    ),
    Entry("log-found", "/desk/noor/complaints/?q=bottle", "owner"),
    Entry("log-nothing-found", "/desk/noor/complaints/?q=nothing-of-that-name", "owner"),
    Entry(
        "log-compact", "/desk/noor/complaints/?density=compact&sort=due", "owner", pictured=False
    ),
    Entry(
        "log-filters",
        "/desk/noor/complaints/",
        "owner",
        part=".filters",
        step=open_filters,
        pictured=False,
    ),
    Entry("log-display", "/desk/noor/complaints/", "owner", part=".list-tools", step=open_display),
    Entry(
        "log-row-menu",
        "/desk/noor/complaints/",
        "owner",
        part=f"{ROW_MENU}[open]",
        step=open_row_menu,
    ),
    Entry(
        "log-operation",
        "/desk/noor/complaints/",
        "owner",
        part="#operation-dialog",
        step=open_operation,
    ),
    Entry(
        "log-preview", "/desk/noor/complaints/", "owner", part="#preview-dialog", step=open_preview
    ),
    Entry(
        "log-selected", "/desk/noor/complaints/", "owner", part="[data-bulk-bar]", step=select_rows
    ),
    Entry("record", "/desk/noor/complaints/{answered}", "owner"),
    Entry("record-note", "/desk/noor/complaints/{answered}?mode=note", "agent"),
    Entry("record-ask", "/desk/noor/complaints/{waiting}?mode=ask", "agent"),
    Entry(
        "record-events",
        "/desk/noor/complaints/{answered}?show=events",
        "agent",
        part=".timeline",
        pictured=False,
    ),
    Entry("record-waiting", "/desk/noor/complaints/{waiting}", "agent", pictured=False),
    Entry("record-urgent", "/desk/noor/complaints/{sorted}", "agent"),
    Entry("record-closed", "/desk/noor/complaints/{closed}", "agent", pictured=False),
    Entry("record-analyst", "/desk/noor/complaints/{waiting}", "analyst", pictured=False),
    Entry("record-under-review", "/desk/noor/complaints/{review}", "agent"),
    Entry("record-preview", "/desk/noor/complaints/{answered}/preview", "agent", fragment=True),
    Entry("assign", "/desk/noor/complaints/{waiting}/assign", "agent"),
    Entry("assign-many", "/desk/noor/complaints/bulk/assign?key={waiting}&key={answered}", "owner"),
    Entry("priority", "/desk/noor/complaints/{sorted}/priority", "agent", pictured=False),
    Entry("tags", "/desk/noor/complaints/{sorted}/tags", "agent"),
    Entry(
        "priority-many",
        "/desk/noor/complaints/bulk/priority?key={waiting}&key={sorted}",
        "owner",
        pictured=False,
    ),
    Entry(
        "tags-many",
        "/desk/noor/complaints/bulk/tags?key={waiting}&key={sorted}",
        "owner",
        pictured=False,
    ),
    Entry("log-by-priority", "/desk/noor/complaints/?sort=priority", "owner", pictured=False),
    Entry("canned-replies", "/desk/noor/canned-replies/", "owner"),
    Entry("canned-reply", "/desk/noor/canned-replies/{canned}", "owner"),
    Entry("canned-reply-new", "/desk/noor/canned-replies/new", "owner", pictured=False),
    Entry(
        "canned-reply-refused",
        "/desk/noor/canned-replies/new",
        "owner",
        step=send_empty,
        pictured=False,
    ),
    Entry(
        "canned-reply-delete",
        "/desk/noor/canned-replies/{canned}/delete",
        "owner",
        pictured=False,
    ),
    Entry("deliveries", "/desk/noor/deliveries/", "owner"),
    Entry("delivery", "/desk/noor/deliveries/{delivery}", "owner", pictured=False),
    Entry(
        "delivery-retry", "/desk/noor/deliveries/{failed_delivery}/retry", "owner", pictured=False
    ),
    Entry(
        "delivery-retry-many",
        "/desk/noor/deliveries/bulk/retry?key={failed_delivery}",
        "owner",
        pictured=False,
    ),
    Entry("notifications", "/desk/noor/notifications/", "owner"),
    Entry("exports", "/desk/noor/exports/", "owner"),
)

PLATFORM = (
    Entry("platform-home", "/platform/", "admin"),
    Entry("platform-home-it", "/platform/", "it", pictured=False),
    Entry("platform-all", "/platform/all/", "admin"),
    Entry("platform-log", "/platform/complaints/", "reviewer"),
    Entry(
        "platform-log-filtered",
        "/platform/complaints/?status=under_platform_review&store=noor",
        "reviewer",
        pictured=False,
    ),
    Entry(
        "platform-log-nothing-found",
        "/platform/complaints/?q=nothing-of-that-name",
        "reviewer",
        pictured=False,
    ),
    Entry("platform-record", "/platform/complaints/noor/{answered}", "reviewer"),
    Entry("platform-record-review", "/platform/complaints/noor/{review}", "reviewer"),
    Entry(
        "platform-record-preview",
        "/platform/complaints/noor/{answered}/preview",
        "reviewer",
        fragment=True,
    ),
    Entry("forward", "/platform/complaints/noor/{review}/forward", "reviewer"),
    Entry("ask", "/platform/complaints/noor/{review}?mode=ask", "reviewer", pictured=False),
    Entry(
        "platform-open-notes",
        "/platform/complaints/noor/{answered}/open-notes",
        "reviewer",
        pictured=False,
    ),
    Entry("decide", "/platform/complaints/noor/{waiting}/decide", "reviewer"),
    Entry("archive", "/platform/complaints/noor/{review}/archive", "admin"),
    Entry(
        "archive-refused",
        "/platform/complaints/noor/{review}/archive",
        "admin",
        step=send_empty,
        pictured=False,
    ),
    Entry("restore", "/platform/complaints/noor/{review}/restore", "admin", pictured=False),
    Entry("change-contact", "/platform/complaints/noor/{answered}/contact", "admin"),
    Entry(
        "platform-archive-many",
        "/platform/complaints/bulk/archive?key=noor/{review}&key=noor/{waiting}",
        "admin",
        pictured=False,
    ),
    Entry("platform-log-archived", "/platform/complaints/?archived=1", "admin", pictured=False),
    Entry(
        "platform-forward-many",
        "/platform/complaints/bulk/forward?key=noor/{review}",
        "reviewer",
        pictured=False,
    ),
    Entry(
        "platform-priority",
        "/platform/complaints/noor/{review}/priority",
        "reviewer",
        pictured=False,
    ),
    Entry("platform-canned-replies", "/platform/canned-replies/", "admin"),
    Entry("platform-canned-reply", "/platform/canned-replies/{shared}", "admin", pictured=False),
    Entry("platform-canned-reply-new", "/platform/canned-replies/new", "admin", pictured=False),
    Entry(
        "platform-canned-reply-delete",
        "/platform/canned-replies/{shared}/delete",
        "admin",
        pictured=False,
    ),
    Entry("platform-deliveries", "/platform/deliveries/", "admin"),
    Entry("platform-delivery", "/platform/deliveries/{delivery}", "admin"),
    Entry(
        "platform-delivery-retry",
        "/platform/deliveries/{failed_delivery}/retry",
        "admin",
        pictured=False,
    ),
    Entry(
        "platform-delivery-retry-many",
        "/platform/deliveries/bulk/retry?key={failed_delivery}",
        "admin",
        pictured=False,
    ),
    Entry("platform-notifications", "/platform/notifications/", "admin", pictured=False),
    Entry("platform-exports", "/platform/exports/", "admin", pictured=False),
    Entry("platform-settings", "/platform/settings/", "admin"),
)

ERRORS = (
    Entry("error-400", "/s/noor/track", step=lose_the_token, pictured=False),
    Entry("error-403", "/desk/noor/deliveries/", "agent", 403),
    Entry("error-404", "/nothing-here", status=404),
    Entry("error-404-store", "/s/nosuch/", status=404, pictured=False),
    Entry("error-404-record", "/desk/noor/complaints/{missing}", "agent", 404, pictured=False),
    Entry("error-405", "/logout", status=405, pictured=False),
)

CATALOGUE = (*PUBLIC, *ACCOUNTS, *DESK, *PLATFORM, *ERRORS)
NOT_PAGES = frozenset(
    {
        *("static", "health.alive", "health.ready", "receipts.file"),
        *("files.fetch", "files.thumb", "files.staged_thumb"),
        *("desk_search.index", "platform_search.index"),  # go on to what was looked for
        *(f"{side}_exports.download" for side in ("desk", "platform")),
        *(
            f"{side}_{noun}.save_view"
            for side in ("desk", "platform")
            for noun in ("canned", "complaints", "deliveries")
        ),
        *(f"{side}_complaints.lookup" for side in ("desk", "platform")),
        *(f"{side}_deliveries.lookup" for side in ("desk", "platform")),
        *(f"{side}_canned.lookup" for side in ("desk", "platform")),
        *(f"{side}_complaints.canned" for side in ("desk", "platform")),  # a text for a script
        *(f"{side}_complaints.presence" for side in ("desk", "platform")),  # a part of a page
    }
)
"""Endpoints that answer GET with something else than a page."""
