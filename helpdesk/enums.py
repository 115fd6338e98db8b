"""Closed vocabularies. The values are stored and stand in addresses; the labels for people are in `domain/kinds.py`."""

from enum import StrEnum


class StoreKind(StrEnum):
    """A shop, or the platform itself, which owns rows like any store (so `store_id` is never empty)."""

    STORE = "store"
    PLATFORM = "platform"


class Lang(StrEnum):
    """Languages of the screens and mails."""

    EN = "en"
    AR = "ar"


class TicketKind(StrEnum):
    """The five conversations that one ticket engine serves."""

    COMPLAINT = "complaint"
    SELF_SERVICE = "self_service"
    SUPPORT = "support"
    CHAT = "chat"
    STAFF = "staff"


class TicketStatus(StrEnum):
    """The six stored statuses (C10)."""

    UNDER_PLATFORM_REVIEW = "under_platform_review"
    OPEN = "open"
    PENDING_ADMIN = "pending_admin"
    PENDING_CUSTOMER = "pending_customer"
    RESOLVED = "resolved"
    CLOSED = "closed"


class TicketSource(StrEnum):
    """Where a ticket came from."""

    COMPLAINT_PAGE = "complaint_page"
    CUSTOMER_PORTAL = "customer_portal"
    CONTACT_FORM = "contact_form"
    SELF_SERVICE = "self_service"
    SELF_SERVICE_AUTO = "self_service_auto"
    CHAT_WIDGET = "chat_widget"
    STAFF_CHAT = "staff_chat"
    CHAT = "chat"
    STAFF = "staff"


class Priority(StrEnum):
    """How soon a ticket wants an answer, mildest first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class ComplaintType(StrEnum):
    """What a complaint is about (C50)."""

    DAMAGED = "damaged"
    NOT_RECEIVED = "not_received"
    LATE = "late"
    REFUND = "refund"
    CHARGE = "charge"
    NOT_AS_DESCRIBED = "not_as_described"
    SERVICE = "service"
    PRIVACY = "privacy"
    OTHER = "other"


class DesiredOutcome(StrEnum):
    """What would make it right for the complainant."""

    REFUND = "refund"
    REPLACEMENT = "replacement"
    EXPLANATION = "explanation"
    OTHER = "other"


class Team(StrEnum):
    """The two sides that answer customers."""

    MERCHANT = "merchant"
    PLATFORM = "platform"


class ThreadKind(StrEnum):
    """A reader is given threads, never filtered messages; customers are given `main` alone."""

    MAIN = "main"
    NOTES = "notes"
    INTERNAL = "internal"


class AuthorType(StrEnum):
    """Who wrote a message: a known customer, a contact without an account, staff, or the system."""

    CUSTOMER = "customer"
    CONTACT = "contact"
    STAFF = "staff"
    SYSTEM = "system"


class ClosedBy(StrEnum):
    """Who ended a ticket."""

    CUSTOMER = "customer"
    STAFF = "staff"
    SYSTEM = "system"


class CloseReason(StrEnum):
    """Why a ticket ended."""

    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class ArchiveReason(StrEnum):
    """Why the platform puts a complaint aside (C9)."""

    SPAM = "spam"
    DUPLICATE = "duplicate"


class ResolutionType(StrEnum):
    """What an answer proposes to the customer (S1-20, S1-21, S1-23)."""

    REFUND = "refund"
    WALLET_CREDIT = "wallet_credit"
    DISCOUNT_CODE = "discount_code"
    REPLACEMENT = "replacement"
    APOLOGY = "apology"
    NOT_VALID = "not_valid"


class Decision(StrEnum):
    """How the platform decides a complaint that the store left unanswered."""

    UPHELD = "upheld"
    REJECTED = "rejected"


class Side(StrEnum):
    """Who holds a ticket: the side whose turn it is."""

    PLATFORM = "platform"
    STORE = "store"
    CUSTOMER = "customer"


class DraftMode(StrEnum):
    """What a kept draft was going to be."""

    REPLY = "reply"
    ASK = "ask"
    NOTE = "note"


class PresenceState(StrEnum):
    """What a member of staff does with a ticket that is open before them."""

    VIEWING = "viewing"
    WRITING = "writing"


class ActorType(StrEnum):
    """Who acts. A contact is the complainant: whoever proved number, tracking code and mailbox."""

    STAFF = "staff"
    CONTACT = "contact"
    VISITOR = "visitor"
    SYSTEM = "system"


class RoleScope(StrEnum):
    """Where a role may be given."""

    PLATFORM = "platform"
    STORE = "store"


class CustomerType(StrEnum):
    """How far a customer has come."""

    PROSPECT = "prospect"
    CUSTOMER = "customer"
    VIP = "vip"


class CodePurpose(StrEnum):
    """What a six-digit code opens. A code opens nothing else."""

    VIEW = "view"
    CLOSE = "close"


class Channel(StrEnum):
    """Ways to reach a person."""

    EMAIL = "email"
    IN_APP = "in_app"


class DeliveryStatus(StrEnum):
    """The life of one outgoing message."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    TEMPORARY_FAILURE = "temporary_failure"
    PERMANENT_FAILURE = "permanent_failure"
    SUPPRESSED = "suppressed"
    HELD = "held"


