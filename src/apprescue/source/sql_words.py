"""What names of tables and columns say: which hold power, money or plans, which are private, which are public.

It is longer than other files because every list of such names stands here, so that no two of them disagree.
"""

from __future__ import annotations

import re

from apprescue.model.schema import Column, Table
from apprescue.source.sql_text import bare

_POWER: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "role",
        re.compile(
            r"^(?:user_|app_|system_|account_|member_)?roles?$|^(?:is_)?(?:super_?)?admin$|^is_(?:staff|"
            r"moderator|superuser|owner|employee)$"
            r"|^permissions?$|^access_level$|^admin_(?:level|role)$|^can_[a-z_]+$|^(?:benutzer|nutzer)?_?rollen?$|"
            r"^ist_(?:super)?admin$|^berechtigung(?:en)?$",
            re.I,
        ),
    ),
    (
        "money",
        re.compile(
            r"balance$|^balance|^credits?$|_credits?$|^credits_|^(?:total_|lifetime_|pending_|"
            r"available_)?earnings?$|earned$"
            r"|^(?:token|coin|point)s?_(?:balance|count|total)$|^(?:coins|tokens|points|xp)$|"
            r"^(?:total_)?points(?:_earned)?$"
            r"|commission(?:_rate|_percent\w*)?$|^(?:platform_)?fee_(?:rate|percent\w*)$|^total_(?:revenue|"
            r"paid|commission|referrals|spent)\w*$"
            r"|^paid_out$|^revenue_share\w*$|^referral_(?:earnings|balance|credits)$|^wallet_amount$"
            r"|(?:^|_)(?:guthaben|saldo|kontostand|provision(?:ssatz)?)(?:_cents?)?$",
            re.I,
        ),
    ),
    (
        "plan",
        re.compile(
            r"^(?:subscription_|account_|membership_|current_|billing_)?(?:plan|tier)(?:_id|_type|_name|"
            r"_key)?$|^subscription_(?:status|expires\w*|end\w*|active|type|id|level)$"
            r"|^(?:is_)?(?:premium|pro|vip|paid|subscribed|lifetime)(?:_member|_user|_until|_expires_at)?$|"
            r"^premium_\w+$|^trial_ends?(?:_at)?$|^has_paid\w*$"
            r"|^(?:monthly_|daily_|usage_|message_|generation_|ai_)?(?:quota|limit|allowance)s?$|"
            r"^payment_status$|^paid_at$",
            re.I,
        ),
    ),
    (
        "payout account",
        re.compile(
            r"^stripe_(?:account|connect)\w*$|^(?:payouts|charges|details)_(?:enabled|submitted)$|"
            r"^connect_account\w*$|^stripe_onboarding\w*$",
            re.I,
        ),
    ),
    (
        "trust",
        re.compile(
            r"^(?:is_|kyc_|id_|age_|identity_|email_|phone_)?verified$|^verified_(?:at|by)$|^(?:kyc_|id_|age_|"
            r"identity_)?verification_status$|^kyc_status$"
            r"|^(?:is_)?approved$|^approved_(?:at|by)$|^approval_status$|^application_status$|"
            r"^moderation_status$|^(?:is_)?(?:featured|trusted|certified|partner)$|^(?:trust|reputation|risk|"
            r"credit)_score$",
            re.I,
        ),
    ),
    (
        "ban",
        re.compile(
            r"^(?:is_)?(?:banned|suspended|blocked|frozen)(?:_until|_at)?$|^suspension_\w+$|^ban_\w+$|"
            r"^account_status$",
            re.I,
        ),
    ),
)

