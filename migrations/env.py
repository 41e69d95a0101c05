"""Runs the migrations inside the transaction that the store opened: all of them, or none."""

from alembic import context

from nsconsole.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
