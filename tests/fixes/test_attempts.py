"""Repairs of sign-ins that let passwords be tried without end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixes.support import Repaired, repaired

EXPRESS = """
import { Router } from "express";
import bcrypt from "bcrypt";
import { db } from "./db";
const router = Router();
router.post("/login", async (req, res) => {
  const { email, password } = req.body;
  const user = await db.user.findUnique({ where: { email } });
  if (!user || !(await bcrypt.compare(password, user.passwordHash))) {
    return res.status(401).json({ message: "Wrong name or password" });
  }
  return res.json({ message: "Welcome" });
});
export default router;
"""
SERVER = """
import express from "express";
import router from "./auth";
const app = express();
app.use(express.json());
app.use("/auth", router);
app.listen(3000);
"""
FASTAPI = """
from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

router = APIRouter(prefix="/auth")


class Login(BaseModel):
    email: str
    password: str


@router.post("/login")
def login(body: Login):
    \"\"\"Let somebody in.\"\"\"
    user = find_user(body.email)
    if not user or not verify_password(body.password, user.hashed):
        raise HTTPException(401, "Wrong name or password")
    return {"token": token_of(user)}
"""


def limited(code: str = EXPRESS, server: str = SERVER, ending: str = "ts", **more: str) -> Repaired:
    files = {f"server/auth.{ending}": code, f"server/index.{ending}": server, **more}
    return repaired("sessions/limit_attempts", files)


def in_python(code: str = FASTAPI) -> Repaired:
    served = "from fastapi import FastAPI\nfrom auth import router\napp = FastAPI()\napp.include_router(router)\n"
    return repaired("sessions/limit_attempts", {"auth.py": code, "main.py": served})


def test_a_limiter_stands_before_the_handler() -> None:
    after = limited()
    assert not after.left
    text, limiter = after.files["server/auth.ts"], after.files["server/login-limiter.ts"]
    assert 'import { loginLimiter } from "./login-limiter";' in text
    assert 'router.post("/login", loginLimiter, async (req, res)' in text
    assert "String(req.body?.email)" in limiter
    assert "res.json({ message: 'Too many" in limiter


def test_plain_javascript_requires_it() -> None:
    code = EXPRESS.replace('import { Router } from "express"', 'const { Router } = require("express")')
    code = code.replace('import bcrypt from "bcrypt"', 'const bcrypt = require("bcrypt")')
    code = code.replace('import { db } from "./db"', 'const { db } = require("./db")')
    code = code.replace("export default router", "module.exports = router")
    server = SERVER.replace('import express from "express"', 'const express = require("express")')
    after = limited(code, server.replace('import router from "./auth"', 'const router = require("./auth")'), "js")
    assert not after.left
    assert 'const { loginLimiter } = require("./login-limiter");' in after.files["server/auth.js"]
    limiter = after.files["server/login-limiter.js"]
    assert "module.exports = { loginLimiter };" in limiter
    assert "import" not in limiter


def test_a_handler_of_fastapi_counts_first() -> None:
    after = in_python()
    assert not after.left
    text = after.files["auth.py"]
    assert '    """Let somebody in."""\n    limit_attempts(body.email)\n' in text
    counted = text[text.index("_attempts:") : text.index("@router.post")]
    clock = [1000.0]
    made: dict[str, Any] = {"monotonic": lambda: clock[0], "HTTPException": _RefusedError}
    exec(counted, made)
    for _ in range(10):
        made["limit_attempts"]("Ann@fans.example ")
    with pytest.raises(_RefusedError):
        made["limit_attempts"]("ann@fans.example")
    made["limit_attempts"]("bob@fans.example")
    clock[0] += 901
    made["limit_attempts"]("ann@fans.example")
    assert list(made["_attempts"]) == ["ann@fans.example"]


class _RefusedError(Exception):
    def __init__(self, status_code: int, **more: object) -> None:
        assert status_code == 429


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("email", "code"),
        ('"/login", async', '"/login", rateLimiter, async'),
        ('router.post("/login"', 'router.post(LOGIN_PATH + "/login"'),
    ],
)
def test_who_is_not_known_or_limited_already_is_left(was: str, now: str) -> None:
    assert not limited(EXPRESS.replace(was, now)).patches


def test_a_handler_that_does_not_read_an_account_is_left() -> None:
    assert not in_python(FASTAPI.replace("email", "pin_of")).patches


def test_fastapi_without_its_refusal_imports_it() -> None:
    code = FASTAPI.replace("APIRouter, HTTPException", "APIRouter").replace(
        'raise HTTPException(401, "Wrong name or password")', 'return {"error": "Wrong name or password"}'
    )
    assert "from fastapi import HTTPException\n" in in_python(code).files["auth.py"]


NEXT = """
import { NextResponse } from "next/server";
import bcrypt from "bcryptjs";
import { prisma } from "@/lib/prisma";

