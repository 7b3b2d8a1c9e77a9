"""What names of tables, columns and rules say of what is meant: for whom a rule is, which tables are whose business."""

from __future__ import annotations

import re

from apprescue.model.schema import Column, Schema, Table
from apprescue.source.meaning import is_content
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import decides_payment, is_money_table, is_people_table, is_price_list

_FOR_ALL = re.compile(
    r"\b(?:public(?:ly)?|everyone|everybody|anyone|anybody|visitors?|guests?|anonymous)\b|"
    r"(?:^|_)(?:public|anyone|everyone|anon)(?:$|_)",
    re.I,
)
_FOR_MOST = re.compile(r"\b(?:all (?!own)|by all|open|world)\b|(?:^|_)all(?:$|_)", re.I)
_FOR_SERVER = re.compile(
    r"\bservice[ _-]?role\b|(?:^|_)(?:service|system|server|webhook)(?:_(?!settings|config)|$)|"
    r"\b(?:the )?(?:service|system|server|edge functions?|functions?|webhooks?|backend|bot|cron|triggers?|api)\s+"
    r"(?:can|may|could|has|have|is|only|full|manages?|inserts?|updates?|creates?|deletes?|writes?|reads?|access|role|to)\b|"
    r"\b(?:by|for|from|allow|only|enable)\s+(?:the\s+)?(?:service|system|server|edge functions?|webhooks?|backend|cron|"
    r"triggers?|internal)\b",
    re.I,
)
_FOR_STAFF = re.compile(r"(?<![a-z])(?:super_?)?(?:admins?|moderators?|staff|operators?)(?![a-z])", re.I)
_FOR_OWN = re.compile(
    r"\b(?:own|owners?|his|my|mine|their|theirs|self|participants?|recipients?|senders?|involved|sent or received|"
    r"buyers?|sellers?|themselves|parent|members of|assigned)\b|(?:^|_)(?:own|self|owner)(?:$|_)",
    re.I,
)
_ROLES = re.compile(
    r"^(?:user_|member_|app_|admin_|platform_|account_|system_|team_|staff_|workspace_|company_|org(?:anization)?_)?"
    r"roles?(?:_assignments?)?$|(?:^|_)admins?$|^admin_users?$|(?:^|_)permissions?$|"
    r"(?:^|_)moderators?$|(?:^|_)(?:bans?|banned_users?|suspensions?|strikes?|warnings?|sanctions?)$",
    re.I,
)
_RECORD = re.compile(
    r"(?:^|_)audit\w*$|(?:^|_)(?:security|admin|login|access|moderation|system|webhook|error|email|sms|payment|ai_usage|"
    r"api|cron|job)_(?:logs?|events?|history|actions?|attempts?)$|^logs?$|webhook_events?$|(?:^|_)activity_logs?$",
    re.I,
)
_COUNTED = re.compile(
    r"(?:^|_)(?:views?|clicks?|visits?|impressions?|analytics|page_?views?|events?|searches|search_\w+|traffic|telemetry|"
    r"web_vitals|error_reports?|client_errors?|downloads?|plays?)$",
    re.I,
)
_KEPT = re.compile(
    r"(?:^|_)(?:messages?|conversations?|dms?|inbox|notifications?|tokens?|keys?|secrets?|credentials?|otps?|"
    r"verifications?|kyc|identit(?:y|ies)|sessions?|addresses|invites?|invitations?|bank_accounts?|payout_methods?|"
    r"payment_methods?|contacts?|contact_\w+|leads?|newsletters?|subscribers?|waitlist|preferences|user_settings|"
    r"search_history|login_attempts?|devices?|push_subscriptions?|email_\w+|recipients?|applications?|complaints?|"
    r"disputes?|reports?|appeals?|tickets?|support_\w+|carts?|cart_items?|drafts?|documents?|contracts?|agreements?|"
    r"journals?|diary|health_\w+|medical\w*|symptoms?|calls?|call_\w+|billing\w*|(?:affiliate|referral)_(?!assets?|materials?|tiers?|programs?|codes?|links?)\w+|referrals?|"
    r"user_data|private_\w+|password\w*|notes|nachricht(?:en)?|notiz(?:en)?|\w*akten?|befunde?|rezepte|diagnosen?|"
    r"einladung(?:en)?|dokumente?|vertr(?:ae|ä)ge|protokolle?|gutachten|entw(?:ue|ü)rfe|beschwerden?|anfragen?|bewerbung(?:en)?|user_activity\w*|blocks?|blocked_users?|participants?)$",
    re.I,
)
_NOTICE = re.compile(r"(?:^|_)(?:notifications?|alerts?|inbox|reminders?|nudges)$", re.I)
_REFERRAL = re.compile(r"referral|affiliate|conversion|reward|bonus|payout|earning", re.I)
_ASKED_FOR = re.compile(r"application|verification|request|submission|kyc|claim|appeal|approval", re.I)
_PROVIDER = re.compile(r"stripe|paypal|payment|paystack|razorpay|billing|amount|cents|credits|balance", re.I)
_CLIENT = re.compile(r"^(?:client|customer|recipient|bill_to)_(?:name|email|address|company)$", re.I)
_KEY = re.compile(r"purchas|unlock|entitle|wallet|subscri|membership|licen[cs]e", re.I)
_COUNTER = re.compile(
    r"^(?:followers?|following|likes?|views?|subscribers?|downloads?|plays?|sales|shares?|comments?|reviews?|ratings?|"
    r"members?|scan|click|usage|vote|upvote|sold|fans?)s?_count$|^(?:total|num|count)_(?:followers?|likes?|views?|"
    r"subscribers?|downloads?|plays?|sales|reviews?|ratings?|fans?|members?|votes?)$|^(?:avg|average)_rating$|"
    r"^rating_(?:avg|average|count)$|^(?:follower|subscriber|view|like|download|play)s?$",
    re.I,
)
_BOOKS = re.compile(
    r"(?:^|_)(?:budgets?|expenses?|incomes?|savings?(?:_goals?)?|bills?|debts?|net_worth|bank_transactions?|"
    r"recurring_transactions?|spending\w*|financial_goals?)$",
    re.I,
)
_TRADE = re.compile(
    r"payout|withdrawal|purchase|creator|seller|tips?$|wallet|stripe|checkout|commission|earning|marketplace", re.I
)
_ROOM = re.compile(r"^(?:stream|live_?stream|broadcast|channel|event|show|episode|video)(?:_?id)$", re.I)
_LOOKUP = re.compile(
    r"(?:^|_)(?:categor(?:y|ies)|tags?|countr(?:y|ies)|currenc(?:y|ies)|cit(?:y|ies)|languages?|genres?|topics?|skills?|"
    r"faqs?|plans?|tiers?|packages?|types?|levels?|badges?|achievements?|features?|templates?|banners?|announcements?|"
    r"changelogs?|pages?|menus?|testimonials?|site_settings|app_settings|public_settings|feature_flags?|emojis?|"
    r"exchange_rates?|price_history|leaderboards?|sounds?)$",
    re.I,
)
_COMMON = re.compile(
    r"(?:^|_)(?:likes?|follows?|followers?|favou?rites?|votes?|reactions?|ratings?|reviews?|comments?|replies|stories|"
    r"posts?|videos?|media|images?|photos?|gallery|portfolio\w*|streams?|live_streams?|channels?|polls?|poll_\w+|"
    r"communit(?:y|ies)|groups?|events?|products?|listings?|services?|courses?|lessons?|articles?|songs?|tracks?|"
    r"albums?|playlists?|beats?|collections?|recipes?|content|recordings?|tags|folders?|folder_items|ads|placements|"
    r"deliverables|assets?|views?|jobs?|positions?|opportunities|campaigns?|auctions?|bids?|items)$",
    re.I,
)
_MEMBERS = re.compile(
    r"(?:^|_)(?:members?|participants?|memberships?|collaborators?|team_users?|room_users?|attendees|delegates)$", re.I
)


