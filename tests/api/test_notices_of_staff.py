"""What supervisors read of an absence and of cases that nobody is responsible for."""

import pytest

from api.language import LANGUAGES, Language
from api.notices_page import told
from tests.domain.test_staff import DAY, HIRED, REASSIGN_ON
from tests.examples import SUPERVISOR
from tests.examples_staff import ILL


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_about_staff_says_whom_it_concerns_and_since_when_and_what_to_do(language: Language) -> None:
    story = HIRED.given(ILL, by=SUPERVISOR).until(REASSIGN_ON + DAY)
    notices = [each.about for each in story.follow_ups() if each.kind == "notice"]
    assert [about["event"] for about in notices] == ["AbsenceReminded", "CasesLeft"]
    for about, since in zip(notices, ("9", "24"), strict=True):
        words = told(language, about)
        assert {"im-07", since} <= {word.strip(".,") for word in words.split()}
        assert words.count(".") >= 2
        assert "{" not in words
