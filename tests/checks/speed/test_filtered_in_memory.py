"""Numbers made by fetching every row."""

from __future__ import annotations

import pytest

from apprescue.model.finding import Finding, Severity
from tests.support import audit_files

NAME = "speed/filtered_in_memory"
HEAD = """
import { PrismaClient } from '@prisma/client';
const prisma = new PrismaClient();
"""


def found(code: str) -> list[Finding]:
    return audit_files({"src/stats.ts": HEAD + code}, only=NAME)


@pytest.mark.parametrize(
    "code",
    [
        "const all = await prisma.payment.findMany({ where: { a: 1 } }); return all.reduce((s, p) => s + p.n, 0);",
        "const all = await prisma.payment.findMany(); let s = 0; for (const p of all) { s += p.amount; } return s;",
        """const all = await prisma.payment.findMany(); const by = {};
        all.forEach((p) => { by[p.club] = (by[p.club] || 0) + p.amount; }); return by;""",
    ],
)
def test_rows_are_added_up_in_code(code: str) -> None:
    (finding,) = found(f"export async function total() {{ {code} }}")
    assert finding.severity is Severity.MEDIUM
    assert "payment" in finding.detail


def test_in_python() -> None:
    code = """
        from supabase import create_client
        db = create_client(URL, KEY)
        def total():
            found = db.table("payments").select("amount").execute()
            return sum(p["amount"] for p in found.data)
    """
    (finding,) = audit_files({"app/stats.py": code}, only=NAME)
    assert finding.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    "code",
    [
        "return prisma.payment.aggregate({ _sum: { amount: true } });",
        "const some = await prisma.payment.findMany({ take: 20 }); return some.reduce((s, p) => s + p.amount, 0);",
        "const all = await prisma.cartItem.findMany({ where: { cartId: id } }); return all.reduce(add, 0);",
        "const all = await prisma.payment.findMany({ take: 50 }); return all.filter((p) => p.ok);",
        "return [1, 2, 3].reduce((s, n) => s + n, 0);",
    ],
)
def test_look_alikes(code: str) -> None:
    assert not found(f"export async function total(id) {{ {code} }}")
