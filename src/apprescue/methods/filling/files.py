"""Files in the storage: each person has one in every bucket, in a folder of his own and without a folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from apprescue.methods.filling.inserting import where_of
from apprescue.methods.filling.values import identifier
from apprescue.model.catalog import Bin, Catalog, Relation
from apprescue.model.database import Database, DatabaseError, literal
from apprescue.model.rows import Person, Row

OBJECTS = "storage.objects"
FOLDER = re.compile(r"foldername\(name\)\)+\[1\]\s*=\s*'([^']+)'")
BUCKET = re.compile(r"bucket_id\s*=\s*'([^']+)'")
ENDING = re.compile(r"extension\(name\)\)*\s*=\s*(?:ANY\s*\(+ARRAY\[)?'(\w+)'")


def store(database: Database, catalog: Catalog, people: Iterable[Person]) -> tuple[list[Row], list[tuple[str, str]]]:
    """One file in a folder named by the person's id and one without a folder, per bucket and person; and the folders
    that policies name."""
    objects = catalog.relation(OBJECTS)
    if objects is None:
        return [], []
    rows: list[Row] = []
    missing: list[tuple[str, str]] = []
    texts = [rule.using + " " + rule.check for rule in objects.policies]
    for bucket in catalog.buckets:
        mine = [text for text in texts if bucket.name in BUCKET.findall(text) or not BUCKET.search(text)]
        ending = next((found for text in mine for found in ENDING.findall(text)), "png")
        folders = list(dict.fromkeys(found for text in mine for found in FOLDER.findall(text)))
        for person in people:
            names = [f"{person.id}/file.{ending}", f"{person.actor}.{ending}"]
            names += [f"{folder}/{person.id}/file.{ending}" for folder in folders]
            for name in names:
                try:
                    rows.append(_put(database, objects, bucket.name, name, person))
                except DatabaseError as error:
                    missing.append((OBJECTS, f"{person.actor}: {bucket.name}: {error.sqlstate} {error}"))
    return rows, missing


def furnished(database: Database, catalog: Catalog) -> Catalog:
    """The catalog with the buckets that policies speak of and that no migration makes: they are made, closed, as the
    dashboard makes them."""
    objects = catalog.relation(OBJECTS)
    texts = [f"{rule.using} {rule.check}" for rule in objects.policies] if objects else []
    here = {bucket.name for bucket in catalog.buckets}
    lacking = sorted({name for text in texts for name in BUCKET.findall(text)} - here)
    for name in lacking:
        database.run(f"insert into storage.buckets (id, name) values ({literal(name)}, {literal(name)})")
    return replace(catalog, buckets=(*catalog.buckets, *(Bin(name, public=False) for name in lacking)))


def _put(database: Database, objects: Relation, bucket: str, name: str, person: Person) -> Row:
    names = [column.name for column in objects.columns if not column.generated]
    given = {
        "id": identifier("file", person.id, bucket, name),
        "bucket_id": bucket,
        "name": name,
        "owner": person.id,
        "owner_id": person.id,
        "metadata": '{"size": 10, "mimetype": "image/png"}',
    }
    given = {key: text for key, text in given.items() if key in names}
    shown = ", ".join(f'"{key}"::text' for key in names)
    [stored] = database.query(
        f"insert into storage.objects ({', '.join(given)}) values ({', '.join(map(literal, given.values()))}) "
        f"returning {shown}"
    )
    values = dict(zip(names, stored, strict=True))
    return Row(OBJECTS, person.actor, where_of(objects, values), tuple(values.items()),
               tuple((key, person.actor) for key in ("owner", "owner_id") if key in given))  # fmt: skip
