"""Addresses that do something for anybody."""

from __future__ import annotations

import pytest

from tests.samples import edge, express, fastapi, nextjs
from tests.support import audit_files

NAME = "access/route_without_login"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_anybody_deletes_by_id() -> None:
    text = """
        app.delete("/api/zines/:id", async (req, res) =>
          res.json(await db.zine.delete({ where: { id: req.params.id } })));
    """
    assert found(express(text)) == ["high"]


def test_anybody_moves_money() -> None:
    text = """
        import Stripe from "stripe";
        const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
        app.post("/api/payouts/send", async (req, res) => {
          res.json(await stripe.transfers.create({ amount: req.body.amount, destination: req.body.account }));
        });
    """
    assert found(express(text)) == ["critical"]


def test_the_public_key_of_a_gateway_is_no_login() -> None:
    files = edge("""
        const { bookingId } = await req.json();
        await db.from("bookings").delete().eq("id", bookingId);
        return new Response("done");
    """)
    assert found(files | {"supabase/config.toml": "[functions.work]\nverify_jwt = true\n"}) == ["high"]


def test_the_client_with_the_servers_rights_is_shown_too() -> None:
    files = edge("""
        const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
        await admin.from("bookings").delete().eq("id", (await req.json()).id);
        return new Response("done");
    """)
    (finding,) = audit_files(files, only=NAME)
    assert len(finding.related) == 2


def test_a_job_that_does_only_what_is_due_is_less() -> None:
    job = """
        const { data } = await db.from("banners").select("id").lt("ends_at", new Date().toISOString());
        await db.from("banners").update({ shown: false }).in("id", data.map((b) => b.id));
        return new Response("done");
    """
    assert found(edge(job, "expire-banners")) == ["medium"]


def test_python_reads_everybody() -> None:
    text = """
        @app.get("/accounts")
        async def accounts():
            return await db.accounts.find().to_list(100)
    """
    assert found(fastapi(text)) == ["high"]


@pytest.mark.parametrize(
    "text",
    [
        """
        app.delete("/api/zines/:id", signedIn, async (req, res) =>
          res.json(await db.zine.delete({ where: { id: req.params.id } })));
        """,
        """
        app.post("/api/contact", async (req, res) =>
          res.json(await db.message.create({ data: { text: req.body.text } })));
        """,
        """
        app.post("/api/auth/register", async (req, res) =>
          res.json(await db.user.create({ data: { email: req.body.email } })));
        """,
        """
        app.post("/api/create-user", async (req, res) => {
          const { email, password } = req.body;
          await db.user.create({ data: { email, password: await hash(password) } });
          await mailer.sendMail({ to: email, subject: "Welcome" });
          res.json({});
        });
        """,
        """
        app.post("/api/password/reset", async (req, res) =>
          res.json(await db.user.update({ where: { code: req.body.code }, data: { password: req.body.password } })));
        """,
        """
        app.post("/api/users/resend-email-validation-code", async (req, res) =>
          res.json(await mailer.sendMail({ to: req.body.email, subject: "Your code" })));
        """,
        (
            'app.post("/api/zines/:id/views", async (req, res) => res.json(await db.zine.update('
            "{ where: { id: req.params.id }, data: { views: { increment: 1 } } })));"
        ),
        'app.get("/api/zines", async (req, res) => res.json(await db.zine.findMany({ take: 20 })));',
    ],
)
def test_express_look_alikes(text: str) -> None:
    assert not found(express(text))


@pytest.mark.parametrize(
    ("address", "asked"), [("/api/users", "role"), ("/api/admin/users", "password"), ("/api/users/invite", "password")]
)
def test_who_adds_others_to_the_people_does_not_sign_up(address: str, asked: str) -> None:
    text = f"""
        app.post("{address}", async (req, res) => {{
          const {{ email, {asked} }} = req.body;
          await db.user.create({{ data: {{ email, {asked} }} }});
          await mailer.sendMail({{ to: email, subject: "Welcome" }});
          res.json({{}});
        }});
    """
    assert found(express(text)) == ["high"]


def test_a_login_in_the_handler_counts() -> None:
    files = nextjs("""
        export async function DELETE(request) {
          const session = await auth();
          if (!session?.user) return NextResponse.json({ error: "no" }, { status: 401 });
          const { id } = await request.json();
          await db.from("drafts").delete().eq("id", id).eq("user_id", session.user.id);
          return NextResponse.json({ ok: true });
        }
    """)
    assert not found(files)


def test_a_clock_with_its_secret() -> None:
    files = edge("""
        const secret = Deno.env.get("CRON_SECRET");
        if (!secret || req.headers.get("x-cron-secret") !== secret) return new Response("no", { status: 401 });
        await db.from("banners").delete().lt("ends_at", new Date().toISOString());
        return new Response("done");
    """)
    assert not found(files)


