"""End-to-end tests, with the test client or a running server."""
