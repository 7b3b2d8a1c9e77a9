"""Locks that open when the key is missing."""

from __future__ import annotations

import pytest

from tests.samples import edge, express, nextjs
from tests.support import audit_files

NAME = "access/fail_open_guard"
WORK = 'await db.from("payouts").update({ status: "sent" }).eq("status", "due");\n return new Response("done");'


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def cron(lock: str) -> dict[str, str]:
    return edge(lock + WORK, "send-payouts")


@pytest.mark.parametrize(
    "lock",
    [
        """
        const secret = Deno.env.get("CRON_SECRET");
        if (secret && req.headers.get("x-cron-secret") !== secret) return new Response("no", { status: 401 });
        """,
        """
        if (req.headers.get("authorization") !== `Bearer ${Deno.env.get("CRON_SECRET")}`)
          return new Response("no", { status: 401 });
        """,
        """
        if (req.headers.get("x-cron-secret") !== (Deno.env.get("CRON_SECRET") || "letmein"))
          return new Response("no", { status: 401 });
        """,
        """
        if (req.headers.get("x-vercel-cron") !== "1") return new Response("no", { status: 401 });
        """,
    ],
)
def test_a_lock_that_opens(lock: str) -> None:
    assert found(cron(lock)) == ["high"]


@pytest.mark.parametrize(
    "lock",
    [
        """
        const secret = Deno.env.get("CRON_SECRET");
        if (!secret || req.headers.get("authorization") !== `Bearer ${secret}`) return new Response("no",
          { status: 401 });
        """,
        """
        const secret = Deno.env.get("CRON_SECRET");
        if (!secret) throw new Error("CRON_SECRET is missing");
        if (req.headers.get("authorization") !== `Bearer ${secret}`) return new Response("no", { status: 401 });
        """,
        """
        if (req.headers.get("x-cron-secret") !== Deno.env.get("CRON_SECRET")!) return new Response("no",
          { status: 401 });
        """,
    ],
)
def test_a_lock_that_holds(lock: str) -> None:
    assert not found(cron(lock))


def webhook(key: str) -> dict[str, str]:
    text = f"""
        app.post("/api/webhooks/pay", async (req, res) => {{
          {key}
          const expected = crypto.createHmac("sha256", secret).update(JSON.stringify(req.body)).digest("hex");
          if (expected !== req.headers["x-pay-signature"]) return res.status(400).end();
          await db.order.update({{ where: {{ id: req.body.orderId }}, data: {{ status: "paid" }} }});
          res.json({{ ok: true }});
        }});
    """
    return express(text)


def test_everybody_can_sign_with_an_empty_key() -> None:
    assert found(webhook('const secret = process.env.PAY_SECRET || "";')) == ["high"]


def test_a_key_that_must_be_set() -> None:
    lock = 'const secret = process.env.PAY_SECRET ?? "";\n if (!secret) return res.status(500).end();'
    assert not found(webhook(lock))
    assert not found(webhook("const secret = process.env.PAY_SECRET!;"))


def test_open_in_development_only() -> None:
    files = nextjs("""
        export async function GET(request) {
          const sent = request.headers.get("authorization");
          const secret = process.env.CRON_SECRET;
          if (process.env.NODE_ENV === "production" && (!secret || sent !== `Bearer ${secret}`)) {
            return NextResponse.json({ error: "no" }, { status: 401 });
          }
          await db.from("payouts").update({ status: "sent" }).eq("status", "due");
          return NextResponse.json({ ok: true });
        }
    """)
    assert not found(files)


def test_a_login_stands_behind_it() -> None:
    lock = """
        const secret = Deno.env.get("INTERNAL_KEY");
        if (secret && req.headers.get("x-internal-key") !== secret) return new Response("no", { status: 401 });
        const user = await whoCalls(req);
        if (!user) return new Response("no", { status: 401 });
    """
    assert not found(cron(lock))


def test_a_key_that_the_host_always_gives() -> None:
    lock = """
        const key = Deno.env.get("NAME");
        if (req.headers.get("authorization") !== `Bearer ${key}`) return new Response("no", { status: 401 });
    """
    assert not found(cron(lock.replace("NAME", "SUPABASE_SERVICE_ROLE_KEY")))
    assert found(cron(lock.replace("NAME", "OWN_KEY"))) == ["high"]


COMES_BACK = """
    const code = new URL(req.url).searchParams.get("PART");
    const header = req.headers.get("Authorization");
    if (!header && !code) return new Response("no", { status: 401 });
    if (header) {
      const { data, error } = await db.auth.getUser(header.replace("Bearer ", ""));
      if (error) return new Response("no", { status: 401 });
    }
    await db.from("connections").update({ code }).eq("kind", "video");
    return new Response("done");
"""


@pytest.mark.parametrize(
    ("address", "part", "severities"),
    [("video-oauth", "code", []), ("video-oauth", "kind", ["high"]), ("video", "code", ["high"])],
)
def test_a_provider_sends_people_back_without_a_login(address: str, part: str, severities: list[str]) -> None:
    assert found(edge(COMES_BACK.replace("PART", part), address)) == severities
