"""Addresses from requests that the server itself fetches."""

from __future__ import annotations

import pytest

APP = """
    import express from "express";
    import axios from "axios";
    const app = express();
    const OWN = ["img.example.com"];
    app.get("/preview", async (req, res) => {
      %s
      res.send(page.data);
    });
"""


@pytest.mark.parametrize(
    "code",
    [
        "const page = await fetch(req.query.url);",
        "const { url } = req.query; const page = await axios.get(url, { timeout: 1000 });",
        "const page = await axios({ method: 'get', url: `${req.query.base}/feed` });",
    ],
)
def test_the_address_is_the_callers(audit_files, code):
    (found,) = audit_files({"server.js": APP % code}, only="input/fetch_of_any_address")
    assert found.severity == "high"


@pytest.mark.parametrize(
    "code",
    [
        "const page = await fetch(`https://api.example.com/find?q=${req.query.q}`);",
        "const page = await fetch(process.env.FEED + req.query.path);",
        "const to = new URL(req.query.url); if (!OWN.includes(to.hostname)) return no(); const page = await fetch(to);",
        "const { url } = req.query; if (!url.startsWith('https://img.example.com/')) return; page = await fetch(url);",
    ],
)
def test_own_addresses_and_compared_ones(audit_files, code):
    assert not audit_files({"server.js": APP % code}, only="input/fetch_of_any_address")


def test_a_browser_fetches_what_it_likes(audit_files):
    page = "export function Page({ query }) { return fetch(new URLSearchParams(location.search).get('url')); }"
    assert not audit_files({"src/pages/Page.tsx": page}, only="input/fetch_of_any_address")
