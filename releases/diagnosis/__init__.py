"""What is wrong with the newsroom and its machine, for `manage.py doctor` and the dashboard of managers."""

from releases.diagnosis.findings import Finding, Level
from releases.diagnosis.runner import diagnose, find_problems, has_errors

__all__ = ["Finding", "Level", "diagnose", "find_problems", "has_errors"]
