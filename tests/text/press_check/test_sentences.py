"""The press check finds in each sentence what the file says, and nothing else."""

import pytest

from releases.text.press_check import check
from tests.text.press_check import LISTS, SENTENCE_RULES, load_sentences, parse_case


@pytest.mark.parametrize(("line", "expected"), load_sentences())
def test_sentence_has_the_expected_findings(line, expected):
    release, context = parse_case(line)
    found = [
        f"{finding.rule}: {finding.excerpt}"
        for finding in check(release, LISTS, context)
        if finding.rule in SENTENCE_RULES
    ]
    assert sorted(found) == sorted(expected)


def test_file_has_at_least_a_hundred_sentences_with_and_without_findings():
    sentences = load_sentences()
    assert len(sentences) >= 100
    assert sum(not expected for _line, expected in sentences) >= 45
