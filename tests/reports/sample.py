"""An app of our own invention and what an audit of it came to, for the tests of every paper."""

from dataclasses import replace

from apprescue.model.app import App, EnvDeclared, Parameter, Route
from apprescue.model.audit import Audit, Page
from apprescue.model.finding import Evidence, Finding, Impact, Severity
from apprescue.model.leak import Leak, Redactor
from apprescue.model.outcome import Cleared, Crashed, Found, NotExamined, Outcome, Quiet
from apprescue.model.place import (
    BucketPlace,
    Code,
    CommitPlace,
    EnvPlace,
    Place,
    PolicyPlace,
    RoutePlace,
    Setting,
    TablePlace,
)
from apprescue.model.proof import Proof
from apprescue.model.schema import Column, Policy, Schema, Table
from apprescue.model.trace import Guard
from apprescue.sprint.prompt import prompt_for

SECRET = "sk_live_" + "9aQ4" * 6
SHORT = "hunter2x"

ORDERS = """\
import { Hono } from "hono"
import { db } from "../db"

export const orders = new Hono()

orders.get("/api/orders/:id", async (c) => {
  const id = c.req.param("id")
  // the shop's own words: <script>alert("tea")</script> & more
  const order = await db.order.findUnique({ where: { id } })
  if (!order) return c.json({ error: "not found" }, 404)
  return c.json(order)
})
"""
PAY = f"""\
import Stripe from "stripe"

const stripe = new Stripe("{SECRET}")

export async function pay(amount: number) {{
  return stripe.paymentIntents.create({{ amount, currency: "eur" }})
}}
"""
RULES = """\
create table public.letters (
  id uuid primary key,
  reader uuid not null,
  body text not null
);
alter table public.letters enable row level security;
create policy "Everybody reads" on public.letters for select using (true);
"""
ENV = f"VITE_API_URL=https://api.teahouse.example\nDB_PASSWORD={SHORT}\nEMPTY=\n"

FILES = {
    "package.json": '{"name": "teahouse"}\n',
    "src/api/orders.ts": ORDERS,
    "src/lib/pay.ts": PAY,
    "supabase/migrations/001_letters.sql": RULES,
    ".env": ENV,
}

LOGIN = Guard("login", "requireLogin", Code("src/api/login.ts", 4))
APP = App(
    root="/somewhere/teahouse",
    files=FILES,
    name="teahouse",
    commit="0f1e2d3c4b5a69788796a5b4c3d2e1f001234567",
    stacks=("Vite", "Hono", "Supabase"),
    routes=(
        Route("GET", "/api/orders/:id", "hono", Code("src/api/orders.ts", 6, 12), (Parameter("id", "path"),), (LOGIN,)),
        Route("POST", "/api/stripe", "hono", Code("src/api/stripe.ts", 3), touches=frozenset({"money"})),
    ),
    schema=Schema(
        tables=(
            Table(
                "public.letters",
                (Column("id", "uuid", Code("supabase/migrations/001_letters.sql", 2)),),
                Code("supabase/migrations/001_letters.sql", 1, 5),
                "sql_migrations",
                rls=True,
            ),
        ),
        policies=(
            Policy(
                "Everybody reads",
                "public.letters",
                "select",
                ("public",),
                "true",
                "",
                Code("supabase/migrations/001_letters.sql", 7),
            ),
        ),
    ),
    env_declared=(EnvDeclared("DB_PASSWORD", SHORT, Code(".env", 2)),),
)


def page(check: str, severity: Severity, impact: Impact, title: str) -> Page:
    return Page(
        check,
        title,
        severity,
        impact,
        Evidence.OBSERVED,
        ("CWE-862",),
        ("A01:2025", "API1:2023"),
        looks_at="Every place where this can happen.",
        matters="Somebody else reads what your customers wrote. That costs trust, and often a fine.",
        repair="Compare the owner of the row with whoever is signed in. Do it in the query itself.",
        fine="The row is public by intent, like a price list.",
    )


