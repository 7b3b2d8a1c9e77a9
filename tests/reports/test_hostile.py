"""What the app under audit says stays text in every paper, and its secrets stay with it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from apprescue.model.app import EnvDeclared, EnvRead, Route
from apprescue.model.audit import Audit
from apprescue.model.outcome import Crashed, Found, NotExamined, Quiet
from apprescue.model.place import Code, PolicyPlace, RoutePlace, TablePlace
from apprescue.model.schema import Policy, Schema, Table
from apprescue.model.trace import Guard
from apprescue.reports.interface import line, plain
from tests.reports import sample
from tests.reports.test_papers import PAPERS, rendered

EVIL = (
    "</pre></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'><b>"
    "\x1b[2J\x1b]0;owned\x07\x1b]8;;https://evil.example\x1b\\link\x9b31m\x00\r\u202etxt\u2066\u200b\udc80 [red]x[/red] ](https://evil.example)"
)


def hostile(text: str, path: str = "") -> Audit:
    """An audit in which a text stands wherever an app can put one, in the name of a file too unless one is given."""
    at = Code(path or f"src/{text}.ts", 1)
    app = replace(
        sample.APP,
        name=text,
        files={at.path: f"const a = `{text}`\n", "package.json": "{}"},
        routes=(Route("GET", f"/{text}", "hono", at, guards=(Guard("login", text, at),), touches=frozenset({text})),),
        schema=Schema(
            tables=(Table(f"public.{text}", (), at, "sql_migrations", rls=True),),
            policies=(Policy(text, f"public.{text}", "select", (text,), text, text, at),),
        ),
    )
    places = (at, RoutePlace(f"GET /{text}", at), PolicyPlace(text, text, at), TablePlace(text))
    findings = [
        sample.finding(
            n,
            "access/login_without_ownership",
            place,
            text,
            title=text,
            repair=text,
            prompt=text,
            related=places,
            suppressed=kept,
        )
        for n, (place, kept) in enumerate((place, kept) for place in places for kept in ("", text))
    ]
    outcomes = (*map(Found, findings), NotExamined(text, text), Crashed(text, text), Quiet("cors/any_origin"))
    return sample.audit(app, outcomes, notes=(text,))


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.links: set[str | None] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value for name, value in attrs if name == "href"}


def test_markup_in_the_app_is_never_markup_in_the_page() -> None:
    page = Page()
    page.feed(rendered("html", hostile(EVIL)))
    assert page.tags.count("script") == 1
    assert page.tags.count("style") == 1
    assert not {"img", "iframe", "link", "object", "form"} & set(page.tags)
    assert all(link and link.startswith("#") for link in page.links)
    assert not {name for name in page.attributes if name.startswith("on") or name in ("style", "src")}


def test_the_page_runs_only_our_script_and_loads_nothing() -> None:
    text = rendered("html", hostile(EVIL))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert not re.search(r"url\(|@import|https?:", text.split("<style>")[1].split("</style>")[0])


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_steers_the_terminal_or_hides(paper: str) -> None:
    text = rendered(paper, hostile(EVIL))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ud800-\udfff]", text)
    text.encode("utf-8")
    assert not re.search(r"\\ud[89a-f]", text), "half a character is no JSON"


def test_brackets_are_no_links_in_sarif_and_no_markup_on_the_terminal() -> None:
    assert "](" not in json.loads(rendered("sarif", hostile(EVIL)))["runs"][0]["results"][0]["message"]["text"]
    assert "[red]x[/red]" in rendered("terminal", hostile("[red]x[/red]"))


def test_plain_takes_whole_escape_codes() -> None:
    assert plain("a\x1b[31mb\x1b]0;title\x07c\x1b]8;;https://x\x1b\\d\x9b1me\x1bMf\tg\nh") == "abcdef\tg\nh"
    assert line(" a\n\t b\u202e ") == "a b"


@pytest.mark.parametrize("paper", PAPERS)
def test_secrets_stand_in_no_paper(paper: str) -> None:
    text = rendered(paper, hostile(f"x {sample.SECRET} y", "src/a.ts"))
    assert sample.SECRET not in text
    assert sample.SECRET not in rendered(paper, sample.audit())
    assert sample.SECRET not in repr(sample.audit())


def test_values_of_env_files_are_hidden_in_excerpts() -> None:
    files = {".env": "A=1\nTOKEN=abc=def\nNAME=NAME\n", "package.json": "{}"}
    declared = (("A", "1", 1), ("TOKEN", "abc=def", 2), ("NAME", "NAME", 3))
    app = replace(
        sample.APP, files=files, env_declared=tuple(EnvDeclared(n, v, Code(".env", at)) for n, v, at in declared)
    )
    found = sample.finding(1, "running/no_error_tracker", Code(".env", 2), "Here.")
    audit = sample.audit(app, (Found(found),))
    assert audit.excerpts[found.key].lines[:3] == ("A=[hidden]", "TOKEN=[hidden]", "NAME=[hidden]")


def test_quoted_texts_are_hidden_where_a_secret_is_found() -> None:
    code = (
        'import jwt from "jsonwebtoken"\nconst key = process.env["JWT_KEY"] ||\n  "tea at five"\nsign(key, "HS256")\n'
    )
    app = replace(
        sample.APP, files={"a.ts": code}, env_reads=(EnvRead("JWT_KEY", Code("a.ts", 2), "server"),), env_declared=()
    )
    found = sample.finding(1, "secrets/key_in_client_code", Code("a.ts", 2), "Here.")
    also = sample.finding(2, "speed/query_in_loop", Code("a.ts", 4), "There.")
    audit = sample.audit(app, (Found(found), Found(also)))
    for excerpt in audit.excerpts.values():
        assert excerpt.lines[:4] == (
            'import jwt from "jsonwebtoken"',
            'const key = process.env["JWT_KEY"] ||',
            '  "[hidden]"',
            'sign(key, "HS256")',
        )


def test_a_key_over_many_lines_leaves_the_lines_where_they_were() -> None:
    body = "\n".join("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" + "Ab3d" * 8 for _ in range(6))
    key = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"
    app = replace(sample.APP, files={"keys.py": f"KEY = '''{key}'''\nuse(KEY)\n"}, env_declared=())
    found = sample.finding(1, "running/no_error_tracker", Code("keys.py", 9), "Here.")
    excerpt = sample.audit(app, (Found(found),)).excerpts[found.key]
    assert "MIIE" not in "".join(excerpt.lines)
    assert excerpt.lines[9 - excerpt.first] == "use(KEY)"


def test_long_lines_and_long_places_are_cut() -> None:
    app = replace(sample.APP, files={"a.js": "x" * 90_000 + "\n" * 500}, env_declared=())
    found = (
        sample.finding(1, "speed/query_in_loop", Code("a.js", 1, 400), "Here."),
        sample.finding(2, "speed/query_in_loop", Code("a.js", 900), "There."),
    )
    audit = sample.audit(app, tuple(map(Found, found)))
    excerpt = audit.excerpts[found[0].key]
    assert len(excerpt.lines) <= 18
    assert max(map(len, excerpt.lines)) < 300
    assert found[1].key not in audit.excerpts


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colors_can_be_read(scheme: str) -> None:
    text = rendered("html", sample.audit())
    blocks = re.findall(r":root \{(.*?)\}", text, re.S)
    colors = dict(re.findall(r"--(\w+): (#\w{6})", blocks[0]))
    if scheme == "dark":
        colors |= dict(re.findall(r"--(\w+): (#\w{6})", blocks[1]))
    for ink in ("ink", "soft", "link", "critical", "high", "medium", "low"):
        for ground in ("paper", "card"):
            assert contrast(colors[ink], colors[ground]) >= 4.5, (ink, ground)
    for ground in ("code", "mark"):
        assert contrast(colors["ink"], colors[ground]) >= 4.5
        assert contrast(colors["soft"], colors[ground]) >= 4.5


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG defines it."""
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _light(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