class ExportFormat(StrEnum):
    """Files that a list can be taken out as."""

    CSV = "csv"
    XLSX = "xlsx"


class ExportStatus(StrEnum):
    """The life of an export that the worker writes."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class SubjectType(StrEnum):
    """What an event is about."""

    TICKET = "ticket"
    USER = "user"
    DELIVERY = "delivery"
    STORE = "store"


class EventKind(StrEnum):
    """Facts that are recorded. The value is stored for ever: never rename one."""

    COMPLAINT_SUBMITTED = "complaint_submitted"
    COMPLAINT_FORWARDED = "complaint_forwarded"
    COMPLAINT_ASKED = "complaint_asked"
    COMPLAINT_ANSWERED = "complaint_answered"
    COMPLAINT_SUPPLEMENTED = "complaint_supplemented"
    COMPLAINT_CUSTOMER_REPLIED = "complaint_customer_replied"
    COMPLAINT_CLOSED = "complaint_closed"
    COMPLAINT_WITHDRAWN = "complaint_withdrawn"
    COMPLAINT_ARCHIVED = "complaint_archived"
    COMPLAINT_RESTORED = "complaint_restored"
    COMPLAINT_DECIDED = "complaint_decided"
    COMPLAINT_DUE_SOON = "complaint_due_soon"
    COMPLAINT_OVERDUE = "complaint_overdue"
    CONTACT_PROVEN = "contact_proven"
    CONTACT_CHANGED = "contact_changed"
    CONTACT_LEFT = "contact_left"
    CUSTOMER_REMINDED = "customer_reminded"
    TRACKING_CODE_REISSUED = "tracking_code_reissued"
    NUMBERS_ASKED = "numbers_asked"
    COPY_TAKEN = "copy_taken"
    RATED = "rated"
    REPLY_UNDONE = "reply_undone"
    NOTE_WRITTEN = "note_written"
    NOTES_OPENED = "notes_opened"
    TICKET_ASSIGNED = "ticket_assigned"
    PRIORITY_SET = "priority_set"
    URGENT_UNASSIGNED = "urgent_unassigned"
    TAGS_SET = "tags_set"
    CANNED_REPLY_SAVED = "canned_reply_saved"
    CANNED_REPLY_REMOVED = "canned_reply_removed"
    SETTING_CHANGED = "setting_changed"
    CODE_ISSUED = "code_issued"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    PASSWORD_RESET_ASKED = "password_reset_asked"
    PASSWORD_CHANGED = "password_changed"
    USER_CREATED = "user_created"
    STORE_CREATED = "store_created"
    DELIVERY_RETRIED = "delivery_retried"
    DELIVERY_RESENT = "delivery_resent"
    LIST_EXPORTED = "list_exported"
    EXPORT_FINISHED = "export_finished"
    VIEW_SAVED = "view_saved"
    VIEW_REMOVED = "view_removed"
