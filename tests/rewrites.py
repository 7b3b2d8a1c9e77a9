"""What the tests of rewrites share: a filled database, and every kind of rewrite tried in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from apprescue.lab.session import Session
from apprescue.methods import catalog
from apprescue.methods.filling import rows
from apprescue.methods.rewriting.at_volume import NEEDLESS
from apprescue.methods.rewriting.rewriting import BETTER, KINDS, MENDS, tried
from apprescue.methods.rewriting.sameness import Proving
from apprescue.methods.trying.access_matrix import matrix
from apprescue.model.access import Access
from apprescue.model.catalog import Catalog
from apprescue.model.intent import Intent
from apprescue.model.rows import Filled
from apprescue.model.tuning import Rewritten
from tests.support import laboratory


@contextmanager
def standing(sql: str) -> Iterator[tuple[Session, Filled]]:
    """A database that this SQL makes, with people and their rows in it."""
    server = laboratory()
    name = server.create()
    try:
        with server.connect(name) as session:
            session.run(sql)
            yield session, rows.fill(session, catalog.read(session))
    finally:
        server.drop(name)


def proving(session: Session, people: Filled, intent: Intent | None = None) -> Proving:
    """The access matrix of a database as it is, to hold others against."""

    def look(known: Catalog) -> Access:
        return matrix(session, known, people, intent or Intent())

    known = catalog.read(session)
    return Proving(session, known, people, look, look(known))


def all_kinds(place: Proving) -> Iterator[Rewritten]:
    """Every rewrite of every kind, tried where no query is asked of the app."""
    for kind in (*MENDS, *KINDS):
        yield from tried(place, tuple(kind.rewrites(place.catalog)), place.database, (), lambda drawn, draw: 1.0)


def harmless(done: Rewritten) -> bool:
    """Whether a rewrite changes nothing; whether it helps was not asked."""
    return done.refused in ("", NEEDLESS, BETTER)
