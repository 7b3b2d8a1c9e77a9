"""The requests read from code are those that the real client libraries send."""

from __future__ import annotations

import json

import pytest

from apprescue.source.statements.request import request
from tests.source.statements.cases import CASES
from tests.source.statements.reading import as_sent, chains, queries
from tests.source.statements.recording import missing, sent_by


@pytest.mark.parametrize("language", ["js", "py"])
@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.feature for case in CASES])
def test_what_is_read_is_what_is_sent(language: str, number: int) -> None:
    if missing(language):
        pytest.skip(missing(language))
    if not getattr(CASES[number], language):
        pytest.skip("this library has no such call")
    sent = sent_by(language, chains(language))[number]
    read = as_sent(request(queries(language)[number]))
    assert json.loads(json.dumps(read)) == sent
