"""Tokens that are believed as they come."""

from __future__ import annotations

from tests.samples import edge, express, fastapi
from tests.support import audit_files

NAME = "access/token_not_verified"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_a_token_is_only_taken_apart() -> None:
    files = edge("""
        const token = req.headers.get("authorization").replace("Bearer ", "");
        const claims = JSON.parse(atob(token.split(".")[1]));
        const { data } = await db.from("wallets").select("*").eq("user_id", claims.sub);
        return new Response(JSON.stringify(data));
    """)
    assert found(files) == ["critical"]


def test_decoding_is_no_verifying() -> None:
    text = """
        app.delete("/api/account", async (req, res) => {
          const claims = jwt.decode(req.headers.authorization.slice(7));
          res.json(await db.user.delete({ where: { id: claims.id } }));
        });
    """
    assert found(express(text)) == ["critical"]


def test_a_signature_check_that_is_switched_off() -> None:
    text = """
        @app.get("/wallet")
        async def wallet(request: Request):
            claims = jwt.decode(request.headers["authorization"][7:], options={"verify_signature": False})
            return await db.wallets.find_one({"user_id": claims["sub"]})
    """
    assert found(fastapi(text)) == ["critical"]


def test_a_token_that_was_verified() -> None:
    text = """
        app.delete("/api/account", async (req, res) => {
          const claims = jwt.verify(req.headers.authorization.slice(7), process.env.JWT_SECRET);
          res.json(await db.user.delete({ where: { id: claims.id } }));
        });
    """
    assert not found(express(text))


def test_the_provider_is_asked_first() -> None:
    files = edge("""
        const user = await whoCalls(req);
        if (!user) return new Response("no", { status: 401 });
        const claims = JSON.parse(atob(req.headers.get("authorization").split(".")[1]));
        await db.from("sessions").insert({ user_id: user.id, expires: claims.exp });
        return new Response("ok");
    """)
    assert not found(files)


def test_a_token_that_decides_nothing() -> None:
    text = """
        app.get("/api/expiry", (req, res) => {
          const claims = jwt.decode(req.headers.authorization.slice(7));
          res.json({ until: claims.exp });
        });
    """
    assert not found(express(text))


def test_signing_out_takes_only_the_token_itself() -> None:
    text = """
        app.post("/api/ADDRESS", async (req, res) => {
          const claims = jwt.decode(req.headers.authorization.slice(7));
          res.json(await db.ended.create({ data: { until: claims.exp, user: claims.id } }));
        });
    """
    assert found(express(text.replace("ADDRESS", "enter"))) == ["critical"]
    assert not found(express(text.replace("ADDRESS", "auth/logout")))
