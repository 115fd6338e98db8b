"""The made-up complaints, as short scripts that the real rules play."""

from dataclasses import dataclass, field

from helpdesk.enums import ComplaintType, DesiredOutcome, Lang


@dataclass(frozen=True)
class Line:
    """One step: who does what, how many hours ago, saying which text."""

    who: str
    """`platform` (its reviewer), `administrator` (of the platform), `store`, or `customer`."""
    what: str
    """A step of `play`: `forward`, `answer`, `note`, `rate`…"""
    hours_ago: float
    text: str = ""
    files: tuple[str, ...] = ()
    """Names of `papers.PAPERS`."""
    resolution: tuple[str, str] | None = None
    """Kind and words of what an answer proposes."""
    stars: int = 5


@dataclass(frozen=True)
class Story:
    """One complaint from its first sentence to where it stands now."""

    store: str
    name: str
    email: str
    phone: str
    lang: Lang
    type: ComplaintType
    outcome: DesiredOutcome | None
    order: str
    hours_ago: float
    text: str
    files: tuple[str, ...] = ()
    """Names of `papers.PAPERS`, sent with the complaint."""
    lines: tuple[Line, ...] = field(default=())
    body: str = ""
    """Seven fixed digits of the number, for the complaints that the tour follows."""
    tracking_code: str = ""
    goes_on_from: str = ""
    """The seven digits of the closed complaint of the same customer that it follows up."""


