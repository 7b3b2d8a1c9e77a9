"""What the names of addresses, tables and columns tell of their purpose.

AI builders name things in plain English; these words are what a reader of the code would go by. They decide how bad a
gap is and what is public by purpose, never alone whether there is a gap.
"""

from __future__ import annotations

import re


def words(name: str) -> tuple[str, ...]:
    """A name's words in lower case, singular.

    >>> words("creatorPayouts"), words("user_profiles"), words("/api/process-payout")
    (('creator', 'payout'), ('user', 'profile'), ('api', 'process', 'payout'))
    """
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return tuple(_singular(p.lower()) for p in parts)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "ches", "shes")) and len(word) > 4 and not word.endswith("ases"):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


_MONEY = frozenset(
    "payment payout wallet balance transaction transfer earning invoice order purchase subscription refund withdrawal "
    "billing charge deposit stake claim commission revenue tip donation credit coin token ledger trade holding".split()
)
_NO_COIN = frozenset(
    "device push access refresh reset csrf session auth api invite invitation verification email password magic login "
    "fcm expo share discord oauth user".split()
)
_PERSONAL = frozenset(
    "user profile account customer member client contact lead subscriber message conversation dm chat notification "
    "address phone email verification identity kyc document session login application applicant guest attendee "
    "patient employee fan".split()
)
_PRIVATE = (
    _MONEY
    | _PERSONAL
    | frozenset(
        "report audit log secret key setting preference draft analytics statistic stat dashboard invite invitation "
        "campaign booking appointment enrollment submission api admin moderation dispute contract agreement file "
        "upload private quota usage".split()
    )
)
_CONTENT = frozenset(
    "post article blog category tag product course lesson module video episode stream event plan tier package "
    "template feature faq testimonial review rating comment banner page menu deal announcement changelog release "
    "topic skill genre city country currency rate leaderboard trending discover explore feed public slug catalog "
    "catalogue listing service gallery portfolio config health status creator price pricing like view follower".split()
)
_OFFERS = frozenset("tier plan package pricing".split())
_SOCIAL = frozenset(
    "comment like follow follower view message review rating reaction vote bookmark favorite favourite save share "
    "report subscription booking order tip notification activity event log read member participant reply request "
    "application purchase donation interaction play click impression track attendance rsvp registration response "
    "answer attempt".split()
)


def is_money(name: str) -> bool:
    """Whether a table or address is about money; the tokens of a device or a session are none."""
    found = set(words(name))
    if found & {"token", "key"} and found & _NO_COIN:
        found -= {"token", "key"}
    return bool(_MONEY.intersection(found))


def is_personal(name: str) -> bool:
    """Whether a table holds what is known of people."""
    return bool(_PERSONAL.intersection(words(name)))


def is_private(name: str) -> bool:
    """Whether a table's rows are somebody's own; an unknown name is not."""
    return bool(_PRIVATE.intersection(words(name)))


def is_content(name: str) -> bool:
    """Whether a table holds what an app shows to everybody."""
    found = words(name)
    return bool(found) and (found[-1] in _OFFERS or (found[-1] in _CONTENT and not _MONEY.intersection(found)))


def is_social(name: str) -> bool:
    """Whether people add rows of their own to other people's things here (comments, likes, orders)."""
    return bool(_SOCIAL.intersection(words(name)))


