"""Lists of roles from which people choose their own."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired
from tests.samples import express

JOIN = """
import { z } from "zod";
const joinSchema = z.object({
  email: z.string().email(),
  role: z.enum([ROLES]).default("READER"),
});
app.post("/api/join", async (req, res) => {
  const told = joinSchema.safeParse(req.body);
  if (!told.success) return res.status(400).json({ error: "no" });
  const { email, role } = told.data;
  res.json(await db.user.create({ data: { email, role } }));
});
"""


def narrowed(roles: str, more: str = "") -> Repaired:
    return repaired("access/narrow_role_list", express(JOIN.replace("ROLES", roles) + more))


def test_an_admins_role_is_no_longer_listed() -> None:
    after = narrowed('"READER", "ADMIN", "WRITER"')
    assert not after.left
    assert 'role: z.enum(["READER", "WRITER"]).default("READER"),' in after.files["server/index.ts"]
    assert after.patches[0].todo


@pytest.mark.parametrize(
    ("roles", "more"),
    [
        ('"READER", "OWNER"', ""),
        ('"ADMIN"', ""),
        ('"READER", "ADMIN"', "const other = (body) => joinSchema.parse(body);\n"),
    ],
)
def test_what_may_be_meant_is_left(roles: str, more: str) -> None:
    assert not narrowed(roles, more).patches


def test_roles_without_power() -> None:
    assert not narrowed('"READER", "WRITER"').left
