"""Pages that go white."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/no_error_boundary"

PACKAGE = '{"dependencies": {"react": "19.0.0"}}'
PAGE = "export default function App() { return <main>Boats</main>; }"


def found(files: dict[str, str]) -> int:
    return len(audit_files({"package.json": PACKAGE, "src/App.tsx": PAGE, **files}, only=NAME))


def test_nothing_catches() -> None:
    assert found({}) == 1


def test_a_component_catches() -> None:
    guard = "export class Guard extends React.Component { componentDidCatch(error) { report(error); } }"
    assert found({"src/Guard.tsx": guard}) == 0


def test_an_error_page_of_next() -> None:
    assert found({"app/error.tsx": "export default function Failed() { return <p>Sorry</p>; }"}) == 0


def test_no_react_no_boundary() -> None:
    assert found({"package.json": '{"dependencies": {"express": "5.0.0"}}'}) == 0
