"""The engine over one stream of all texts: each sighting comes back to its own file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from apprescue.lab import leaks
from apprescue.lab.command import CommandError
from apprescue.lab.leaks import Stream, pieces
from apprescue.model.outcome import NotExamined
from apprescue.sprint.secrets import scan

KEY = "sk_" + "live_" + "51Hq7Rt9xLm2VbN4kPzW8sYdU3e"


def test_a_key_is_found_in_its_file_and_line() -> None:
    found = scan({"a.ts": "\n\nlet a = 1\n", "b/pay.ts": f"\nimport x\nconst stripe = '{KEY}'\n", "c.ts": "x"})
    assert not isinstance(found, NotExamined)
    assert [(str(leak.place), leak.value, leak.provider) for leak in found] == [("b/pay.ts:3", KEY, "Stripe")]


def test_no_key_is_lost_where_the_engine_cuts_its_input() -> None:
    lines = [f"const v{n} = '{KEY[:-4]}{n:04d}'" if n % 50 == 0 else f"let ordinary = code({n})" for n in range(20_000)]
    found = scan({"long.ts": "\n".join(lines)})
    assert not isinstance(found, NotExamined)
    assert [leak.place.line for leak in found] == [n + 1 for n in range(0, 20_000, 50)]


def test_pieces_are_the_whole_text_and_never_cut_a_private_key() -> None:
    key = b"-----BEGIN PRIVATE KEY-----\n" + b"A" * 1600 + b"\n-----END PRIVATE KEY-----\n"
    for lead in range(10_500, 12_100, 100):
        text = b"y" * 40 + b"\n" + b"x\n" * (lead // 2) + key + b"z\n" * 9000
        cut = list(pieces(text))
        assert b"".join(cut) == text
        assert any(key in piece for piece in cut)
        assert max(map(len, cut)) < 26_000


def test_the_stream_finds_its_way_back() -> None:
    stream = Stream()
    whole = b"".join(part for name, text in (("a", b"1\n2"), ("b", b"3\n4\n5\n")) for part in stream.add(name, text))
    where = {line: stream.origin(n) for n, line in enumerate(whole.split(b"\n"), 1) if line}
    assert where == {b"1": ("a", 1), b"2": ("a", 2), b"3": ("b", 1), b"4": ("b", 2), b"5": ("b", 3)}


def test_an_engine_that_is_missing_or_fails_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing() -> Path:
        raise CommandError("the secret engine is not installed")

    monkeypatch.setattr(leaks, "engine_path", missing)
    assert scan({"a.ts": "x"}) == NotExamined("secrets", "the secret engine is not installed", failed=True)
    failing = tmp_path / "engine"
    failing.write_text("#!/bin/sh\necho broken >&2\nexit 2\n")
    failing.chmod(0o700)
    monkeypatch.setattr(leaks, "engine_path", lambda: failing)
    answer = scan({"a.ts": "x"})
    assert isinstance(answer, NotExamined)
    assert "did not finish: broken" in answer.reason
    failing.write_text("#!/bin/sh\nsleep 30\n")
    with pytest.raises(CommandError, match="took longer"):
        leaks.start_engine(given=b"x", seconds=0.2).result()


def test_an_env_file_that_git_does_not_track_is_quiet() -> None:
    files = {".env": "JWT_SECRET=tidepool\n"}
    for tracked, quiet in ((None, [False]), ({".env"}, [False]), ({"a.ts"}, [True])):
        found = scan(files, tracked)
        assert not isinstance(found, NotExamined)
        assert [leak.quiet for leak in found] == quiet


def test_local_addresses_and_words_in_commands_are_let_pass() -> None:
    notes = (
        "mongodb://root:example@localhost:27017/shop\ncurl -H 'Authorization: Bearer dev-secret' https://acme.test\n"
    )
    found = scan({"NOTES.md": notes, "db.js": "connect('mongodb://shop:tide" + "Pool47@db.acme-cloud.io/shop')\n"})
    assert not isinstance(found, NotExamined)
    assert [(str(k.place), k.provider) for k in found if k.is_secret and not k.quiet] == [("db.js:1", "MongoDB")]
