"""The numbers of the programme on the page about the rules, policy by policy."""

from cli.rules_words import Words
from domain import vocabulary
from domain.policy import POLICIES
from domain.vocabulary import DeadlineKind


def numbers(words: Words) -> dict[tuple[str, str], list[object]]:
    """By what they say in English and German: one for each version of the policy."""
    return {
        ("in force from", "in Kraft ab"): [policy.valid_from for policy in POLICIES],
        ("support, months", "Begleitung, Monate"): [policy.support_months for policy in POLICIES],
        ("at most, months", "höchstens, Monate"): [policy.support_months_at_most for policy in POLICIES],
        ("decree for Ukraine from", "Ukraine-Erlass ab"): [policy.ukraine_from for policy in POLICIES],
        **{
            (f"{words.row('deadline', kind)[0]}, days", f"{words.row('deadline', kind)[1]}, Tage"): [
                policy.due_after_days[kind] for policy in POLICIES
            ]
            for kind in POLICIES[-1].due_after_days
        },
        **{
            (
                f"{words.row('deadline', kind)[0]}: {words.row('stage', stage)[0]}, days from the due day",
                f"{words.row('deadline', kind)[1]}: {words.row('stage', stage)[1]}, Tage ab Fälligkeit",
            ): [policy.stage_days[kind].get(stage, "–") for policy in POLICIES]
            for kind in DeadlineKind
            for stage in POLICIES[-1].stage_days[kind]
        },
        **{
            (
                f"review at intensity {words.row('intensity', intensity)[0]}, months",
                f"Fortschreibung bei Intensität {words.row('intensity', intensity)[1]}, Monate",
            ): [policy.review_months[intensity] for policy in POLICIES]
            for intensity in vocabulary.Intensity
        },
        **{
            (
                f"longest interval later, intensity {words.row('intensity', intensity)[0]}, months",
                f"längster Abstand später, Intensität {words.row('intensity', intensity)[1]}, Monate",
            ): [policy.review_months_later[intensity] for policy in POLICIES]
            for intensity in vocabulary.Intensity
        },
        ("later means after months of support", "später heißt nach Monaten der Begleitung"): [
            policy.review_later_after_months for policy in POLICIES
        ],
        ("postponed reviews stay within, months", "verschobene Fortschreibung innerhalb von, Monate"): [
            policy.review_months_at_most for policy in POLICIES
        ],
        ("postponements in a row without a supervisor", "Verschiebungen in Folge ohne Fachleitung"): [
            policy.review_postponements for policy in POLICIES
        ],
        ("planning ahead, months", "im Voraus planbar, Monate"): [policy.plan_ahead_months for policy in POLICIES],
        ("own contribution from age", "Eigenleistung ab Alter"): [p.own_contribution_from_age for p in POLICIES],
        ("adult from age", "volljährig ab Alter"): [policy.adult_age for policy in POLICIES],
        ("withdrawal, contact every … weeks by stage", "Rückzug, Kontakt alle … Wochen je Stufe"): [
            " / ".join(str(weeks) for weeks in policy.withdrawal_contact_weeks) for policy in POLICIES
        ],
        ("withdrawal from independence", "Rückzug ab Selbstständigkeit"): [
            policy.withdrawal_from_independence for policy in POLICIES
        ],
        ("withdrawal at most, months", "Rückzug höchstens, Monate"): [
            policy.withdrawal_months_at_most for policy in POLICIES
        ],
        ("planned closing, last contact within days", "geplantes Ende, letzter Kontakt innerhalb von Tagen"): [
            policy.closure_last_contact_days for policy in POLICIES
        ],
        ("contact lost, attempts", "Kontakt abgebrochen, Versuche"): [
            policy.contact_lost_attempts for policy in POLICIES
        ],
        ("contact lost, over weeks", "Kontakt abgebrochen, über Wochen"): [
            policy.contact_lost_weeks for policy in POLICIES
        ],
        ("reopening within months", "Wiederaufnahme innerhalb von Monaten"): [
            policy.reopen_months for policy in POLICIES
        ],
        ("absent, the deputy is reminded after working days", "abwesend, Hinweis auf Vertretung nach Arbeitstagen"): [
            policy.absence_deputy_working_days for policy in POLICIES
        ],
        ("absent, cases are without a manager after working days", "abwesend, Fälle sind frei nach Arbeitstagen"): [
            policy.absence_reassign_working_days for policy in POLICIES
        ],
        ("offer of a place, working days", "Angebot eines Platzes, Arbeitstage"): [
            policy.offer_working_days for policy in POLICIES
        ],
        ("places held for a household, working days", "Plätze für einen Haushalt freigehalten, Arbeitstage"): [
            policy.places_held_working_days for policy in POLICIES
        ],
        ("passed on the waiting list at most, times", "auf der Warteliste übergangen höchstens, Mal"): [
            policy.waiting_passes_at_most for policy in POLICIES
        ],
        ("answer to a transfer, working days", "Antwort auf eine Übergabe, Arbeitstage"): [
            policy.transfer_answer_working_days for policy in POLICIES
        ],
        ("review after a transfer at the latest, days", "Fortschreibung nach einer Übergabe spätestens, Tage"): [
            policy.transfer_review_days for policy in POLICIES
        ],
    }
