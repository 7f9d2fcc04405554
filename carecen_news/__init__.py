"""The Django project of CARECEN News."""

__version__ = "0.1.0"
