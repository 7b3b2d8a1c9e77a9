"""Addresses to go on to."""

from __future__ import annotations

import pytest

from tests.samples import express, nextjs
from tests.support import audit_files

NAME = "input/redirect_from_input"
STRIPE = 'import Stripe from "stripe";\nconst stripe = new Stripe(process.env.STRIPE_SECRET_KEY);\n'


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_the_request_names_the_way_back() -> None:
    text = """
        app.post("/api/checkout", signedIn, async (req, res) => {
          const session = await stripe.checkout.sessions.create({ mode: "payment", success_url: req.body.back });
          res.json({ url: session.url });
        });
    """
    assert found(express(STRIPE + text)) == ["low"]


def test_a_header_names_it() -> None:
    files = nextjs(
        STRIPE
        + """
        export async function POST(request) {
          const origin = request.headers.get("origin");
          return NextResponse.json(await stripe.checkout.sessions.create({ success_url: `${origin}/thanks` }));
        }
        """
    )
    (finding,) = audit_files(files, only=NAME)
    assert len(finding.related) == 2


def test_people_are_sent_on() -> None:
    assert found(express('app.get("/go", (req, res) => res.redirect(req.query.to));')) == ["low"]


@pytest.mark.parametrize(
    "text",
    [
        'app.get("/go", (req, res) => res.redirect("/home"));',
        'app.get("/go", (req, res) => res.redirect(`/zines/${req.query.id}`));',
        'app.get("/go", (req, res) => res.redirect(`${process.env.SITE}/zines/${req.query.id}`));',
    ],
)
def test_look_alikes(text: str) -> None:
    assert not found(express(text))


def test_a_setting_names_the_way_back() -> None:
    text = """
        app.post("/api/checkout", signedIn, async (req, res) => {
          const session = await stripe.checkout.sessions.create({ success_url: `${process.env.SITE}/thanks` });
          res.json({ url: session.url });
        });
    """
    assert not found(express(STRIPE + text))
