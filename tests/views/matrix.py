"""THE table: what every route answers to everybody, about their own things and about others'.

One letter an answer, one column a person:

    2  the page                     L  "sign in first"               T  "show number and tracking code first"
    >  done, go on there            4  there is no such thing        F  you may not do this
    I  a form with what is wrong    X  not as things stand now

A row's name is the method and the target; `world.py` knows the targets' addresses. Columns, left to right:
anonymous, a shopper who has proven the complaint `own`, a shopper who has proven `neighbour`, then (all of the
store noor) owner, manager, agent and analyst, an agent of the store najd, a deactivated agent of noor, and the
platform's administrator, reviewer and IT support.
"""

PRINCIPALS = (
    *("anonymous", "shopper", "stranger"),
    *("store_owner", "store_manager", "agent", "analyst", "other_agent", "former"),
    *("platform_admin", "platform_reviewer", "tech_support"),
)
Rows = dict[str, str]

PUBLIC_PAGE = {"GET own": "2 2 2  2 2 2 2  2 2  2 2 2", "GET nostore": "4 4 4  4 4 4 4  4 4  4 4 4"}
PUBLIC_FORM = {
    **PUBLIC_PAGE,
    "POST own": "I I I  I I I I  I I  I I I",
    "POST nostore": "4 4 4  4 4 4 4  4 4  4 4 4",
}
NOT_PROVEN = "T T T  T T T T  T T  T T T"
NO_STORE = "4 4 4  4 4 4 4  4 4  4 4 4"
ANYBODY = "2 2 2  2 2 2 2  2 2  2 2 2"
GOES_ON = "> > >  > > > >  > >  > > >"
STAFF_ONLY = "L L L  2 2 2 2  2 L  2 2 2"
DESK_NOBODY = "L L L  4 4 4 4  4 L  4 4 4"
PLATFORM_NOBODY = "L L L  4 4 4 4  4 L  4 4 F"


def others(method: str, answer: str = NOT_PROVEN) -> Rows:
    """A proof opens one complaint: nobody else's, no other store's, none that is missing."""
    targets = ("other", "smuggled", "review", "missing")
    return {**{f"{method} {target}": answer for target in targets}, f"{method} nostore": NO_STORE}


DESK_WRITERS = {
    "own": "L L L  2 2 2 F  4 L  4 4 4",
    "review": "L L L  F F F F  4 L  4 4 4",
    "other": "L L L  4 4 4 4  2 L  4 4 4",
    "smuggled": DESK_NOBODY,
    "missing": DESK_NOBODY,
    "nostore": NO_STORE,
}
"""Pages below a complaint for those who may answer it."""
PLATFORM_READERS = {
    **dict.fromkeys(("own", "review", "other"), "L L L  4 4 4 4  4 L  2 2 F"),
    **dict.fromkeys(("smuggled", "missing", "nostore"), PLATFORM_NOBODY),
}


