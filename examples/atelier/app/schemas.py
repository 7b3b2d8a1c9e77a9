from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Registration(BaseModel):
    email: str = Field(max_length=200)
    password: str = Field(min_length=10, max_length=200)
    name: str = Field(max_length=120)
    role: str = "client"


class Credentials(BaseModel):
    email: str
    password: str


class ArtistChange(BaseModel):
    bio: str = Field(max_length=4000)
    style: str = Field(max_length=60)


class ArtistFull(BaseModel):
    model_config = ConfigDict(extra="allow")


class CommissionIn(BaseModel):
    artist_id: UUID
    brief: str = Field(min_length=20, max_length=4000)
    price_cents: int


class PackageOrder(BaseModel):
    package_id: UUID
    brief: str = Field(min_length=20, max_length=4000)


class MessageIn(BaseModel):
    body: str = Field(min_length=1, max_length=4000)


class PayoutIn(BaseModel):
    artist_id: UUID
    amount: float


class BriefIn(BaseModel):
    text: str = Field(max_length=2000)
    tone: str = "friendly"
