"""Which tables hold rows that belong to somebody, and where in a parted table a row can lie."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apprescue.methods.filling.kinship import Kin
from apprescue.model.catalog import Catalog, Relation


def owned(catalog: Catalog, kin: Mapping[str, Kin]) -> frozenset[str]:
    """The tables whose rows belong to somebody: by themselves, through what they hang on, or through who takes part."""
    found = {name for name, one in kin.items() if one.personal or one.profile or _shared(catalog, kin, one)}
    grown = True
    while grown:
        more = {name for name, one in kin.items() if any(link.to in found for link in one.links)} - found
        found |= more
        grown = bool(more)
    return frozenset(found)


def _shared(catalog: Catalog, kin: Mapping[str, Kin], one: Kin) -> bool:
    """Whether a table's policies look for the user in a table that hangs on it: those who take part in it."""
    text = " ".join(rule.using + rule.check for rule in one.table.policies)
    text += " ".join(routine.body for routine in catalog.routines if f"{routine.name}(" in text)
    around = [
        other for other in kin.values() if other.personal and any(link.to == one.table.name for link in other.links)
    ]
    return "auth.uid()" in text and any(
        re.search(rf"\b{re.escape(o.table.name.rpartition('.')[2])}\b", text) for o in around
    )


def placed(catalog: Catalog, table: Relation) -> dict[str, str]:
    """For a table that is parted by plain columns, values for which there is a part, best one without rules."""
    key = re.fullmatch(r"(?:RANGE|LIST) \((.+)\)", table.definition)
    found = [part for part in catalog.relations if part.partition_of == table.name]
    parts = [part.definition for part in sorted(found, key=lambda part: not part.rls)]
    bounds = [match for part in parts if (match := re.search(r"(?:FROM|IN) \((.+?)\)(?: TO|$)", part))]
    if not key or not bounds or "DEFAULT" in parts:
        return {}
    columns = [name.strip().strip('"') for name in key[1].split(",")]
    values = re.findall(r"'((?:[^']|'')*)'|(-?[\d.]+)", bounds[-1][1])
    texts = [(quoted or bare).replace("''", "'") for quoted, bare in values]
    return dict(zip(columns, texts, strict=False)) if "MINVALUE" not in bounds[-1][1] else {}
