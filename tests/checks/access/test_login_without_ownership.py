"""Addresses that know who calls and not whose rows they touch."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.samples import edge, express, fastapi
from tests.support import audit_files

NAME = "access/login_without_ownership"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_any_invoice_by_its_number() -> None:
    text = """
        app.get("/api/invoices/:id", signedIn, async (req, res) => {
          res.json(await db.invoice.findUnique({ where: { id: req.params.id } }));
        });
    """
    assert found(express(text)) == ["high"]


def test_any_draft_is_deleted() -> None:
    files = edge("""
        const user = await whoCalls(req);
        if (!user) return new Response("no", { status: 401 });
        const { draftId } = await req.json();
        await db.from("drafts").delete().eq("id", draftId);
        return new Response("done");
    """)
    assert found(files) == ["high"]


def test_python_changes_any_booking() -> None:
    text = """
        class Change(BaseModel):
            day: str

        @app.put("/bookings/{booking_id}")
        async def move(booking_id: str, change: Change, user: dict = Depends(signed_in)):
            await db.bookings.update_one({"id": booking_id}, {"$set": {"day": change.day}})
    """
    assert found(fastapi(text)) == ["high"]


def test_a_row_is_hung_on_somebody_elses_campaign() -> None:
    text = """
        app.get("/api/campaigns", signedIn, async (req, res) => {
          res.json(await db.campaign.findMany({ where: { ownerId: req.user.id } }));
        });
        app.post("/api/links", signedIn, async (req, res) => {
          const campaign = await db.campaign.findUnique({ where: { id: req.body.campaignId } });
          if (!campaign) return res.status(404).end();
          res.json(await db.link.create({ data: { campaignId: req.body.campaignId, url: req.body.url } }));
        });
    """
    assert found(express(text)) == ["medium"]


def test_a_role_of_one_team_reaches_the_others() -> None:
    text = """
        app.get("/api/talents", signedIn, adminsOnly, async (req, res) => {
          res.json(await db.talent.findMany({ where: { organizationId: req.user.organizationId } }));
        });
        app.get("/api/talents/:id", signedIn, adminsOnly, async (req, res) => {
          res.json(await db.talent.findFirst({ where: { id: req.params.id,
            organizationId: req.user.organizationId } }));
        });
        app.delete("/api/talents/:id", signedIn, adminsOnly, async (req, res) => {
          res.json(await db.talent.delete({ where: { id: req.params.id } }));
        });
    """
    assert found(express(text)) == ["high"]


@pytest.mark.parametrize(
    "query",
    [
        "updateMany({ where: { userId: req.params.id }, data: { userId: null } })",
        "update({ where: { id: req.params.id }, data: { seen: req.body.sent ? { increment: 1 } : undefined } })",
    ],
)
def test_what_no_team_owns_and_what_only_counts(query: str) -> None:
    text = """
        app.get("/api/talents", signedIn, adminsOnly, async (req, res) => {
          res.json(await db.talent.findMany({ where: { organizationId: req.user.organizationId } }));
        });
        app.get("/api/talents/:id", signedIn, adminsOnly, async (req, res) => {
          res.json(await db.talent.findFirst({ where: { id: req.params.id,
            organizationId: req.user.organizationId } }));
        });
        app.put("/api/people/:id", signedIn, adminsOnly, async (req, res) => {
          res.json(await db.talent.QUERY);
        });
    """
    assert not found(express(text.replace("QUERY", query)))


@pytest.mark.parametrize(
    "text",
    [
        """
        app.get("/api/invoices/:id", signedIn, async (req, res) => {
          res.json(await db.invoice.findFirst({ where: { id: req.params.id, userId: req.user.id } }));
        });
        """,
        """
        app.get("/api/invoices/:id", signedIn, async (req, res) => {
          const invoice = await db.invoice.findUnique({ where: { id: req.params.id } });
          if (invoice.userId !== req.user.id) return res.status(403).json({ error: "Not yours" });
          res.json(invoice);
        });
        """,
        """
        app.delete("/api/invoices/:id", signedIn, adminsOnly, async (req, res) => {
          res.json(await db.invoice.delete({ where: { id: req.params.id } }));
        });
        """,
        """
        app.post("/api/zines/:id/comments", signedIn, async (req, res) => {
          res.json(await db.comment.create({ data: { zineId: req.params.id, userId: req.user.id,
            text: req.body.text } }));
        });
        """,
        """
        app.post("/api/zines/:id/like", signedIn, async (req, res) => {
          const likes = await db.like.count({ where: { zineId: req.params.id } });
          res.json(await db.zine.update({ where: { id: req.params.id }, data: { likes } }));
        });
        """,
        """
        app.delete("/api/notes/:id", signedIn, async (req, res) => {
          const note = await db.note.findUnique({ where: { id: req.params.id } });
          const isModerator = false;
          if (note.userId !== req.user.id && !isModerator) return res.status(403).end();
          res.json(await db.note.delete({ where: { id: req.params.id } }));
        });
        """,
        """
        app.get("/api/posts/:id", signedIn, async (req, res) => {
          res.json(await db.post.findUnique({ where: { id: req.params.id } }));
        });
        """,
    ],
)
def test_express_look_alikes(text: str) -> None:
    assert not found(express(text))


def test_the_first_change_told_whose_it_is() -> None:
    text = """
        @app.post("/streams/{stream_id}/end")
        async def end(stream_id: str, user: dict = Depends(signed_in)):
            done = await db.streams.update_one({"id": stream_id, "host_id": user["id"]}, {"$set": {"live": False}})
            if done.matched_count == 0:
                raise HTTPException(404)
            await db.tickets.delete_many({"stream_id": stream_id})
    """
    assert not found(fastapi(text))


def test_taking_part_adds_to_a_number() -> None:
    text = """
        @app.post("/streams/{stream_id}/join")
        async def join(stream_id: str, user: dict = Depends(signed_in)):
            await db.streams.update_one({"id": stream_id}, {"$inc": {"guests": 1}, "$push": {"names": user["name"]}})
    """
    assert not found(fastapi(text))


def test_a_row_that_was_found_as_the_callers() -> None:
    text = """
        @app.delete("/bookings/{booking_id}")
        async def cancel(booking_id: str, user: dict = Depends(signed_in)):
            booking = await db.bookings.find_one({"id": booking_id, "guest_id": user["id"]})
            if not booking:
                raise HTTPException(404)
            await db.bookings.delete_one({"id": booking_id})
    """
    assert not found(fastapi(text))


def test_rows_of_the_user_that_the_address_names(audit_files):
    app = """
        const express = require("express");
        const app = express();
        const signedIn = (req, res, next) => (req.session.userId ? next() : res.redirect("/login"));
        app.get("/shelves/:userId", signedIn, (req, res, next) => {
          db.collection("shelves").find({ userId: %s }).toArray((err, shelves) => {
            if (err) return next(err);
            res.render("shelves", { shelves });
          });
        });
    """
    only = "access/login_without_ownership"
    assert len(audit_files({"app.js": app % "req.params.userId"}, only=only)) == 1
    assert not audit_files({"app.js": app % "req.session.userId"}, only=only)
    assert not audit_files({"app.js": (app % "req.params.userId").replace("shelves", "comments")}, only=only)


def test_everybody_but_the_owner_is_meant() -> None:
    text = """
        app.post("/api/zines/:id/bid", signedIn, async (req, res) => {
          const zine = await db.zine.findUnique({ where: { id: req.params.id } });
          if (zine.ownerId === req.user.id) return res.status(400).json({ error: "It is yours" });
          if (req.body.bid <= zine.price) return res.status(400).json({ error: "Too low" });
          res.json(await db.zine.update({ where: { id: req.params.id }, data: { price: req.body.bid } }));
        });
    """
    assert not found(express(text))


TOKENS = """
    from fastapi import Depends, FastAPI, Header, HTTPException
    from motor.motor_asyncio import AsyncIOMotorClient
    from pydantic import BaseModel
    app = FastAPI()
    db = AsyncIOMotorClient("mongodb://localhost")["shelf"]

    class User(BaseModel):
        user_id: str

    async def signed_in(authorization: str = Header(None)):
        token = authorization.replace("Bearer ", "")
        session = await db.sessions.find_one({"token": token})
        if not session:
            raise HTTPException(401)
        row = await db.users.find_one({"user_id": session["user_id"]})
        return User(**row)

    @app.delete("/invoices/{order_id}")
    async def remove(order_id: str, user: User = Depends(signed_in)):
        order = await db.invoices.find_one({"order_id": order_id})
        %s
        await db.invoices.delete_one({"order_id": order_id})
