"""Tests of the forms of the admin."""
