"""Check data that is copied from one table to another."""

from releases.models import ReleaseTag
from releases.models.topics import DENORMALIZED_FIELDS


def assignments_are_in_sync() -> bool:
    assignments = ReleaseTag.objects.select_related("content_object")
    return all(
        {name: getattr(assignment, name) for name in DENORMALIZED_FIELDS}
        == ReleaseTag.denormalized_values(assignment.content_object)
        for assignment in assignments
    ) and bool(assignments)