export async function POST(request: Request) {
  const { email, password } = await request.json();
  const user = await prisma.user.findUnique({ where: { email: email.toLowerCase() } });
  if (!user || !(await bcrypt.compare(password, user.passwordHash))) {
    return NextResponse.json({ error: "Wrong name or password" }, { status: 401 });
  }
  return NextResponse.json({ id: user.id });
}
"""
CLIENT = 'import { PrismaClient } from "@prisma/client";\nexport const prisma = new PrismaClient();\n'
SCHEMA = """
generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model User {
  id           String @id @default(cuid())
  email        String @unique
  passwordHash String
}
"""
FIRST = "prisma/migrations/20260101000000_init/migration.sql"
MADE = (
    'CREATE TABLE "User" ("id" TEXT NOT NULL, "email" TEXT NOT NULL, "passwordHash" TEXT NOT NULL, PRIMARY KEY ("id"));'
)
LOGIN = "src/app/api/auth/login/route.ts"


def counted(code: str = NEXT, schema: str = SCHEMA, **more: str) -> Repaired:
    files = {LOGIN: code, "src/lib/prisma.ts": CLIENT, "prisma/schema.prisma": schema, **more}
    return repaired("sessions/count_attempts", files)


def test_prisma_counts_attempts_before_the_account_is_looked_up() -> None:
    after = counted(**{FIRST: MADE})
    assert not after.left
    assert """
  await prisma.loginAttempt.create({ data: { account: email.toLowerCase() } });
  const attempts = await prisma.loginAttempt.count({ where: { account: email.toLowerCase() } });
  if (attempts > 10) {
    return NextResponse.json({ error: "Too many attempts. Please try again in 15 minutes." }, { status: 429 });
  }
  const user = await prisma""" in after.files[LOGIN]
    assert "model LoginAttempt {" in after.files["prisma/schema.prisma"]
    made = after.files["prisma/migrations/20260101000001_login_attempts/migration.sql"]
    assert 'CREATE TABLE "login_attempts"' in made


def test_a_schema_that_is_pushed_needs_no_migration() -> None:
    after = counted(schema=SCHEMA.replace("postgresql", "sqlite"))
    assert not after.left
    assert not any(path.endswith(".sql") for path in after.files)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("prisma.user.findUnique({ where: { email: email.toLowerCase() } })", "accountOf(email)"),
        ("email: email.toLowerCase()", "id: email"),
        ("email: email.toLowerCase()", "email: await cleaned(email)"),
    ],
)
def test_a_look_up_that_is_not_known_is_left(was: str, now: str) -> None:
    assert not counted(NEXT.replace(was, now)).patches


def test_another_database_or_a_model_of_ones_own_is_left() -> None:
    assert not counted(schema=SCHEMA.replace("postgresql", "mongodb")).patches
    assert not counted(schema=f"{SCHEMA}\nmodel LoginAttempt {{\n  id String @id\n}}\n").patches
