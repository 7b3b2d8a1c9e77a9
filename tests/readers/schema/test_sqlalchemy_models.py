"""Models become the tables that they make, in every way that SQLAlchemy and its relatives let them be written."""

from __future__ import annotations

from textwrap import dedent

import pytest

from apprescue.model.place import Code
from apprescue.model.schema import Schema, Table
from apprescue.readers.schema.sqlalchemy_models import read


def schema(text: str, **others: str) -> Schema:
    files = {"models.py": dedent(text)}
    return read(files | {f"{name}.py": dedent(other) for name, other in others.items()})


def table(found: Schema, name: str) -> Table:
    made = found.table(name)
    assert made is not None, [t.name for t in found.tables]
    return made


def columns(made: Table) -> list[str]:
    return [f"{c.name} {c.type}{'' if c.nullable else ' not null'}" for c in made.columns]


OLD = """
    from sqlalchemy import Column, Integer, String, ForeignKey, DateTime, Enum, Numeric, Index, text, func
    from sqlalchemy import UniqueConstraint, CheckConstraint
    from sqlalchemy.orm import relationship, declarative_base

    Base = declarative_base()

    class Fan(Base):
        __tablename__ = "fans"
        id = Column(Integer, primary_key=True)
        email = Column(String(200), unique=True, nullable=False)
        joined = Column("joined_at", DateTime(timezone=True), server_default=func.now(), index=True)
        tier = Column(Enum("free", "gold", name="tier"), server_default="free")
        pledges = relationship("Pledge")

    class Pledge(Base):
        __tablename__ = "pledges"
        __table_args__ = (
            UniqueConstraint("fan_id", "month", name="one_a_month"),
            CheckConstraint("amount > 0"),
            Index("ix_open", "month", postgresql_where=text("paid_at is null")),
            {"schema": "billing"},
        )
        id = Column(Integer, primary_key=True)
        fan_id = Column(ForeignKey("fans.id", ondelete="CASCADE"), nullable=False)
        month = Column(String)
        amount = Column(Numeric(10, 2))
"""


def test_columns_of_the_older_style() -> None:
    found = schema(OLD)
    fans = table(found, "fans")
    assert fans.place == Code("models.py", 8, 8)
    assert fans.origin == "sqlalchemy_models"
    assert fans.primary_key == ("id",)
    assert columns(fans) == [
        "id integer not null",
        "email varchar not null",
        "joined_at timestamptz",
        "tier tier",
    ]
    assert [(i.columns, i.unique) for i in fans.indexes] == [(("email",), True), (("joined_at",), False)]
    assert [c.default for c in fans.columns] == ["", "", "now()", "'free'"]
    assert found.enums == {"tier": ("free", "gold")}


def test_constraints_and_the_type_that_a_foreign_key_borrows() -> None:
    pledges = table(schema(OLD), "billing.pledges")
    assert columns(pledges)[1] == "fan_id integer not null"
    (key,) = pledges.foreign_keys
    assert (key.columns, key.to_table, key.to_columns, key.on_delete) == (
        ("fan_id",),
        "public.fans",
        ("id",),
        "cascade",
    )
    assert [(i.name, i.columns, i.unique, i.where) for i in pledges.indexes] == [
        ("one_a_month", ("fan_id", "month"), True, ""),
        ("ix_open", ("month",), False, "paid_at is null"),
    ]
    assert pledges.checks == ("amount > 0",)


def test_columns_from_annotations() -> None:
    found = schema(
        """
        import enum, uuid
        from datetime import datetime
        from decimal import Decimal
        from typing import Annotated, Optional
        from sqlalchemy import ForeignKey, Text
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

        key = Annotated[uuid.UUID, mapped_column(primary_key=True)]

        class State(enum.Enum):
            draft = 1
            sent = 2

        class Base(DeclarativeBase):
            pass

        class Post(Base):
            __tablename__ = "posts"
            id: Mapped[key]
            title: Mapped[str]
            body: Mapped[Optional[str]] = mapped_column(Text)
            price: Mapped[Decimal | None]
            sent_at: Mapped["datetime | None"] = mapped_column(index=True)
            state: Mapped[State]
            tags: Mapped[list[str]] = mapped_column()
            parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("posts.id"))
            parent: Mapped["Post"] = relationship()
        """
    )
    assert columns(table(found, "posts")) == [
        "id uuid not null",
        "title varchar not null",
        "body text",
        "price numeric",
        "sent_at timestamp",
        "state state not null",
        "tags varchar[] not null",
        "parent_id uuid",
    ]
    assert table(found, "posts").primary_key == ("id",)
    assert found.enums == {"state": ("draft", "sent")}
    assert [t.name for t in found.tables] == ["public.posts"]


