"""What the people of the town are called and what they plan. Names are put together by chance; nobody real is meant."""

from dataclasses import dataclass

from domain.vocabulary import FieldOfAction as F
from domain.vocabulary import Title


@dataclass(frozen=True)
class Origin:
    """A country with its share among a hundred persons, languages (the first is the commonest), names, and titles with their weights."""

    country: str
    share: int
    languages: tuple[str, ...]
    women: str
    men: str
    families: str
    titles: tuple[tuple[Title, int], ...]


@dataclass(frozen=True)
class Aim:
    """A goal as it stands in a plan, and the steps towards it: one's own, the integration manager's, another service's."""

    field: F
    text: str
    indicator: str
    own: str
    manager: str
    service: str


PROTECTED = ((Title.P25_1, 5), (Title.P25_2, 80), (Title.P25_3, 13), (Title.P23, 2))
MIXED = ((Title.P25_2, 35), (Title.P25_3, 35), (Title.P25_5, 5), (Title.P25A, 5), (Title.TOLERATED_60A, 20))
RARELY_PROTECTED = ((Title.P25_3, 25), (Title.P25_5, 15), (Title.P25B, 10), (Title.TOLERATED_60A, 50))

ORIGINS = (
    Origin(
        "SY",
        38,
        ("ar", "ku"),
        "Rima Hanan Lujain Samar Nour Aya Dima Bushra Rasha Hiba Layal Nisrin Şîlan Rojîn",
        "Khalil Omar Yazan Firas Mazen Anas Bilal Samer Nidal Hasan Karam Majd Azad Serdar",
        "al-Masri Darwish al-Khatib Haddad Shami Qassem al-Najjar Barakat Sabbagh Hamdan Zain Ibo",
        PROTECTED,
    ),
    Origin(
        "AF",
        15,
        ("prs", "ps"),
        "Zahra Fereshta Maryam Shabnam Nilofar Laila Sediqa Parwana Marwa Hosna",
        "Jawad Mohammad-Reza Hamid Esmatullah Naqib Farid Zabihullah Mahdi Ramin Habib",
        "Rahimi Ahmadzai Hosseini Karimi Sultani Nazari Haidari Stanekzai Yousufi Amiri",
        MIXED,
    ),
    Origin(
        "IQ",
        14,
        ("ar", "ku"),
        "Zainab Hadiya Shirin Nadia Sahar Berivan Intisar Dalal Amal Hêvî",
        "Haider Mustafa Dilshad Saad Barzan Ali Rebwar Murad Wissam Khairi",
        "al-Jubouri Hussein Khalaf al-Dulaimi Rashid Qasim Saeed Ilyas Murad Othman",
        PROTECTED,
    ),
    Origin(
        "GM",
        8,
        ("mnk", "wo", "ff", "en"),
        "Fatou Isatou Mariama Binta Kaddy",
        "Lamin Ebrima Modou Alieu Ousman Bakary Sulayman Yankuba Buba",
        "Jallow Ceesay Touray Sanneh Jatta Camara Bojang Darboe Manneh",
        RARELY_PROTECTED,
    ),
    Origin(
        "ER",
        8,
        ("ti", "ar"),
        "Selam Freweini Semhar Helen Luwam Rahwa Winta Saba",
        "Filmon Yonas Tesfay Merhawi Samuel Kibrom Habtom Amanuel Robel",
        "Tekle Ghebremedhin Haile Kidane Berhane Weldu Okbay Tesfazghi",
        PROTECTED,
    ),
    Origin(
        "NG",
        6,
        ("en", "ig", "yo"),
        "Blessing Chioma Folake Ngozi Amaka Joy Yetunde",
        "Emeka Chinedu Tunde Osaze Ikenna Femi Kelechi",
        "Okafor Adeyemi Osagie Eze Balogun Nwosu Igbinedion",
        RARELY_PROTECTED,
    ),
    Origin(
        "IR",
        5,
        ("fa",),
        "Mina Shirin Parisa Niloufar Azadeh Leila",
        "Arash Behrouz Navid Kaveh Saeed Omid",
        "Moradi Ghorbani Rezaei Jafari Sadeghi Bahrami",
        MIXED,
    ),
    Origin(
        "PK",
        3,
        ("ur", "pa"),
        "Ayesha Saima Rabia Nazia",
        "Imran Adnan Waqas Shahid Zeeshan",
        "Butt Chaudhry Malik Sheikh Bajwa",
        RARELY_PROTECTED,
    ),
    Origin(
        "SO",
        3,
        ("so",),
        "Hodan Ifrah Sagal Deeqa Ubah",
        "Abdirahman Liban Mahad Guled Ayanle",
        "Warsame Farah Abdi Jama Nur",
        MIXED,
    ),
)

