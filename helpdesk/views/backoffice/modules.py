"""What a back office is made of: every module and setting, for the sidebar and for the index *All* (C19)."""

from dataclasses import dataclass

from flask import g

from helpdesk import normalise
from helpdesk.domain.permissions import Permission
from helpdesk.enums import Lang
from helpdesk.language import gettext as _
from helpdesk.language import speaking
from helpdesk.words import N_

P = Permission


@dataclass(frozen=True, kw_only=True)
class Module:
    """A module or a setting: where it is, what it is called, and who may open it."""

    endpoint: str
    label: str
    icon: str
    text: str
    """One sentence that says what it is for."""
    words: str
    """What else people call it; searched and never shown."""
    group: str
    needs: Permission | None = None
    """None: everybody who may enter the back office."""
    opened: bool = True
    """Whether it works in this version; otherwise its page says what it will be for."""
    in_menu: bool = False
    path: tuple[str, ...] = ()
    """The groups of the menu that it stands in, the outermost first."""
    setting: tuple[str, str] | None = None
    """The name and value in any page's address that change this setting."""

    @property
    def view(self) -> str:
        """The name of the view that serves it."""
        return self.endpoint.partition(".")[0]

    def answers(self, typed: str) -> bool:
        """Whether each word of `typed` is in its name, description, group or other words, in any language."""
        said = self._said()
        return all(
            word in said or normalise.bare(word) in said for word in normalise.folded(typed).split()
        )

    def _said(self) -> str:
        spoken = []
        for lang in Lang:
            with speaking(lang.value):
                spoken += [_(text) for text in (self.label, self.text, self.words, self.group)]
        return normalise.folded(" ".join(spoken))


def of(kind: str) -> list[Module]:
    """The modules and settings of a back office that the person acting may open."""
    return [one for one in OFFICES[kind] if one.needs is None or one.needs in g.actor.permissions]


def later() -> list[Module]:
    """The modules of the desk that are announced and not opened yet."""
    return [one for one in DESK if not one.opened]


OVERVIEW = N_("Overview")
COMPLAINTS = N_("Customer Complaints Management")
TOOLS = N_("Settings and Tools")
SERVICE = N_("Customer service")
SHOP = N_("Customers and orders")
RECORDS = N_("Messages and files")
ACCOUNT = N_("Your account")
DISPLAY = N_("Display")

SETTINGS = (
    Module(
        endpoint="login.password",
        label=N_("Change password"),
        icon="key",
        text=N_("Choose a new password for your account."),
        words=N_("security, sign in, forgot"),
        group=ACCOUNT,
    ),
    Module(
        endpoint="login.sessions",
        label=N_("Sessions"),
        icon="display",
        text=N_("See where you are signed in, and sign out browsers that you do not know."),
        words=N_("security, devices, sign out, log out"),
        group=ACCOUNT,
    ),
    *(
        Module(
            endpoint="",
            label=label,
            icon="translate",
            text=text,
            words=N_("language, translation, direction"),
            group=DISPLAY,
            setting=("lang", lang.value),
        )
        for lang, label, text in (
            (Lang.EN, N_("English"), N_("Read every page in English.")),
            (Lang.AR, N_("Arabic"), N_("Read every page in Arabic, from right to left.")),
        )
    ),
    *(
        Module(
            endpoint="",
            label=label,
            icon=icon,
            text=text,
            words=N_("theme, appearance, colours, night, mode"),
            group=DISPLAY,
            setting=("theme", value),
        )
        for value, icon, label, text in (
            ("light", "sun", N_("Light theme"), N_("Dark text on a light page.")),
            ("dark", "moon-stars", N_("Dark theme"), N_("Light text on a dark page.")),
            (
                *("system", "circle-half", N_("Theme of my device")),
                N_("Light or dark, as your device is set."),
            ),
        )
    ),
)


def _home(office: str) -> Module:
    return Module(
        endpoint=f"{office}.index",
        label=N_("Home"),
        icon="house",
        text=N_("What waits for you, at a glance."),
        words=N_("dashboard, start, overview"),
        group=OVERVIEW,
        in_menu=True,
    )


def _canned(office: str, text: str, path: tuple[str, ...] = ()) -> Module:
    return Module(
        endpoint=f"{office}_canned.index",
        label=N_("Predefined responses"),
        icon="journal-text",
        text=text,
        words=N_("canned replies, templates, macros, ready answers, snippets"),
        group=COMPLAINTS,
        needs=P.CANNED_REPLY_EDIT,
        in_menu=True,
        path=path,
    )


