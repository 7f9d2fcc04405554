"""`make lint`: fail if a retired identifier is used again, and warn about phrases that are hard to read."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Files that may contain them: the changelog, this list, dependencies, translations, and sample and test
# files.
EXEMPT = re.compile(
    r"CHANGELOG\.md|tests/check_names\.py|requirements|releases/(?:locale|sample)/|tests/files/"
)
TEXT_FILES = (".py", ".html", ".css", ".js", ".md", ".toml", ".conf")

RETIRED = """
    Agreement AnotherPassword AtTheDesk DeskAdmin EditionTurn ErasingView FormerAddress NewsDesk
    NotADocument NotAPhoto OpenForm PageStore PairViews PastViews PolicyMiddleware PressShelf
    ReadableMiddleware ReadyPagesMiddleware UnsavedText UnsavedViews VerbForm VerbViews WorkingCopy
    address_in agrees_with alone_because as_printed as_the_public_will_see at_the_desk begin_counterpart
    bodies_of can_be_best card_of change_address changed_since contacts_of counterpart_of counterpart_url
    desk_base dialled discard_unsaved document_of edition_of erase_view etag_of every_topic figures_of
    file_of folded_key forget_old_bytes former_addresses free_slug fresh_edition has_due_changes
    has_run_out hold_pair ids_by_moment ids_in_order in_house_form is_over keep_ties kept_page
    kept_secret_key known_edition link_of look_in made_by middle_of moment_of name_of needs_second_person
    not_since not_there number_of once_at one_number only_elsewhere open_forms opened_as our_names page_of
    photos_at_hand places_of printed_date printed_fields publish_again publish_due_changes put_off_change
    put_together quotes_of ready_first release_id_of running_out said_of second_person seen_other
    sent_when shown_again slug_of smaller_copies stale_save still_correct take_of tags_of tell_view
    texts_of tokens_asked tokens_of topic_at typed_into typed_words unsaved_of unsaved_text versions_of
    was_made_from whole_number with_photos with_quotes without_photos words_changed words_version
    working_copy write_change yes_or_no years_of
    ASKED_FOR FAR_BACK KEPT_TYPES LARGEST_PAGE LONGEST_KEY MOST_BYTES MOST_WORDS ON_A_CARD SWEPT_EVERY
    TO_BE_TRANSLATED
""".split()

# Phrases of several words. They can be right, so each is a warning and not an error.
ODD_PHRASES = [
    "at hand",
    "comes? along",
    "gives? way",
    "goes? public by itself",
    "in nobody's way",
    "is no (?:page|picture|release|PDF)",
    "is said of",
    "left aside",
    "lets? go of",
    "lets? out",
    "made anew",
    "stands? (?:for|in|at|on|there)",
    "the house",
    "what (?:is|was) said",
    "what stands",
    "which says",
    "who(?:ever)? asks",
    "word for word",
]


def lines_of_repository() -> list[tuple[str, int, str]]:
    """Return (path, line number, line) of every line that is checked."""
    paths = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    return [
        (path, number, line)
        for path in paths
        if path.endswith(TEXT_FILES) and not EXEMPT.match(path) and (ROOT / path).exists()
        for number, line in enumerate((ROOT / path).read_text().splitlines(), 1)
    ]


def main() -> int:
    retired = re.compile(rf"(?<![A-Za-z0-9_])(?:{'|'.join(RETIRED)})(?![A-Za-z0-9_])")
    phrases = re.compile(rf"\b(?:{'|'.join(ODD_PHRASES)})\b", re.IGNORECASE)
    lines = lines_of_repository()
    errors = [
        f"{path}:{number}: {match[0]} is retired"
        for path, number, line in lines
        if (match := retired.search(line))
    ]
    warnings = [
        f"{path}:{number}: “{match[0]}”" for path, number, line in lines if (match := phrases.search(line))
    ]
    print(
        f"{len(warnings)} phrases that could be plainer (python -m tests.check_names --phrases lists them)."
    )
    if "--phrases" in sys.argv:
        print("\n".join(warnings))
    print("\n".join(errors), file=sys.stderr, end="\n" if errors else "")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
