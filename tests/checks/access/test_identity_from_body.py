"""Writing in somebody else's name."""

from __future__ import annotations

from tests.samples import edge, express, fastapi
from tests.support import audit_files

NAME = "access/identity_from_body"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_the_sender_is_whoever_the_request_says() -> None:
    files = edge("""
        const user = await whoCalls(req);
        if (!user) return new Response("no", { status: 401 });
        const { sender_id, recipient_id, text } = await req.json();
        await db.from("messages").insert({ sender_id, recipient_id, text });
        return new Response("sent");
    """)
    assert found(files) == ["high"]


def test_python_takes_the_author_from_the_body() -> None:
    text = """
        class Note(BaseModel):
            user_id: str
            text: str

        @app.post("/notes")
        async def write(note: Note):
            await db.notes.insert_one({"user_id": note.user_id, "text": note.text})
    """
    assert found(fastapi(text)) == ["medium"]


def test_mongo_sets_it_too() -> None:
    text = """
        class Claim(BaseModel):
            zine_id: str
            owner_id: str

        @app.post("/claim")
        async def claim(body: Claim, user: dict = Depends(signed_in)):
            await db.zines.update_one({"id": body.zine_id}, {"$set": {"owner_id": body.owner_id}})
    """
    assert found(fastapi(text)) == ["high"]


def test_a_links_token_does_not_tell_who_opened_it() -> None:
    files = edge("""
        const { token, user_id } = await req.json();
        const { data: seat } = await db.from("seats").select("id").eq("invitation_token", token).single();
        if (!seat) return new Response("no", { status: 404 });
        await db.from("seats").update({ user_id }).eq("id", seat.id);
        return new Response("welcome");
    """)
    assert found(files) == ["medium"]


def test_a_server_of_our_own_says_for_whom() -> None:
    files = edge("""
        const secret = Deno.env.get("INTERNAL_SECRET")!;
        if (req.headers.get("x-internal-secret") !== secret) return new Response("no", { status: 401 });
        const { user_id, text } = await req.json();
        await db.from("notes").insert({ user_id, text });
        return new Response("kept");
    """)
    assert not found(files)


def test_the_session_says_who_writes() -> None:
    text = """
        app.post("/api/messages", signedIn, async (req, res) => {
          res.json(await db.message.create({ data: { senderId: req.user.id, recipientId: req.body.recipientId } }));
        });
    """
    assert not found(express(text))


def test_the_id_is_compared_with_the_session() -> None:
    text = """
        app.post("/api/notes", signedIn, async (req, res) => {
          if (req.body.userId !== req.user.id) return res.status(403).end();
          res.json(await db.note.create({ data: { userId: req.body.userId, text: req.body.text } }));
        });
    """
    assert not found(express(text))


def test_admins_write_for_others() -> None:
    text = """
        app.post("/api/notes", signedIn, adminsOnly, async (req, res) => {
          res.json(await db.note.create({ data: { userId: req.body.userId, text: req.body.text } }));
        });
    """
    assert not found(express(text))


def test_admins_whose_role_is_looked_up_write_for_others() -> None:
    files = edge("""
        const user = await whoCalls(req);
        if (!user) return new Response("no", { status: 401 });
        const asked = db.from("user_roles").select("role").eq("user_id", user.id).eq("role", "admin");
        const { data: staff } = await asked.single();
        if (!staff) return new Response("no", { status: 403 });
        const { user_id, text } = await req.json();
        await db.from("notes").insert({ user_id, text });
        return new Response("sent");
    """)
    assert not found(files)
    assert found({path: text.replace("if (!staff)", "if (!user.id)") for path, text in files.items()}) == ["high"]


def test_whom_something_is_meant_for() -> None:
    text = """
        app.post("/api/gifts", signedIn, async (req, res) => {
          res.json(await db.gift.create({ data: { giverId: req.user.id, receiverId: req.body.receiverId } }));
        });
    """
    assert not found(express(text))


def test_the_other_side_of_a_payment_is_named_by_the_request() -> None:
    text = """
        app.post("/api/tips", signedIn, async (req, res) => {
          await db.transaction.create({ data: { userId: req.user.id, amount: -5 } });
          res.json(await db.transaction.create({ data: { userId: req.body.WHO, amount: 5 } }));
        });
    """
    assert not found(express(text.replace("WHO", "creatorId")))
    assert found(express(text.replace("WHO", "userId"))) == ["high"]
    assert found(express(text.replace("WHO", "creatorId").replace("signedIn, ", ""))) == ["high"]
