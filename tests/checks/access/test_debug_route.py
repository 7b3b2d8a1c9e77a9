"""Tools of building the app that production answers."""

from __future__ import annotations

from tests.samples import edge, express, fastapi, nextjs
from tests.support import audit_files

NAME = "access/debug_route"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_anybody_empties_the_tables() -> None:
    text = 'app.post("/api/debug/reset", async (req, res) => res.json(await db.user.deleteMany({})));'
    assert found(express(text)) == ["high"]


def test_a_comment_says_that_it_should_go() -> None:
    text = """
        // TEMPORARY: remove before launch
        app.post("/api/make-me", async (req, res) => {
          res.json(await db.user.update({ where: { email: req.body.email }, data: { role: "admin" } }));
        });
    """
    assert found(express(text)) == ["high"]


def test_settings_are_told() -> None:
    files = nextjs(
        """
        export async function GET() {
          return NextResponse.json({ url: process.env.DATABASE_URL });
        }
        """,
        "debug-env",
    )
    assert found(files) == ["medium"]


def test_a_migration_by_address() -> None:
    text = """
        @app.post("/migrate-accounts")
        async def migrate():
            await db.accounts.update_many({}, {"$set": {"plan": "free"}})
    """
    assert found(fastapi(text)) == ["critical"] or found(fastapi(text)) == ["high"]


def test_it_asks_for_a_role() -> None:
    text = """
        app.post("/api/debug/reset", signedIn, adminsOnly, async (req, res) =>
          res.json(await db.user.deleteMany({})));
    """
    assert not found(express(text))


def test_it_does_not_answer_in_production() -> None:
    text = """
        app.post("/api/debug/reset", async (req, res) => {
          if (process.env.NODE_ENV === "production") return res.status(404).end();
          res.json(await db.user.deleteMany({}));
        });
    """
    assert not found(express(text))


def test_a_test_that_does_nothing() -> None:
    assert not found(edge('return new Response("pong");', "test-connection"))


def test_a_word_within_a_name() -> None:
    text = (
        'app.post("/api/contests/:id/latest", signedIn, async (req, res) => res.json(await db.entry.deleteMany({})));'
    )
    assert not found(express(text))


def test_comparing_two_ways_is_no_test_of_the_app() -> None:
    text = 'app.post("/api/content/ADDRESS", async (req, res) => res.json(await db.clip.deleteMany({})));'
    assert found(express(text.replace("ADDRESS", "run-test"))) == ["high"]
    assert not found(express(text.replace("ADDRESS", "ab-test")))
