"""Examples of support day by day: contacts, obstacles, referrals; and of its end by death or departure."""

from domain import departure, referrals, support
from domain.intake import RecordConsent
from domain.story import Command, Event
from domain.vocabulary import (
    Attendee,
    ConsentForm,
    ConsentScope,
    ContactMode,
    DepartureKind,
    FieldOfAction,
    ObstacleKind,
    Precision,
    Reason,
    ReferralOutcome,
    ServiceKind,
    Severity,
    Visibility,
)

CONTACT = support.RecordContact(
    mode=ContactMode.OFFICE,
    minutes=45,
    topics=(FieldOfAction.LANGUAGE, FieldOfAction.WORK),
    present=(Attendee.CLIENT, Attendee.INTERPRETER),
)
NO_SHOW = support.RecordContact(mode=ContactMode.OFFICE, no_show=True)
OBSTACLE = support.RecordObstacle(
    code=ObstacleKind.NO_CHILDCARE,
    severity=Severity.HIGH,
    text="No place in day care before autumn, so she cannot attend the course",
)
ILLNESS = support.RecordObstacle(
    code=ObstacleKind.HEALTH, severity=Severity.MEDIUM, special_text="Treated for her back since March"
)
SHARE = RecordConsent(scope=ConsentScope.SHARE_SERVICE, form=ConsentForm.WRITTEN, language="ar")
REFER = referrals.ReferToService(
    service=ServiceKind.PSYCHOLOGICAL, service_id="caritas-rv", text="Sleeps badly since the flight"
)
DIED = departure.RecordDeath()
DEPARTED = departure.RecordDeparture(departure=DepartureKind.VOLUNTARY_RETURN)

COMMANDS: tuple[Command, ...] = (
    CONTACT,
    OBSTACLE,
    support.ResolveObstacle(obstacle=1, reason=Reason.CIRCUMSTANCES_CHANGED),
    REFER,
    referrals.RecordReferralOutcome(referral=1, outcome=ReferralOutcome.WAITING),
    DIED,
    DEPARTED,
)

EVENTS: tuple[Event, ...] = (
    support.ContactRecorded(
        mode=ContactMode.OFFICE,
        minutes=45,
        topics=(FieldOfAction.LANGUAGE, FieldOfAction.WORK),
        present=(Attendee.CLIENT, Attendee.INTERPRETER),
        no_show=False,
    ),
    support.ObstacleRecorded(
        obstacle=1,
        code=ObstacleKind.NO_CHILDCARE,
        severity=Severity.HIGH,
        visibility=Visibility.TEAM,
        text="No place in day care before autumn, so she cannot attend the course",
    ),
    support.ObstacleResolved(obstacle=1),
    referrals.ReferralMade(
        referral=1,
        service=ServiceKind.PSYCHOLOGICAL,
        service_id="caritas-rv",
        text="Sleeps badly since the flight",
        shares_data=True,
    ),
    referrals.ReferralOutcomeRecorded(referral=1, outcome=ReferralOutcome.WAITING),
    referrals.ReferralStopped(referral=1),
    departure.PersonDied(precision=Precision.DAY),
    departure.PersonDeparted(departure=DepartureKind.VOLUNTARY_RETURN, precision=Precision.DAY),
)
