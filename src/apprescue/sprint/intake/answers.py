"""The answers as a file: TOML with the words as comments, to fill in."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from apprescue.model.intake import Answer, Gate, Question
from apprescue.sprint.intake.checklist import BUDGET, CHECKLIST, every
from apprescue.sprint.intake.gates import GATES

WORDS = {
    "yes": Answer.YES,
    "y": Answer.YES,
    "no": Answer.NO,
    "n": Answer.NO,
    "?": Answer.UNKNOWN,
    "unknown": Answer.UNKNOWN,
}
PARTS: tuple[tuple[str, str, tuple[Gate | Question, ...]], ...] = (
    ("situations", "Is this so? A yes means that a rescue is the wrong thing to buy.", GATES),
    ("checklist", "Ten questions about the app as it is now.", CHECKLIST),
    ("budget", "One about you.", (BUDGET,)),
)


class AnswersError(ValueError):
    """The file of answers cannot be followed. The text says where and why."""


def read(text: str) -> dict[str, Answer]:
    """The answers in a file's text. What is not there is not known; what nobody asked is an AnswersError."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AnswersError(f"it is not TOML: {error}") from error
    return dict(_answers(told))


def blank(answers: Mapping[str, Answer] | None = None) -> str:
    """The text of a file to fill in, with the answers that are known."""
    known = answers or {}
    return "\n".join(_lines(known)) + "\n"


def words_of(one: Gate | Question) -> str:
    """What is asked, in words."""
    return one.situation if isinstance(one, Gate) else one.words


def _answers(told: Mapping[str, object]) -> Iterator[tuple[str, Answer]]:
    known = {one.key for one in every()}
    for key, value in told.items():
        if isinstance(value, dict):
            yield from _answers(value)
        elif key not in known:
            near = get_close_matches(key, sorted(known), n=1)
            raise AnswersError(f"nothing asks for {key!r}{f'; did you mean {near[0]!r}?' if near else '.'}")
        else:
            yield key, _answer(key, value)


def _answer(key: str, value: object) -> Answer:
    if isinstance(value, bool):
        return Answer.YES if value else Answer.NO
    said = str(value).strip().lower()
    if said not in WORDS and said:
        raise AnswersError(f'{key} is {value!r}; write "yes", "no" or "?".')
    return WORDS.get(said, Answer.UNKNOWN)


def _lines(known: Mapping[str, Answer]) -> Iterator[str]:
    yield '# Write "yes" or "no"; leave "?" where you do not know. Then: apprescue fit PATH --answers THIS_FILE'
    for title, said, asked in PARTS:
        yield ""
        yield f"[{title}]"
        yield f"# {said}"
        for one in asked:
            answer = known.get(one.key, Answer.UNKNOWN)
            yield f"# {words_of(one)}"
            yield f'{one.key} = "{"?" if answer is Answer.UNKNOWN else answer}"'
