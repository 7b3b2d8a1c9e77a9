from uuid import uuid4

from app.security import hash_password, make_access_token, make_mail_token, password_matches, read_token


def test_a_password_matches_its_hash_only():
    stored = hash_password("a long walk by the sea")
    assert password_matches("a long walk by the sea", stored)
    assert not password_matches("a short walk by the sea", stored)


def test_a_token_is_good_for_its_use_only():
    user = uuid4()
    assert read_token(make_access_token(user), "access") == str(user)
    assert read_token(make_mail_token(user, "reset"), "access") is None


def test_a_token_of_another_key_is_refused():
    assert read_token("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "access") is None
