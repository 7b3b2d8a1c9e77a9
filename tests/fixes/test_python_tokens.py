"""Repairs of Python servers that believe a token without its signature."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

NAME = "access/verify_python_token"
DEPS = """from fastapi import Depends, HTTPException
from fastapi.security import HTTPBearer
IMPORT

from store import people

bearer = HTTPBearer(auto_error=False)


def viewer(credentials=Depends(bearer)):
    if credentials is None:
        raise HTTPException(401, "Please sign in")
    claims = CALL
    return people.find_one({"id": claims["sub"]})
"""
FILES = {
    "requirements.txt": "fastapi\npymongo\n",
    "store.py": "from pymongo import MongoClient\n\npeople = MongoClient().shop.people\n",
    "settings.py": 'import os\n\nSIGNING_KEY = os.environ["SIGNING_KEY"]\n',
    "main.py": """
    from fastapi import Depends, FastAPI

    from deps import viewer

    app = FastAPI()

    @app.get("/bills")
    def bills(user=Depends(viewer)):
        return user["bills"]
    """,
}
SECURITY = """from jose import jwt

from settings import SIGNING_KEY


def read(token):
    return jwt.decode(token, SIGNING_KEY, algorithms=["HS256"])["sub"]
"""


def verified(library: str, call: str, security: str = SECURITY) -> str:
    deps = DEPS.replace("IMPORT", library).replace("CALL", call)
    done = repaired(NAME, {**FILES, "deps.py": deps, "security.py": security})
    assert bool(done.patches) is not bool(done.left)
    return done.files["deps.py"]


@pytest.mark.parametrize(
    ("library", "call", "wrong"),
    [
        (
            "import jwt",
            'jwt.decode(credentials.credentials, options={"verify_signature": False})',
            "jwt.InvalidTokenError",
        ),
        ("from jose import jwt", "jwt.get_unverified_claims(credentials.credentials)", "JWTError"),
    ],
)
def test_the_apps_own_key_verifies_it(library: str, call: str, wrong: str) -> None:
    text = verified(library, call)
    assert (
        "    try:\n"
        '        claims = jwt.decode(credentials.credentials, SIGNING_KEY, algorithms=["HS256"])\n'
        f"    except {wrong}:\n"
        '        raise HTTPException(401, "Please sign in") from None\n'
    ) in text
    assert "from settings import SIGNING_KEY\n" in text
    assert wrong.startswith("jwt.") or "from jose import jwt, JWTError\n" in text


@pytest.mark.parametrize(
    "security", ["", SECURITY + SECURITY.replace("HS256", "HS512").replace("def read", "def other")]
)
def test_one_way_of_verifying_must_be_known(security: str) -> None:
    call = "jwt.get_unverified_claims(credentials.credentials)"
    assert call in verified("from jose import jwt", call, security)
