"""Actions that change releases.

Each runs in a transaction, locks its rows, checks permissions, and raises ActionNotAllowed.
"""
