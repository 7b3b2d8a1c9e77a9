"""Several rules that let the same people do the same become one, joined by OR.

The server asks each permissive rule of a command for its own, and its planner treats one OR better. Only rules for the
very same command and the very same roles are joined, so that nobody's rules change: those for all commands stand apart
from those for one. A rule's condition may be left out where the command has another that stands in for it; it is
written out before they are joined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from apprescue.model.catalog import Catalog, Relation, Rule
from apprescue.model.database import ident, ident_of
from apprescue.model.tuning import Rewrite

KIND = "merge"
LONGEST = 63


def rewrites(catalog: Catalog) -> Iterator[Rewrite]:
    """One for each group of rules that can be joined."""
    for relation in catalog.relations:
        groups: defaultdict[tuple[str, frozenset[str]], list[Rule]] = defaultdict(list)
        for rule in relation.policies:
            if rule.permissive:
                groups[(rule.command, frozenset(rule.roles))].append(rule)
        taken = {rule.name for rule in relation.policies}
        for (command, _), rules in groups.items():
            if len(rules) > 1:
                name = _name(f"{command} by any of {len(rules)} rules", taken)
                taken.add(name)
                yield _merged(relation, name, rules)


def _merged(relation: Relation, name: str, rules: list[Rule]) -> Rewrite:
    table = ident(relation.name)
    joined = Rule(name, rules[0].command, rules[0].roles, _using(rules), _check(rules))
    dropped = [f"drop policy {ident_of(rule.name)} on {table};" for rule in rules]
    return Rewrite(
        KIND,
        "policies {} on {}".format(", ".join(f'"{rule.name}"' for rule in rules), relation.name),
        relation.name,
        "\n".join([*dropped, created(relation, joined)]),
        "\n".join([f"drop policy {ident_of(name)} on {table};", *(created(relation, rule) for rule in rules)]),
        f"{len(rules)} rules for the same people are asked as one.",
    )


def created(relation: Relation, rule: Rule) -> str:
    """The statement that makes a rule."""
    roles = ", ".join("public" if role == "public" else ident_of(role) for role in rule.roles)
    clauses = [f"{word} ({text})" for word, text in (("using", rule.using), ("with check", rule.check)) if text]
    kind = "permissive" if rule.permissive else "restrictive"
    return (
        f"create policy {ident_of(rule.name)} on {ident(relation.name)} as {kind} for {rule.command} to {roles} "
        f"{' '.join(clauses)};"
    )


def _using(rules: list[Rule]) -> str:
    """Which rows any of them lets through. A rule without a condition for them lets none through."""
    return _any([rule.using for rule in rules if rule.using])


def _check(rules: list[Rule]) -> str:
    """Which new rows any of them lets in. Without a condition of its own a rule asks the one for old rows."""
    if not any(rule.check for rule in rules):
        return ""
    return _any([text for rule in rules if (text := rule.check or rule.using)])


def _any(conditions: list[str]) -> str:
    different = list(dict.fromkeys(conditions))
    return " or ".join(f"({text})" for text in different)


def _name(wished: str, taken: set[str]) -> str:
    """A name for the new rule that no rule of the table has."""
    name, number = wished[:LONGEST], 2
    while name in taken:
        name, number = f"{wished[: LONGEST - 4]} {number}", number + 1
    return name
