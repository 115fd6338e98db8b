import pytest
from tests.views.steps import *
from helpdesk.enums import TicketStatus as S
from helpdesk.db import transaction

def go(client, f):
    try: return f()
    except BaseException as e: return f"{type(e).__name__}: {str(e)[:300]}"

def test_probe(app, client, visitors, make, deliver, mailbox, clock):
    app.testing=False
    client.expected_failure=500
    make.store()
    u=make.user("agent"); m=make.user("store_manager")
    def show(n, f):
        r=go(client,f); print("##", n, getattr(r,"status_code",r), getattr(r,"headers",{}).get("Location",""))
        return r
    show("nul store", lambda: client.get("/s/a%00b/"))
    show("nul number", lambda: client.get("/s/noor/complaints/a%00b"))
    show("foreign host", lambda: client.get("/", base_url="http://evil.test"))
    show("foreign host healthz", lambda: client.get("/healthz", base_url="http://evil.test"))
    show("nul email", lambda: sign_in(client, "a\0b@x.example", "x"))
    show("long pw", lambda: sign_in(client, u, "x"*5000))
    show("nul pw", lambda: sign_in(client, u, "x\0"))
    show("wrong pw", lambda: sign_in(client, u, "xxxxxxx"))
    show("forgot nul", lambda: client.submit(client.get("/login/forgot"), {"email":"a\0"}))
    show("reset", lambda: client.get("/login/reset/abc%00"))
    c=visitors(); c.expected_failure=500
    show("in", lambda: sign_in(c, m))
    for q in ("from=0001-01-01","to=9999-12-31","from=9999-12-31","q=%00","after=1-1","before=99999999999999999-99999999999999999","q=a%22+OR+(", "assignee=99999999999999999999"):
        show(q, lambda: c.get("/desk/noor/complaints/?"+q))
    show("slashes", lambda: client.get("//evil.test/x"))
    r=client.get("/%5Cevil.test/x"); print([l for l in r.text.splitlines() if "lang=" in l][:3])
    r=client.get("//evil.test/x"); print(r.status_code,[l for l in r.text.splitlines() if "lang=" in l][:3])
    d=visitors(); d.expected_failure=500
    form=d.get("/s/noor/complaints/new")
    show("idem nul", lambda: d.submit(form, COMPLAINT|{"idempotency":"a\0"}))
    show("intl mail", lambda: send_complaint(d, email="سارة@example.com"))
    print(d.get("/s/noor/complaints/sent").status_code)
    show("deliver", lambda: deliver()); print([x.to for x in mailbox.take()])
    show("path nul", lambda: c.get("/desk/noor/complaints/%00"))
    show("big id", lambda: c.get("/desk/noor/deliveries/"+"9"*30))
    show("big id", lambda: c.get("/desk/noor/deliveries/"+"9"*5000))
    show("trunc", lambda: d.post("/s/noor/complaints/new", data=b"abc", content_type="application/x-www-form-urlencoded", headers={"Content-Length":"100"}))
    app.testing=True