def _records(office: str) -> tuple[Module, ...]:
    return (
        Module(
            endpoint=f"{office}_deliveries.index",
            label=N_("Deliveries"),
            icon="envelope",
            text=N_("Every message that was sent to customers and staff, and what became of it."),
            words=N_("mail, e-mail, outbox, failed, sent"),
            group=RECORDS,
            needs=P.DELIVERY_LIST,
            in_menu=True,
        ),
        Module(
            endpoint=f"{office}_notifications.index",
            label=N_("Notifications"),
            icon="bell",
            text=N_("What you were told here: new complaints, answers, assignments."),
            words=N_("bell, news, unread, alerts"),
            group=RECORDS,
        ),
        Module(
            endpoint=f"{office}_exports.index",
            label=N_("Exports"),
            icon="download",
            text=N_("Lists that you asked for as a file."),
            words=N_("download, CSV, Excel, spreadsheet, report"),
            group=RECORDS,
            needs=P.LIST_EXPORT,
        ),
    )


DESK = (
    _home("desk"),
    # The path that the requirements name: the module, then *Settings and Tools*, then *Complaints* (S1-03, S1-04).
    Module(
        endpoint="desk_complaints.index",
        label=N_("Complaints"),
        icon="chat-left-text",
        text=N_("Read, answer and assign the complaints of your customers."),
        words=N_("settings and tools, log, problem, refund, damaged, CMP"),
        group=COMPLAINTS,
        needs=P.COMPLAINT_LIST,
        in_menu=True,
        path=(COMPLAINTS, TOOLS),
    ),
    _canned(
        "desk", N_("Texts to insert into your replies, in both languages."), (COMPLAINTS, TOOLS)
    ),
    Module(
        endpoint="desk_tickets.index",
        label=N_("Support Tickets"),
        icon="ticket-detailed",
        text=N_("Questions and requests of your customers, answered as one conversation each."),
        words=N_("request, question, contact form, support"),
        group=SERVICE,
        opened=False,
        in_menu=True,
    ),
    Module(
        endpoint="desk_self_service.index",
        label=N_("Self-Service System"),
        icon="person-check",
        text=N_(
            "Lets customers settle a delayed order or an exchange by themselves, by your rules."
        ),
        words=N_("delayed order, exchange, payment deducted, enable, automatic"),
        group=SERVICE,
        opened=False,
        in_menu=True,
    ),
    Module(
        endpoint="desk_chats.index",
        label=N_("Chats"),
        icon="chat-dots",
        text=N_("Talk to customers while they are on your pages."),
        words=N_("live chat, messages, online, inbox"),
        group=SERVICE,
        opened=False,
        in_menu=True,
    ),
    Module(
        endpoint="desk_staff_tickets.index",
        label=N_("Staff tickets"),
        icon="flag",
        text=N_("Ask your colleagues or the platform for help with something inside the shop."),
        words=N_("internal, escalation, IT support, team"),
        group=SERVICE,
        opened=False,
        in_menu=True,
    ),
    Module(
        endpoint="desk_customers.index",
        label=N_("Customers"),
        icon="people",
        text=N_("Everybody who bought from you or wrote to you, with everything about them."),
        words=N_("people, buyers, wallet, groups, block"),
        group=SHOP,
        opened=False,
        in_menu=True,
    ),
    Module(
        endpoint="desk_orders.index",
        label=N_("Orders"),
        icon="box-seam",
        text=N_("What was ordered, where it is, and which requests belong to it."),
        words=N_("purchases, shipping, tracking, products"),
        group=SHOP,
        opened=False,
        in_menu=True,
    ),
    *_records("desk"),
    *SETTINGS,
)

PLATFORM = (
    _home("platform"),
    Module(
        endpoint="platform_complaints.index",
        label=N_("Complaints"),
        icon="chat-left-text",
        text=N_("Review the complaints of every store, forward and answer them."),
        words=N_("review, forward, log, problem, refund, damaged, CMP"),
        group=COMPLAINTS,
        needs=P.COMPLAINT_LIST,
        in_menu=True,
    ),
    _canned("platform", N_("Texts that you and every store can insert into replies.")),
    *_records("platform"),
    Module(
        endpoint="platform_settings.index",
        label=N_("Settings"),
        icon="sliders",
        text=N_("Set the largest file, and whether the platform reviews new complaints first."),
        words=N_("options, configuration, upload limit, file size, review"),
        group=RECORDS,
        needs=P.PLATFORM_SET,
        in_menu=True,
    ),
    *SETTINGS,
)
OFFICES = {"desk": DESK, "platform": PLATFORM}