_MONEY_TABLE = re.compile(
    r"(?:^|_)(?:subscriptions?|purchases?|payments?|orders?|transactions?|wallets?|payouts?|"
    r"donations?|tips?|earnings?|credits?|invoices?"
    r"|tickets?|memberships?|licen[cs]es?|entitlements?|stakes?|unlocks?|refunds?|withdrawals?|"
    r"deposits?|sales|commissions?|ledgers?|balances?"
    r"|bestellung(?:en)?|zahlung(?:en)?|auszahlung(?:en)?|rechnung(?:en)?|abo(?:s|nnements?)?|gutschrift(?:en)?|spenden?"
    r"|buchung(?:en)?|eink(?:ae|ä)ufe|lizenz(?:en)?"
    r"|conversions?|deductions?|rewards?|reward_claims?|claims|royalt(?:y|ies)|gifts?|customers|"
    r"redemptions?|unstake_requests?|payout_requests?)$",
    re.I,
)
_NO_MONEY = re.compile(
    r"(?:newsletter|changelog|blog|release|status|calendar|push|email|notification|web|webhook|"
    r"topic|channel|realtime|mailing|sms|support|"
    r"help|feed|service_desk|bug|alert|tier|plan|package)_"
    r"(?:subscriptions?|tickets?|subscribers?)$|(?:^|_)work_orders?$",
    re.I,
)
_PEOPLE = re.compile(
    r"(?:^|_)(?:profiles?|users?|members?|accounts?|creators?|brands?|employees?|affiliates?|venues?|"
    r"sellers?|vendors?|influencers?|artists?|"
    r"compan(?:y|ies)|organi[sz]ations?|stores?|shops?|drivers?|hosts?|partners?|agents?|workers?|"
    r"providers?|customers?|players?|streamers?)$",
    re.I,
)
_SECRET = re.compile(
    r"private_key|secret|^(?!.*(?:max|total|used|count|input|output|prompt|completion|balance|price|"
    r"cost|amount|name|symbol|type|package|expires|created|public|mint|per_)).*(?:^|_)token$"
    r"|password(?!_(?:changed|updated|reset_at))|passwd|api_?key|stream_key|^otp|_otp$|recovery_code|"
    r"backup_codes?|mnemonic|seed_phrase|access_code|webhook_url|credentials?$|_cvv$|card_number|"
    r"pin_code|^pin$",
    re.I,
)
_PERSONAL = re.compile(
    r"(?:^|_)e?mail(?:_address)?$|(?:^|_)phone(?:_number)?$|(?:^|_)mobile(?:_number)?$|whatsapp|"
    r"date_of_birth|^dob$|birth_?(?:date|day)$|(?:^|_)ssn$|tax_id|national_id|passport"
    r"|(?:street|home|shipping|billing|postal)_?address|^address(?:_line\d?)?$|(?:^|_)ip_address$|"
    r"^ip$|iban|account_number|routing_number|bank_(?:account|name|details|code)|stripe_customer_id|"
    r"paypal_email"
    r"|^(?:id|verification)_document\w*$|legal_name|payout_(?:details|method|email)|emergency_contact|"
    r"geburts(?:datum|tag)|(?:^|_)telefon(?:nummer)?$|handynummer|(?:^|_)anschrift$|steuer(?:nummer|_id)|ausweis|"
    r"medical|^(?:base_|monthly_|annual_)?salary$|suspension_reason|^admin_notes?$|"
    r"verification_notes?$",
    re.I,
)
_MEANT_TO_BE_SHOWN = re.compile(
    r"^(?:contact|public|business|support|company|booking|press|info)_(?:e?mail|phone)\w*$", re.I
)
_PLACES = re.compile(
    r"(?:^|_)(?:venues?|locations?|stores?|shops?|restaurants?|salons?|clinics?|hotels?|propert(?:y|"
    r"ies)|listings?|events?|business(?:es)?|branches|offices?|directory|"
    r"vacanc(?:y|ies)|jobs?|positions?|organi[sz]ations?|schools?|suppliers?)$",
    re.I,
)
_OWNER = re.compile(
    r"^(?:auth_u?(?=id$)|(?:(?:auth|supabase|clerk|firebase)_)?user|owner|author|creator|sender|created_by|profile|"
    r"account|customer|buyer|seller|member|"
    r"follower|subscriber|reporter|reviewer|uploader|"
    r"fan|viewer|voter|supporter|donor|giver|from_user|host|client|employee|participant|recipient|"
    r"student|artist|brand|patient|poster|commenter|requester|"
    r"(?:be)?nutzer|kunde|k(?:ae|ä)ufer|verk(?:ae|ä)ufer|besitzer|eigent(?:ue|ü)mer|autor|verfasser|mitglied|absender|"
    r"teilnehmer)(?:_user)?(?:_?id)?$",
    re.I,
)
_LOG = re.compile(
    r"(?:^|_)(?:logs?|events?|metrics|analytics|views?|visits?|clicks?|impressions?|activit(?:y|ies)|"
    r"history|stats|searches|audit|telemetry|traffic|tracking)$",
    re.I,
)
_DROP_BOX = re.compile(
    r"contact|waitlist|wait_list|newsletter|subscribers?$|inquir|enquir|lead(?:s|_)|^leads?$|feedback|"
    r"support|application|signup|sign_up|survey|rsvp|registration|demo_request|"
    r"early_access|beta_|interest|quote_request|page_views?|analytics|telemetry|web_vitals|"
    r"error_(?:logs?|reports?)|client_errors|partnership|messages_from_site",
    re.I,
)
_PRICE_LIST = re.compile(
    r"(?:_|^)(?:tiers?|plans?|packages?|products?|prices?|categories|tags|settings|features|faqs?|"
    r"banners?|levels|types|templates)$",
    re.I,
)
_DECISIVE = re.compile(
    r"status$|^(?:is_)?(?:active|paid|used|completed|confirmed|valid)$|amount|^price|_price$|^total|"
    r"_total$|(?:expires|ends?|period_end|paid|valid_until|completed)(?:_at|_date|_on)?$"
    r"|betrag|preis|^bezahlt(?:_am)?$|^(?:gesamt|gesamtsumme|summe|menge|anzahl|laufzeit_ende)(?:_cents?)?$"
    r"|^(?:plan|tier)|_(?:plan|tier)(?:_id)?$|quantity|download_count|remaining|^count$|^type$|^value$|^points$",
    re.I,
)
_OWN_WISH = re.compile(r"cancel(?:led|lation)?_|auto_?renew", re.I)
_WISH = re.compile(r"(?:payout|withdrawal|refund|unstake|credit|deposit)_?requests?$|cart|wish", re.I)
_USAGE = re.compile(r"(?:^|_)(?:usage|quotas?|limits?|allowances?)$", re.I)
_RECEIVERS = re.compile(
    r"^(?:receiver|recipient|to_user|addressee|recipient_user|receiver_user|empf(?:ae|ä)nger)(?:_id)?$", re.I
)
_WRITTEN = re.compile(
    r"^(?:content|body|message|text|subject|amount|price|media_url|attachment\w*|inhalt|nachricht|betreff|"
    r"cipher_?text\w*|encrypted_(?:content|body|message|text|payload)|(?:message|body|content)_(?:text|encrypted))$",
    re.I,
)
_PRIVATE_FILES = re.compile(
    r"message|chat|attachment|document|nachricht|anhang|anh(?:ae|ä)nge|dokument|vertr(?:ag|ä|ae)|rechnung|befund|ausweis|"
    r"(?:^|[-_])docs?(?:$|[-_])|(?:^|[-_])cvs?(?:$|[-_])|resume|kyc|"
    r"identity|verification|private|invoice|contract|receipt|medical|backup|dm(?:$|s|[-_])",
    re.I,
)
_SOLD_FILES = re.compile(
    r"premium|exclusive|paid|ppv|^content$|creator-content|downloads?|digital|course|lesson|vault|"
    r"locked",
    re.I,
)
_PAYWALL = re.compile(r"^(?:is_)?(?:premium|locked|paid|exclusive|ppv|subscribers?_only)", re.I)
_LOCK = re.compile(
    r"^(?:is_)?(?:premium|locked|paid|exclusive|paywalled|ppv|subscribers?_only|members_only|"
    r"private)(?:_content|_post)?$|^(?:is_)?ppv$"
    r"|^(?:post_|content_)?(?:visibility|access_(?:type|level)|audience|privacy)$|^(?:required|min|"
    r"minimum|unlock)_(?:tier|plan|points|level|price|cost)\w*$"
    r"|^(?:ppv|unlock)_(?:price|amount|cost)$",
    re.I,
)
_TALK = re.compile(r"message|comment|chat|review|donation|gift|tip|payment|nachricht|kommentar", re.I)
_GOODS = re.compile(
    r"^(?:content|body|text|media|media_urls?|video_urls?|audio_url|file_urls?|file_path|download_url|"
    r"image_urls?|url|attachments?|stream_url|full_content)$",
    re.I,
)