"""


def test_the_owner_of_the_token_that_was_shown_is_the_caller() -> None:
    asked = 'if order["user_id"] != user.user_id:\n            raise HTTPException(403)'
    assert not found({"server.py": TOKENS % asked, "requirements.txt": "fastapi"})
    assert found({"server.py": TOKENS % "print(order)", "requirements.txt": "fastapi"}) == ["high"]


def test_people_leave_something_at_other_peoples_things() -> None:
    text = """
        app.post("/api/songs/:id/%s", signedIn, async (req, res) => {
          res.json(await db.song.update({ where: { id: req.params.id }, data: { moods: req.body.moods } }));
        });
    """
    assert not found(express(text % "react"))
    assert found(express(text % "rename")) == ["high"]


ROOMS = """
    @app.post("/rooms/{room_id}/leave-call")
    async def leave_call(room_id: str, user: dict = Depends(signed_in)):
        await db.signal_rooms.update_one({"room_id": room_id}, {"$pull": {"callers": user["id"]}})
        room = await db.signal_rooms.find_one({"room_id": room_id})
        if TEST:
            await db.signal_rooms.delete_one({"room_id": room_id})
            await db.signal_queue.delete_many({"room_id": room_id})
        return {"ok": True}
"""


def test_the_last_one_shuts_the_door() -> None:
    assert not found(fastapi(ROOMS.replace("TEST", 'room and len(room["callers"]) == 0')))
    assert found(fastapi(ROOMS.replace("TEST", "room"))) == ["high"]


@pytest.mark.parametrize(
    ("test", "value", "severities"),
    [
        ("said.state === 'active'", "true", []),
        ("said.state === 'active'", "said.address", []),
        ("said.state === 'active'", "body.address", ["high"]),
        ("body.state === 'active'", "true", ["high"]),
    ],
)
def test_what_another_service_says_may_be_kept_by_anybody(test: str, value: str, severities: list[str]) -> None:
    files = edge(f"""
        const user = await whoCalls(req);
        if (!user) return new Response("no", {{ status: 401 }});
        const body = await req.json();
        const answer = await fetch("https://api.casts.test/casts/" + body.castId);
        const said = await answer.json();
        if ({test}) {{
          await db.from("casts").update({{ live: {value}, began: new Date().toISOString() }}).eq("id", body.castId);
        }}
        return new Response("ok");
    """)
    assert found(files) == severities


def test_a_session_that_says_who_runs_the_app_is_a_role() -> None:
    app = """
        from flask import Blueprint, Flask, redirect, request, session
        from models import Application, db

        desk = Blueprint("desk", __name__)

        @desk.before_request
        def only_staff():
            if request.path == "/desk/login":
                return None
            if session.get("%s") is True:
                return None
            return redirect("/desk/login")

        @desk.route("/applications/<int:number>/reject", methods=["POST"])
        def reject(number):
            row = Application.query.get_or_404(number)
            row.status = "rejected"
            db.session.commit()
            return redirect("/desk")

        app = Flask(__name__)
        app.register_blueprint(desk, url_prefix="/desk")
    """
    models = """
        from flask_sqlalchemy import SQLAlchemy

        db = SQLAlchemy()

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            status = db.Column(db.String)
    """
    for word in ("admin_logged_in", "owner_authenticated", "is_staff_signed_in"):
        assert not found({"app.py": app % word, "models.py": models})
    for word in ("logged_in", "seller_logged_in"):
        assert found({"app.py": app % word, "models.py": models}) == ["high"]


@pytest.mark.parametrize(("narrow", "severities"), [(", keeper_id=current_user.id", []), ("", ["high"])])
def test_who_finds_no_crate_of_his_own_comes_no_further(narrow: str, severities: list[str]) -> None:
    app = f"""
        from flask import Flask, jsonify
        from flask_login import current_user, login_required
        from models import Crate, Jar, db

        app = Flask(__name__)

        @app.route("/crates/<int:number>/empty", methods=["POST"])
        @login_required
        def empty(number):
            Crate.query.filter_by(id=number{narrow}).first_or_404()
            for jar in Jar.query.filter_by(crate_id=number).all():
                jar.state = "gone"
            db.session.commit()
            return jsonify(ok=True)
    """
    models = """
        from flask_sqlalchemy import SQLAlchemy

        db = SQLAlchemy()

        class Crate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            keeper_id = db.Column(db.Integer)

        class Jar(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            crate_id = db.Column(db.Integer)
            state = db.Column(db.String)
    """
    assert found({"app.py": app, "models.py": models}) == severities


@pytest.mark.parametrize(
    ("leaves", "severities"),
    [("return res.status(403).end();", []), ("continue;", ["high"]), ("console.log(id);", ["high"])],
)
def test_every_row_of_a_list_is_asked_about_first(leaves: str, severities: list[str]) -> None:
    text = f"""
        app.post("/api/songs/clear", signedIn, async (req, res) => {{
          const {{ ids }} = req.body;
          for (const id of ids) {{
            const song = await db.song.findUnique({{ where: {{ id }} }});
            if (song.ownerId !== req.user.id) {{ {leaves} }}
          }}
          res.json(await db.song.deleteMany({{ where: {{ id: {{ in: ids }} }} }}));
        }});
    """
    assert found(express(text)) == severities


@pytest.mark.parametrize(
    ("mine", "allowed", "severities"),
    [
        ("where: { ownerId: req.user.id }", "mine.some((one) => one.id === req.params.crateId)", []),
        ("where: { open: true }", "mine.some((one) => one.id === req.params.crateId)", ["medium"]),
        ("where: { ownerId: req.user.id }", "mine.some((one) => one.colour === req.params.crateId)", ["medium"]),
    ],
)
def test_what_is_among_the_callers_own_rows_is_his(mine: str, allowed: str, severities: list[str]) -> None:
    text = f"""
        app.get("/api/notes/:crateId", signedIn, async (req, res) => {{
          const mine = await db.crate.findMany({{ {mine} }});
          const allowed = {allowed};
          if (!allowed) return res.status(403).end();
          res.json(await db.note.findMany({{ where: {{ crateId: req.params.crateId }} }}));
        }});
        app.get("/api/mine", signedIn, async (req, res) => {{
          res.json(await db.note.findMany({{ where: {{ ownerId: req.user.id }} }}));
        }});
    """
    assert found(express(text)) == severities


TEAM = """
    import bcrypt from "bcryptjs";
    app.post("/api/login", async (req, res) => {
      const found = await db.user.findUnique({ where: { email: req.body.email } });
      if (!found || !(await bcrypt.compare(req.body.password, found.password))) return res.status(401).end();
      res.json({ token: jwt.sign({ id: found.id }, process.env.JWT_SECRET) });
    });
    app.post("/api/users", GUARD async (req, res) => res.json(await db.user.create({ data: req.body })));
    app.delete("/api/campaigns/:id", signedIn, async (req, res) => {
      res.json(await db.campaign.delete({ where: { id: req.params.id } }));
    });
"""
PEOPLE = """
    enum Role {
      ADMIN
      ASSISTANT
      THIRD
    }
    model User {
      id String @id
      email String @unique
      password String
      role Role @default(ADMIN)
      campaigns Campaign[]
      @@map("users")
    }
    model Campaign {
      id String @id
      createdById String
      createdBy User @relation(fields: [createdById], references: [id])
    }
"""


@pytest.mark.parametrize(
    ("role", "guard", "severities"),
    [("AI_AGENT", "signedIn,", []), ("CREATOR", "signedIn,", ["high"]), ("AI_AGENT", "", ["high"])],
)
def test_what_a_team_keeps_all_of_it_work_with(role: str, guard: str, severities: list[str]) -> None:
    files = express(TEAM.replace("GUARD", guard)) | {"prisma/schema.prisma": dedent(PEOPLE.replace("THIRD", role))}
    assert found(files) == severities


SCOPED = """
    app.use(async (req, res, next) => {
      const claims = jwt.verify(req.headers.authorization.slice(7), process.env.JWT_SECRET);
      req.accessScope = await scopeOf(claims);
      next();
    });
    app.delete("/api/campaigns/:id", async (req, res) => {
      if (!TEST) return res.status(403).end();
      res.json(await db.campaign.delete({ where: { id: req.params.id } }));
    });
"""


@pytest.mark.parametrize(
    ("test", "severities"),
    [("req.accessScope.ids.includes(req.params.id)", []), ("req.accessScope.ids.length", ["high"])],
)
def test_what_a_login_keeps_at_the_request_tells_whose_it_is(test: str, severities: list[str]) -> None:
    assert found(express(SCOPED.replace("TEST", test))) == severities


@pytest.mark.parametrize(("table", "severities"), [("liveSession", []), ("coachSession", ["high"])])
def test_what_is_live_is_watched_by_others(table: str, severities: list[str]) -> None:
    text = f"""
        app.get("/api/own", signedIn, async (req, res) => {{
          res.json(await db.{table}.findMany({{ where: {{ creatorId: req.user.id }} }}));
        }});
        app.get("/api/live/:id", signedIn, async (req, res) => {{
          res.json(await db.{table}.findUnique({{ where: {{ id: req.params.id }} }}));
        }});
    """
    assert found(express(text)) == severities


OFFICE = """
    import NextAuth from "next-auth";
    import Credentials from "next-auth/providers/credentials";
    const OURS = "@studio.example";
    export const { auth } = NextAuth({ providers: [Credentials({
      authorize: async (typed) => {
        const email = String(typed.email);
        TURNED AWAY
        return verified(email, typed.password);
      },
    })] });
"""


@pytest.mark.parametrize(
    ("turned_away", "severities"),
    [
        ("if (!email.endsWith(OURS)) return null;", []),
        ('if (!email.endsWith("@studio.example")) { await noted(email); return null; }', []),
        ('if (email.endsWith(OURS)) log("one of us");', ["high"]),
        ("", ["high"]),
    ],
)
def test_the_people_of_one_company_work_with_all_of_it(turned_away: str, severities: list[str]) -> None:
    text = """
        app.get("/api/invoices/:id", signedIn, async (req, res) => {
          res.json(await db.invoice.findUnique({ where: { id: req.params.id } }));
        });
    """
    assert found(express(text) | {"auth.ts": dedent(OFFICE.replace("TURNED AWAY", turned_away))}) == severities


MANY = """
    import os
    from supabase import create_client

    def acting_as(token):
        client = create_client(os.environ.get("SUPABASE_URL"), os.environ.get("KEY"))
        client.postgrest.auth(token)
        return client

    def lead(token, lead_id):
        return acting_as(token).table("leads").select("*").eq("id", lead_id).execute()

    def change(token, lead_id, values):
        return acting_as(token).table("leads").update(values).eq("id", lead_id).execute()

    @app.patch("/leads/{lead_id}")
    async def patch(lead_id: str, values: dict, authorization: str = Header(None), user: dict = Depends(signed_in)):
        token = authorization.split(" ")[1]
        if not any(lead(token, lead_id) for _ in range(1)) or not lead(token, lead_id) or not lead(token, lead_id):
            raise HTTPException(404)
        if not lead(token, lead_id) or not lead(token, lead_id) or not lead(token, lead_id):
            raise HTTPException(404)
        return change(token, lead_id, values)
"""


@pytest.mark.parametrize(("key", "severities"), [("SUPABASE_ANON_KEY", []), ("SUPABASE_SERVICE_KEY", ["high"])])
def test_a_client_that_is_made_for_each_query_keeps_its_rights(key: str, severities: list[str]) -> None:
    assert found(fastapi(MANY.replace('"KEY"', f'"{key}"'))) == severities


MEMBERS = """
    async function membership(user) {
      const rows = (await db.member.findMany({ where: { userId: user.id } })) ?? [];
      const sorted = [...rows].sort((a, b) => a.rank - b.rank);
      return { userId: user.id, shopId: sorted[0].shopId };
    }
    app.patch("/api/threads/:id", signedIn, async (req, res) => {
      const ctx = await membership(req.user);
      const thread = await db.thread.findUnique({ where: { id: req.params.id } });
      if (!thread || TEST) return res.status(404).end();
      res.json(await db.thread.update({ where: { id: req.params.id }, data: { note: req.body.note } }));
    });
"""


@pytest.mark.parametrize(
    ("test", "severities"),
    [("thread.shopId !== ctx.shopId", []), ("thread.shopId !== thread.placeId", ["high"]), ("thread.done", ["high"])],
)
def test_a_row_of_the_shop_that_one_belongs_to(test: str, severities: list[str]) -> None:
    assert found(express(MEMBERS.replace("TEST", test))) == severities


@pytest.mark.parametrize(
    ("test", "severities"),
    [
        ("draft.ownerId !== null && draft.ownerId !== req.user.id", []),
        ("draft.ownerId && draft.ownerId !== req.user.id", []),
        ("draft.stage !== null && draft.ownerId !== req.user.id", ["high"]),
    ],
)
def test_rows_of_nobody_are_everybodys(test: str, severities: list[str]) -> None:
    text = f"""
        app.delete("/api/drafts/:id", signedIn, async (req, res) => {{
          const draft = await db.draft.findUnique({{ where: {{ id: req.params.id }} }});
          if ({test}) return res.status(404).end();
          res.json(await db.draft.delete({{ where: {{ id: req.params.id }} }}));
        }});
    """
    assert found(express(text)) == severities