def test_sqlmodel_makes_tables_only_where_it_is_told() -> None:
    found = schema(
        """
        from typing import Optional
        from sqlmodel import Field, Relationship, SQLModel, Column, JSON

        class CreatorBase(SQLModel):
            handle: str = Field(index=True, max_length=40)

        class Creator(CreatorBase, table=True):
            id: Optional[int] = Field(default=None, primary_key=True)
            links: dict = Field(sa_column=Column(JSON, nullable=False))
            team_id: int | None = Field(default=None, foreign_key="team.id")
            posts: list["Post"] = Relationship(back_populates="creator")

        class CreatorPublic(CreatorBase):
            id: int
        """
    )
    (made,) = found.tables
    assert made.name == "public.creator"
    assert columns(made) == ["handle varchar not null", "id integer not null", "links json not null", "team_id integer"]
    assert [(k.to_table, k.to_columns) for k in made.foreign_keys] == [("public.team", ("id",))]
    assert [i.columns for i in made.indexes] == [("handle",)]


def test_flask_names_tables_itself() -> None:
    found = schema(
        """
        from app import db

        follows = db.Table("follows",
            db.Column("fan_id", db.Integer, db.ForeignKey("gift_card.id"), primary_key=True),
            db.Column("post_id", db.ForeignKey("posts.id"), primary_key=True))

        class Timed(db.Model):
            __abstract__ = True
            made_at = db.Column(db.DateTime, nullable=False)

        class GiftCard(Timed):
            id = db.Column(db.Integer, primary_key=True)
            fans = db.relationship("Fan", secondary=follows)
        """
    )
    assert [t.name for t in found.tables] == ["public.follows", "public.gift_card"]
    assert table(found, "follows").primary_key == ("fan_id", "post_id")
    assert columns(table(found, "gift_card")) == ["made_at timestamp not null", "id integer not null"]


def test_inheritance_across_files() -> None:
    found = schema(
        """
        from sqlalchemy import Column, String, Index
        from .base import Base, Dated
        from . import base

        class Animal(Dated, Base):
            __tablename__ = "animals"
            name = Column(String)

        class Dog(Animal):
            breed = Column(String, nullable=True)

        class Owner(base.Base):
            phone = Column(String)

        Index("ix_animals_name", Animal.name)
        """,
        base="""
        from datetime import datetime
        from sqlalchemy.orm import DeclarativeBase, declared_attr, Mapped, mapped_column
        from sqlalchemy import Column, ForeignKey

        class Base(DeclarativeBase):
            id: Mapped[int] = mapped_column(primary_key=True)

            @declared_attr.directive
            def __tablename__(cls):
                return cls.__name__.lower() + "s"

        class Dated:
            made_at: Mapped[datetime]

            @declared_attr
            def maker_id(cls):
                return Column(ForeignKey("owners.id"))
        """,
    )
    assert sorted(t.name for t in found.tables) == ["public.animals", "public.owners"]
    assert sorted(columns(table(found, "animals"))) == [
        "breed varchar",
        "id integer not null",
        "made_at timestamp not null",
        "maker_id integer",
        "name varchar",
    ]
    assert columns(table(found, "owners")) == ["id integer not null", "phone varchar"]
    assert [i.name for i in table(found, "animals").indexes] == ["ix_animals_name"]
    assert {c.place.path for c in table(found, "animals").columns} == {"models.py", "base.py"}


@pytest.mark.parametrize(
    "text",
    [
        "from pydantic import BaseModel, Field\nclass Fan(BaseModel):\n    name: str = Field(index=True)\n",
        "# sqlalchemy\nclass Fan:\n    __table_args__ = 1\n    x: Mapped[int]\n",
        "from sqlalchemy import Column\nclass Fan(Fan):\n    __tablename__ = (\n",
        "from sqlalchemy import Column\nclass A(B): x = Column()\nclass B(A): __tablename__ = x\n",
        "from sqlalchemy import *\nTable(\nIndex()\nclass A(db.Model): x = Column(Enum(), ForeignKey())\n",
    ],
)
def test_what_is_no_table_or_broken_is_left(text: str) -> None:
    assert all(t.name == "public.a" for t in read({"models.py": text}).tables)


def test_tests_and_migrations_are_not_the_app() -> None:
    text = "from sqlalchemy import Column\nclass A(Base):\n    __tablename__ = 'a'\n"
    assert read({"tests/test_a.py": text, "alembic/versions/1.py": text}).tables == ()