def power(column: str) -> str:
    """The kind of power that a column gives to the row's subject: role, money, plan, payout account, trust, ban."""
    return next((kind for kind, names in _POWER if names.search(column)), "")


def is_money_table(table: str) -> bool:
    """Whether rows of the table are worth money or open what is paid for."""
    name = bare(table)
    return bool(_MONEY_TABLE.search(name)) and not _NO_MONEY.search(name) and not _PRICE_LIST.search(name)


def is_wish(table: str) -> bool:
    """Whether rows of the table only ask for money or goods: payout requests, carts."""
    return bool(_WISH.search(bare(table)))


def is_usage(table: str) -> bool:
    """Whether the table counts what is left of an allowance."""
    return bool(_USAGE.search(bare(table)))


def is_people_table(table: str) -> bool:
    """Whether rows of the table stand for people or firms."""
    return bool(_PEOPLE.search(bare(table)))


def is_log(table: str) -> bool:
    """Whether the table is a log or a counter of events."""
    return bool(_LOG.search(bare(table)))


def is_drop_box(table: str) -> bool:
    """Whether strangers are meant to put rows in: contact forms, waiting lists, applications."""
    return bool(_DROP_BOX.search(bare(table)))


def is_price_list(table: str) -> bool:
    """Whether the table is a catalogue that everyone may read."""
    return bool(_PRICE_LIST.search(bare(table)))