PAGES = {
    p.check: p
    for p in (
        page(
            "access/login_without_ownership",
            Severity.HIGH,
            Impact.DATA,
            "Anyone who is signed in can read other people's orders",
        ),
        page(
            "access/policy_open_to_all",
            Severity.CRITICAL,
            Impact.DATA,
            "Anyone with your app's address can read this table",
        ),
        page(
            "secrets/key_in_client_code",
            Severity.CRITICAL,
            Impact.MONEY,
            "A secret key is inside the code that every visitor downloads",
        ),
        page(
            "running/no_error_tracker",
            Severity.MEDIUM,
            Impact.BLINDNESS,
            "When the app breaks for a customer, nobody is told",
        ),
        page("speed/query_in_loop", Severity.LOW, Impact.PERFORMANCE, "A page asks the database once per row"),
        page(
            "release/environment_name_undeclared",
            Severity.MEDIUM,
            Impact.ONBOARDING,
            "The app needs a setting that no file mentions",
        ),
        page(
            "secrets/key_in_history",
            Severity.HIGH,
            Impact.MONEY,
            "A key that was deleted can still be read in the history",
        ),
    )
}


def finding(number: int, check: str, place: Place, detail: str, **more: object) -> Finding:
    about = PAGES[check]
    given: dict[str, object] = {
        "severity": about.severity,
        "impact": about.impact,
        "evidence": about.evidence,
        "title": about.title,
        "related": (),
        "repair": about.repair,
        "prompt": "",
        "cwe": about.cwe,
        "owasp": about.owasp,
    }
    made = Finding(key=f"{number:016x}", check=check, detail=detail, place=place, **(given | more))  # type: ignore[arg-type]
    return made if made.prompt else replace(made, prompt=prompt_for(made))


FINDINGS = (
    finding(
        1,
        "access/login_without_ownership",
        Code("src/api/orders.ts", 9),
        "GET /api/orders/:id reads an order by the id in the address and never asks whose it is.",
        related=tuple(Code(f"src/api/more_{n}.ts", n + 1, n + 4) for n in range(12)),
    ),
    finding(
        2,
        "access/login_without_ownership",
        RoutePlace("POST /api/orders/:id/refund", Code("src/api/orders.ts", 30)),
        "The refund goes to whoever asks for it.",
        evidence=Evidence.SUSPECTED,
    ),
    finding(
        3,
        "access/policy_open_to_all",
        PolicyPlace("public.letters", "Everybody reads", Code("supabase/migrations/001_letters.sql", 7)),
        'The policy "Everybody reads" lets every visitor read all letters.',
        related=(TablePlace("public.letters"),),
        evidence=Evidence.PROVEN,
        proof=Proof("sql", "select * from letters", "anon", "no rows", "1204 rows"),
    ),
    finding(
        4,
        "secrets/key_in_client_code",
        Code("src/lib/pay.ts", 3),
        f"The Stripe live key {SECRET} is in the browser's code.",
    ),
    finding(5, "running/no_error_tracker", Setting("error tracker"), "No error tracker is set up in the app."),
    finding(
        6, "speed/query_in_loop", Code("src/api/orders.ts", 40, 44), "The list asks for each customer's name by itself."
    ),
    finding(
        7,
        "release/environment_name_undeclared",
        EnvPlace("SMTP_URL", Code(".env", 1)),
        "SMTP_URL is read but no file mentions it.",
    ),
    finding(
        8,
        "secrets/key_in_history",
        CommitPlace("aa11bb22cc33dd44ee55", Code("src/lib/old.ts", 2)),
        "A live key stood here.",
        suppressed="Rotated on 1 May. (Ana, until 2026-12-31)",
    ),
    finding(
        9,
        "access/policy_open_to_all",
        BucketPlace("portraits"),
        "Everybody can list the bucket.",
        severity=Severity.MEDIUM,
    ),
)

OUTCOMES: tuple[Outcome, ...] = (
    *map(Found, FINDINGS),
    Cleared(
        finding(10, "access/policy_open_to_all", TablePlace("public.plans"), "Everybody can change the plans."),
        "a trigger put the old price back",
    ),
    NotExamined("secrets/key_in_history", "the folder is no git repository"),
    NotExamined("src/huge.js", "larger than 5 MB"),
    Crashed("ai/answer_run_as_code", "KeyError: 'model'"),
    *(Quiet(f"cors/quiet_{n}") for n in range(31)),
)

REDACTOR = Redactor([Leak("stripe", "Stripe", "live", SECRET, Code("src/lib/pay.ts", 3))])


def audit(app: App = APP, outcomes: tuple[Outcome, ...] = OUTCOMES, notes: tuple[str, ...] = ()) -> Audit:
    return Audit.of(app, outcomes, redact=REDACTOR, pages=PAGES, timings={"all": 0.84, "readers": 0.51}, notes=notes)
