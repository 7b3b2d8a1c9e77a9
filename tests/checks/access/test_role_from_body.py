"""Rights that people give to themselves."""

from __future__ import annotations

import pytest

from tests.samples import express, fastapi, nextjs
from tests.support import audit_files

NAME = "access/role_from_body"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_who_signs_up_is_an_admin() -> None:
    text = """
        app.post("/api/auth/register", async (req, res) => {
          const { email, role } = req.body;
          res.json(await db.user.create({ data: { email, role } }));
        });
    """
    assert found(express(text)) == ["critical"]


def test_a_field_that_is_spread_when_it_is_sent() -> None:
    text = """
        app.patch("/api/profile", signedIn, async (req, res) => {
          const { name, role } = req.body;
          await db.user.update({ where: { id: req.user.id }, data: { ...(name && { name }), ...(role && { role }) } });
          res.json({ ok: true });
        });
    """
    assert found(express(text)) == ["critical"]


def test_everyone_owns_his_own_account_and_not_its_rights() -> None:
    text = """
        app.patch("/api/users/:id", signedIn, async (req, res) => {
          if (req.params.id !== req.user.id) return res.status(403).end();
          res.json(await db.user.update({ where: { id: req.params.id }, data: { plan: req.body.plan } }));
        });
    """
    assert found(express(text)) == ["critical"]


def test_mongo_sets_it_too() -> None:
    text = """
        class Change(BaseModel):
            is_admin: bool

        @app.put("/me")
        async def change(body: Change, user: dict = Depends(signed_in)):
            await db.users.update_one({"id": user["id"]}, {"$set": {"is_admin": body.is_admin}})
    """
    assert found(fastapi(text)) == ["critical"]


def test_admins_give_roles() -> None:
    text = """
        app.patch("/api/users/:id", signedIn, adminsOnly, async (req, res) => {
          res.json(await db.user.update({ where: { id: req.params.id }, data: { role: req.body.role } }));
        });
    """
    assert not found(express(text))


def test_the_owner_of_a_team_gives_roles_in_it() -> None:
    text = """
        app.patch("/api/teams/:id/members/:memberId", signedIn, async (req, res) => {
          const team = await db.team.findUnique({ where: { id: req.params.id } });
          if (team.ownerId !== req.user.id) return res.status(403).end();
          res.json(await db.teamMember.update({ where: { id: req.params.memberId }, data: { role: req.body.role } }));
        });
    """
    assert not found(express(text))


def test_a_choice_between_harmless_kinds() -> None:
    text = """
        import { z } from "zod";
        const schema = z.object({ email: z.string(), role: z.enum(["FAN", "ARTIST"]) });
        export async function POST(request) {
          const { email, role } = schema.parse(await request.json());
          await db.from("profiles").insert({ email, role });
          return NextResponse.json({ ok: true });
        }
    """
    assert not found(nextjs(text, "register"))


def test_a_choice_that_is_looked_up_in_a_list() -> None:
    text = """
        app.post("/api/auth/register", async (req, res) => {
          if (!["fan", "artist"].includes(req.body.role)) return res.status(400).end();
          res.json(await db.user.create({ data: { email: req.body.email, role: req.body.role } }));
        });
    """
    assert not found(express(text))
    assert found(express(text.replace('"artist"', '"admin"')))


def test_the_server_sets_the_role() -> None:
    text = """
        app.post("/api/auth/register", async (req, res) =>
          res.json(await db.user.create({ data: { email: req.body.email, role: "fan" } })));
    """
    assert not found(express(text))


def test_a_verified_flag_of_a_thing_is_no_right() -> None:
    text = """
        app.post("/api/addresses", signedIn, async (req, res) =>
          res.json(await db.address.create({ data: { verified: req.body.verified } })));
    """
    assert not found(express(text))


@pytest.mark.parametrize(
    ("kind", "severities"),
    [
        ("Literal['fan', 'artist']", []),
        ("Optional[Literal['fan', 'artist']]", []),
        ("Part", []),
        ("Literal['fan', 'admin']", ["critical"]),
        ("Power", ["critical"]),
        ("str", ["critical"]),
    ],
)
def test_a_model_that_lists_harmless_values(kind: str, severities: list[str]) -> None:
    said = "person.role.value" if kind in ("Part", "Power") else "person.role"
    text = f"""
        class Part(str, Enum):
            fan = "fan"
            artist = "artist"

        class Power(str, Enum):
            fan = "fan"
            admin = "admin"

        class Person(BaseModel):
            email: str
            role: {kind}

        @app.post("/register")
        async def register(person: Person):
            await db.users.insert_one({{"email": person.email, "role": {said}}})
    """
    assert found(fastapi(text)) == severities


def test_an_admin_by_what_his_token_was_unpacked_to() -> None:
    text = """
        async def current_user(token: str = Depends(scheme)) -> dict:
            payload = jwt.decode(token, settings.JWT_SECRET, algorithms=["HS256"])
            return {"email": payload.get("sub"), "role": payload.get("role", "viewer")}

        def require_admin(user: dict = Depends(current_user)) -> dict:
            if user.get("KEY") != "admin":
                raise HTTPException(status_code=403)
            return user

        class Change(BaseModel):
            role: str

        @app.patch("/users/{user_id}")
        async def change(user_id: str, change: Change, admin: dict = Depends(require_admin)):
            await db.users.update_one({"id": user_id}, {"$set": {"role": change.role}})
    """
    assert not found(fastapi(text.replace("KEY", "role")))
    assert found(fastapi(text.replace("KEY", "nothing"))) == ["critical"]


@pytest.mark.parametrize(
    ("asked", "count"), [("roles.length && !roles.includes(req.user.role)", 0), ("roles.length", 1)]
)
def test_a_guard_that_asks_for_one_of_the_roles_that_it_is_given(asked: str, count: int) -> None:
    text = f"""
        const authorize = (...roles) => (req, res, next) => {{
          if ({asked}) {{ res.status(403).json({{}}); return; }}
          next();
        }};
        app.patch("/api/admin/users/:id", signedIn, authorize("ADMIN"), async (req, res) => {{
          const {{ isVerified }} = req.body;
          res.json(await db.user.update({{ where: {{ id: req.params.id }}, data: {{ isVerified }} }}));
        }});
    """
    assert len(found(express(text))) == count


@pytest.mark.parametrize(("second", "count"), [("SELLER", 0), ("ADMIN", 1)])
def test_all_but_two_words_are_refused(second: str, count: int) -> None:
    text = f"""
        app.post("/api/join", async (req, res) => {{
          const {{ email, role }} = req.body;
          if (role !== "BUYER" && role !== "{second}") return res.status(400).end();
          res.json(await db.user.create({{ data: {{ email, role }} }}));
        }});
    """
    assert len(found(express(text))) == count


@pytest.mark.parametrize(("beside", "count"), [("bankName", 0), ("city", 1)])
def test_the_kind_of_a_bank_account_gives_no_rights(beside: str, count: int) -> None:
    text = f"""
        app.put("/api/profile", signedIn, async (req, res) => {{
          const {{ accountType, {beside} }} = req.body;
          const where = {{ userId: req.user.id }};
          res.json(await db.userProfile.update({{ where, data: {{ accountType, {beside} }} }}));
        }});
    """
    assert len(found(express(text))) == count
