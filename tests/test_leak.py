"""Secrets are never repeated: not by repr, not in a text, whatever their shape."""

from __future__ import annotations

from apprescue.model.leak import Leak, Redactor, redacted
from apprescue.model.place import Code

LONG = "sk_" + "live_" + "51Hq7Rt9xLm2VbN4kPzW8sYdU3e"


def leak(value: str) -> Leak:
    return Leak("rule", "Stripe", "live", value, Code("a.ts", 3))


def test_a_leak_does_not_show_its_value() -> None:
    assert LONG not in repr(leak(LONG))
    assert redacted("pass123") == "[hidden]"
    assert "MII" not in redacted("-----BEGIN RSA PRIVATE KEY-----\\nMII" + "Ab3" * 40)


def test_a_text_is_freed_of_the_secrets_of_the_leaks() -> None:
    redact = Redactor([leak(LONG), leak("hunter-22")])
    assert redact(f"const key = '{LONG}' // hunter-22") == "const key = 'sk_l…[hidden]' // [hidden]"


def test_a_short_secret_is_hidden_only_where_it_stands_as_a_value() -> None:
    redact = Redactor([leak("admin")])
    assert redact("PASSWORD=admin; src/admin/page.tsx is for the admin role") == (
        "PASSWORD=[hidden]; src/admin/page.tsx is for the admin role"
    )


def test_known_shapes_are_hidden_even_without_a_leak() -> None:
    redact = Redactor([])
    assert LONG not in redact(f"see {LONG}")
    assert "hunter2" not in redact("postgres://bob:hunter2@db.acme.test/x")
    assert redact("https://acme.test:8080/a@b") == "https://acme.test:8080/a@b"
    known = (
        "AKIA" + "Q7RT9XLM2VBN4KPZ",
        "AIza" + "Sy7Rt9xLm2VbN4kPzW8sYdU3e5FgH1jKlMn",
        "re_" + "7Rt9xLm2_VbN4kPzW8sYdU3e5",
    )
    token = ".".join(("eyJ" + "hbGciOiJIUzI1NiJ9", "eyJ" + "yb2xlIjoic2VydmljZSJ9", "7Rt9xLm2VbN4kPzW8sYd"))
    for one in (*known, token):
        assert one[4:] not in redact(f"const key = '{one}'")


def test_a_secret_that_is_a_plain_word_does_not_hide_the_word() -> None:
    redact = Redactor([leak("password")])
    assert redact("PASS=password for POST /api/auth/password") == ("PASS=[hidden] for POST /api/auth/password")
