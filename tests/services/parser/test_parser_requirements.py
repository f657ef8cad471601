"""Lists of requirements under headings of many languages; what is done and offered is left out."""

import pytest

from services.parser.normalise.requirements import requirements

ASKED = ("Know your trade", "Like to talk")
OFFERED = ("Cake on Fridays", "A desk")


def text(heading: str, other: str) -> str:
    lists = [
        (other, ("Do this", "Do that")),
        (heading, ASKED),
        ("Benefits", OFFERED),
    ]
    return "\n\n".join(f"{head}\n" + "\n".join(f"- {item}" for item in items) for head, items in lists)


@pytest.mark.parametrize(
    ("heading", "other"),
    [
        ("Requirements", "Responsibilities"),
        ("Minimum qualifications", "What you'll do"),
        ("What you'll bring:", "Your responsibilities"),
        ("You have", "You are responsible for"),
        ("Must-haves", "Your mission"),
        ("Nice to have", "The role"),
        ("You're a fit if you...", "What you are going to do"),
        ("**Basic Qualifications**", "**What You'll Do**"),
        ("Du bringst mit:", "Du bist unsere erste Kontaktperson für alle"),
        ("Ihr Profil", "Ihre Aufgaben"),
        ("Was du mitbringst", "Deine Aufgaben"),
        ("Das bringst du mit", "Das erwartet dich"),
        ("Das zeichnet Sie aus: Ihre Qualifikationen", "Was Sie erwartet"),
        ("Anforderungsprofil", "Tätigkeiten"),
        ("Was wir uns wünschen", "Wir bieten"),
        ("Votre profil", "Vos missions"),
        ("Profil recherché", "Missions principales"),
        ("Compétences requises", "Nous offrons"),
        ("Requisitos", "Funciones"),
        ("¿Qué buscamos?", "¿Qué ofrecemos?"),
        ("Lo que buscamos", "Responsabilidades"),
        ("Requisits", "Funcions"),
        ("O que procuramos", "Responsabilidades"),
        ("Requisiti", "Mansioni"),
        ("Il tuo profilo", "Attività"),
        ("Wat vragen wij", "Wat ga je doen"),
        ("Functie-eisen", "Taken"),
        ("Jouw profiel", "Wij bieden"),
        ("Kvalifikationer", "Arbejdsopgaver"),
        ("Hvem er du?", "Dine opgaver"),
        ("Kvalifikasjoner", "Arbeidsoppgaver"),
        ("Vi söker dig som", "Arbetsuppgifter"),
        ("Požadujeme", "Náplň práce"),
        ("Jak si tě představujeme", "Co tě čeká"),
        ("Wymagania", "Zakres obowiązków"),
        ("Czego oczekujemy", "Twoje zadania"),
    ],
)
def test_the_items_below_a_heading_of_requirements_are_taken_and_no_others(heading, other):
    assert requirements(text(heading, other)) == ASKED


def test_a_line_between_the_heading_and_its_list_does_not_end_it():
    assert requirements("Your profile\n\nTo do well here, these would help.\n\n- SQL\n\nTechnical:\n\n- Git") == (
        "SQL",
        "Git",
    )


def test_bullets_that_are_only_characters_are_items():
    assert requirements("Qualifications\n\n• A degree\n\n• Two years of practice\n\nAbout us\n\n• We are many") == (
        "A degree",
        "Two years of practice",
    )


@pytest.mark.parametrize(
    "prose",
    [
        "Requirements\n\nYou know SQL and like to talk.",
        "We have many requirements.\n\nNone is a list.",
        "Apply with your portfolio if you have one and short answers to:\n- Why us?",
        "Requirements\n\nSQL.\n\nOne.\n\nTwo.\n\nThree.\n\n- A list that belongs to nothing",
        "",
    ],
)
def test_prose_gives_no_list(prose):
    assert requirements(prose) == ()
