"""Alembic's entry: runs the revisions on the connection that `storage/migrate` hands over."""

from alembic import context

from yuelao.storage.tables import Stored

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Stored.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
