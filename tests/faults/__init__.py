"""Fault tests: break the database or the load of a running newsroom and measure what people get."""
