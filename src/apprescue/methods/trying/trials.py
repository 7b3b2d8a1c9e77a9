"""A trial: who did what to which row, whether it is meant, how it ended, and the try that shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from apprescue.methods.trying.actors import claims_of, role_of
from apprescue.methods.trying.mentions import Mentions
from apprescue.methods.trying.outcomes import Outcome, Way, outcome
from apprescue.methods.trying.specimens import Specimen, Specimens
from apprescue.methods.trying.tries import Answer, Try, tried
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Catalog, Relation, Rule
from apprescue.model.database import Database, literal
from apprescue.model.intent import Intent
from apprescue.model.rows import Filled

OPEN = Outcome(Way.UNCLEAR, "not tried")
EXPOSED = ("public", "api")
STRING = re.compile(r"'(?:[^']|'')*'")
ONLY_SERVICE = re.compile(r"role\W.{0,40}= 'service_role'")


@dataclass(frozen=True, slots=True)
class Trial:
    """A question about `object`. `on` are the rows it is about, `rules` the text whose tables a replay needs; `trick`
    is what the actor forged besides, `telling` what an answer must not contain."""

    object: str
    actor: Actor
    operation: Operation
    row: str
    intended: bool | None
    outcome: Outcome = OPEN
    one: Try | None = None
    column: str = ""
    on: tuple[Specimen, ...] = ()
    kind: str = "table"
    rules: str = ""
    trick: str = ""
    telling: tuple[str, ...] = ()

    @property
    def worked(self) -> bool:
        """Whether the actor could do it."""
        return self.outcome.way is Way.WORKED


@dataclass(frozen=True, slots=True)
class Asked:
    """A trial to come: its try, which answer means that it worked, and what to say of one without an effect."""

    trial: Trial
    one: Try
    worked: Callable[[Answer], bool]
    unchanged: str


@dataclass(frozen=True, slots=True)
class Forged:
    """What somebody claims of himself besides: headers of his request, or what he wrote into his own account."""

    label: str
    headers: str = "{}"
    metadata: str = ""


@dataclass(frozen=True, slots=True)
class Lab:
    """What the tries need to know: the database and all that is known of it. `forged` is said in every request."""

    database: Database
    catalog: Catalog
    filled: Filled
    intent: Intent
    specimens: Specimens
    mentions: Mentions
    forged: Forged | None = None

    def request(self, actor: Actor, *acts: str, asks: bool = False, look: str = "", before: Sequence[str] = ()) -> Try:
        """A try as an actor."""
        person = self.specimens.people.get(actor)
        claims = claims_of(actor, person)
        aimed = bool(acts) and acts[0].startswith(("update", "delete"))
        one = Try(role_of(actor), claims, tuple(dict.fromkeys(acts)), asks, look, tuple(before), aimed=aimed)
        if self.forged and self.forged.metadata and person:
            return replace(one, editor=editing(person.id, claims, self.forged.metadata))
        return replace(one, headers=self.forged.headers) if self.forged else one

    def present(self, actor: Actor) -> bool:
        """Whether somebody plays this part."""
        return actor in (Actor.ANON, Actor.SERVICE) or actor in self.specimens.people

    def settled(self, asked: Iterable[Asked]) -> list[Trial]:
        """Every trial with how it ended."""
        waiting = list(asked)
        answers = tried(self.database, [one.one for one in waiting])
        return [
            replace(one.trial, outcome=outcome(got, one.trial.object, one.worked, one.unchanged), one=one.one)
            for one, got in zip(waiting, answers, strict=True)
        ]


def editing(account: str, claims: str, metadata: str) -> str:
    """What a user does when he changes the part of his account that is his, and what his next token says then."""
    who = literal(account)
    return (
        "select set_config('request.jwt.claims', '', true);\n"
        "update auth.users set raw_user_meta_data = coalesce(raw_user_meta_data, '{}'::jsonb) || "
        f"{literal(metadata)}::jsonb where id = {who};\n"
        f"select set_config('request.jwt.claims', jsonb_set({literal(claims)}::jsonb, '{{user_metadata}}', "
        f"(select coalesce(raw_user_meta_data, '{{}}'::jsonb) from auth.users where id = {who}))::text, true)"
    )


def granted(relation: Relation, role: str, right: str) -> tuple[str, ...]:
    """The columns on which a role has a right; for `delete` any of them stands for all."""
    if (role, right) in relation.grants:
        return tuple(c.name for c in relation.columns)
    held = {column for who, column, what in relation.column_grants if (who, what) == (role, right)}
    return tuple(c.name for c in relation.columns if c.name in held)


def ruled(relation: Relation) -> str:
    """The text of all that decides who may do what with a table's rows."""
    return " ".join(f"{rule.using} {rule.check}" for rule in relation.policies)


def nobody_may(relation: Relation, operation: Operation, role: str = "authenticated") -> bool:
    """Whether nobody with a role can do this to a table, whatever the row: no right, or no policy that lets him."""
    if not granted(relation, role, operation.value):
        return True
    return relation.rls and all(_for_no_user(rule.using or rule.check) for rule in _applying(relation, operation, role))


def whoever_row(relation: Relation, operation: Operation, role: str = "authenticated") -> bool:
    """Whether the rules for this ask only who comes, not which row it is: then no row of ours makes a difference."""
    names = re.compile(rf"\b(?:{'|'.join(re.escape(c.name) for c in relation.columns)})\b")
    conditions = [rule.using or rule.check for rule in _applying(relation, operation, role)]
    return relation.rls and not any(names.search(STRING.sub("", condition)) for condition in conditions)


def _applying(relation: Relation, operation: Operation, role: str) -> list[Rule]:
    """The policies that can let a role do this."""
    return [
        rule
        for rule in relation.policies
        if rule.permissive and rule.command in ("all", operation.value) and {"public", role} & set(rule.roles)
    ]


def _for_no_user(condition: str) -> bool:
    """Whether a condition lets nobody in, or the service role only, whatever the row."""
    return condition == "false" or bool(ONLY_SERVICE.search(condition) and " OR " not in condition)
