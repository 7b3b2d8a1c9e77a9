from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Potter(Base):
    __tablename__ = "potters"
    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(default="potter")


class Piece(Base):
    __tablename__ = "pieces"
    id: Mapped[int] = mapped_column(primary_key=True)
    potter_id: Mapped[str] = mapped_column(ForeignKey("potters.id"), index=True)
    title: Mapped[str]
    price_cents: Mapped[int]


class Firing(Base):
    __tablename__ = "firings"
    id: Mapped[int] = mapped_column(primary_key=True)
    kiln: Mapped[str]
    celsius: Mapped[int]
    potter_id: Mapped[str] = mapped_column(ForeignKey("potters.id"), index=True)
