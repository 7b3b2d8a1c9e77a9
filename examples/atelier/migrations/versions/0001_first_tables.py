"""First tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("email", sa.String(200), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("role", sa.String(20), nullable=False, server_default="client"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_table(
        "artists",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, unique=True),
        sa.Column("slug", sa.String(80), nullable=False, unique=True),
        sa.Column("bio", sa.Text, nullable=False, server_default=""),
        sa.Column("style", sa.String(60), nullable=False, server_default=""),
        sa.Column("featured", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("open_slots", sa.Integer, nullable=False, server_default="3"),
        sa.Column("balance_cents", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("stripe_account_id", sa.String(60)),
    )
    op.create_table(
        "packages",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("artist_id", UUID(as_uuid=True), sa.ForeignKey("artists.id", ondelete="CASCADE"), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("price_cents", sa.Integer, nullable=False),
    )
    op.create_index("ix_packages_artist_id", "packages", ["artist_id"])
    op.create_table(
        "commissions",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("artist_id", UUID(as_uuid=True), sa.ForeignKey("artists.id"), nullable=False),
        sa.Column("client_id", UUID(as_uuid=True), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("brief", sa.Text, nullable=False),
        sa.Column("price_cents", sa.Integer, nullable=False),
        sa.Column("status", sa.String(20), nullable=False, server_default="asked"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_index("ix_commissions_artist_id", "commissions", ["artist_id"])
    op.create_index("ix_commissions_client_id", "commissions", ["client_id"])


def downgrade() -> None:
    for table in ("commissions", "packages", "artists", "users"):
        op.drop_table(table)
