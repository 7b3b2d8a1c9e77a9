"""Forms that another site may send."""

from __future__ import annotations

APP = """
    const express = require("express");
    const session = require("express-session");
    // const csrf = require("csurf");
    const app = express();
    app.use(express.urlencoded({ extended: false }));
    app.use(session({ secret: process.env.KEY, resave: false }));
    function signedIn(req, res, next) { return req.session.userId ? next() : res.redirect("/login"); }
    app.get("/account", signedIn, (req, res) => res.render("account"));
    app.post("/account", signedIn, (req, res) => {
      db.collection("users").updateOne({ _id: req.session.userId }, { $set: { iban: req.body.iban } });
      res.redirect("/account");
    });
"""


def test_a_form_without_a_token(audit_files):
    (found,) = audit_files({"server.js": APP}, only="sessions/forged_form")
    assert "POST /account" in found.detail


def test_a_token_or_a_cookie_kept_to_the_site(audit_files):
    token = APP.replace("// const csrf", "const csrf")
    kept = APP.replace("resave: false", "resave: false, cookie: { sameSite: 'lax' }")
    for code in (token, kept):
        assert not audit_files({"server.js": code}, only="sessions/forged_form")


def test_an_api_without_pages(audit_files):
    assert not audit_files(
        {"server.js": APP.replace('res.render("account")', "res.json({})")}, only="sessions/forged_form"
    )