STORIES = (
    Story(
        store="noor",
        name="أحمد المطيري",
        email="ahmed@example.com",
        phone="+966551234567",
        lang=Lang.AR,
        type=ComplaintType.DAMAGED,
        outcome=DesiredOutcome.REFUND,
        order="1021",
        hours_ago=74,
        body="1001010",
        tracking_code="7K4MQ9TX",
        text="وصلتني زجاجة العطر مكسورة والعلبة مبللة. التغليف كان ضعيفًا ولم يكن هناك أي حماية داخل الصندوق."
        " أرجو استرداد المبلغ كاملًا.",
        files=("زجاجة مكسورة.jpg", "ملصق الشحنة.webp", "شكوى.pdf"),
        lines=(
            Line("platform", "forward", 70, "The description is clear and the order matches."),
            Line("store", "assign", 69),
            Line(
                "store",
                "answer",
                26,
                "مرحبًا أحمد، نعتذر عن وصول الزجاجة مكسورة. نقترح رد مبلغ 120 ريالًا كاملًا إلى بطاقتك خلال ثلاثة أيام"
                " عمل. إذا ناسبك ذلك فاقبل الحل وأغلق الشكوى من فضلك.",
                resolution=("refund", "120 ريالًا إلى بطاقتك خلال ثلاثة أيام عمل"),
            ),
        ),
    ),
    Story(
        store="noor",
        name="خالد الحربي",
        email="khalid@example.com",
        phone="+966552223344",
        lang=Lang.AR,
        type=ComplaintType.NOT_RECEIVED,
        outcome=DesiredOutcome.REPLACEMENT,
        order="1022",
        hours_ago=50,
        body="1001020",
        tracking_code="M3TP2WHF",
        text="طلبت عطرين قبل أسبوعين ولم يصلني شيء حتى الآن، وشركة الشحن تقول إن الشحنة لم تُسلَّم لها.",
        lines=(
            Line("platform", "forward", 46),
            Line("store", "urgent", 45.5),
            Line("store", "tag", 45.4, "delivery"),
            Line(
                "store",
                "note",
                45,
                "Third order in a month that he says never came; the carrier has a signature for two of them.",
            ),
            Line(
                "store",
                "note",
                20,
                "Asked the carrier for the scan of this one. No answer to him before we have it.",
            ),
        ),
    ),
    Story(
        store="noor",
        name="Renée O'Connor-Łukasz",
        email="renee@example.com",
        phone="",
        lang=Lang.EN,
        type=ComplaintType.NOT_AS_DESCRIBED,
        outcome=DesiredOutcome.EXPLANATION,
        order="",
        hours_ago=240,
        body="1001040",
        tracking_code="9XRD6KQA",
        text="The perfume smells nothing like the tester in the shop. Is it the same batch?",
        lines=(
            Line("platform", "forward", 236),
            Line(
                "store",
                "answer",
                210,
                "Thank you for telling us. The tester is last year's edition; we should have said so. We have sent"
                " you a sample of the new one and a prepaid label, in case you want to return the bottle.",
            ),
            Line(
                "customer",
                "reply",
                200,
                "That explains it. The sample is lovely, I will keep the bottle.",
            ),
            Line(
                "store",
                "answer",
                198,
                "We are glad to hear it. You can close the complaint whenever you like.",
            ),
            Line("customer", "close", 196),
            Line("customer", "rate", 195.9, "Quick, and honest about the tester.", stars=5),
        ),
    ),
    Story(
        store="noor",
        name="Renée O'Connor-Łukasz",
        email="renee@example.com",
        phone="",
        lang=Lang.EN,
        type=ComplaintType.NOT_AS_DESCRIBED,
        outcome=DesiredOutcome.REFUND,
        order="",
        hours_ago=90,
        goes_on_from="1001040",
        text="I closed my complaint too early: after a week the new edition has lost its scent too. I would rather"
        " return the bottle with the label that you sent.",
        lines=(Line("platform", "forward", 86, "Goes on from her first complaint."),),
    ),
    Story(
        store="noor",
        name="نورة بنت عبدالله الدوسري",
        email="noura@example.com",
        phone="+966556667788",
        lang=Lang.AR,
        type=ComplaintType.REFUND,
        outcome=DesiredOutcome.REFUND,
        order="1017",
        hours_ago=5,
        text="أرجعت المنتج قبل عشرين يومًا ووصلني تأكيد الاستلام، لكن المبلغ لم يعد إلى بطاقتي بعد.",
    ),
    Story(
        store="noor",
        name='Test <b>&"Co"',
        email="co@example.com",
        phone="",
        lang=Lang.EN,
        type=ComplaintType.CHARGE,
        outcome=None,
        order="1033",
        hours_ago=30,
        text="I was charged twice for the same order.",
        lines=(
            Line(
                "platform",
                "ask",
                27,
                "Could you tell us the dates and the amounts of the two charges, please?",
            ),
            Line(
                "customer",
                "reply",
                25,
                "Both are in the attached files, with the shop's own receipt.",
                files=("charges.csv", "costs.xlsx", "costs.xls", "receipt.png", "notes.txt"),
            ),
        ),
    ),
    Story(
        store="noor",
        name="Maria Santos",
        email="maria@example.com",
        phone="+966557778899",
        lang=Lang.EN,
        type=ComplaintType.LATE,
        outcome=DesiredOutcome.EXPLANATION,
        order="1030",
        hours_ago=170,
        text="My order is nine days late, and the tracking page has not changed since Monday. It was meant as a gift.",
        lines=(
            Line("platform", "forward", 166),
            Line("store", "answer", 160, "We have asked the carrier and will tell you tomorrow."),
            Line(
                "customer",
                "reply",
                130,
                "Tomorrow was yesterday. Is there any news? Here is all that I have.",
                files=("letter.doc", "letter.docx", "photos.zip", "bottle.jpeg"),
            ),
        ),
    ),
    Story(
        store="najd",
        name="Yousef Karim",
        email="yousef@example.com",
        phone="",
        lang=Lang.EN,
        type=ComplaintType.NOT_AS_DESCRIBED,
        outcome=DesiredOutcome.REPLACEMENT,
        order="1001",
        hours_ago=20,
        text="The laptop has 8 GB of memory. The page that I bought it from says 16 GB.",
        lines=(Line("platform", "forward", 15, "Please compare with the product page."),),
    ),
    Story(
        store="najd",
        name="Sara Al-Qahtani",
        email="sara@example.com",
        phone="+966553334455",
        lang=Lang.EN,
        type=ComplaintType.SERVICE,
        outcome=DesiredOutcome.EXPLANATION,
        order="",
        hours_ago=3,
        text="I called three times about my warranty and was hung up on each time.",
    ),
    Story(
        store="noor",
        name="Grace Okafor",
        email="grace@example.com",
        phone="",
        lang=Lang.EN,
        type=ComplaintType.REFUND,
        outcome=DesiredOutcome.REFUND,
        order="1041",
        hours_ago=330,
        text="You took the bottle back three weeks ago and confirmed it in writing. Where is my money?",
        files=("receipt.png",),
        lines=(
            Line("platform", "forward", 326, "The confirmation of the return is attached."),
            Line(
                "platform",
                "uphold",
                60,
                "The store has not answered in time. Your papers are complete: we decide in your favour and have"
                " told the store to pay back the full price. Tell us here if it does not arrive within five days.",
            ),
        ),
    ),
    Story(
        store="najd",
        name="Best Prices",
        email="offers@example.com",
        phone="",
        lang=Lang.EN,
        type=ComplaintType.OTHER,
        outcome=None,
        order="",
        hours_ago=40,
        text="Grow your shop with our marketing offer! Reply today for a special price.",
        lines=(Line("administrator", "archive", 38, "Advertising."),),
    ),
)

ORDERS = (
    # store, number, customer's e-mail, status, total in minor units, items, hours ago
    ("noor", "1021", "ahmed@example.com", "delivered", 12000, ["Oud Wood 50 ml"], 120),
    (
        "noor",
        "1022",
        "khalid@example.com",
        "in_progress",
        34000,
        ["Amber 100 ml", "Musk 50 ml"],
        340,
    ),
    ("najd", "1001", "sara@example.com", "delivered", 289900, ["Headphones"], 200),
)
