"""Values that were stored are the values that they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apprescue.model.access import Cell
from apprescue.model.audit import Audit
from apprescue.model.finding import Finding
from apprescue.model.load import Latency
from apprescue.model.plan import Plan
from apprescue.model.tuning import Tuned
from apprescue.source.stored import StoredError, restored, stored
from apprescue.sprint.bench import READING
from apprescue.sprint.run import audit_folder

FANBASE = Path(__file__).parents[2] / "examples" / "fanbase"


@pytest.mark.parametrize("kind", [Finding, Cell, Plan, Latency])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_whatever_a_model_holds_comes_back(kind: type[object], data: st.DataObject) -> None:
    value = data.draw(st.from_type(kind))
    text = json.dumps(stored(value))
    assert json.dumps(stored(restored(json.loads(text), kind))) == text


def test_a_whole_audit_comes_back() -> None:
    audit = audit_folder(FANBASE, bench=READING)
    assert audit.findings
    assert restored(json.loads(json.dumps(stored(audit))), Audit) == audit


def test_what_holds_its_default_is_left_out_and_what_is_unknown_is_passed_over() -> None:
    assert stored(Tuned()) == {"is": "Tuned"}
    assert restored({"is": "Tuned", "from_a_newer_version": 1}, Tuned) == Tuned()


@pytest.mark.parametrize("data", [None, [], {"is": "Cell"}, {"seconds": 1.0}, {"is": "Tuned", "seconds": "long"}])
def test_what_is_no_value_of_the_type_is_refused(data: object) -> None:
    with pytest.raises(StoredError):
        restored(data, Tuned)
