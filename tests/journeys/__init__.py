"""Whole journeys, through the client or the running program."""
