"""Examples of families and of identity: Amal's husband and her two children, and a second case that turned out to be hers."""

from datetime import date
from uuid import UUID

from domain import bereavement, duplicates, household
from domain.story import Command, Event
from domain.vocabulary import MergeEvidence, Reason, Relation

DAY = date(2018, 4, 12)
START = date(2018, 4, 3)
CASE = "case-01621f9c-7a00-7000-8000-000000000001"
PERSON = "01621f9c-7a00-7000-8000-0000000000aa"
HUSBANDS_CASE = "case-01621f9c-7a00-7000-8000-000000000002"
DAUGHTERS_CASE = "case-01621f9c-7a00-7000-8000-000000000003"
DUPLICATE_CASE = "case-01621f9c-7a00-7000-8000-000000000004"
DUPLICATE_PERSON = "01621f9c-7a00-7000-8000-0000000000dd"
HOME = UUID("01621f9c-7a00-7000-8000-0000000000cc")
NEW_HOME = UUID("01621f9c-7a00-7000-8000-0000000000ce")

ADD = household.AddToHousehold(household_id=HOME, relation=Relation.PARTNER)
LEAVE = household.LeaveHousehold()
SPLIT = household.SplitHousehold(new_household_id=NEW_HOME)
FOLLOW = household.FollowSplit(from_household_id=str(HOME), protected=False)
NOTE_DEATH = bereavement.NoteDeathInHousehold(household_id=str(HOME))
RETRACT_DEATH = bereavement.RetractDeathInHousehold()
MERGE = duplicates.MergePersons(duplicate_case=DUPLICATE_CASE, evidence=MergeEvidence.SAME_DOCUMENT)
UNDO_MERGE = duplicates.UndoMerge(
    duplicate_case=DUPLICATE_CASE, reason=Reason.MISTAKE, reason_text="Sisters, with one passport between them"
)
CLOSE_DUPLICATE = duplicates.CloseAsDuplicate(survivor_case=DUPLICATE_CASE, survivor_person_id=DUPLICATE_PERSON)
REINSTATE = duplicates.ReinstateDuplicate(survivor_case=DUPLICATE_CASE)

COMMANDS: tuple[Command, ...] = (
    ADD,
    LEAVE,
    SPLIT,
    FOLLOW,
    NOTE_DEATH,
    RETRACT_DEATH,
    MERGE,
    UNDO_MERGE,
    CLOSE_DUPLICATE,
    REINSTATE,
)

EVENTS: tuple[Event, ...] = (
    household.HouseholdMemberAdded(household_id=str(HOME), since=DAY, relation=Relation.PARTNER),
    household.HouseholdLeft(household_id=str(HOME)),
    household.HouseholdSplit(
        from_household_id=str(HOME), to_household_id=str(NEW_HOME), protected=True, leaving=(DAUGHTERS_CASE,)
    ),
    bereavement.DeathInHouseholdNoted(),
    bereavement.DeathInHouseholdRetracted(),
    duplicates.PersonsMerged(
        duplicate_case=DUPLICATE_CASE,
        duplicate_person_id=DUPLICATE_PERSON,
        evidence=MergeEvidence.SAME_DOCUMENT,
        closes_from=START,
    ),
    duplicates.MergeUndone(duplicate_case=DUPLICATE_CASE),
    duplicates.MergedInto(survivor_case=DUPLICATE_CASE, survivor_person_id=DUPLICATE_PERSON, closed=True),
    duplicates.DuplicateReinstated(survivor_case=DUPLICATE_CASE),
)
