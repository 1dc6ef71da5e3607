"""The read models that there are."""

from typing import Any

from projections.approvals import APPROVALS
from projections.caseload import CASELOAD
from projections.facts import FACTS
from projections.read_model import ReadModel
from projections.referrals import REFERRALS
from projections.reviews_due import REVIEWS_DUE
from projections.timeline import TIMELINE
from projections.units import UNITS
from projections.waiting_list import WAITING_LIST

READ_MODELS: tuple[ReadModel[Any], ...] = (
    CASELOAD,
    TIMELINE,
    REFERRALS,
    FACTS,
    APPROVALS,
    REVIEWS_DUE,
    UNITS,
    WAITING_LIST,
)
