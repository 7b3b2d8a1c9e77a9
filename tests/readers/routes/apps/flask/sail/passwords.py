from werkzeug.security import check_password_hash


def matches(password: str, password_hash: str) -> bool:
    return check_password_hash(password_hash, password)
