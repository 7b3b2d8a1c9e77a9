"""Each proof of the example with a database runs alone in that database as rebuilt, without our people and rows."""

from __future__ import annotations

from pathlib import Path

from apprescue.methods import catalog
from apprescue.methods.filling import files, rows
from apprescue.methods.trying import access_matrix
from apprescue.model.access import Verdict
from apprescue.model.rebuilt import Rebuilt
from apprescue.sprint.intent import intent_of
from apprescue.sprint.rebuild import rebuild
from apprescue.sprint.run import read_folder
from tests import support
from tests.replays import replayed

FANBASE = Path(__file__).parents[2] / "examples" / "fanbase"
TOLD = (Verdict.LEAK, Verdict.BROKEN, Verdict.UNDECIDED)


def test_proofs_of_the_example_run_alone() -> None:
    server, app = support.laboratory(), read_folder(FANBASE).app
    rebuilt = rebuild(server, app)
    assert isinstance(rebuilt, Rebuilt)
    clean = server.create(rebuilt.database)
    with server.connect(rebuilt.database) as session:
        known = files.furnished(session, catalog.read(session))
        access = access_matrix.matrix(session, known, rows.fill(session, known), intent_of(app, known))
    told = [cell for cell in access.cells if cell.verdict in TOLD]
    assert len(told) > 50
    assert sum(len(cell.sql) for cell in told) / len(told) < 3000
    with server.connect(clean) as session:
        assert [cell for cell in told if not replayed(session, cell)] == []
    server.drop(clean)
    server.drop(rebuilt.database)
