"""Runs one set of migrations (`store`, `reader`, …) on a connection that `kit.migrate` opened."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    version_table=f"alembic_version_{context.config.get_main_option('set')}",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
