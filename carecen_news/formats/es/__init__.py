"""Formats of dates and times in Spanish."""
