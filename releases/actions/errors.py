"""Errors that actions raise."""


class ActionNotAllowed(Exception):
    """Raised when an action cannot be done. The message tells the editor why and what to do."""