def secrecy(column: Column, table: str = "") -> str:
    """`secret` for keys and tokens, `personal` for contact and identity data, empty for the rest. What a place or
    firm shows of itself (its address, its phone) is not personal."""
    name = column.name
    if column.type in ("boolean", "timestamp with time zone", "timestamptz", "timestamp") or name.endswith(
        ("_at", "_verified")
    ):
        return ""
    if _SECRET.search(name):
        return "secret"
    if _MEANT_TO_BE_SHOWN.search(name) or (
        _PLACES.search(bare(table)) and re.search(r"mail|phone|mobile|address|whatsapp", name)
    ):
        return ""
    return "personal" if _PERSONAL.search(name) and "date" not in name.replace("date_of_birth", "") else ""


def owner_columns(table: Table) -> tuple[Column, ...]:
    """The columns that name a person whose row it is or who acted: references to users, or named so."""
    people = {
        c for f in table.foreign_keys if is_people_table(f.to_table) or f.to_table == "auth.users" for c in f.columns
    }
    found = [c for c in table.columns if _OWNER.match(c.name) and (c.type in ("uuid", "text", "") or c.name in people)]
    return tuple(found)


def decides_payment(column: Column) -> bool:
    """Whether a column of a money table says what is paid, how much or until when."""
    if column.generated or _OWN_WISH.match(column.name):
        return False
    return bool(_DECISIVE.search(column.name) or power(column.name) in ("money", "plan", "payout account"))


def is_receiver(column: str) -> bool:
    """Whether a column names the one to whom somebody else wrote the row."""
    return bool(_RECEIVERS.match(column))


def is_written(column: str) -> bool:
    """Whether a column holds what an author wrote to another person."""
    return bool(_WRITTEN.match(column))


def is_paywall(column: str) -> bool:
    """Whether a column marks what only those see who paid."""
    return bool(_PAYWALL.match(column))


def kept_in(bucket: str) -> str:
    """What the name of a bucket says of its files: `private`, `sold`, or empty."""
    return "private" if _PRIVATE_FILES.search(bucket) else "sold" if _SOLD_FILES.search(bucket) else ""


def is_lock(column: str) -> bool:
    """Whether a column says for whom a row's content is, or what it costs."""
    return bool(_LOCK.match(column))


def is_goods(column: str) -> bool:
    """Whether a column holds the content itself, or where it lies."""
    return bool(_GOODS.match(column))


def is_talk(table: str) -> bool:
    """Whether rows are words or gifts between people, not works that are sold."""
    return bool(_TALK.search(table))