_PUBLIC_ADDRESS = re.compile(
    r"(?i)(?:^|[/_-])(?:log-?in|sign-?in|sign-?up|sign-?out|log-?out|register|registration|forgot\w*|reset-?password|"
    r"set-?password|new-?password|set-?new-?password|"
    r"password[/_-]?reset|recover\w*|verify-?(?:email|otp|code|phone|token)|confirm\w*|callback|oauth\w*|sso|auth|session|csrf\w*|"
    r"refresh(?:-?token)?|contact(?:-us)?|newsletter|waitlist|subscribe-newsletter|unsubscribe|opt-?out|"
    r"support|feedback|inquir(?:y|ies)|enquir(?:y|ies)|"
    r"magic-?link|otp|(?:re)?send-?(?:email-)?(?:verification|validation|activation|code|confirmation|otp)(?:-code|-email)?|"
    r"dmca|takedown|click|pageview|impression|activate|accept-?invit(?:e|ation)|(?:invit(?:e|ation)s?[/_-])accept|"
    r"account-exists|check-?(?:email|username|slug|availability)|webhooks?)(?:$|[/_:?.-])|/(?:api|auth|accounts?|users?)/reset$"
)
_PUBLIC_READING = re.compile(
    r"(?i)(?:^|[/_-])(?:health\w*|status|ping|ready|live|robots|sitemap|manifest|favicon|public|og|rss|feed\.xml|version|docs|"
    r"openapi\w*|shared?|embed|preview|availability)(?:$|[/_:?.-])"
)
_SIGN_IN = re.compile(
    r"(?i)(?:^|[/_-])(?:log-?in|sign-?in|authenticate|token|session|auth/\w*(?:login|signin)|verify-?(?:otp|code|password)|"
    r"forgot\w*|reset-?password|password-?reset|magic-?link|otp|2fa|mfa)(?:$|[/_-])"
)
_SIGN_OUT = re.compile(r"(?i)(?:^|[/_-])(?:log|sign)-?(?:out|off)(?:$|[/_-])")
_WEBHOOK = re.compile(r"(?i)web-?hooks?|(?:^|[/_-])(?:ipn|hooks?|postback)(?:$|[/_-])|(?:^|[/_-])notify(?:$|/)")
_SCHEDULED = re.compile(
    r"(?i)(?:^|[/_-])(?:cron|jobs?|scheduled?|scheduler|cleanup|maintenance|daily|hourly|weekly|nightly|auto|reminders?|"
    r"digest|check|expire\w*|expiration|process|sync|refresh|reconcil\w*|send-\w*-reminders?|aggregate)(?:$|[/_-])"
)
_DEBUG = re.compile(
    r"(?i)(?<![/_-]ab)(?<!a-b)(?<!split)(?:^|[/_-])(?:debug\w*|test|tests|testing|test-\w+|dev|seed\w*|setup|init(?:ialize)?(?:-\w+)?|fix-\w+|repair\w*|"
    r"migrate\w*|migration\w*|reset-(?!password|token|link|code|email|pin)\w+|temp|tmp|demo\w*|sandbox|playground|dummy|mock\w*|sample|example|phpinfo|"
    r"create-?db|createdb|populate|_debug)(?:$|[/_-])"
)
_ADMIN = re.compile(
    r"(?i)(?:^|[/_-])(?:admin\w*|moderat\w*|superuser|staff|backoffice|back-office|ban|unban|suspend\w*|impersonat\w*|"
    r"approve\w*|reject\w*|set-?role|switch-?role|change-?role|grant|revoke|feature-flag|circuit-?breakers?)(?:$|[/_-])"
)


def is_public_address(method: str, path: str) -> bool:
    """Whether an address is open by purpose: signing in, contact forms; for reading also health and share links."""
    return bool(_PUBLIC_ADDRESS.search(path) or (method in ("GET", "HEAD") and _PUBLIC_READING.search(path)))


def is_sign_in(path: str) -> bool:
    """Whether an address takes a password, a code or starts a reset."""
    return bool(_SIGN_IN.search(path))


def is_sign_out(path: str) -> bool:
    """Whether an address ends somebody's session."""
    return bool(_SIGN_OUT.search(path))


def is_webhook(path: str) -> bool:
    """Whether a provider calls the address."""
    return bool(_WEBHOOK.search(path))


def is_scheduled(path: str) -> bool:
    """Whether a clock calls the address."""
    return bool(_SCHEDULED.search(path))


def is_debug(path: str) -> bool:
    """Whether the address is a left-over of building the app."""
    return bool(_DEBUG.search(path))


def is_admin(path: str) -> bool:
    """Whether the address is for the people who run the app."""
    return bool(_ADMIN.search(path))


SECRET_COLUMN = re.compile(
    r"(?i)(?:^|_)(?:password(?:_?hash)?|hashed_?password|passwd|pwd|secret|private_?key|api_?key|access_?token|refresh_?token|"
    r"token(?!_(?:symbol|address|supply|decimals|ticker|contract|mint|price|name)(?:$|_))|otp|pin_?code|ssn|tax_?id|card_?number|cvv|iban|account_?number|routing_?number|two_?factor\w*|mfa\w*|salt)(?:$|_)"
)
AMOUNT = re.compile(
    r"(?i)^(?:unit_?)?(?:amount\w*|price\w*|total(?:_?(?:amount|price|cost|cents|due|sum|paid|value|usd|eur)\w*)?|cost|"
    r"value|subtotal|fee|monthly_?amount|price_?cents|amount_?cents|sum|quantity_?price|payment_?amount|tip_?amount)$"
)
OWNER = re.compile(
    r"(?i)^(?:auth_?(?=u?id$)|(?:(?:auth|supabase|clerk|firebase)_?)?user|author|owner|sender|from_?user|account|member|profile|created_?by|creator|customer|seller|buyer|"
    r"uploader|follower|subscriber|fan|admin|artist|student|instructor)(?:_?(?:id|uid|uuid))?$"
)
RIGHTS = re.compile(
    r"(?i)^(?:role|roles|user_?role|is_?admin|admin|is_?super_?user|is_?staff|is_?verified|verified|plan|tier|"
    r"subscription_?(?:tier|status|plan)|balance|credits?|permissions?|account_?type|user_?type|is_?moderator|is_?pro|is_?premium)$"
)
