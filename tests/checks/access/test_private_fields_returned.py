"""Whole rows of people in answers."""

from __future__ import annotations

import pytest

from tests.samples import edge, express
from tests.support import audit_files

NAME = "access/private_fields_returned"
SCHEMA = """
model User {
  id           String @id
  name         String
  email        String
  passwordHash String
  albums       Album[]
}

model Album {
  id       String @id
  title    String
  artistId String
  artist   User   @relation(fields: [artistId], references: [id])
}
"""
TABLES = """
create table public.subscribers (id uuid primary key, email text, visitor_ip text, phone text);
"""


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def shop(routes: str) -> dict[str, str]:
    return express(routes) | {"prisma/schema.prisma": SCHEMA}


def test_everybody_gets_the_hashes() -> None:
    text = 'app.get("/api/artists", async (req, res) => res.json(await db.user.findMany({ take: 20 })));'
    assert found(shop(text)) == ["high"]


def test_users_get_the_hashes_of_others() -> None:
    text = 'app.get("/api/artists", signedIn, async (req, res) => res.json(await db.user.findMany({ take: 20 })));'
    assert found(shop(text)) == ["medium"]


def test_people_are_read_along() -> None:
    text = """
        app.get("/api/albums", signedIn, async (req, res) => {
          res.json(await db.album.findMany({ take: 20, include: { artist: true } }));
        });
    """
    assert found(shop(text)) == ["medium"]


def test_the_stored_row_has_more_than_was_sent() -> None:
    files = edge("""
        const { email } = await req.json();
        const { data } = await db.from("subscribers").insert({ email }).select().single();
        return new Response(JSON.stringify(data));
    """)
    assert found(files | {"supabase/migrations/1_first.sql": TABLES}) == ["low"]


def test_ones_own_hash_is_little() -> None:
    text = """
        app.get("/api/me", signedIn, async (req, res) => {
          res.json(await db.user.findUnique({ where: { id: req.user.id } }));
        });
    """
    assert found(shop(text)) == ["low"]


def test_every_user_gets_a_list_of_phone_numbers() -> None:
    text = """
        app.get("/api/members", signedIn, async (req, res) => {
          res.json(await db.member.findMany({ take: 50, select: { id: true, name: true, phone: true } }));
        });
    """
    assert found(shop(text)) == ["medium"]
    assert not found(shop(text.replace("signedIn,", "signedIn, adminsOnly,")))
    assert not found(shop(text.replace("take: 50,", "where: { teamId: req.user.teamId },")))


def test_columns_are_picked() -> None:
    text = """
        app.get("/api/artists", async (req, res) =>
          res.json(await db.user.findMany({ select: { id: true, name: true } })));
    """
    assert not found(shop(text))


def test_fields_are_picked_afterwards() -> None:
    text = """
        app.get("/api/artists", async (req, res) => {
          const users = await db.user.findMany({ take: 20 });
          res.json(users.map((u) => ({ id: u.id, name: u.name })));
        });
    """
    assert not found(shop(text))


def test_columns_of_those_read_along_are_picked() -> None:
    text = """
        app.get("/api/albums", async (req, res) => {
          res.json(await db.album.findMany({ take: 20, include: { artist: { select: { name: true } } } }));
        });
    """
    assert not found(shop(text))


def test_rows_of_things_are_no_secret() -> None:
    text = 'app.get("/api/albums", async (req, res) => res.json(await db.album.findMany({ take: 20 })));'
    assert not found(shop(text))


def test_rows_that_only_decide() -> None:
    text = """
        app.get("/api/names/:name", async (req, res) => {
          const user = await db.user.findFirst({ where: { name: req.params.name } });
          res.json({ taken: !!user });
        });
    """
    assert not found(shop(text))


COINS = """
model Creator {
  id String @id
  token_symbol String
  token_address String
  PLUS
}
"""


def test_the_name_of_a_coin_is_no_secret() -> None:
    text = 'app.get("/api/creators", async (req, res) => res.json(await db.creator.findMany({ take: 20 })));'
    assert not found(shop(text) | {"prisma/schema.prisma": COINS.replace("PLUS", "")})
    assert found(shop(text) | {"prisma/schema.prisma": COINS.replace("PLUS", "reset_token String?")}) == ["high"]


@pytest.mark.parametrize(
    ("answer", "severities"),
    [
        ("res.json(user);", ["medium"]),
        ("const { passwordHash, ...shown } = user; res.json(shown);", []),
        ("const { passwordHash: _, ...shown } = user; res.json({ user: shown });", []),
        ("res.json({ ...user, passwordHash: undefined });", []),
        ("user.passwordHash = undefined; res.json(user);", []),
        ("delete user.passwordHash; res.json({ user });", []),
        ("const { name, ...shown } = user; res.json(shown);", ["medium"]),
        ("res.json({ passwordHash: null, ...user });", ["medium"]),
        ("delete user.name; res.json(user);", ["medium"]),
    ],
)
def test_a_secret_that_is_taken_out_of_the_row(answer: str, severities: list[str]) -> None:
    model = "model User {\n  id String @id\n  name String\n  passwordHash String\n}\n"
    text = f"""
        app.get("/api/people/:id", signedIn, async (req, res) => {{
          const user = await db.user.findUnique({{ where: {{ id: req.params.id }} }});
          {answer}
        }});
    """
    files = express(text) | {"prisma/schema.prisma": model}
    assert [one.severity for one in audit_files(files, only=NAME)] == severities
