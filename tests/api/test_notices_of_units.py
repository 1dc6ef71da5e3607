"""What supervisors read of a place that is offered."""

import pytest

from api.language import LANGUAGES, Language
from api.notices_page import told
from tests.domain.units import TWO_PLACES, household


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_of_an_offer_says_to_whom_how_many_places_and_until_when(language: Language) -> None:
    (offer,) = (each.about for each in TWO_PLACES.given(household(1, 2)).follow_ups() if each.kind == "notice")
    assert offer["event"] == "NextClientOffered"
    words = told(language, offer)
    assert f" {offer['entry']} " in words
    assert f": {offer['slots']})" in words
    assert "2018" in words
    assert "{" not in words
