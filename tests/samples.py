"""Small apps in the styles that AI builders write, around the lines that a test is about."""

from __future__ import annotations

from textwrap import dedent, indent

_EXPRESS = """
import express from "express";
import jwt from "jsonwebtoken";
import crypto from "crypto";
import { PrismaClient } from "@prisma/client";

const app = express();
const db = new PrismaClient();
app.use(express.json());

function signedIn(req, res, next) {
  try {
    req.user = jwt.verify(req.headers.authorization.slice(7), process.env.JWT_SECRET);
    next();
  } catch {
    res.status(401).json({ error: "Sign in first" });
  }
}

function adminsOnly(req, res, next) {
  if (req.user.role !== "admin") return res.status(403).json({ error: "Admins only" });
  next();
}
"""
_EDGE = """
import { createClient } from "https://esm.sh/@supabase/supabase-js@2";

const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

async function whoCalls(req) {
  const { data: { user } } = await db.auth.getUser(req.headers.get("Authorization")!.replace("Bearer ", ""));
  return user;
}
"""
_NEXT = """
import { NextResponse } from "next/server";
import { createClient } from "@supabase/supabase-js";
import { auth } from "@/auth";

const db = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);
"""
_FASTAPI = """
import os
from fastapi import Depends, FastAPI, HTTPException, Request
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel
import jwt

app = FastAPI()
db = AsyncIOMotorClient(os.environ["MONGO_URL"])["zines"]


async def signed_in(request: Request):
    try:
        claims = jwt.decode(request.headers["authorization"][7:], os.environ["JWT_SECRET"], algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401)
    return await db.users.find_one({"id": claims["sub"]})
"""


def express(routes: str) -> dict[str, str]:
    """An Express server with Prisma; `signedIn` and `adminsOnly` stand ready, the database is `db`."""
    return {"server/index.ts": _EXPRESS + dedent(routes), "package.json": '{"dependencies": {"express": "4.19.2"}}'}


def edge(handler: str, name: str = "work") -> dict[str, str]:
    """A Supabase edge function whose body is `handler`; `db` is the service client, `whoCalls(req)` the login."""
    body = indent(dedent(handler), "  ")
    return {f"supabase/functions/{name}/index.ts": f"{_EDGE}\nDeno.serve(async (req) => {{\n{body}\n}});\n"}


def nextjs(text: str, path: str = "work") -> dict[str, str]:
    """A Next.js route file; `db` is a service client, `auth()` the login."""
    return {f"app/api/{path}/route.ts": _NEXT + dedent(text), "package.json": '{"dependencies": {"next": "15.0.0"}}'}


def fastapi(text: str) -> dict[str, str]:
    """A FastAPI app with MongoDB; `signed_in` is the login's dependency."""
    return {"main.py": _FASTAPI + dedent(text), "requirements.txt": "fastapi==0.115.0\nmotor==3.6.0\n"}
