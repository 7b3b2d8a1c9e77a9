from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, DateTime, Float, ForeignKey, String, Text, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20), default="client")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Artist(Base):
    __tablename__ = "artists"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    bio: Mapped[str] = mapped_column(Text, default="")
    style: Mapped[str] = mapped_column(String(60), default="")
    featured: Mapped[bool] = mapped_column(default=False)
    open_slots: Mapped[int] = mapped_column(default=3)
    balance_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    stripe_account_id: Mapped[str | None] = mapped_column(String(60))

    packages: Mapped[list["Package"]] = relationship(back_populates="artist")


class Package(Base):
    __tablename__ = "packages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    artist_id: Mapped[UUID] = mapped_column(ForeignKey("artists.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    price_cents: Mapped[int]

    artist: Mapped[Artist] = relationship(back_populates="packages")


class Commission(Base):
    __tablename__ = "commissions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    artist_id: Mapped[UUID] = mapped_column(ForeignKey("artists.id"), index=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    brief: Mapped[str] = mapped_column(Text)
    price_cents: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default="asked")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Artwork(Base):
    __tablename__ = "artworks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    artist_id: Mapped[UUID] = mapped_column(ForeignKey("artists.id"), index=True)
    title: Mapped[str] = mapped_column(String(140))
    file_name: Mapped[str] = mapped_column(String(80), unique=True)


class ProcessedEvent(Base):
    """A webhook's event that was handled; the key makes a second delivery fail."""

    __tablename__ = "processed_events"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)


class Payout(Base):
    __tablename__ = "payouts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    artist_id: Mapped[UUID] = mapped_column(ForeignKey("artists.id"), index=True)
    amount: Mapped[float] = mapped_column(Float)
    status: Mapped[str] = mapped_column(String(20), default="pending")


class Message(Base):
    __tablename__ = "messages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
