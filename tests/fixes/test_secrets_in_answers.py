"""Repairs of answers that hold whole rows with their secrets."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired
from tests.samples import express

MODEL = "model User {\n  id String @id\n  name String\n  passwordHash String\n}\n"
TAKEN = "  const { passwordHash, ...shown } = user;\n"


def answered(answer: str) -> str:
    text = f"""
    app.get("/api/people/:id", signedIn, async (req, res) => {{
      const user = await db.user.findUnique({{ where: {{ id: req.params.id }} }});
      if (!user) return res.status(404).json({{ error: "Nobody" }});
      {answer}
    }});
    """
    done = repaired("access/take_secrets_out", express(text) | {"prisma/schema.prisma": MODEL})
    assert bool(done.patches) is not bool(done.left)
    return done.files["server/index.ts"]


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("res.json(user);", "res.json(shown);"),
        ("res.json({ ok: true, user });", "res.json({ ok: true, user: shown });"),
        ("res.json({ user: user });", "res.json({ user: shown });"),
        ("res.status(200).send({ person: user });", "res.status(200).send({ person: shown });"),
    ],
)
def test_what_is_left_behind_the_secrets_is_sent(answer: str, shown: str) -> None:
    assert f"{TAKEN}  {shown}\n" in answered(answer)


@pytest.mark.parametrize(
    "answer",
    ["const shown = 1; res.json(user);", "const { passwordHash } = user; res.json(user);", "res.json([user]);"],
)
def test_where_its_names_are_taken_or_it_is_sent_otherwise_it_is_left(answer: str) -> None:
    assert answer in answered(answer)