def test_a_mail_that_follows_an_error_is_no_door() -> None:
    text = """
        import { Resend } from "resend";
        const resend = new Resend(process.env.RESEND_API_KEY);
        app.post("/api/backup", async (req, res) => {
          try {
            const claims = jwt.verify(req.headers.authorization.slice(7), process.env.JWT_SECRET);
            res.json(await db.backup.create({ data: { by: claims.id } }));
          } catch (error) {
            await resend.emails.send({ from: "a@shop.test", to: "b@shop.test", subject: "Broken",
              text: error.message });
            res.status(500).end();
          }
        });
    """
    assert not found(express(text))


def test_a_job_that_tells_how_many_there_were() -> None:
    text = """
        app.post("/api/jobs/look", async (req, res) => {
          const bookings = await db.booking.findMany();
          res.json({ seen: bookings.length });
        });
    """
    assert not found(express(text))


def test_what_only_a_header_tells_is_not_chosen() -> None:
    text = """
        app.post("/api/collect", async (req, res) => {
          await db.lookup.create({ data: { ip: req.headers["x-real-ip"] } });
          res.end();
        });
    """
    assert not found(express(text))


def test_a_dependency_is_a_login() -> None:
    text = """
        @app.delete("/zines/{zine_id}")
        async def remove(zine_id: str, user: dict = Depends(signed_in)):
            await db.zines.delete_one({"id": zine_id, "owner_id": user["id"]})
    """
    assert not found(fastapi(text))


def test_anybody_reads_the_withdrawals_of_whom_he_names() -> None:
    text = """
        app.get("/api/withdrawals/history", async (req, res) =>
          res.json(await db.withdrawal.findMany({ where: { artistId: req.query.artist, userId: req.query.user } })));
    """
    assert found(express(text)) == ["high"]


def test_creators_are_on_show() -> None:
    text = """
        app.get("/api/creators", async (req, res) => res.json(await db.creatorProfile.findMany({ take: 50 })));
    """
    assert not found(express(text))


def test_a_left_over_tool_is_told_once() -> None:
    text = """
        app.get("/api/debug/orders", async (req, res) => res.json(await db.order.findMany()));
    """
    assert not found(express(text))
    assert audit_files(express(text), only="access/debug_route")


def test_reading_the_state_of_a_payout_pays_nobody() -> None:
    text = """
        app.get("/api/withdrawal-state", async (req, res) => {
          const answer = await fetch(`https://pay.example.com/payouts/${req.query.reference}`, { method: "GET" });
          res.json(await answer.json());
        });
    """
    assert not found(express(text))


def test_orders_of_everybody_by_their_state() -> None:
    text = """
        app.get("/api/orders", async (req, res) =>
          res.json(await db.order.findMany({ where: { state: req.query.state } })));
    """
    assert found(express(text)) == ["high"]


def test_one_order_by_its_number() -> None:
    text = """
        app.get("/api/orders/track", async (req, res) =>
          res.json(await db.order.findFirst({ where: { trackingNumber: req.query.number } })));
    """
    assert not found(express(text))


def test_asking_where_somebodys_mail_goes_manages_no_account() -> None:
    files = edge("""
        const { data } = await db.auth.admin.getUserById((await req.json()).to);
        await fetch("https://mail.example.com/send", { method: "POST", body: data.user.email });
        return new Response("done");
    """)
    assert not found(files)


def test_only_the_server_itself_has_the_role_of_the_service() -> None:
    files = edge("""
        const token = (req.headers.get("Authorization") ?? "").slice(7);
        const claims = JSON.parse(atob(token.split(".")[1]));
        if (claims?.role !== "service_role") return new Response("no", { status: 403 });
        await db.from("bookings").delete().eq("id", (await req.json()).id);
        return new Response("done");
    """)
    assert not found(files | {"supabase/config.toml": "[functions.work]\nverify_jwt = true\n"})


def test_coming_back_from_paying() -> None:
    text = """
        import Stripe from "stripe";
        const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
        app.post("/api/verify-payment", async (req, res) => {
          const session = await stripe.checkout.sessions.retrieve(req.body.session);
          if (session.payment_status !== "paid") return res.json({ paid: false });
          res.json(await db.order.update({ where: { id: session.metadata.order }, data: { status: "paid" } }));
        });
    """
    assert not found(express(text))


def test_a_guest_finishes_what_he_began() -> None:
    text = """
        app.post("/api/buy", async (req, res) => {
          const order = await db.order.create({ data: { state: "pending" } });
          res.json(await db.order.update({ where: { id: order.id }, data: { reference: "R" + order.id } }));
        });
    """
    assert not found(express(text))


