"""Predefined responses of the demo, by store; None is the platform, whose responses every store may use."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CannedText:
    """One response in both languages."""

    title: str
    en: str
    ar: str


CANNED_REPLIES: dict[str | None, tuple[CannedText, ...]] = {
    "noor": (
        CannedText(
            title="Sorry, damaged on arrival",
            en="Hello {customer_name},\n\nwe are sorry that your order {order_number} arrived damaged. "
            "Please send us a photo of the bottle and of the label on the box; then we send a new "
            "one or pay the amount back, whichever you prefer.\n\n{agent_name}, {store_name}",
            ar="مرحبًا {customer_name}،\n\nنعتذر عن وصول طلبك {order_number} تالفًا. أرسل لنا من فضلك "
            "صورة للعبوة وصورة لملصق الصندوق، ثم نرسل لك بديلًا أو نعيد المبلغ كما "
            "تفضل.\n\n{agent_name}، {store_name}",
        ),
        CannedText(
            title="Where is my order",
            en="Hello {customer_name},\n\nwe have asked the carrier about order {order_number} and tell "
            "you what we learn within one working day. You can follow this conversation here: "
            "{tracking_link}\n\n{agent_name}",
            ar="مرحبًا {customer_name}،\n\nسألنا شركة الشحن عن الطلب {order_number} وسنخبرك بما نعرفه "
            "خلال يوم عمل واحد. يمكنك متابعة هذه المحادثة هنا: {tracking_link}\n\n{agent_name}",
        ),
        CannedText(
            title="Refund is on its way",
            en="Hello {customer_name},\n\nyour refund was ordered today. Banks need three to five "
            "working days; if nothing has arrived by then, reply here and we look into it with the "
            "bank.\n\n{agent_name}, {store_name}",
            ar="مرحبًا {customer_name}،\n\nطلبنا اليوم إعادة المبلغ إليك. تحتاج البنوك من ثلاثة إلى "
            "خمسة أيام عمل، فإن لم يصل خلالها فرد هنا ونتابع الأمر مع البنك.\n\n{agent_name}، "
            "{store_name}",
        ),
        CannedText(
            title="Replacement sent",
            en="Hello {customer_name},\n\na new bottle left our shop today. You need not send the old "
            "one back.\n\n{agent_name}, {store_name}",
            ar="مرحبًا {customer_name}،\n\nغادرت متجرنا اليوم عبوة جديدة، ولا حاجة إلى إعادة "
            "القديمة.\n\n{agent_name}، {store_name}",
        ),
        CannedText(
            title="A photo, please",
            en="Hello {customer_name},\n\ncould you send us a photo of what arrived? Then we can decide "
            "today.\n\n{agent_name}",
            ar="مرحبًا {customer_name}،\n\nهل يمكنك إرسال صورة لما وصلك؟ عندها نستطيع أن نقرر "
            "اليوم.\n\n{agent_name}",
        ),
        CannedText(
            title="Order number, please",
            en="Hello {customer_name},\n\nto find your order we need its number. It is in the e-mail "
            "about it.\n\n{agent_name}, {store_name}",
            ar="مرحبًا {customer_name}،\n\nنحتاج إلى رقم الطلب لنجده، وهو في رسالة تأكيد "
            "الطلب.\n\n{agent_name}، {store_name}",
        ),
        CannedText(
            title="Discount for next time",
            en="Hello {customer_name},\n\nas an apology we would like to give you a discount on your "
            "next order. Tell us whether that makes it right for you.\n\n{agent_name}, {store_name}",
            ar="مرحبًا {customer_name}،\n\nنود أن نقدم لك خصمًا على طلبك القادم اعتذارًا منا. أخبرنا إن "
            "كان ذلك يرضيك.\n\n{agent_name}، {store_name}",
        ),
        CannedText(
            title="Scent differs from the tester",
            en="Hello {customer_name},\n\ntesters in the shop may be of an earlier edition. If the new "
            "one is not to your taste, you can return it within 14 days at our cost.\n\n{agent_name}",
            ar="مرحبًا {customer_name}،\n\nقد تكون العينات في المتجر من إصدار سابق. إن لم يعجبك الإصدار "
            "الجديد فبإمكانك إعادته خلال 14 يومًا على حسابنا.\n\n{agent_name}",
        ),
        CannedText(
            title="Return label",
            en="Hello {customer_name},\n\nthe return label for order {order_number} is attached. Hand "
            "the parcel in at any counter of the carrier; the refund follows as soon as it reaches "
            "us.\n\n{agent_name}",
            ar="مرحبًا {customer_name}،\n\nملصق الإرجاع للطلب {order_number} مرفق. سلّم الطرد في أي فرع "
            "لشركة الشحن ونعيد المبلغ فور وصوله إلينا.\n\n{agent_name}",
        ),
        CannedText(
            title="Not ours to decide",
            en="Hello {customer_name},\n\nwe cannot agree to this one, and want to tell you openly why: ",
            ar="مرحبًا {customer_name}،\n\nلا نستطيع الموافقة على هذا الطلب ونود أن نوضح لك السبب "
            "بصراحة: ",
        ),
        CannedText(
            title="Anything else?",
            en="Hello {customer_name},\n\nis there anything left that we can do? If all is well, please "
            "accept the resolution and close {ticket_number}: {tracking_link}\n\n{agent_name}, "
            "{store_name}",
            ar="مرحبًا {customer_name}،\n\nهل بقي شيء نستطيع فعله؟ إن كان كل شيء على ما يرام فاقبل الحل "
            "وأغلق الشكوى {ticket_number}: {tracking_link}\n\n{agent_name}، {store_name}",
        ),
    ),
    "najd": (
        CannedText(
            title="Product page was wrong",
            en="Hello {customer_name},\n\nthank you for pointing it out: our product page was wrong. "
            "You may keep the device with a refund of the difference, or send it back at our "
            "cost.\n\n{agent_name}, {store_name}",
            ar="مرحبًا {customer_name}،\n\nشكرًا على التنبيه، كانت صفحة المنتج لدينا غير صحيحة. يمكنك "
            "الاحتفاظ بالجهاز مع استرداد الفرق أو إعادته على حسابنا.\n\n{agent_name}، {store_name}",
        ),
    ),
    None: (
        CannedText(
            title="What we do in a review",
            en="Hello {customer_name},\n\nwe check complaint {ticket_number} before {store_name} "
            "answers it. You need to do nothing; we write to you as soon as it moves "
            "on.\n\n{agent_name}",
            ar="مرحبًا {customer_name}،\n\nنراجع الشكوى {ticket_number} قبل أن يرد عليها {store_name}. "
            "لا يلزمك أي إجراء وسنكتب إليك فور انتقالها.\n\n{agent_name}",
        ),
        CannedText(
            title="Proof of payment, please",
            en="Hello {customer_name},\n\nplease send us the bank's message or a picture of the "
            "statement, with everything but date and amount covered. Never send a whole card "
            "number.\n\n{agent_name}",
            ar="مرحبًا {customer_name}،\n\nأرسل لنا من فضلك رسالة البنك أو صورة من كشف الحساب مع تغطية "
            "كل شيء عدا التاريخ والمبلغ. لا ترسل رقم البطاقة كاملًا أبدًا.\n\n{agent_name}",
        ),
    ),
}
