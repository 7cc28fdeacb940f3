"""When each photo came into the catalogue; of photos that are there already, nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("photo", sa.Column("added_at", sa.DateTime(), nullable=True))
    op.create_index("ix_photo_added_at", "photo", ["added_at"], unique=False)