def for_whom(rule: str) -> str:
    """For whom a rule's name says that it is: `server`, `staff`, `own`, `all`, or empty where it does not say."""
    kinds = {"server": _FOR_SERVER, "all": _FOR_ALL, "own": _FOR_OWN, "staff": _FOR_STAFF}
    return next((kind for kind, words in kinds.items() if words.search(rule)), "all" if _FOR_MOST.search(rule) else "")


def gives_rights(table: str) -> bool:
    """Whether rows of the table give roles or take rights away."""
    return bool(_ROLES.search(bare(table)))


def is_record(table: str) -> bool:
    """Whether the table is the app's own record of what happened: audit logs, webhook events."""
    return bool(_RECORD.search(bare(table)))


def is_counted(table: str) -> bool:
    """Whether visits are counted here: views, clicks, searches."""
    return bool(_COUNTED.search(bare(table)))


def is_notice(table: str) -> bool:
    """Whether rows are put into somebody's inbox by others."""
    return bool(_NOTICE.search(bare(table)))


def pays_referrers(table: str) -> bool:
    """Whether rows lead to money for those who brought somebody."""
    return bool(_REFERRAL.search(bare(table)))


def asks_for_approval(table: str) -> bool:
    """Whether rows ask the staff for something: applications, verifications."""
    return bool(_ASKED_FOR.search(bare(table)))


