"""SQLAlchemy's queries, beside what the library itself compiles for the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import ForeignKey, Integer, Text, func, or_, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

from tests.source.statements.shop import Shop, shop

MODELS = """
from sqlalchemy import create_engine, select, func, or_, and_, ForeignKey, Integer, Text, DateTime
from sqlalchemy.orm import DeclarativeBase, Session, relationship, mapped_column, Mapped, sessionmaker
from sqlalchemy.orm import joinedload, selectinload


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    posts: Mapped[list["Post"]] = relationship("Post", back_populates="author")


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author: Mapped["User"] = relationship("User", back_populates="posts")
    title: Mapped[str] = mapped_column(Text)
    seen: Mapped[int] = mapped_column("views", Integer)


engine = create_engine("postgresql://x")
Local = sessionmaker(bind=engine)
"""


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(Text)
    posts: Mapped[list[Post]] = relationship("Post", back_populates="author")


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author: Mapped[User] = relationship("User", back_populates="posts")
    title: Mapped[str] = mapped_column(Text)
    seen: Mapped[int] = mapped_column("views", Integer)


THE_SAME: list[tuple[str, Any]] = [
    (
        (
            "db.execute(select(Post.id).where(Post.author_id == id, Post.title.ilike(f'%{q}%'))"
            ".order_by(Post.id.desc()).limit(5)).all()"
        ),
        select(Post.id).where(Post.author_id == 1, Post.title.ilike("%pple%")).order_by(Post.id.desc()).limit(5),
    ),
    (
        "db.query(Post.id).filter(or_(Post.seen > 9, Post.id.in_([3, 4]))).order_by(Post.id).all()",
        select(Post.id).where(or_(Post.seen > 9, Post.id.in_([3, 4]))).order_by(Post.id),
    ),
    (
        (
            "db.query(User.email, func.count(Post.id).label('n')).join(Post)"
            ".group_by(User.email).order_by(User.email).all()"
        ),
        select(User.email, func.count(Post.id)).join(Post).group_by(User.email).order_by(User.email),
    ),
    (
        "db.query(Post.title).join(Post.author).filter(User.email == 'bob@x.org').order_by(Post.title).all()",
        select(Post.title).join(Post.author).where(User.email == "bob@x.org").order_by(Post.title),
    ),
    (
        "db.scalar(select(func.coalesce(func.sum(Post.seen), 0)).where(Post.author_id == id))",
        select(func.coalesce(func.sum(Post.seen), 0)).where(Post.author_id == 1),
    ),
    (
        "db.query(User.email).filter(func.lower(User.email) == q.lower()).all()",
        select(User.email).where(func.lower(User.email) == "ann@x.org"),
    ),
]


@pytest.fixture(scope="module")
def there() -> Iterator[Shop]:
    with shop() as made:
        yield made


def files(call: str) -> dict[str, str]:
    code = f"from models import *\n\ndef load(id, q, ids):\n    db = Local()\n    {call}\n"
    return {"models.py": MODELS, "app.py": code}


def compiled(statement: Any) -> str:
    dialect: Any = postgresql
    said = statement.compile(dialect=dialect.dialect(), compile_kwargs={"literal_binds": True})
    return str(said).replace("%%", "%")


@pytest.mark.parametrize(("call", "real"), THE_SAME)
def test_the_rows_are_those_of_the_library_s_own_sql(there: Shop, call: str, real: Any) -> None:
    found = there.one(files(f"return {call}"))
    assert there.rows(found) == there.asked(compiled(real))


def test_one_by_its_key_first_and_count(there: Shop) -> None:
    assert there.rows(there.one(files("return db.get(User, id)")))[0][:2] == (1, "ann@x.org")
    first = there.one(files("return db.query(Post).filter_by(author_id=id).order_by(Post.id).first()"))
    assert first.sql.endswith("LIMIT 1")
    assert len(there.rows(first)) == 1
    counted = there.one(files("return db.query(Post).filter(Post.author_id == id).count()"))
    assert there.rows(counted) == [(2,)]


def test_what_is_loaded_along(there: Shop) -> None:
    joined = there.one(files("return db.query(Post).options(joinedload(Post.author)).order_by(Post.id).all()"))
    real = select(Post).options(joinedload(Post.author)).order_by(Post.id)
    assert "LEFT OUTER JOIN" in joined.sql
    assert len(there.rows(joined)) == len(there.asked(compiled(real)))
    cut = there.one(files("return db.query(User).options(joinedload(User.posts)).limit(1).all()"))
    assert "FROM (SELECT" in cut.sql
    assert len(there.rows(cut)) == 2
    users, posts = there.all(files("return db.query(User).options(selectinload(User.posts)).all()"))
    assert len(there.rows(users)) == 3
    assert [row[0] for row in there.rows(posts, author_id="1, 2")] == [1, 2, 3, 4]


def test_changes(there: Shop) -> None:
    made = there.one(files("db.add(Post(author_id=id, title=q))"))
    assert made.writes
    assert there.after(made, "select author_id, title from posts where id > 100") == [(1, "New")]
    changed = there.one(files("db.query(Post).filter(Post.id == id).update({'views': Post.seen + 1})"))
    assert there.after(changed, "select views from posts where id = 1") == [(11,)]
    gone = there.one(files("db.query(Post).filter(Post.id == 4).delete()"))
    assert there.after(gone, "select count(*) from posts") == [(3,)]


def test_flask_s_pages_ask_twice(there: Shop) -> None:
    code = (
        "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n\n\nclass Post(db.Model):\n"
        "    __tablename__ = 'posts'\n    id = db.Column(db.Integer, primary_key=True)\n"
        "    author_id = db.Column(db.Integer)\n\n\ndef load(id):\n"
        "    return Post.query.filter_by(author_id=id).order_by(Post.id.desc()).paginate(page=1, per_page=10)\n"
    )
    page, number = there.all({"app.py": code})
    assert "LIMIT 10" in page.sql
    assert there.rows(number) == [(2,)]


def test_what_cannot_be_told_says_why(there: Shop) -> None:
    assert "has no column" in there.untold(files("return db.query(Post).filter_by(nothing=1).all()")).reason
