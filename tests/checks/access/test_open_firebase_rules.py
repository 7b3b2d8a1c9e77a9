"""Rules of Firebase databases and storage."""

from __future__ import annotations

from tests.support import audit_files

NAME = "access/open_firebase_rules"


def found(rules: str) -> list[str]:
    text = f"service cloud.firestore {{ match /databases/{{db}}/documents {{ {rules} }} }}"
    return [finding.severity for finding in audit_files({"firestore.rules": text}, only=NAME)]


def test_the_whole_database_is_open() -> None:
    assert found("match /{document=**} { allow read, write: if true; }") == ["critical"]


def test_open_until_a_date_is_open() -> None:
    rules = "match /{document=**} { allow read, write: if request.time < timestamp.date(2031, 1, 1); }"
    assert found(rules) == ["critical"]


def test_anyone_who_signs_up_reads_every_user() -> None:
    assert found("match /users/{id} { allow read: if request.auth != null; }") == ["medium"]


def test_a_function_is_looked_into() -> None:
    rules = "function signedIn() { return request.auth != null; } match /orders/{id} { allow write: if signedIn(); }"
    assert found(rules)


def test_each_his_own() -> None:
    assert not found("match /users/{id} { allow read, write: if request.auth.uid == id; }")


def test_a_comment_opens_nothing() -> None:
    assert not found("match /users/{id} { // allow read, write: if true;\n allow read: if false; }")


def test_a_catalogue_may_be_read_by_all() -> None:
    assert not found("match /products/{id} { allow read: if true; allow write: if false; }")