ROUTES: dict[str, Rows] = {
    # Anyone
    "static": {"GET own": ANYBODY, "GET missing": NO_STORE},
    "health.alive": {"GET own": ANYBODY},
    "health.ready": {"GET own": ANYBODY},
    "front.home": {"GET own": ANYBODY},
    "front.terms": {"GET own": ANYBODY},
    "front.privacy": {"GET own": ANYBODY},
    "storefront.home": {**PUBLIC_PAGE, "GET platform": NO_STORE, "GET other": ANYBODY},
    "complaints.index": PUBLIC_PAGE,
    "complaints.new": PUBLIC_FORM,
    "receipts.show": PUBLIC_PAGE,
    "receipts.file": {"GET own": GOES_ON, "GET nostore": NO_STORE},
    "receipts.again": {"POST own": GOES_ON, "POST nostore": NO_STORE},
    "visits.stay": {"POST own": ANYBODY, "POST nostore": NO_STORE},
    "visits.locked": PUBLIC_PAGE,
    "tracking.track": PUBLIC_FORM,
    "tracking.verify": {
        "GET own": NOT_PROVEN,
        "POST own": NOT_PROVEN,
        "GET nostore": NO_STORE,
        "POST nostore": NO_STORE,
    },
    "tracking.resend": {"POST own": NOT_PROVEN, "POST nostore": NO_STORE},
    "lost.ask": PUBLIC_FORM,
    "lost.asked": PUBLIC_PAGE,
    # The link is worth something to whoever has it, for its own complaint alone
    "lost.renew": {
        f"{method} {target}": answers
        for method, own in (("GET", ANYBODY), ("POST", NOT_PROVEN))
        for target, answers in {
            "own": own,
            "neighbour": GOES_ON,
            "other": GOES_ON,
            "smuggled": GOES_ON,
            "missing": GOES_ON,
            "nostore": NO_STORE,
        }.items()
    },
    # A shopper's complaint
    "complaints.show": {
        "GET own": "T 2 T  T T T T  T T  T T T",
        "GET neighbour": "T T 2  T T T T  T T  T T T",
        **others("GET"),
    },
    "complaints.reply": {
        "POST own": "T > T  T T T T  T T  T T T",
        "POST neighbour": "T T >  T T T T  T T  T T T",
        **others("POST"),
    },
    "endings.ask": {
        "GET own": "T 2 T  T T T T  T T  T T T",
        "GET neighbour": "T T 2  T T T T  T T  T T T",
        **others("GET"),
        "POST own": "T > T  T T T T  T T  T T T",
        "POST neighbour": "T T >  T T T T  T T  T T T",
        **others("POST"),
    },
    "endings.code": {
        "GET own": "T 2 T  T T T T  T T  T T T",
        "GET neighbour": "T T 2  T T T T  T T  T T T",
        **others("GET"),
        "POST own": "T I T  T T T T  T T  T T T",
        "POST neighbour": "T T I  T T T T  T T  T T T",
        **others("POST"),
    },
    # What is not closed is not followed up: their owners are led to where they can reply
    "complaints.follow_up": {
        "GET own": "T > T  T T T T  T T  T T T",
        "GET neighbour": "T T >  T T T T  T T  T T T",
        "GET closed": "T 2 T  T T T T  T T  T T T",
        **others("GET"),
        "POST own": "T > T  T T T T  T T  T T T",
        "POST neighbour": "T T >  T T T T  T T  T T T",
        "POST closed": "T I T  T T T T  T T  T T T",
        **others("POST"),
    },
    "ratings.rate": {
        "POST own": "T X T  T T T T  T T  T T T",
        "POST neighbour": "T T X  T T T T  T T  T T T",
        **others("POST"),
    },
    "copies.take": {
        "POST own": "T 2 T  T T T T  T T  T T T",
        "POST neighbour": "T T 2  T T T T  T T  T T T",
        **others("POST"),
    },
    # Files: for whoever may read the conversation that they came with
    **{
        endpoint: {
            "GET own": "4 2 4  2 2 2 2  4 4  2 2 4",
            "GET neighbour": "4 4 2  2 2 2 2  4 4  2 2 4",
            "GET review": "4 4 4  4 4 4 4  4 4  2 2 4",
            "GET other": "4 4 4  4 4 4 4  2 4  2 2 4",
            "GET missing": NO_STORE,
        }
        for endpoint in ("files.fetch", "files.thumb")
    },
    "files.staged_thumb": {"GET other": NO_STORE, "GET missing": NO_STORE},
    "files.remove": {"POST other": NO_STORE, "POST missing": NO_STORE},
    "files.stage": {
        "POST own": "I I I  I I I I  I I  I I I",
        "POST platform": NO_STORE,
        "POST nostore": NO_STORE,
    },
    # Staff and their own account
    "login.sign_in": {
        "GET own": "2 2 2  > > > >  > 2  > > >",
        "POST own": "I I I  I I I I  I I  I I I",
    },
    "login.forgot": {"GET own": ANYBODY, "POST own": "> > >  > > > >  > >  > > >"},
    "login.forgot_sent": {"GET own": ANYBODY},
    "login.reset": {
        "GET missing": "> > >  > > > >  > >  > > >",
        "POST missing": "> > >  > > > >  > >  > > >",
    },
    "login.password": {"GET own": STAFF_ONLY, "POST own": "L L L  I I I I  I L  I I I"},
    "login.sessions": {"GET own": STAFF_ONLY},
    "login.end_session": {
        "POST own": "L L L  > > > >  > L  > > >",
        "POST other": "L L L  4 4 4 4  4 L  4 4 4",
        "POST missing": "L L L  4 4 4 4  4 L  4 4 4",
    },
    "login.end_others": {"POST own": "L L L  > > > >  > L  > > >"},
    # A store's desk
    "desk_door.choose": {"GET own": "L L L  > > > >  > L  > > >"},
    "desk.index": {
        "GET own": "L L L  2 2 2 2  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  2 L  4 4 4",
        "GET nostore": NO_STORE,
        "GET platform": NO_STORE,
    },
    **{
        f"desk_{module}.index": {
            "GET own": "L L L  2 2 2 2  4 L  4 4 4",
            "GET other": "L L L  4 4 4 4  2 L  4 4 4",
            "GET nostore": NO_STORE,
        }
        for module in (
            *("all", "tickets", "self_service", "chats"),
            *("staff_tickets", "customers", "orders"),
        )
    },
    "desk_search.index": {
        "GET own": "L L L  > > > >  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  > L  4 4 4",
        "GET nostore": NO_STORE,
    },
    "desk_complaints.index": {
        "GET own": "L L L  2 2 2 2  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  2 L  4 4 4",
        "GET nostore": NO_STORE,
    },
    "desk_complaints.details": {
        "GET own": "L L L  2 2 2 2  4 L  4 4 4",
        "GET review": "L L L  2 2 2 2  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  2 L  4 4 4",
        "GET smuggled": DESK_NOBODY,
        "GET missing": DESK_NOBODY,
        "GET nostore": NO_STORE,
    },
    "desk_complaints.operate": {
        "GET own reply": "L L L  > > > F  4 L  4 4 4",
        "GET own assign": "L L L  2 2 2 F  4 L  4 4 4",
        "GET own ask": "L L L  > > > F  4 L  4 4 4",
        "GET own note": "L L L  > > > F  4 L  4 4 4",
        "GET own undo": "L L L  > > > F  4 L  4 4 4",
        "GET own open-notes": DESK_NOBODY,
        **{
            f"GET {target} {word}": answers
            for word in ("priority", "tags")
            for target, answers in {
                "own": "L L L  2 2 2 F  4 L  4 4 4",
                "review": "L L L  F F F F  4 L  4 4 4",
                "other": "L L L  4 4 4 4  2 L  4 4 4",
                "smuggled": DESK_NOBODY,
                "missing": DESK_NOBODY,
            }.items()
        },
        "GET own close": DESK_NOBODY,
        "GET own forward": DESK_NOBODY,
        **{
            f"{method} own {operation}": DESK_NOBODY
            for method in ("GET", "POST")
            for operation in ("decide", "archive", "restore", "contact")
        },
        "GET review assign": "L L L  F F F F  4 L  4 4 4",
        "GET other assign": "L L L  4 4 4 4  2 L  4 4 4",
        "GET smuggled assign": DESK_NOBODY,
        "GET missing assign": DESK_NOBODY,
        "GET nostore assign": NO_STORE,
        "POST own reply": "L L L  > > > F  4 L  4 4 4",
        "POST own assign": "L L L  > > > F  4 L  4 4 4",
        "POST own ask": "L L L  > > > F  4 L  4 4 4",
        "POST own note": "L L L  > > > F  4 L  4 4 4",
        "POST own undo": "L L L  X X X F  4 L  4 4 4",
        "POST own open-notes": DESK_NOBODY,
        **{
            f"POST {target} {word}": answers
            for word in ("priority", "tags")
            for target, answers in {
                "own": "L L L  > > > F  4 L  4 4 4",
                "review": "L L L  F F F F  4 L  4 4 4",
                "other": "L L L  4 4 4 4  > L  4 4 4",
                "smuggled": DESK_NOBODY,
                "missing": DESK_NOBODY,
            }.items()
        },
        "POST own close": DESK_NOBODY,
        "POST own forward": DESK_NOBODY,
        "POST review reply": "L L L  F F F F  4 L  4 4 4",
        "POST review ask": "L L L  F F F F  4 L  4 4 4",
        "POST review note": "L L L  F F F F  4 L  4 4 4",
        "POST review undo": "L L L  F F F F  4 L  4 4 4",
        "POST other ask": "L L L  4 4 4 4  > L  4 4 4",
        "POST other note": "L L L  4 4 4 4  > L  4 4 4",
        "POST other undo": "L L L  4 4 4 4  X L  4 4 4",
        "POST smuggled note": DESK_NOBODY,
        "POST missing note": DESK_NOBODY,
        "POST review assign": "L L L  F F F F  4 L  4 4 4",
        "POST other reply": "L L L  4 4 4 4  > L  4 4 4",
        "POST other assign": "L L L  4 4 4 4  > L  4 4 4",
        "POST smuggled reply": DESK_NOBODY,
        "POST smuggled assign": DESK_NOBODY,
        "POST missing reply": DESK_NOBODY,
        "POST nostore reply": NO_STORE,
    },
    "desk_complaints.preview": {
        "GET own": "L L L  2 2 2 2  4 L  4 4 4",
        "GET review": "L L L  2 2 2 2  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  2 L  4 4 4",
        "GET smuggled": DESK_NOBODY,
        "GET missing": DESK_NOBODY,
        "GET nostore": NO_STORE,
    },
    "desk_complaints.bulk": {
        f"{method} {target}": answers
        for method in ("GET", "POST")
        for target, answers in {
            "own assign": "L L L  > > > F  4 L  4 4 4",
            "own priority": "L L L  > > > F  4 L  4 4 4",
            "own tags": "L L L  > > > F  4 L  4 4 4",
            "own close": DESK_NOBODY,
            "own forward": DESK_NOBODY,
            "own reply": DESK_NOBODY,
            "other assign": "L L L  4 4 4 4  > L  4 4 4",
            "nostore assign": NO_STORE,
        }.items()
    },
    "desk_complaints.export": {
        "POST own": "L L L  2 2 F 2  4 L  4 4 4",
        "POST other": "L L L  4 4 4 4  F L  4 4 4",
        "POST nostore": NO_STORE,
    },
    "desk_complaints.lookup": {
        "GET own customer": "L L L  2 2 2 F  4 L  4 4 4",
        "GET own tag": "L L L  2 2 2 2  4 L  4 4 4",
        "GET own status": DESK_NOBODY,
        "GET other customer": "L L L  4 4 4 4  2 L  4 4 4",
        "GET nostore customer": NO_STORE,
    },
    "desk_complaints.save_view": {
        "GET own": "L L L  > > > >  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  > L  4 4 4",
        "GET nostore": NO_STORE,
        "POST own": "L L L  > > > >  4 L  4 4 4",
        "POST other": "L L L  4 4 4 4  > L  4 4 4",
        "POST nostore": NO_STORE,
    },
    "desk_complaints.remove_view": {
        "POST own complaints": "L L L  > > > >  4 L  4 4 4",
        "POST own deliveries": DESK_NOBODY,
        "POST neighbour complaints": DESK_NOBODY,
        "POST other complaints": "L L L  4 4 4 4  > L  4 4 4",
        "POST smuggled complaints": DESK_NOBODY,
        "POST missing complaints": DESK_NOBODY,
        "POST nostore complaints": NO_STORE,
    },
    # What helps while writing
    "desk_complaints.canned": {
        f"{method} {target}": answers
        for method in ("GET", "POST")
        for target, answers in DESK_WRITERS.items()
    },
    "desk_complaints.draft": {
        f"POST {target}": answers for target, answers in DESK_WRITERS.items()
    },
    "desk_complaints.presence": {
        f"{method} {target}": answers
        for method in ("GET", "POST")
        for target, answers in {
            "own": "L L L  2 2 2 2  4 L  4 4 4",
            "review": "L L L  F F F F  4 L  4 4 4",
            "other": "L L L  4 4 4 4  2 L  4 4 4",
            "smuggled": DESK_NOBODY,
            "missing": DESK_NOBODY,
            "nostore": NO_STORE,
        }.items()
    },
    # Predefined responses
    "desk_canned.index": {
        "GET own": "L L L  2 2 F F  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  F L  4 4 4",
        "GET nostore": NO_STORE,
    },
    "desk_canned.new": {
        "GET own": "L L L  2 2 F F  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  F L  4 4 4",
        "GET nostore": NO_STORE,
        "POST own": "L L L  > > F F  4 L  4 4 4",
        "POST other": "L L L  4 4 4 4  F L  4 4 4",
        "POST nostore": NO_STORE,
    },
    **{
        endpoint: {
            f"{method} {target}": answers
            for method, own in (("GET", "2 2"), ("POST", last))
            for target, answers in {
                "own": f"L L L  {own} F F  4 L  4 4 4",
                "shared": "L L L  4 4 F F  4 L  4 4 4",
                "other": "L L L  4 4 4 4  F L  4 4 4",
                "smuggled": "L L L  4 4 F F  4 L  4 4 4",
                "missing": "L L L  4 4 F F  4 L  4 4 4",
                "nostore": NO_STORE,
            }.items()
        }
        # The title of the new one that was saved above is taken
        for endpoint, last in (("desk_canned.edit", "I I"), ("desk_canned.delete", "> >"))
    },
    "desk_canned.export": {
        "POST own": "L L L  2 2 F F  4 L  4 4 4",
        "POST other": "L L L  4 4 4 4  F L  4 4 4",
        "POST nostore": NO_STORE,
    },
    "desk_canned.lookup": {
        "GET own customer": "L L L  4 4 F F  4 L  4 4 4",
        "GET other customer": "L L L  4 4 4 4  F L  4 4 4",
        "GET nostore customer": NO_STORE,
    },
    "desk_canned.save_view": {
        "GET own": "L L L  > > F F  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  F L  4 4 4",
        "GET nostore": NO_STORE,
        "POST own": "L L L  > > F F  4 L  4 4 4",
        "POST other": "L L L  4 4 4 4  F L  4 4 4",
        "POST nostore": NO_STORE,
    },
    "desk_canned.remove_view": {
        "POST own canned_replies": "L L L  > > F F  4 L  4 4 4",
        "POST own complaints": "L L L  4 4 F F  4 L  4 4 4",
        "POST neighbour canned_replies": "L L L  4 4 F F  4 L  4 4 4",
        "POST other canned_replies": "L L L  4 4 4 4  F L  4 4 4",
        "POST smuggled canned_replies": "L L L  4 4 F F  4 L  4 4 4",
        "POST missing canned_replies": "L L L  4 4 F F  4 L  4 4 4",
        "POST nostore canned_replies": NO_STORE,
    },
    "desk_deliveries.index": {
        "GET own": "L L L  2 2 F F  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  F L  4 4 4",
        "GET nostore": NO_STORE,
    },
    "desk_deliveries.show": {
        "GET own": "L L L  2 2 F F  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  F L  4 4 4",
        "GET smuggled": "L L L  4 4 F F  4 L  4 4 4",
        "GET platform_mail": "L L L  4 4 F F  4 L  4 4 4",
        "GET missing": "L L L  4 4 F F  4 L  4 4 4",
        "GET nostore": NO_STORE,
    },
    "desk_deliveries.operate": {
        f"{method} {target}": answers
        for method, own in (("GET", "2 2"), ("POST", "X X"))
        for target, answers in {
            "own resend": f"L L L  {own} F F  4 L  4 4 4",
            "own retry": f"L L L  {own} F F  4 L  4 4 4",
            "own nonsense": "L L L  4 4 F F  4 L  4 4 4",
            "other resend": "L L L  4 4 4 4  F L  4 4 4",
            "smuggled resend": "L L L  4 4 F F  4 L  4 4 4",
            "platform_mail resend": "L L L  4 4 F F  4 L  4 4 4",
            "missing resend": "L L L  4 4 F F  4 L  4 4 4",
            "nostore resend": NO_STORE,
        }.items()
    },
    "desk_deliveries.bulk": {
        f"{method} {target}": answers
        for method in ("GET", "POST")
        for target, answers in {
            "own retry": "L L L  > > F F  4 L  4 4 4",
            "own resend": "L L L  4 4 F F  4 L  4 4 4",
            "other retry": "L L L  4 4 4 4  F L  4 4 4",
            "nostore retry": NO_STORE,
        }.items()
    },
    "desk_deliveries.export": {
        "POST own": "L L L  2 2 F F  4 L  4 4 4",
        "POST other": "L L L  4 4 4 4  F L  4 4 4",
        "POST nostore": NO_STORE,
    },
    "desk_deliveries.lookup": {
        "GET own customer": "L L L  4 4 F F  4 L  4 4 4",
        "GET other customer": "L L L  4 4 4 4  F L  4 4 4",
        "GET nostore customer": NO_STORE,
    },
    "desk_deliveries.save_view": {
        "GET own": "L L L  > > F F  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  F L  4 4 4",
        "GET nostore": NO_STORE,
        "POST own": "L L L  > > F F  4 L  4 4 4",
        "POST other": "L L L  4 4 4 4  F L  4 4 4",
        "POST nostore": NO_STORE,
    },
    "desk_deliveries.remove_view": {
        "POST own deliveries": "L L L  > > F F  4 L  4 4 4",
        "POST own complaints": "L L L  4 4 F F  4 L  4 4 4",
        "POST neighbour deliveries": "L L L  4 4 F F  4 L  4 4 4",
        "POST other deliveries": "L L L  4 4 4 4  F L  4 4 4",
        "POST smuggled deliveries": "L L L  4 4 F F  4 L  4 4 4",
        "POST missing deliveries": "L L L  4 4 F F  4 L  4 4 4",
        "POST nostore deliveries": NO_STORE,
    },
    "desk_exports.index": {
        "GET own": "L L L  2 2 F 2  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  F L  4 4 4",
        "GET nostore": NO_STORE,
    },
    "desk_exports.download": {
        "GET own": "L L L  2 2 F 2  4 L  4 4 4",
        "GET neighbour": "L L L  4 4 F 4  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  F L  4 4 4",
        "GET smuggled": "L L L  4 4 F 4  4 L  4 4 4",
        "GET missing": "L L L  4 4 F 4  4 L  4 4 4",
        "GET nostore": NO_STORE,
    },
    "desk_notifications.index": {
        "GET own": "L L L  2 2 2 2  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  2 L  4 4 4",
        "GET nostore": NO_STORE,
    },
    "desk_notifications.read_all": {
        "POST own": "L L L  > > > >  4 L  4 4 4",
        "POST other": "L L L  4 4 4 4  > L  4 4 4",
        "POST nostore": NO_STORE,
    },
    "desk_notifications.open": {
        "POST own": "L L L  > > > >  4 L  4 4 4",
        "POST neighbour": DESK_NOBODY,
        "POST other": "L L L  4 4 4 4  > L  4 4 4",
        "POST smuggled": DESK_NOBODY,
        "POST missing": DESK_NOBODY,
        "POST nostore": NO_STORE,
    },
    # The platform team
    "platform.index": {"GET own": "L L L  4 4 4 4  4 L  2 2 2"},
    "platform_all.index": {"GET own": "L L L  4 4 4 4  4 L  2 2 2"},
    "platform_search.index": {"GET own": "L L L  4 4 4 4  4 L  > > F"},
    "platform_complaints.index": {"GET own": "L L L  4 4 4 4  4 L  2 2 F"},
    "platform_complaints.details": {
        "GET own": "L L L  4 4 4 4  4 L  2 2 F",
        "GET review": "L L L  4 4 4 4  4 L  2 2 F",
        "GET other": "L L L  4 4 4 4  4 L  2 2 F",
        "GET smuggled": PLATFORM_NOBODY,
        "GET missing": PLATFORM_NOBODY,
        "GET nostore": PLATFORM_NOBODY,
    },
    "platform_complaints.operate": {
        "GET own answer": "L L L  4 4 4 4  4 L  > > F",
        "GET other forward": "L L L  4 4 4 4  4 L  2 2 F",
        "GET review ask": "L L L  4 4 4 4  4 L  > > F",
        "GET own note": "L L L  4 4 4 4  4 L  > > F",
        "GET own undo": "L L L  4 4 4 4  4 L  > > F",
        "GET own open-notes": "L L L  4 4 4 4  4 L  2 2 F",
        "GET review forward": "L L L  4 4 4 4  4 L  2 2 F",
        "GET own priority": "L L L  4 4 4 4  4 L  2 2 F",
        "GET own tags": PLATFORM_NOBODY,
        "GET own close": PLATFORM_NOBODY,
        "GET own assign": PLATFORM_NOBODY,
        "GET smuggled forward": PLATFORM_NOBODY,
        "GET missing forward": PLATFORM_NOBODY,
        "GET nostore forward": PLATFORM_NOBODY,
        "POST own answer": "L L L  4 4 4 4  4 L  > > F",
        "POST own ask": "L L L  4 4 4 4  4 L  > > F",
        "POST own note": "L L L  4 4 4 4  4 L  > > F",
        "POST own undo": "L L L  4 4 4 4  4 L  X X F",
        "POST own open-notes": "L L L  4 4 4 4  4 L  > > F",
        "POST smuggled note": PLATFORM_NOBODY,
        "POST missing note": PLATFORM_NOBODY,
        "GET own decide": "L L L  4 4 4 4  4 L  2 2 F",
        "GET own archive": "L L L  4 4 4 4  4 L  2 F F",
        "GET own restore": "L L L  4 4 4 4  4 L  2 F F",
        "GET own contact": "L L L  4 4 4 4  4 L  2 F F",
        "GET smuggled archive": PLATFORM_NOBODY,
        "GET missing archive": PLATFORM_NOBODY,
        "POST own decide": "L L L  4 4 4 4  4 L  X X F",
        "POST neighbour archive": "L L L  4 4 4 4  4 L  > F F",
        "POST neighbour restore": "L L L  4 4 4 4  4 L  > F F",
        "POST neighbour contact": "L L L  4 4 4 4  4 L  > F F",
        "POST smuggled archive": PLATFORM_NOBODY,
        "POST missing archive": PLATFORM_NOBODY,
        "POST smuggled contact": PLATFORM_NOBODY,
        "POST own forward": "L L L  4 4 4 4  4 L  X X F",
        "POST own priority": "L L L  4 4 4 4  4 L  > > F",
        "POST review priority": "L L L  4 4 4 4  4 L  > > F",
        "POST own tags": PLATFORM_NOBODY,
        "POST own close": PLATFORM_NOBODY,
        "POST own assign": PLATFORM_NOBODY,
        "POST review forward": "L L L  4 4 4 4  4 L  > > F",
        "POST other answer": "L L L  4 4 4 4  4 L  > > F",
        "POST smuggled answer": PLATFORM_NOBODY,
        "POST missing answer": PLATFORM_NOBODY,
        "POST nostore answer": PLATFORM_NOBODY,
    },
    "platform_complaints.preview": {
        "GET own": "L L L  4 4 4 4  4 L  2 2 F",
        "GET review": "L L L  4 4 4 4  4 L  2 2 F",
        "GET other": "L L L  4 4 4 4  4 L  2 2 F",
        "GET smuggled": PLATFORM_NOBODY,
        "GET missing": PLATFORM_NOBODY,
        "GET nostore": PLATFORM_NOBODY,
    },
    "platform_complaints.bulk": {
        f"{method} {target}": answers
        for method in ("GET", "POST")
        for target, answers in {
            "own forward": "L L L  4 4 4 4  4 L  > > F",
            "own priority": "L L L  4 4 4 4  4 L  > > F",
            "own tags": PLATFORM_NOBODY,
            "own archive": "L L L  4 4 4 4  4 L  > F F",
            "own restore": "L L L  4 4 4 4  4 L  > F F",
            "own decide": PLATFORM_NOBODY,
            "own contact": PLATFORM_NOBODY,
            "own close": PLATFORM_NOBODY,
            "own assign": PLATFORM_NOBODY,
            "own answer": PLATFORM_NOBODY,
        }.items()
    },
    "platform_complaints.export": {"POST own": "L L L  4 4 4 4  4 L  2 2 F"},
    "platform_complaints.lookup": {
        "GET own customer": PLATFORM_NOBODY,
        "GET own tag": PLATFORM_NOBODY,
    },
    "platform_complaints.save_view": {
        "GET own": "L L L  4 4 4 4  4 L  > > F",
        "POST own": "L L L  4 4 4 4  4 L  > > F",
    },
    "platform_complaints.remove_view": {
        "POST own complaints": "L L L  4 4 4 4  4 L  > > F",
        "POST neighbour complaints": PLATFORM_NOBODY,
        "POST other complaints": PLATFORM_NOBODY,
        "POST missing complaints": PLATFORM_NOBODY,
    },
    "platform_complaints.canned": {
        f"{method} {target}": answers
        for method in ("GET", "POST")
        for target, answers in PLATFORM_READERS.items()
    },
    "platform_complaints.draft": {
        f"POST {target}": answers for target, answers in PLATFORM_READERS.items()
    },
    "platform_complaints.presence": {
        f"{method} {target}": answers
        for method in ("GET", "POST")
        for target, answers in PLATFORM_READERS.items()
    },
    "platform_canned.index": {"GET own": "L L L  4 4 4 4  4 L  2 F F"},
    "platform_canned.new": {
        "GET own": "L L L  4 4 4 4  4 L  2 F F",
        "POST own": "L L L  4 4 4 4  4 L  > F F",
    },
    **{
        endpoint: {
            f"{method} {target}": answers
            for method, own in (("GET", "2"), ("POST", last))
            for target, answers in {
                "shared": f"L L L  4 4 4 4  4 L  {own} F F",
                "own": "L L L  4 4 4 4  4 L  4 F F",
                "other": "L L L  4 4 4 4  4 L  4 F F",
                "missing": "L L L  4 4 4 4  4 L  4 F F",
            }.items()
        }
        for endpoint, last in (("platform_canned.edit", "I"), ("platform_canned.delete", ">"))
    },
    "platform_canned.export": {"POST own": "L L L  4 4 4 4  4 L  2 F F"},
    "platform_canned.lookup": {"GET own customer": "L L L  4 4 4 4  4 L  4 F F"},
    "platform_canned.save_view": {
        "GET own": "L L L  4 4 4 4  4 L  > F F",
        "POST own": "L L L  4 4 4 4  4 L  > F F",
    },
    "platform_canned.remove_view": {
        "POST own canned_replies": "L L L  4 4 4 4  4 L  > F F",
        "POST neighbour canned_replies": "L L L  4 4 4 4  4 L  4 F F",
        "POST other canned_replies": "L L L  4 4 4 4  4 L  4 F F",
        "POST missing canned_replies": "L L L  4 4 4 4  4 L  4 F F",
    },
    "platform_deliveries.index": {"GET own": "L L L  4 4 4 4  4 L  2 F F"},
    "platform_deliveries.show": {
        "GET own": "L L L  4 4 4 4  4 L  2 F F",
        "GET other": "L L L  4 4 4 4  4 L  2 F F",
        "GET platform_mail": "L L L  4 4 4 4  4 L  2 F F",
        "GET missing": "L L L  4 4 4 4  4 L  4 F F",
    },
    "platform_deliveries.operate": {
        f"{method} {target}": answers
        for method, own in (("GET", "2"), ("POST", "X"))
        for target, answers in {
            "own resend": f"L L L  4 4 4 4  4 L  {own} F F",
            "other resend": f"L L L  4 4 4 4  4 L  {own} F F",
            "platform_mail resend": f"L L L  4 4 4 4  4 L  {own} F F",
            "missing resend": "L L L  4 4 4 4  4 L  4 F F",
        }.items()
    },
    "platform_deliveries.bulk": {
        f"{method} {target}": answers
        for method in ("GET", "POST")
        for target, answers in {
            "own retry": "L L L  4 4 4 4  4 L  > F F",
            "own resend": "L L L  4 4 4 4  4 L  4 F F",
        }.items()
    },
    "platform_deliveries.export": {"POST own": "L L L  4 4 4 4  4 L  2 F F"},
    "platform_deliveries.lookup": {"GET own customer": "L L L  4 4 4 4  4 L  4 F F"},
    "platform_deliveries.save_view": {
        "GET own": "L L L  4 4 4 4  4 L  > F F",
        "POST own": "L L L  4 4 4 4  4 L  > F F",
    },
    "platform_deliveries.remove_view": {
        "POST own deliveries": "L L L  4 4 4 4  4 L  > F F",
        "POST neighbour deliveries": "L L L  4 4 4 4  4 L  4 F F",
        "POST other deliveries": "L L L  4 4 4 4  4 L  4 F F",
        "POST missing deliveries": "L L L  4 4 4 4  4 L  4 F F",
    },
    "platform_exports.index": {"GET own": "L L L  4 4 4 4  4 L  2 2 F"},
    "platform_exports.download": {
        "GET own": "L L L  4 4 4 4  4 L  2 2 F",
        "GET neighbour": PLATFORM_NOBODY,
        "GET other": PLATFORM_NOBODY,
        "GET missing": PLATFORM_NOBODY,
    },
    "platform_settings.index": {
        "GET own": "L L L  4 4 4 4  4 L  2 F F",
        "POST own": "L L L  4 4 4 4  4 L  > F F",
    },
    "platform_notifications.index": {"GET own": "L L L  4 4 4 4  4 L  2 2 2"},
    "platform_notifications.read_all": {"POST own": "L L L  4 4 4 4  4 L  > > >"},
    "platform_notifications.open": {
        "POST own": "L L L  4 4 4 4  4 L  > > >",
        "POST neighbour": "L L L  4 4 4 4  4 L  4 4 4",
        "POST other": "L L L  4 4 4 4  4 L  4 4 4",
        "POST missing": "L L L  4 4 4 4  4 L  4 4 4",
    },
    # Last, because afterwards nothing is proven and nobody is signed in
    "visits.lock": {"POST own": GOES_ON, "POST nostore": NO_STORE},
    "login.sign_out": {"POST own": "L L L  L L L L  L L  L L L"},
}


def expected(endpoint: str, row: str, principal: str) -> str:
    return ROUTES[endpoint][row].split()[PRINCIPALS.index(principal)]
