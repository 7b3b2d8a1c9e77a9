"""Messages, artworks, payouts, processed events"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("commission_id", UUID(as_uuid=True), sa.ForeignKey("commissions.id"), nullable=False),
        sa.Column("author_id", UUID(as_uuid=True), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_table(
        "artworks",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("artist_id", UUID(as_uuid=True), sa.ForeignKey("artists.id"), nullable=False),
        sa.Column("title", sa.String(140), nullable=False),
        sa.Column("file_name", sa.String(80), nullable=False, unique=True),
    )
    op.create_index("ix_artworks_artist_id", "artworks", ["artist_id"])
    op.create_table(
        "payouts",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("artist_id", UUID(as_uuid=True), sa.ForeignKey("artists.id"), nullable=False),
        sa.Column("amount", sa.Float, nullable=False),
        sa.Column("status", sa.String(20), nullable=False, server_default="pending"),
    )
    op.create_index("ix_payouts_artist_id", "payouts", ["artist_id"])
    op.create_table("processed_events", sa.Column("id", sa.String(80), primary_key=True))


def downgrade() -> None:
    for table in ("processed_events", "payouts", "artworks", "messages"):
        op.drop_table(table)
