"""Work of admins that every user can do."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.samples import edge, express, fastapi
from tests.support import audit_files

NAME = "access/admin_action_without_role"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_every_user_bans() -> None:
    text = """
        app.post("/api/admin/ban/:id", signedIn, async (req, res) => {
          res.json(await db.user.update({ where: { id: req.params.id }, data: { banned: true } }));
        });
    """
    assert found(express(text)) == ["high"]


def test_every_user_deletes_accounts() -> None:
    files = edge("""
        const user = await whoCalls(req);
        if (!user) return new Response("no", { status: 401 });
        const { accountId } = await req.json();
        await db.auth.admin.deleteUser(accountId);
        return new Response("gone");
    """)
    assert found(files) == ["high"]


def test_the_kind_of_a_token_is_no_role() -> None:
    text = """
        async def caller(request: Request):
            claims = jwt.decode(request.headers["authorization"][7:], os.environ["JWT_SECRET"], algorithms=["HS256"])
            if claims.get("type") != "access":
                raise HTTPException(401)
            return claims["sub"]

        @app.get("/admin/accounts")
        async def accounts(user: str = Depends(caller)):
            return await db.accounts.find().to_list(100)
    """
    assert found(fastapi(text)) == ["high"]


def test_a_role_is_asked_for() -> None:
    text = """
        app.post("/api/admin/ban/:id", signedIn, adminsOnly, async (req, res) => {
          res.json(await db.user.update({ where: { id: req.params.id }, data: { banned: true } }));
        });
    """
    assert not found(express(text))


def test_the_role_stands_in_a_table() -> None:
    files = edge("""
        const user = await whoCalls(req);
        const { data: role } = await db.from("user_roles").select("role").eq("user_id", user.id).eq("role",
          "admin").single();
        if (!role) return new Response("no", { status: 403 });
        await db.auth.admin.deleteUser((await req.json()).accountId);
        return new Response("gone");
    """)
    assert not found(files)


def test_people_delete_their_own_account() -> None:
    files = edge("""
        const user = await whoCalls(req);
        if (!user) return new Response("no", { status: 401 });
        await db.auth.admin.deleteUser(user.id);
        return new Response("gone");
    """)
    assert not found(files)


def test_each_admin_his_own_settings() -> None:
    text = """
        app.get("/api/admin/me", signedIn, async (req, res) => {
          res.json(await db.user.findUnique({ where: { id: req.user.id } }));
        });
    """
    assert not found(express(text))


SENT_ON = """
    app.post("/login", (req, res, next) => {
      store.collection("users").findOne({ name: req.body.name }, (err, user) => {
        if (err) return next(err);
        return res.redirect(user.isAdmin ? "/bonuses" : "/home");
      });
    });
    app.get("/bonuses", signedIn, (req, res) => {
      const staff = store.collection("users").find({ staff: true });
      staff.toArray((err, users) => res.render("bonuses", { users }));
    });
"""


def test_a_page_that_only_admins_are_sent_to() -> None:
    assert found(express(SENT_ON)) == ["high"]


def test_a_page_that_everybody_is_sent_to() -> None:
    assert not found(express(SENT_ON.replace('? "/bonuses"', '? "/staff"')))


def test_an_account_of_ones_own_or_any_for_admins() -> None:
    files = edge("""
        const user = await whoCalls(req);
        if (!user) return new Response("no", { status: 401 });
        const body = await req.json();
        let account: string;
        account = user.id;
        if (body.account && body.account !== user.id) {
          const { data: boss } = await db.rpc("has_role", { _user_id: user.id, _role: "admin" });
          if (!boss) return new Response("no", { status: 403 });
          account = body.account;
        }
        await db.auth.admin.deleteUser(account);
        return new Response("gone");
    """)
    assert not found(files)


def test_who_changed_it_is_no_owner() -> None:
    text = """
        app.post("/api/admin/reward/:id", signedIn, async (req, res) => {
          const data = { open: true, changedBy: req.user.id };
          res.json(await db.reward.update({ where: { id: req.params.id }, data }));
        });
    """
    assert found(express(text)) == ["high"]


LOOKS_UP = """
    const user = await whoCalls(req);
    if (!user) return new Response("no", { status: 401 });
    const { receiver } = await req.json();
    const { data } = await db.auth.admin.getUserById(receiver);
    await fetch("https://api.resend.com/emails", { method: "POST", body: JSON.stringify({ to: data.user.email }) });
    return new Response(ANSWER);
