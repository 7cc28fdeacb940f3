"""Run the migrations on the connection that `resight.catalogue.schema` opened."""

from alembic import context

from resight.catalogue.models import Base

# Alembic runs this file under this name; anything else that imports it (a documentation or a doctest
# collector) has no migration to run.
if __name__ == "env_py":
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        transactional_ddl=True,
    )
    context.run_migrations()
