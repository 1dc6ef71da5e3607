"""The read models that there are."""

from typing import Any

from projections.caseload import CASELOAD
from projections.read_model import ReadModel
from projections.timeline import TIMELINE

READ_MODELS: tuple[ReadModel[Any], ...] = (CASELOAD, TIMELINE)
