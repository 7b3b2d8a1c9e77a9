"""Files: who fetches, lists, uploads, replaces and deletes what in each bucket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from apprescue.methods.trying.actors import role_of
from apprescue.methods.trying.outcomes import Outcome, Way, outcome
from apprescue.methods.trying.row_tries import strongest
from apprescue.methods.trying.specimens import Specimen, plainly, texts, where_of
from apprescue.methods.trying.trials import Asked, Lab, Trial, granted
from apprescue.methods.trying.tries import tried
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Bin, Relation
from apprescue.model.database import literal

OBJECTS = "storage.objects"
NAME = '"storage"."objects"'
SHOWCASE = "avatar logo banner cover thumbnail icon profile public asset header picture".split()
TRIED_BY = (Actor.ANON, Actor.STRANGER, Actor.OWNER, Actor.SERVICE)


def in_bucket(lab: Lab, bucket: Bin) -> list[Trial]:
    """What everybody can do with the files of a bucket."""
    relation = lab.catalog.relation(OBJECTS)
    if relation is None:
        return []
    files = [row for row in lab.specimens.of(OBJECTS) if row.values.get("bucket_id") == bucket.name]
    his = [row for row in files if _whose(lab, row) is Actor.OWNER]
    trials = [*_read(lab, relation, bucket, his), *strongest(lab.settled(_written(lab, relation, bucket, his)))]
    return [replace(trial, kind="bucket", object=bucket.name, rules=_rules(relation)) for trial in trials]


def _rules(relation: Relation) -> str:
    return " ".join(f"{rule.using} {rule.check}" for rule in relation.policies)


def _whose(lab: Lab, row: Specimen) -> Actor | None:
    aliases = lab.specimens.aliases
    folders = (row.values.get("name") or "").split("/")
    named = [row.values.get("owner"), row.values.get("owner_id"), *folders]
    for made in lab.filled.of(OBJECTS):
        if made.value("name") == row.values.get("name") and made.value("bucket_id") == row.values.get("bucket_id"):
            return made.whose
    return next((aliases[value] for value in named if value and value in aliases), None)


def _read(lab: Lab, relation: Relation, bucket: Bin, his: list[Specimen]) -> Iterator[Trial]:
    source = f"(select * from {NAME} where bucket_id = {literal(bucket.name)})"
    for actor in TRIED_BY:
        if not lab.present(actor) or not his:
            continue
        columns = [c for c in ("id", "name") if c in granted(relation, role_of(actor), "select")] or ["id", "name"]
        one = lab.request(actor, texts(columns, source), asks=True)
        (answers,) = tried(lab.database, [one])
        names = {row.get("name") for answer in answers for row in answer.gave}
        met = [row for row in his if row.values.get("name") in names]
        own = actor in (Actor.OWNER, Actor.SERVICE)
        plain = plainly(relation, ("id", "name"), columns, (met or his)[0])
        ended = replace(outcome(answers, OBJECTS, lambda _: False, "no file of these came back"), act=plain)
        if met:
            ended = Outcome(Way.WORKED, f"{len(met)} of {len(his)} files came back", plain, answers[0])
        listed = Trial(
            OBJECTS, actor, Operation.LIST, "own" if own else "another's", own or _listable(lab, bucket, actor),
            ended, one, on=tuple((met or his)[:1]),
        )  # fmt: skip
        yield listed
        if bucket.public and not listed.worked:
            by_address = "the bucket is public: whoever knows a file's address fetches it"
            asked = f"select name from storage.buckets where public and id = {literal(bucket.name)}"
            ended = Outcome(Way.WORKED, by_address, asked)
            listed = replace(listed, one=lab.request(Actor.SERVICE, asked))
        yield replace(
            listed, operation=Operation.SELECT, intended=own or lab.intent.bucket_is_public(bucket.name), outcome=ended
        )


def _listable(lab: Lab, bucket: Bin, actor: Actor) -> bool | None:
    """Whether people are meant to see which files of others there are: in a gallery of pictures for everyone."""
    public = lab.intent.bucket_is_public(bucket.name)
    if public and any(word in bucket.name.lower() for word in SHOWCASE):
        return True
    return None if public or (public is None and actor is Actor.STRANGER and not bucket.public) else False


def _written(lab: Lab, relation: Relation, bucket: Bin, his: list[Specimen]) -> Iterator[Asked]:
    for actor in TRIED_BY:
        if not lab.present(actor):
            continue
        yield from _uploads(lab, bucket, actor, his)
        own = actor in (Actor.OWNER, Actor.SERVICE)
        row = "own" if own else "another's"
        for file in his[:2]:
            where = where_of(relation, file.values)
            there = f"select exists(select from {NAME} where {where})::text"
            yield Asked(
                Trial(OBJECTS, actor, Operation.DELETE, row, own, on=(file,)),
                lab.request(actor, f"delete from {NAME} where {where}", f"delete from {NAME}", look=there),
                lambda answer: answer.changed,
                "no file of these was deleted",
            )
            look = f"select metadata::text from {NAME} where {where}"
            act = f"""update {NAME} set metadata = '{{"size": 7, "mimetype": "image/png"}}'"""
            yield Asked(
                Trial(OBJECTS, actor, Operation.UPDATE, row, own, on=(file,)),
                lab.request(actor, f"{act} where {where}", act, look=look),
                lambda answer: answer.changed,
                "no file of these was replaced",
            )


def _uploads(lab: Lab, bucket: Bin, actor: Actor, his: list[Specimen]) -> Iterator[Asked]:
    """Into the owner's folder, and into one's own."""
    me, owner = lab.specimens.people.get(actor), lab.specimens.people.get(Actor.OWNER)
    folders = [(row.values.get("name") or "").rpartition("/")[0] for row in his]
    if owner is None:
        return
    kinds = [("in another's folder", [owner.id, *folders], False)] if actor is not Actor.OWNER else []
    if me is not None and actor in (Actor.OWNER, Actor.STRANGER):
        kinds.append(("own", [f.replace(owner.id, me.id) for f in (owner.id, *folders)], True))
    for label, places, own in kinds:
        acts = [
            _upload(bucket.name, f"{place}/rescued.png".lstrip("/"), me.id if me else None)
            for place in dict.fromkeys(places)
        ]
        yield Asked(
            Trial(OBJECTS, actor, Operation.INSERT, label, actor is Actor.SERVICE or own, on=()),
            lab.request(actor, *acts, look=f"select count(*)::text from {NAME}"),
            lambda answer: answer.changed,
            "nothing was uploaded",
        )


def _upload(bucket: str, name: str, owner: str | None) -> str:
    values = ", ".join(map(literal, (bucket, name, owner, owner)))
    return (
        f"insert into {NAME} (bucket_id, name, owner, owner_id, metadata) "
        f"""values ({values}, '{{"size": 7, "mimetype": "image/png"}}')"""
    )
