"""Needless indexes are named with the reason; what keeps a promise, or is used, stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apprescue.lab.session import Session
from apprescue.methods import catalog
from apprescue.methods.advising.drops import drops
from tests.methods.advising.imagined import ALICE, asked, opened

HERS = asked("select * from posts where author = $1 order by created_at desc limit 5", (f"'{ALICE}'::uuid",))
BEGINS, UNUSED = "All that it finds,", "None of the"


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with opened() as session:
        yield session


def dropped(session: Session, *indexes: str, more: str = "") -> dict[str, str]:
    """The names of what could go with the first words of why, where these indexes stand."""
    with session.undone():
        for number, text in enumerate(indexes):
            session.run(f"create {'' if text.startswith('unique') else 'index'} {_named(text, number)}")
        if more:
            session.run(more)
        found = list(drops(session, [HERS], catalog.read(session)))
    return {one.name.partition(".")[2]: " ".join(one.reason.split()[:4]) for one in found}


def _named(text: str, number: int) -> str:
    return text.replace("unique on", f"unique index i{number} on") if text.startswith("unique") else f"i{number} {text}"


@pytest.mark.parametrize(
    ("indexes", "gone"),
    [
        (["on posts (author, created_at)", "on posts (author, created_at)"], {"i0": "It is the same"}),
        (["on posts (author)", "on posts (author, created_at)"], {"i0": "All that it finds,"}),
        (["on posts (author desc)", "on posts (author, created_at)"], {"i0": "All that it finds,"}),
        (["on people (handle)", "unique on people (handle)"], {"i0": "It is the same"}),
        (["on follows (who)"], {"i0": "All that it finds,"}),
        (["on posts using gin (tags)", "on posts using gin (tags)"], {"i0": "It is the same", "i1": "None of the 1"}),
        (["on posts (likes)"], {"i0": "None of the 1"}),
        (["on posts (author, created_at desc)"], {}),
        (["unique on posts (id, likes)"], {}),
        (["on comments (post)"], {}),
        (["on comments (body)"], {}),
    ],
    ids=str,
)
def test_what_can_go(session: Session, indexes: list[str], gone: dict[str, str]) -> None:
    assert dropped(session, *indexes) == gone


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("on comments (author) where body is null", "on comments (author, id)"),
        ("on comments (body text_pattern_ops)", "on comments (body, id)"),
        ('on comments (body collate "C")', "on comments (body, id)"),
        ("on comments (author, post desc)", "on comments (author, post, id)"),
        ("on comments (author) include (body)", "on comments (author, id)"),
        ("on comments (author nulls first)", "on comments (author, id)"),
        ("on comments (lower(body))", "on comments (body, id)"),
        ("on comments using hash (author)", "on comments (author, id)"),
    ],
)
def test_what_only_looks_alike_stays(session: Session, first: str, second: str) -> None:
    assert "i0" not in dropped(session, first, second)


def test_what_finds_the_rows_that_hang_on_another_goes_only_when_one_does_so_too(session: Session) -> None:
    assert dropped(session, "on comments (post)", "on comments (post, author)") == {"i0": BEGINS}
    assert dropped(session, "on posts (author)") == {}


def test_what_replication_finds_rows_by_stays(session: Session) -> None:
    more = "alter table posts replica identity using index i1"
    assert dropped(session, "on posts (likes)", "unique on posts (id)", more=more) == {"i0": "None of the 1"}


COLUMNS = st.lists(
    st.sampled_from(["id", "author", "likes", "created_at", "status"]), min_size=1, max_size=3, unique=True
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(indexes=st.lists(st.tuples(st.booleans(), COLUMNS), min_size=1, max_size=5))
def test_a_unique_index_never_goes_and_every_other_is_still_served(
    session: Session, indexes: list[tuple[bool, list[str]]]
) -> None:
    texts = []
    for unique, columns in indexes:
        keyed = unique and "id" in columns
        texts.append(f"{'unique ' if keyed else ''}on posts ({', '.join(columns)})")
    gone = dropped(session, *texts)
    for number, text in enumerate(texts):
        if f"i{number}" in gone and not gone[f"i{number}"].startswith("None"):
            kept = [indexes[n][1] for n in range(len(texts)) if gone.get(f"i{n}", UNUSED).startswith(UNUSED)] + [["id"]]
            assert any(other[: len(indexes[number][1])] == indexes[number][1] for other in kept)
        assert not (text.startswith("unique") and f"i{number}" in gone)
