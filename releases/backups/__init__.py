"""Backups of the whole newsroom, in one format for SQLite and PostgreSQL."""
