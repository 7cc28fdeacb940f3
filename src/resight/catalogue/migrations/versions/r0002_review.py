"""What the work in the browser keeps: opinions, notes, proposals, requests, and people with their keys."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables and columns; opinions of an older log are put in by `resight repair`."""
    for name in ("sex", "life_stage", "marks", "notes"):
        op.add_column("individual", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "opinion",
        sa.Column("decision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("individual_id", sa.Integer(), nullable=True),
        sa.Column("says", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["annotation_id"], ["annotation.id"], name="fk_opinion_annotation_id"),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name="fk_opinion_decision_id"),
        sa.ForeignKeyConstraint(["individual_id"], ["individual.id"], name="fk_opinion_individual_id"),
        sa.PrimaryKeyConstraint("decision_id", name="pk_opinion"),
    )
    op.create_index("ix_opinion_annotation_id", "opinion", ["annotation_id"], unique=False)
    op.create_index("ix_opinion_individual_id", "opinion", ["individual_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("annotation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("worth", sa.Double(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["annotation_id"], ["annotation.id"], name="fk_proposal_annotation_id"),
        sa.PrimaryKeyConstraint("annotation_id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_worth", "proposal", ["worth"], unique=False)
    op.create_table(
        "request",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name="fk_request_decision_id"),
        sa.PrimaryKeyConstraint("token", "decision_id", name="pk_request"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("name", name="uq_person_name"),
    )
    op.create_table(
        "key",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_key_person_id"),
        sa.PrimaryKeyConstraint("sha256", name="pk_key"),
    )
    op.create_index("ix_key_person_id", "key", ["person_id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit"),
    )