@pytest.mark.parametrize(("state", "severities"), [("pending", []), ("paid", ["high"])])
def test_guests_order_and_do_not_say_that_they_paid(state: str, severities: list[str]) -> None:
    text = f"""
        app.post("/api/buy", async (req, res) =>
          res.json(await db.order.create({{ data: {{ state: "{state}", mail: req.body.mail }} }})));
    """
    assert found(express(text)) == severities


@pytest.mark.parametrize(("change", "severities"), [("sold = sold + ?", []), ("title = ?", ["high"])])
def test_a_guest_takes_from_what_is_there(change: str, severities: list[str]) -> None:
    text = f"""
        import mysql from "mysql2/promise";
        const pool = mysql.createPool(process.env.DB);
        app.post("/api/buy", async (req, res) => {{
          const {{ ticket, count, mail }} = req.body;
          await pool.execute("INSERT INTO orders (ticket, state, mail) VALUES (?, 'pending', ?)", [ticket, mail]);
          await pool.execute("UPDATE tickets SET {change} WHERE id = ?", [count, ticket]);
          res.end();
        }});
    """
    assert found(express(text)) == severities


@pytest.mark.parametrize(("test", "severities"), [("show.price === 0", []), ("req.body.free", ["high"])])
def test_what_costs_nothing_is_paid(test: str, severities: list[str]) -> None:
    text = f"""
        app.post("/api/buy", async (req, res) => {{
          const show = await db.show.findUnique({{ where: {{ id: req.body.show }} }});
          if ({test}) {{
            await db.order.create({{ data: {{ state: "paid", total: 0, mail: req.body.mail }} }});
          }}
          res.end();
        }});
    """
    assert found(express(text)) == severities


def test_a_clock_that_pays_what_is_due_harms_less_than_one_that_pays_whom_it_is_told() -> None:
    text = """
        import Stripe from "stripe";
        const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
        app.post("/api/pay-crew", async (req, res) => {
          for (const share of await db.share.findMany({ where: { due: true } })) {
            await stripe.transfers.create({ amount: share.amount, currency: "eur", destination: TO });
          }
          res.end();
        });
    """
    assert found(express(text.replace("TO", "share.account"))) == ["high"]
    assert found(express(text.replace("TO", "req.body.account"))) == ["critical"]


def test_of_two_with_one_address_the_first_answers() -> None:
    guarded = """
        app.post("/api/codes/use", signedIn, async (req, res) => {
          res.json(await db.codes.update({ where: { code: req.body.code }, data: { used: true } }));
        });
    """
    open_one = guarded.replace("signedIn, ", "")
    assert not audit_files(express(guarded + open_one), only=NAME)
    assert audit_files(express(open_one + guarded), only=NAME)


def test_the_session_of_better_auth_is_a_login() -> None:
    name = "app/api/zines/[id]/route.ts"
    files = {
        "package.json": '{"dependencies": {"next": "15", "better-auth": "1"}}',
        "lib/auth.ts": "import { betterAuth } from 'better-auth';\nexport const auth = betterAuth({});\n",
        name: """
        import { auth } from '../../../../lib/auth';
        export async function DELETE(req, { params }) {
          const session = await auth.api.getSession({ headers: req.headers });
          if (!session) return Response.json({ error: 'Sign in' }, { status: 401 });
          return Response.json(await db.zine.delete({ where: { id: params.id } }));
        }
        """,
    }
    assert not found(files)
    assert found({**files, name: files[name].replace("if (!s", "if (s")})


RESET = """
    from flask import Flask, request
    from flask_sqlalchemy import SQLAlchemy

    app = Flask(__name__)
    db = SQLAlchemy(app)

    @app.route("/reset/<token>", methods=["POST"])
    def reset(token):
        try:
            row = db.session.execute(db.text("SELECT * FROM resets r WHERE r.COLUMN=:said"), {"COLUMN": token}).first()
        except Exception:
            db.session.rollback()
            row = None
        if not row:
            return "This link is no longer good.", 404
        db.session.execute(
            db.text("UPDATE users SET password_hash=:word WHERE id=:id"),
            {"word": request.form.get("password"), "id": row.user_id},
        )
        db.session.commit()
        return "ok"
"""


@pytest.mark.parametrize(("column", "severities"), [("token", []), ("number", ["high"])])
def test_a_row_that_could_not_be_read_lets_nobody_through(column: str, severities: list[str]) -> None:
    assert found({"app.py": RESET.replace("COLUMN", column)}) == severities


