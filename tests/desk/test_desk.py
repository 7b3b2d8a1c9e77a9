"""The desk lets in who has the link, shows hostile texts as texts, and puts the owner's decisions down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from apprescue.desk.app import desk
from apprescue.model.intake import Answer
from apprescue.model.repair import State
from apprescue.model.sprint import Stage
from apprescue.sprint.conduct import sprint
from apprescue.sprint.ledger import opened
from apprescue.sprint.standing import standing
from tests.desk.support import HOSTILE, PAGES, TOKEN, asking
from tests.lab.test_rescue import app, git
from tests.sprint.test_sprint import APP, WISH

HOST = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asking(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def inside(shop: Path) -> TestClient:
    client = TestClient(desk(shop, TOKEN), HOST, follow_redirects=False)
    assert client.get(f"/?token={TOKEN}").status_code == 303
    return client


def test_the_link_opens_the_desk_with_a_cookie_that_no_other_site_can_send(shop: Path) -> None:
    client = TestClient(desk(shop, TOKEN), HOST, follow_redirects=False)
    answer = client.get(f"/findings?token={TOKEN}&state=open")
    assert answer.headers["location"] == "/findings?state=open"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/events", "/static/desk.css", "/?token=wrong", "/?token="])
def test_nobody_else_gets_in(shop: Path, path: str) -> None:
    answer = TestClient(desk(shop, TOKEN), HOST, follow_redirects=False).get(path)
    assert answer.status_code == 403
    assert TOKEN not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "", "[::1]:8000"])
def test_no_other_name_leads_here(inside: TestClient, host: str) -> None:
    assert inside.get("/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1:8001"])
def test_a_decision_comes_from_our_own_page(inside: TestClient, shop: Path, origin: str | None) -> None:
    headers = {"origin": origin} if origin else {}
    with opened(shop) as book:
        before = book.last()
        asked = standing(book, "shop").asking[0]
    form = {"kind": asked.kind, "key": asked.key, "answer": "no"}
    assert inside.post("/decisions", data=form, headers=headers).status_code == 403
    with opened(shop) as book:
        assert book.last() == before


@pytest.mark.parametrize("path", [*PAGES, "/findings/feed", "/nowhere"])
def test_hostile_texts_stay_texts_and_nothing_of_others_may_run(inside: TestClient, path: str) -> None:
    answer = inside.get(path)
    assert HOSTILE not in answer.text
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    assert "onerror=" not in answer.text.replace("onerror=&quot;", "")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_findings_are_filtered(inside: TestClient) -> None:
    assert "feed" in inside.get("/findings?q=SCRIPT").text
    assert "0 findings" in inside.get("/findings?q=nothing+like+this").text
    assert "feed" not in inside.get("/findings?state=closed").text
    assert inside.get("/findings?page=99999999").status_code == 200


@pytest.mark.parametrize(
    "path", ["/findings/none", "/chapters/none", "/pack/none", "/pack/..%2Fledger.db", "/static/x"]
)
def test_what_is_not_there_is_not_there(inside: TestClient, path: str) -> None:
    assert inside.get(path).status_code == 404


def test_the_sprint_goes_on_with_what_is_decided_here(tmp_path: Path) -> None:
    root, wish = app(tmp_path, APP), replace(WISH, yes=False, until="")
    asked = sprint(root, wish).asking
    client = TestClient(desk(root, TOKEN), HOST, follow_redirects=False)
    client.get(f"/?token={TOKEN}")
    ours = {"origin": HOST}
    assert (
        client.post("/decisions", data={"kind": "patch", "key": "x", "answer": "yes"}, headers=ours).status_code == 400
    )
    one = {"kind": asked[0].kind, "key": asked[0].key, "answer": "no"}
    assert client.post("/decisions", data=one, headers=ours).headers["location"] == "/decisions"
    every = {"kind": "patch", "key": "*", "answer": "yes"}
    assert client.post("/decisions", data=every, headers=ours).status_code == 303
    assert "Nothing waits for you" in client.get("/decisions").text
    stood = sprint(root, wish)
    assert stood.went["handover"].stage is Stage.DONE
    assert "1 taken back, and 1 repair built on that" in stood.went["approve"].said
    assert client.get("/pack/handover.pdf").content.startswith(b"%PDF")
    assert "attachment" in client.get("/pack/handover.html").headers["content-disposition"]


def test_a_finding_is_accepted_for_a_time_with_a_reason_a_name_and_a_day(tmp_path: Path) -> None:
    root, wish = app(tmp_path, APP), replace(WISH, until="")
    key = sprint(root, replace(wish, until="1")).findings[0].finding.key
    client = TestClient(desk(root, TOKEN), HOST, follow_redirects=False)
    client.get(f"/?token={TOKEN}")
    ours, whole = {"origin": HOST}, {"reason": "It is a toy.", "owner": "Ana", "expires": "2099-12-31"}
    for lacking in ({"reason": " "}, {"owner": ""}, {"expires": "soon"}, {"expires": "2001-01-01"}):
        assert client.post(f"/findings/{key}", data={**whole, **lacking}, headers=ours).status_code == 400
    assert client.post("/findings/none", data=whole, headers=ours).status_code == 404
    assert client.post(f"/findings/{key}", data=whole, headers=ours).status_code == 303
    assert "It is a toy. (Ana, until 2099-12-31)" in client.get(f"/findings/{key}").text
    stood = sprint(root, wish)
    accepted = next(one for one in stood.findings if one.finding.key == key)
    assert (accepted.state, accepted.commit) == (State.SUPPRESSED, "")
    assert f'key = "{key}"' in git(root, "show", f"{stood.branch}:.apprescue.toml")


def test_without_a_sprint_the_first_page_asks_whether_one_fits(tmp_path: Path) -> None:
    client = TestClient(desk(tmp_path, TOKEN), HOST)
    page = client.get(f"/?token={TOKEN}")
    assert page.url.path == "/intake"
    assert client.get("/findings").status_code == 404
    assert not (tmp_path / ".apprescue").exists()


def test_the_next_sprint_begins_with_the_answers_that_were_given_at_the_desk(tmp_path: Path) -> None:
    root = app(tmp_path, APP)
    client = TestClient(desk(root, TOKEN), HOST)
    client.get(f"/?token={TOKEN}")
    ours = {"origin": HOST}
    assert client.post("/intake", data={"no_backend": "perhaps"}, headers=ours).status_code == 400
    page = client.post("/intake", data={"no_backend": "yes"}, headers=ours)
    assert (page.url.path, "Do it yourself" in page.text, "begins with them" in page.text) == ("/intake", True, True)
    assert "name='no_backend' value='yes' checked" in page.text
    assert client.get("/").url.path == "/intake", "there is no sprint yet"
    stood = sprint(root, replace(WISH, until="0", yes=False))
    assert stood.answers["no_backend"] is Answer.YES
    assert stood.went["intake"].stage is Stage.ASKING
    assert "goes on with those that it began with" in client.get("/intake").text