AIMS_OF_ADULTS = (
    Aim(
        F.LANGUAGE,
        "Den Deutsch-Test für Zuwanderer auf B1 bestehen",
        "Zertifikat B1 liegt vor",
        "Viermal in der Woche den Abendkurs besuchen",
        "Platz im Integrationskurs klären",
        "Volkshochschule: Einstufung und Kursplatz",
    ),
    Aim(
        F.LANGUAGE,
        "Lesen und Schreiben lernen, Alphabetisierungskurs abschließen",
        "Kursträger bescheinigt den Abschluss",
        "Jeden Tag eine halbe Stunde schreiben üben",
        "Alphabetisierungskurs mit Kinderbetreuung suchen",
        "Sprachcafé: eine Lernpatin finden",
    ),
    Aim(
        F.WORK,
        "Eine erste sozialversicherungspflichtige Stelle finden",
        "Arbeitsvertrag ist unterschrieben",
        "Drei Bewerbungen im Monat schreiben",
        "Lebenslauf gemeinsam erstellen",
        "Agentur für Arbeit: Beratungstermin",
    ),
    Aim(
        F.TRAINING_STUDY,
        "Einen Ausbildungsplatz zum Herbst bekommen",
        "Ausbildungsvertrag liegt vor",
        "Zwei Wochen Praktikum im Betrieb machen",
        "Kontakt zur Handwerkskammer herstellen",
        "Handwerkskammer: Berufsorientierung",
    ),
    Aim(
        F.RECOGNITION,
        "Den Berufsabschluss aus dem Herkunftsland anerkennen lassen",
        "Bescheid der Kammer liegt vor",
        "Zeugnisse zusammenstellen und übersetzen lassen",
        "Antrag gemeinsam ausfüllen",
        "Anerkennungsberatung: Termin",
    ),
    Aim(
        F.HOUSING,
        "Eine eigene Wohnung mieten",
        "Eigener Mietvertrag ist unterschrieben",
        "Jede Woche Anzeigen lesen und Vermieter anrufen",
        "Wohnungsmappe vorbereiten",
        "Wohnungsamt: Wohnberechtigungsschein",
    ),
    Aim(
        F.HEALTH,
        "Einen Hausarzt finden und Vorsorge wahrnehmen",
        "Erster Termin hat stattgefunden",
        "Termine selbst vereinbaren und einhalten",
        "Praxen mit Sprachkenntnissen heraussuchen",
        "Krankenkasse: Karte und Beratung",
    ),
    Aim(
        F.PARTICIPATION,
        "In einem Verein am Leben der Stadt teilnehmen",
        "Mitglied in einem Verein",
        "Ein Probetraining besuchen",
        "Verein vorschlagen und anrufen",
        "Sportverein: Patenschaft",
    ),
    Aim(
        F.LIVELIHOOD,
        "Ohne Leistungen vom Jobcenter leben",
        "Bescheid über das Ende der Leistungen",
        "Ein Haushaltsbuch führen",
        "Einkommen und Ansprüche durchrechnen",
        "Schuldnerberatung: Erstgespräch",
    ),
    Aim(
        F.RESIDENCE,
        "Den Aufenthaltstitel rechtzeitig verlängern",
        "Neuer Titel ist ausgestellt",
        "Pass und Nachweise vor dem Termin besorgen",
        "Termin bei der Ausländerbehörde vereinbaren",
        "Ausländerbehörde: Verlängerung",
    ),
)

AIMS_OF_YOUTH = (
    Aim(
        F.SCHOOL,
        "Den Hauptschulabschluss schaffen",
        "Abschlusszeugnis liegt vor",
        "Regelmäßig zur Hausaufgabenhilfe gehen",
        "Gespräch mit der Klassenlehrerin führen",
        "Schulsozialarbeit: Lernbegleitung",
    ),
    Aim(
        F.TRAINING_STUDY,
        "Einen Beruf finden, der passt",
        "Zwei Praktika sind gemacht",
        "Eine Praktikumsstelle selbst anfragen",
        "Interessen und Stärken besprechen",
        "Jugendmigrationsdienst: Berufsberatung",
    ),
)

AIMS_OF_CHILDREN = (
    Aim(
        F.CHILDREN,
        "Einen Platz in der Kindertagesstätte bekommen",
        "Betreuungsvertrag ist unterschrieben",
        "Die Eltern melden das Kind an und begleiten die Eingewöhnung",
        "Kindertagesstätten anfragen",
        "Jugendamt: Übernahme der Beiträge",
    ),
    Aim(
        F.SCHOOL,
        "In der Vorbereitungsklasse gut ankommen",
        "Wechsel in die Regelklasse ist vereinbart",
        "Die Eltern kommen zu jedem Elternabend",
        "Schulplatz mit dem Schulamt klären",
        "Schule: Sprachförderung",
    ),
)

RESOURCES = (
    "Bringt Berufserfahrung als Schreiner mit",
    "Hat im Herkunftsland zehn Jahre die Schule besucht",
    "Spricht mehrere Sprachen und lernt gern",
    "Hat Verwandte in der Nähe, die helfen",
    "Ist pünktlich und sehr zuverlässig",
    "Kocht mit Leidenschaft und hat schon in einer Küche geholfen",
    "Kennt durch den Fußball viele Menschen in der Stadt",
)
TRADES = ("Schreiner", "Schneiderin", "Elektriker", "Lehrerin", "Krankenpfleger", "Fliesenleger", "Buchhalterin")
AREAS = ("landkreis-ravensburg", "bodenseekreis", "baden-wuerttemberg")