GAPS = """
    from flask import Flask, request
    from flask_sqlalchemy import SQLAlchemy

    app = Flask(__name__)
    db = SQLAlchemy(app)

    @app.route("/prints")
    def prints():
        db.session.execute(db.text("STATEMENT"), {"year": request.args.get("year")})
        db.session.commit()
        return "ok"
"""


@pytest.mark.parametrize(
    ("statement", "harms"),
    [
        ("UPDATE orders SET hidden = FALSE WHERE hidden IS NULL", False),
        ("UPDATE orders o SET shop = p.shop FROM prints p WHERE o.print_id = p.id AND o.shop IS NULL", False),
        ("UPDATE orders SET hidden = FALSE, state = 'paid' WHERE hidden IS NULL", True),
        ("UPDATE orders SET hidden = FALSE WHERE hidden = TRUE", True),
        ("UPDATE orders SET year = :year WHERE year IS NULL", True),
    ],
)
def test_filling_what_is_empty_in_old_rows_harms_nobody(statement: str, harms: bool) -> None:
    text = GAPS.replace("STATEMENT", statement)
    if ":year" not in statement:
        text = text.replace(', {"year": request.args.get("year")}', "")
    assert bool(found({"app.py": text})) is harms


@pytest.mark.parametrize(("asked", "severities"), [("found.password", []), ("process.env.WORD", ["high"])])
def test_the_old_password_lets_nobody_else_choose_a_new_one(asked: str, severities: list[str]) -> None:
    text = f"""
        import bcrypt from "bcryptjs";
        app.put("/api/settings/secret", async (req, res) => {{
          const found = await db.user.findFirst({{ where: {{ name: req.body.name }} }});
          if (!(await bcrypt.compare(req.body.old, {asked}))) return res.status(401).end();
          res.json(await db.user.update({{ where: {{ id: found.id }}, data: {{ password: req.body.fresh }} }}));
        }});
    """
    assert found(express(text)) == severities


LETTER = """
    app.post("/api/people/join", async (req, res) => {
      const rows = await pool.query(
        "update users set password_hash = $2, COLUMN = null where COLUMN = $1 returning id",
        [req.body.token, req.body.word]);
      res.json({ done: rows.length > 0 });
    });
"""


@pytest.mark.parametrize(("column", "severities"), [("invite_token", []), ("reset_token", []), ("number", ["high"])])
def test_what_only_a_letter_says_changes_a_row(column: str, severities: list[str]) -> None:
    assert found(express(LETTER.replace("COLUMN", column))) == severities


@pytest.mark.parametrize(("path", "severities"), [("/api/reset", []), ("/api/stock/reset", ["high"])])
def test_a_reset_is_mailed_to_whoever_asks(path: str, severities: list[str]) -> None:
    text = f"""
        import {{ Resend }} from "resend";
        const resend = new Resend(process.env.RESEND_API_KEY);
        app.post("{path}", async (req, res) => {{
          await resend.emails.send({{ to: req.body.email, subject: "A new word", html: "A link" }});
          res.end();
        }});
    """
    assert found(express(text)) == severities


@pytest.mark.parametrize(
    ("path", "fields", "severities"),
    [
        ("/api/creators/claim", "email, password", []),
        ("/api/admin/make", "email, password", ["critical"]),
        ("/api/creators/claim", "email", ["critical"]),
        ("/api/creators/claim", "email, password, role", ["critical"]),
    ],
)
def test_whoever_chooses_a_password_signs_up(path: str, fields: str, severities: list[str]) -> None:
    text = f"""
        import {{ createClient }} from "@supabase/supabase-js";
        const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);
        app.post("{path}", async (req, res) => {{
          const {{ {fields} }} = req.body;
          res.json(await supabase.auth.admin.createUser({{ {fields} }}));
        }});
    """
    assert found(express(text)) == severities


EITHER = """
    import { createClient } from "@supabase/supabase-js";
    const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);
    app.post("/api/places/move", async (req, res) => {
      const word = process.env.WORKERS_WORD;
      let shop = null;
      if (word && req.headers["x-worker-word"] === word) {
        shop = req.body.shop ?? null;
      }
      OTHERS
      res.json(await supabase.from("shops").update({ place: req.body.place }).eq("id", shop));
    });
"""
SIGNED_IN = """if (!shop) {
        const { data: { user } } = await supabase.auth.getUser(req.headers.authorization.slice(7));
        if (!user) return res.status(401).end();
        shop = user.id;
      }"""


@pytest.mark.parametrize(("others", "severities"), [(SIGNED_IN, []), ("shop = shop ?? req.body.other;", ["high"])])
def test_a_worker_shows_a_secret_and_others_sign_in(others: str, severities: list[str]) -> None:
    assert found(express(EITHER.replace("OTHERS", others))) == severities