def is_kept(table: Table) -> bool:
    """Whether rows are nobody's business but their owner's."""
    name = bare(table.name)
    return not is_lookup(name) and (bool(_KEPT.search(name)) or stands_for_money(table) or is_record(name))


def stands_for_money(table: Table) -> bool:
    """Whether a row stands for money that was paid, or opens what is paid for. Its columns must fit its name: tips
    for the garden, tickets of the support and invoices that one writes to his clients are none."""
    name, columns = bare(table.name), [c.name for c in table.columns]
    if re.search(r"(?:^|_)(?:ledger|wallet|balance|credit)_(?:entr(?:y|ies)|history|movements?|logs?)$", name):
        return True
    if not is_money_table(name) or not columns:
        return is_money_table(name)
    if re.search(r"tickets?$", name) and {"subject", "priority"} & set(columns):
        return False
    if re.search(r"customers?$", name):
        return any(map(_PROVIDER.search, columns))
    if re.search(r"invoices?$", name) and any(map(_CLIENT.search, columns)):
        return False
    paid = any(decides_payment(c) and c.name != "type" for c in table.columns)
    return paid or any(map(_PROVIDER.search, columns)) or bool(_KEY.search(name))


def is_lookup(table: str) -> bool:
    """Whether the table is a list that the app shows: categories, plans, settings."""
    return bool(_LOOKUP.search(bare(table))) or is_price_list(table)


def is_shown(table: str) -> bool:
    """Whether an app usually shows rows of the table to all: profiles, posts, likes, catalogues."""
    name = bare(table)
    if lists_members(name) or re.search(r"message|chat|(?:^|_)dms?(?:$|_)|room", name):
        return False
    return is_lookup(name) or bool(_COMMON.search(name)) or is_people_table(name) or is_content(name)


def is_counter(column: Column) -> bool:
    """Whether a column counts what others did."""
    return bool(_COUNTER.match(column.name)) and not column.generated


def names_room(column: str) -> bool:
    """Whether a column names a stream or an event that people watch together."""
    return bool(_ROOM.match(column))


def lists_members(table: str) -> bool:
    """Whether the table lists who belongs to a team or room."""
    return bool(_MEMBERS.search(bare(table)))


def keeps_own_books(schema: Schema) -> bool:
    """Whether the app is for one's own budget: what stands there as a balance is what its owner typed in."""
    names = [bare(t.name) for t in schema.tables]
    return sum(map(bool, map(_BOOKS.search, names))) >= 2 and not any(map(_TRADE.search, names))
