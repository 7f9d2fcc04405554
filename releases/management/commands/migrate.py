"""Migrate the database as the owner of its tables."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from releases.database_roles import describe_missing_rights, use_owner


class Command(migrate.Command):
    help = (
        "Change the database to the version of the code, connected as DATABASE_OWNER_URL if that is set. It "
        "refuses to begin without the right to change tables."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with use_owner():
            if not options["check_unapplied"] and (missing := describe_missing_rights()):
                executor = MigrationExecutor(connection)
                if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
                    raise CommandError(
                        f"The database must be migrated ({plan[0][0]}), but {missing}, then run "
                        ".venv/bin/python manage.py migrate."
                    )
            super().handle(*args, **options)
