"""Files that are as long as they would be full: the server reads them as empty, and nothing else is ever touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from apprescue.lab.binaries import PostgresError
from apprescue.lab.sparse import PAGE, SEGMENT, resize
from tests.support import laboratory


@pytest.mark.parametrize("levels", range(4))
def test_an_index_of_any_depth_is_an_empty_one(levels: int) -> None:
    server = laboratory()
    name = server.create()
    with server.connect(name) as session:
        session.run("set wal_skip_threshold = 0; set enable_seqscan = off")
        session.run("create table t (id bigint primary key, name text)")
        change = server.resize(name)
        change("t", 3000)
        change("t_pkey", 300, levels)
        assert session.query("select pg_relation_size('t'), pg_relation_size('t_pkey')") == [(3000 * PAGE, 300 * PAGE)]
        assert session.query("select min(id), max(id) from t") == [(None, None)]
        for where in ("id = 7", "id > 7 order by id desc", "id < 7 order by id", "true order by id desc"):
            assert session.query(f"select id from t where {where} limit 3") == []
        session.run("select pg_restore_relation_stats('relname', 't', 'schemaname', 'public', 'reltuples', 1e6::real)")
        (begin,) = session.query("explain (format json) select id from t where id = 7")[0][0]
        assert begin["Plan"]["Startup Cost"] == pytest.approx(0.125 * (levels + 1) + 0.05, abs=0.011)
    server.drop(name)


def test_a_relation_has_as_many_files_as_it_needs(tmp_path: Path) -> None:
    first = tmp_path / "base" / "5" / "7"
    first.parent.mkdir(parents=True)
    first.write_bytes(b"")
    resize(tmp_path, "base/5/7", 2 * SEGMENT + 3)
    lengths = {file.name: file.stat().st_size // PAGE for file in first.parent.iterdir()}
    assert lengths == {"7": SEGMENT, "7.1": SEGMENT, "7.2": 3}
    assert sum(file.stat().st_blocks for file in first.parent.iterdir()) == 0
    assert {file.stat().st_uid for file in first.parent.iterdir()} == {first.stat().st_uid}
    resize(tmp_path, "base/5/7", 1)
    assert {file.name: file.stat().st_size for file in first.parent.iterdir()} == {"7": PAGE}


@pytest.mark.parametrize(
    "place", ["", "/etc/passwd", "base/5/../7", "base/5/7/x", "base/5/8", "pg_tblspc/1/2", "base/5/9"]
)
def test_nothing_else_is_touched(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "base" / "5"
    folder.mkdir(parents=True)
    (tmp_path / "outside").write_text("safe")
    (folder / "9").symlink_to(tmp_path / "outside")
    with pytest.raises(PostgresError):
        resize(tmp_path, place, 3)
    assert (tmp_path / "outside").read_text() == "safe"


def test_a_length_that_no_relation_has_is_refused(tmp_path: Path) -> None:
    for pages in (-1, 2**32):
        with pytest.raises(PostgresError):
            resize(tmp_path, "base/5/7", pages)
