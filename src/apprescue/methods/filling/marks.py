"""How a schema knows its administrators: a role, a flag, a table of its own, a claim of the token, an address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from apprescue.methods.conditions import Asked
from apprescue.methods.filling.kinship import CREW, TEAM, Kin
from apprescue.methods.filling.solving import Solved
from apprescue.methods.filling.values import TEXTS, constant
from apprescue.model.access import Actor
from apprescue.model.catalog import Catalog

POWERS = ("admin", "super_admin", "superadmin", "administrator", "owner", "root", "staff", "moderator")
MAKERS = ("creator", "artist", "influencer", "host", "seller", "streamer", "instructor", "user")
TAKERS = ("user", "fan", "member", "viewer", "subscriber", "customer", "buyer", "student", "client", "supporter")
POWERFUL = re.compile(r"admin|^root$|^staff$|^moderator$|^superuser$", re.IGNORECASE)
ROLE = re.compile(
    r"(?:^|_)roles?$|^role(?:_|$)|^user_?type$|^account_?type$|^access_?level$|^permissions?$|^user_?level$"
)
FLAG = re.compile(
    r"^(?:is_)?(?:super_?|site_?|platform_?)?admin(?:istrator)?$|^is_(?:superuser|staff|moderator)$", re.IGNORECASE
)
TABLE = re.compile(
    r"^(?:app_|site_|platform_|system_|global_|portal_|user_)?(?:super_?)?admin(?:istrator)?s?(?:_users?|_accounts?|_profiles?|_emails?|_roles?|_members?|_whitelist|_list)?$"
    r"|^(?:app_|site_|platform_)?(?:superusers|moderators)$",
    re.IGNORECASE,
)
NAMES = frozenset({"name", "slug", "key", "code", "role", "title"})


def grants_power(catalog: Catalog, kin: Kin, solved: Iterable[Solved], choices: Mapping[str, list[str]]) -> bool:
    """Whether a row of this table by itself makes its person an administrator."""
    if not kin.personal and "email" not in {column.name for column in kin.table.columns}:
        return False
    if TABLE.search(kin.table.name.rpartition(".")[2]):
        return True
    closed = {column.name for column in kin.table.columns if column.base in catalog.enums}
    closed |= {name for group in solved for name in group.closed}
    return any(
        name in closed and ROLE.search(name) and all(POWERFUL.search(one) for one in some)
        for name, some in choices.items()
        if some
    )


def choices(catalog: Catalog, kin: Kin, solved: Iterable[Solved], asked: Mapping[str, Asked]) -> dict[str, list[str]]:
    """The values that an enum, a condition of the table or a policy names for each of its columns."""
    found: dict[str, list[str]] = {}
    for column in kin.table.columns:
        if column.base in catalog.enums:
            found[column.name] = list(catalog.enums[column.base])
        elif column.name in asked and asked[column.name].equal and column.base in TEXTS:
            found[column.name] = list(asked[column.name].equal)
    for group in solved:
        for name, closed in group.closed.items():
            wished = found.get(name, [])
            found[name] = [text for text in wished if text in closed] + [text for text in closed if text not in wished]
    return found


def standing(kin: Kin, choices: Mapping[str, list[str]], actor: Actor) -> dict[str, str]:
    """What stands in the columns that say what somebody may do, for a person who plays that part."""
    found: dict[str, str] = {}
    crew = any(TEAM.search(link.to) for link in kin.links) or bool(CREW.search(kin.table.name))
    roles = bool(re.search(r"roles?$", kin.table.name))
    for column in kin.table.columns:
        if column.base == "boolean" and FLAG.search(column.name):
            found[column.name] = "true" if actor is Actor.ADMIN else "false"
        elif ROLE.search(column.name) and kin.personal and column.name in choices:
            text = _role(choices[column.name], constant(column.default), actor, crew)
            if text:
                found[column.name] = "{" + text + "}" if column.is_array else text
        elif roles and not kin.personal and column.name in NAMES and not column.is_array:
            offered = choices.get(column.name, [])
            powerful = [one for one in offered if POWERFUL.search(one)]
            if actor is Actor.ADMIN:
                found[column.name] = (powerful or ["admin"])[0]
    return found


def _role(offered: list[str], default: str | None, actor: Actor, crew: bool) -> str:
    lowered = {one.lower(): one for one in reversed(offered)}
    if actor is Actor.ADMIN or (crew and actor in (Actor.OWNER, Actor.STRANGER)):
        ranked = POWERS if actor is Actor.ADMIN else ("owner", "creator", "admin")
        best = next((lowered[word] for word in ranked if word in lowered), "")
        return best or next(
            (one for one in offered if POWERFUL.search(one)), "" if actor is Actor.ADMIN else default or ""
        )
    if crew and actor is Actor.MEMBER and "member" in lowered:
        return lowered["member"]
    if default is not None and not POWERFUL.search(default):
        return default
    plain = [one for one in offered if not POWERFUL.search(one) and one.lower() != "owner"]
    wished = MAKERS if actor in (Actor.OWNER, Actor.STRANGER) else TAKERS
    return next((lowered[word] for word in wished if lowered.get(word) in plain), (plain or [""])[0])


def claimed(catalog: Catalog) -> dict[str, object]:
    """The app_metadata by which a token says that its bearer is an administrator, as far as the app looks there."""
    found: dict[str, object] = {}
    for text in _texts(catalog):
        if "app_meta" in text:
            for key, value in re.findall(
                r"app_meta_?data'?(?:::\w+)?\)?\s*->>?\s*'(\w+)'(?:::\w+)?\)*(?:::\w+)?\s*=\s*'?(\w+)'?", text
            ):
                found[key] = True if value.lower() == "true" else value
    return found


def addresses(catalog: Catalog) -> list[str]:
    """The e-mail addresses that the app's own conditions name."""
    found = [one for text in _texts(catalog) for one in re.findall(r"'([\w.+-]+@[\w-]+(?:\.[\w-]+)+)'", text)]
    return list(dict.fromkeys(found))


def _texts(catalog: Catalog) -> Iterable[str]:
    for relation in catalog.relations:
        for rule in relation.policies:
            yield f"{rule.using} {rule.check}"
    for routine in catalog.routines:
        if routine.returns == "boolean" or "admin" in routine.name:
            yield routine.body