"""


def test_an_account_looked_up_is_no_work_on_it_until_it_is_told() -> None:
    assert not found(edge(LOOKS_UP.replace("ANSWER", '"sent"')))
    assert found(edge(LOOKS_UP.replace("ANSWER", "JSON.stringify(data)"))) == ["high"]


STAFF = """
    app.post("/api/login", async (req, res) => {
      const found = await db.admin.findUnique({ where: { email: req.body.email } });
      if (!found || !(await bcrypt.compare(req.body.password, found.password))) return res.status(401).end();
      res.json({ token: jwt.sign({ id: found.id }, process.env.JWT_SECRET) });
    });
    app.post("/api/admin/ban/:id", signedIn, async (req, res) => {
      res.json(await db.maker.update({ where: { id: req.params.id }, data: { banned: true } }));
    });
"""


@pytest.mark.parametrize(
    ("old", "new", "severities"),
    [
        ("", "", []),
        ("db.admin.", "db.user.", ["high"]),
        ("db.admin.", "db.shopAdmin.", ["high"]),
        (
            'app.post("/api/login"',
            (
                'app.post("/api/register", async (req, res) => res.json(await db.admin.create({ data: req.body })));\n'
                '    app.post("/api/login"'
            ),
            ["high"],
        ),
        ("bcrypt.compare(req.body.password, found.password)", "check(req.body.code)", ["high"]),
        ('app.post("/api/login"', 'import google from "passport-google-oauth20";\n    app.post("/api/login"', ["high"]),
    ],
)
def test_where_only_admins_have_a_password_a_login_is_enough(old: str, new: str, severities: list[str]) -> None:
    text = 'import bcrypt from "bcryptjs";\n' + dedent(STAFF.replace(old, new) if old else STAFF)
    assert found(express(text)) == severities


ADDRESSES = """
    ADMINS = {one.strip().lower() for one in os.environ.get("ADMINS", "ann@studio.example").split(",") if one.strip()}

    @app.get("/admin/guests")
    async def guests(user: dict = Depends(signed_in)):
        email = str((user or {}).get("email") or "").strip().lower()
        if not user or email not in LIST:
            raise HTTPException(status_code=404, detail="Not here")
        return await db.guests.find({}).to_list(100)
"""


@pytest.mark.parametrize(("listed", "severities"), [("ADMINS", []), ("BANNED", ["high"])])
def test_a_setting_that_lists_the_admins(listed: str, severities: list[str]) -> None:
    text = "import os\n\nBANNED = set()\n\n" + dedent(ADDRESSES.replace("LIST", listed))
    assert found(fastapi(text)) == severities


def test_an_admin_signs_out() -> None:
    text = """
        app.post("/api/admin/ACT", signedIn, async (req, res) => {
          res.json(await db.token.deleteMany({ where: { kind: "admin" } }));
        });
    """
    assert not found(express(text.replace("ACT", "logout")))
    assert found(express(text.replace("ACT", "clear"))) == ["high"]


@pytest.mark.parametrize(("whose", "severities"), [("req.user.id", []), ("req.body.id", ["high"])])
def test_ones_own_password(whose: str, severities: list[str]) -> None:
    text = f"""
        import {{ createClient }} from "@supabase/supabase-js";
        const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);
        app.post("/api/word", signedIn, async (req, res) => {{
          res.json(await supabase.auth.admin.updateUserById({whose}, {{ password: req.body.word }}));
        }});
    """
    assert found(express(text)) == severities
