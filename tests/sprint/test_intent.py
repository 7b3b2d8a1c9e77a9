"""The owner's answers: read from the app's file, added to it, and stronger than what is inferred."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apprescue.model.access import Actor
from apprescue.model.app import App
from apprescue.model.intent import Intent, Meant, Question, key_of
from apprescue.sprint.intent import IntentError, answered, intent_of, read, save, standing, written
from apprescue.sprint.suppressions import FILE
from apprescue.sprint.suppressions import read as suppressions

ACCEPTED = '[[suppress]]\nkey = "a1"\nreason = "A price list."  # agreed\nowner = "Ana"\nexpires = 2026-12-31\n'


def question(key: str, default: bool = True) -> Question:
    return Question(key, "May all read it?", 'The rule "x" says so.', default)


def test_answers_overrule_what_is_inferred() -> None:
    meant = Meant(
        "public.donations",
        public=False,
        secret=("phone",),
        pinned=("role",),
        kinds={"phone": "contact", "role": "role"},
    )
    inferred = Intent({"public.donations": meant}, private_buckets=frozenset({"press kit"}))
    text = """
    [intent]
    tables.donations.public = true
    tables.donations.own.role = true
    tables.donations.own.amount = false
    tables.donations.secret.phone = false
    tables.donations.secret.donor = true
    tables.donations.delete = false
    tables.extra.public_when = "is_open"
    tables."my.schema".owners = ["user_id"]
    buckets."press kit".public = true
    functions.count_visit.open = true
    """
    intent = answered(inferred, read(text))
    told = intent.of("public.donations")
    assert told.may_read(Actor.ANON) is True
    assert told.may_read(Actor.ANON, column="phone") is True
    assert told.may_read(Actor.ANON, column="donor") is False
    assert told.may_change(Actor.OWNER, own=True, column="role") is None
    assert told.may_change(Actor.OWNER, own=True, column="amount") is False
    assert told.may_delete(Actor.OWNER, own=True) is False
    assert intent.of("public.extra").may_read(Actor.ANON, shown=True) is True
    assert intent.of("public.extra").may_read(Actor.ANON, shown=False) is False
    assert intent.of("my.schema").owners == ("user_id",)
    assert intent.bucket_is_public("press kit") is True
    assert intent.function_is_open("public.count_visit") is True


def test_an_answered_question_is_not_asked_again() -> None:
    intent = Intent(questions=(question("tables.a.public"), question("tables.b.public")))
    assert [q.key for q in answered(intent, {"tables.a.public": False}).questions] == ["tables.b.public"]


def test_the_apps_own_file_is_followed() -> None:
    text = "[intent]\ntables.cards.public = false\n"
    assert intent_of(App("", {FILE: text})).of("public.cards").public is False


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[intent\n", "not TOML"),
        ("intent = 3", "under a line"),
        ("[intent]\nfoo.a.public = true", "foo"),
        ("[intent]\ntables.a = true", "tables.a.public"),
        ("[intent]\ntables.a.publik = true", "tables.a.publik"),
        ("[intent]\ntables.a.public = 'yes'", "true or false"),
        ("[intent]\ntables.a.public_when = true", "text"),
        ("[intent]\ntables.a.owners = 'x'", "list"),
        ("[intent]\ntables.a.owners = [1]", "text"),
        ("[intent]\ntables.a.own = true", "tables.a.own"),
        ("[intent]\nbuckets.a.open = true", "buckets.a.open"),
    ],
)
def test_what_cannot_be_followed_is_said(text: str, says: str) -> None:
    with pytest.raises(IntentError, match=says):
        read(text)


def test_answers_are_added_and_all_else_is_kept() -> None:
    before = "# ours\n" + ACCEPTED
    once = written(before, [(question("tables.a.public"), True)])
    assert once.startswith(before)
    assert suppressions(once) == suppressions(before)
    more = once + "\n" + ACCEPTED.replace("a1", "b2")
    twice = written(more, [(question("tables.b.shared"), False)])
    assert read(twice) == {"tables.a.public": True, "tables.b.shared": False}
    assert [s.key for s in suppressions(twice)] == ["a1", "b2"]
    block = '\n# May all read it?\n# Seen: The rule "x" says so.\ntables.b.shared = false'
    assert twice.replace(block, "") == more


def test_hostile_names_stay_comments_and_keys() -> None:
    asked = Question(
        key_of("tables", 'x"] = 1\n[[suppress]]', "public"), "May\n[[suppress]]\x00?", "a\r\nb\x1b[2J", True
    )
    text = written("", [(asked, True)])
    assert list(tomllib.loads(text)) == ["intent"]
    assert read(text) == {asked.key: True}


@pytest.mark.parametrize("text", ["[intent.tables.a]\npublic = true\n", "intent = {tables = {a = {public = true}}}\n"])
def test_a_file_that_cannot_be_added_to_is_left_alone(text: str) -> None:
    with pytest.raises(IntentError, match="yourself"):
        written(text, [(question("tables.a.shared"), True)])


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.toml"
    target.write_text("x = 1\n")
    (tmp_path / FILE).symlink_to(target)
    with pytest.raises(IntentError, match="link"):
        save(tmp_path, "y = 2\n")
    assert target.read_text() == "x = 1\n"


def test_bytes_that_are_no_text_are_said(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(IntentError, match="cannot be read"):
        standing(tmp_path)


named = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=8)
keys = st.one_of(
    st.builds(lambda n, p: key_of("tables", n, p), named, st.sampled_from(["public", "insert", "anyone_may_change"])),
    st.builds(lambda n, c: key_of("tables", n, "own", c), named, named),
    st.builds(lambda n: key_of("buckets", n, "public"), named),
    st.builds(lambda n: key_of("functions", n, "open"), named),
)
chosen = st.dictionaries(keys, st.booleans(), max_size=6)


@settings(max_examples=200, deadline=None)
@given(chosen, chosen, st.sampled_from(["", ACCEPTED, "# a\r\n" + ACCEPTED.replace("\n", "\r\n"), "\n\n"]), named)
def test_what_is_written_is_read_back(first: dict[str, bool], second: dict[str, bool], before: str, words: str) -> None:
    text = written(before, [(Question(k, words, words, v), v) for k, v in first.items()])
    rest = {k: v for k, v in second.items() if k not in first}
    text = written(text, [(Question(k, words, words, v), v) for k, v in rest.items()])
    assert read(text) == {**first, **rest}
    assert suppressions(text) == suppressions(before)


@settings(max_examples=100, deadline=None)
@given(chosen)
def test_every_answer_holds(said: dict[str, bool]) -> None:
    intent = answered(Intent(questions=tuple(question(k) for k in said)), said)
    assert intent.questions == ()
    assert answered(intent, said) == intent
