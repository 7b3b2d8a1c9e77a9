"""Addresses called by GET that change rows."""

from __future__ import annotations

import pytest

from tests.support import audit_files

CHECK = "input/change_by_get"
APP = """
    import express from "express";
    import {{ PrismaClient }} from "@prisma/client";
    const app = express();
    const prisma = new PrismaClient();
    app.{route}
"""


def found(route: str) -> list[str]:
    return [f.detail for f in audit_files({"server/index.ts": APP.format(route=route)}, only=CHECK)]


REMOVE = '"/posts/:id/remove", async (q, r) => r.json(await prisma.post.delete({ where: { id: q.params.id } })));'
SET = '"/plan", async (q, r) => r.json(await prisma.shop.update({ where: { id: 1 }, data: { plan: q.query.plan } })));'
COUNT = """"/posts/:id", async (q, r) => r.json(
    await prisma.post.update({ where: { id: q.params.id }, data: { views: { increment: 1 } } })));"""
CONFIRM = """"/verify-email", async (q, r) => r.json(
    await prisma.user.update({ where: { token: q.query.token }, data: { verified: true } })));"""
READ = '"/posts/:id", async (q, r) => r.json(await prisma.post.findUnique({ where: { id: q.params.id } })));'


@pytest.mark.parametrize("route", [f"get({REMOVE}", f"get({SET}"])
def test_a_link_changes_rows(route: str) -> None:
    (detail,) = found(route)
    assert "writes to" in detail


@pytest.mark.parametrize("route", [f"post({REMOVE}", f"get({COUNT}", f"get({CONFIRM}", f"get({READ}"])
def test_reading_counting_and_confirming(route: str) -> None:
    assert not found(route)
