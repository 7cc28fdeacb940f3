"""The first tables, and triggers that keep the decision log append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables and the triggers."""
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["undoes"], ["decision.id"], name="fk_decision_undoes"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_undoes", "decision", ["undoes"], unique=False)
    op.create_table(
        "encounter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_encounter"),
        sa.UniqueConstraint("label", name="uq_encounter_label"),
    )
    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("original_name", sa.Text(), nullable=False),
        sa.Column("copied", sa.Boolean(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.String(length=40), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("perceptual_hash", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_photo"),
        sa.UniqueConstraint("sha256", "frame", name="uq_photo_sha256_frame"),
    )
    op.create_table(
        "rejected_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rejected_file"),
    )
    op.create_table(
        "shard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shard"),
        sa.UniqueConstraint("file", name="uq_shard_file"),
    )
    op.create_index("ix_shard_fingerprint", "shard", ["fingerprint"], unique=False)
    op.create_table(
        "track",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_track"),
    )
    op.create_table(
        "individual",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("absorbed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["absorbed_by"], ["individual.id"], name="fk_individual_absorbed_by"),
        sa.ForeignKeyConstraint(["id"], ["decision.id"], name="fk_individual_id"),
        sa.PrimaryKeyConstraint("id", name="pk_individual"),
    )
    op.create_index("ix_individual_absorbed_by", "individual", ["absorbed_by"], unique=False)
    op.create_index(
        "uq_individual_live_name",
        "individual",
        ["name"],
        unique=True,
        sqlite_where=sa.text("absorbed_by IS NULL"),
        postgresql_where=sa.text("absorbed_by IS NULL"),
    )
    op.create_table(
        "mention",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name="fk_mention_decision_id"),
        sa.PrimaryKeyConstraint("decision_id", "what", "subject_id", name="pk_mention"),
    )
    op.create_index("ix_mention_what_subject_id", "mention", ["what", "subject_id"], unique=False)
    op.create_table(
        "annotation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("quality", sa.Double(), nullable=True),
        sa.Column("mask_kind", sa.String(length=20), nullable=True),
        sa.Column("mask_path", sa.Text(), nullable=True),
        sa.Column("added_side", sa.String(length=10), nullable=False),
        sa.Column("added_x", sa.Double(), nullable=True),
        sa.Column("added_y", sa.Double(), nullable=True),
        sa.Column("added_w", sa.Double(), nullable=True),
        sa.Column("added_h", sa.Double(), nullable=True),
        sa.Column("added_encounter_id", sa.Integer(), nullable=True),
        sa.Column("added_track_id", sa.Integer(), nullable=True),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("x", sa.Double(), nullable=True),
        sa.Column("y", sa.Double(), nullable=True),
        sa.Column("w", sa.Double(), nullable=True),
        sa.Column("h", sa.Double(), nullable=True),
        sa.Column("encounter_id", sa.Integer(), nullable=True),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("individual_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["added_encounter_id"], ["encounter.id"], name="fk_annotation_added_encounter_id"),
        sa.ForeignKeyConstraint(["added_track_id"], ["track.id"], name="fk_annotation_added_track_id"),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name="fk_annotation_encounter_id"),
        sa.ForeignKeyConstraint(["individual_id"], ["individual.id"], name="fk_annotation_individual_id"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_annotation_photo_id"),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name="fk_annotation_track_id"),
        sa.PrimaryKeyConstraint("id", name="pk_annotation"),
    )
    op.create_index("ix_annotation_encounter_id", "annotation", ["encounter_id"], unique=False)
    op.create_index("ix_annotation_individual_id", "annotation", ["individual_id"], unique=False)
    op.create_index("ix_annotation_photo_id", "annotation", ["photo_id"], unique=False)
    op.create_index("ix_annotation_track_id", "annotation", ["track_id"], unique=False)
    op.create_table(
        "descriptor",
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("shard_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("x", sa.Double(), nullable=True),
        sa.Column("y", sa.Double(), nullable=True),
        sa.Column("w", sa.Double(), nullable=True),
        sa.Column("h", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["annotation_id"], ["annotation.id"], name="fk_descriptor_annotation_id"),
        sa.ForeignKeyConstraint(["shard_id"], ["shard.id"], name="fk_descriptor_shard_id"),
        sa.PrimaryKeyConstraint("annotation_id", "shard_id", name="pk_descriptor"),
    )
    op.create_index("ix_descriptor_shard_id", "descriptor", ["shard_id"], unique=False)
    op.create_table(
        "rejection",
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("individual_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["annotation_id"], ["annotation.id"], name="fk_rejection_annotation_id"),
        sa.ForeignKeyConstraint(["individual_id"], ["individual.id"], name="fk_rejection_individual_id"),
        sa.PrimaryKeyConstraint("annotation_id", "individual_id", name="pk_rejection"),
    )
    op.create_index("ix_rejection_individual_id", "rejection", ["individual_id"], unique=False)
    _protect_log()


def _protect_log() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER decision_no_{action.lower()} BEFORE {action} ON decision "
                "BEGIN SELECT RAISE(ABORT, 'the decision log is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION decision_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the decision log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision "
        "FOR EACH STATEMENT EXECUTE FUNCTION decision_append_only()"
    )
