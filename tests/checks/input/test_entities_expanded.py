"""XML parsers that follow entities."""

from __future__ import annotations

import pytest

from tests.support import audit_files

CHECK = "input/entities_expanded"


NODE = 'import libxmljs from "libxmljs";\nexport const read = (t) => libxmljs.parseXml(t, {{ noent: {noent} }});'
PYTHON = "from lxml import etree\ndef read(t):\n    return etree.fromstring(t{parser})\n"
OPEN = ", etree.XMLParser(resolve_entities=True)"
PAGE = 'import { render } from "./render";\nexport const page = (t) => render(t, { noent: true });'


@pytest.mark.parametrize(
    ("path", "text"), [("server/feed.ts", NODE.format(noent="true")), ("feed.py", PYTHON.format(parser=OPEN))]
)
def test_entities_are_followed(path: str, text: str) -> None:
    (finding,) = audit_files({path: text}, only=CHECK)
    assert "follows entities" in finding.detail


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("server/feed.ts", NODE.format(noent="false")),
        ("feed.py", PYTHON.format(parser="")),
        ("server/page.ts", PAGE),
    ],
)
def test_parsers_as_they_should_be(path: str, text: str) -> None:
    assert not audit_files({path: text}, only=CHECK)
