"""Pages of a React app that stand outside the guard of their neighbours."""

from __future__ import annotations

import pytest

from tests.support import audit_files

CHECK = "sessions/page_outside_guard"
APP = """
    export default function App() {{
      return (
        <Routes>
          <Route path="/" element={{<Index />}} />
          <Route path="/sign-in" element={{<SignIn />}} />
          {pages}
        </Routes>
      );
    }}
"""


def found(pages: str) -> list[str]:
    return [f.detail for f in audit_files({"src/App.tsx": APP.format(pages=pages)}, only=CHECK)]


@pytest.mark.parametrize(
    "pages",
    [
        (
            '<Route element={<RequireAdmin />}><Route path="/admin" element={<Admin />} /></Route>'
            '<Route path="/admin/payouts" element={<Payouts />} />'
        ),
        (
            '<Route path="/studio" element={<ProtectedRoute><Studio /></ProtectedRoute>} />'
            '<Route path="/studio/money" element={<Money />} />'
        ),
    ],
)
def test_a_page_beside_guarded_ones(pages: str) -> None:
    (detail,) = found(pages)
    assert "stands outside the guard" in detail


@pytest.mark.parametrize(
    "pages",
    [
        (
            '<Route element={<RequireAdmin />}><Route path="/admin" element={<Admin />} />'
            '<Route path="/admin/payouts" element={<Payouts />} /></Route>'
        ),
        '<Route path="/shop" element={<Shop />} /><Route path="/shop/:id" element={<Thing />} />',
        (
            '<Route path="/team" element={<RequireAuth><Team /></RequireAuth>} />'
            '<Route path="/team/accept-invite" element={<Accept />} />'
        ),
        '<Route path="/admin" element={<RequireAuth><Admin /></RequireAuth>} /><Route path="*" element={<None />} />',
    ],
)
def test_pages_as_they_should_be(pages: str) -> None:
    assert not found(pages)
