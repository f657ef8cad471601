"""Visa sponsorship in the words of thirteen languages, and sponsors that have nothing to do with visas."""

import pytest

from services.parser.normalise.sponsorship import sponsorship

OFFERED = [
    "We sponsor visas.",
    "Visa sponsorship available.",
    "Visa sponsorship is available for this role.",
    "We are happy to sponsor your visa.",
    "We offer H1B sponsorship and green card support.",
    "Relocation and visa support for international candidates.",
    "Benefits:\n- Visa support\n- Free fruit",
    "We'll help you with visa and relocation.",
    "We are able to sponsor work permits for exceptional people.",
    "This role is eligible for Skilled Worker visa sponsorship.",
    "We do sponsor visas! However, we aren't able to successfully sponsor visas for every role.",
    "We can sponsor candidates from abroad.",
    "Visa sponsorship at no cost to you.",
    "Employment sponsorship is available.",
    "Wir bieten Visumsponsoring an.",
    "Wir unterstützen dich bei Visum und Umzug.",
    "Unterstützung beim Visum und bei der Wohnungssuche.",
    "Hilfe bei der Arbeitserlaubnis.",
    "Nous sponsorisons les visas.",
    "Parrainage de visa possible.",
    "Aide à l'obtention du visa et accompagnement.",
    "Ofrecemos patrocinio de visa.",
    "Ayuda con el visado y la reubicación.",
    "Patrocinem el visat de treball: suport amb el permís de treball.",
    "Oferecemos patrocínio de visto.",
    "Apoio na obtenção do visto.",
    "Offriamo la sponsorizzazione del visto.",
    "Supporto per il visto e il permesso di soggiorno.",
    "Wij bieden visumsponsoring.",
    "Hulp bij het aanvragen van een visum.",
    "Vi tilbyder visumsponsorering.",
    "Vi hjælper dig med visum og arbejdstilladelse.",
    "Vi hjelper deg med visum og arbeidstillatelse.",
    "Vi hjälper dig med visum och arbetstillstånd.",
    "Pomůžeme s vyřízením víza.",
    "Nabízíme podporu při vyřízení víza.",
    "Oferujemy wsparcie wizowe.",
    "Pomoc w uzyskaniu wizy.",
    "US work visa sponsorship offered.",
    "We will consider sponsoring a visa for the right candidate.",
    "Visa sponsorship may be available for exceptional candidates.",
    "Visa sponsorship: Yes",
    "We welcome candidates who require visa sponsorship.",
    "We are an IND recognised sponsor.",
    "Relocation support (visa, flights, housing)",
    "Immigration support and a relocation budget.",
    "Wir unterstützen Sie gerne bei der Beantragung eines Visums.",
    "Unterstützung bei Visa- und Relocation-Themen",
    "Nous vous accompagnons dans vos démarches de visa.",
    "Te ayudamos con el visado.",
    "Ti aiutiamo con il visto.",
    "We helpen je met je visum.",
    "Soporte para visado y mudanza.",
    "Apoio à realocação e visto.",
    "Pomoc s vízem a stěhováním.",
    "If you do not live in Germany yet, we offer visa support.",
    "Internet allowance and visa support included.",
    "Apoio no processo de visto.",
    "We don't just sponsor visas, we help with the move too.",
    "We don't only sponsor visas.",
    "Not only do we sponsor visas, we pay for the move.",
    "We sponsor visas, no matter where you are from.",
    "Wij bieden niet alleen visumsponsoring.",
    "We do not offer relocation but sponsor visas.",
    "We don’t shy away from sponsoring US visas and green card petitions",
    "We do not hesitate to sponsor visas",
    "We do not offer relocation, but we do sponsor visas.",
    "We don't offer relocation but will sponsor your visa",
    "We're not a big company but we can sponsor a visa",
    "While we can't offer remote work, we sponsor visas",
    "We don't mind sponsoring visas",
    "No relocation but visa sponsorship available",
    "We do not offer housing, however we sponsor visas",
    "We are not afraid to sponsor work visas",
    "We can't offer a car but visa sponsorship is available",
    "We offer no relocation but visa sponsorship",
    "Wir bieten keinen Umzug, aber Visumsponsoring.",
    "Kein Umzugspaket, aber Unterstützung beim Visum.",
    "Don't worry about paperwork, we sponsor visas",
]

REFUSED = [
    "We are unable to sponsor visas for this role.",
    "We do not offer visa sponsorship.",
    "No visa sponsorship available.",
    "Visa sponsorship is not available.",
    "Visa sponsorship unavailable at this time.",
    "Sponsorship is not available for this role.",
    "You must be authorised to work in the UK without sponsorship.",
    "Applicants must be authorized to work for any employer in the U.S. We are unable to sponsor or take over sponsorship of an employment visa at this time.",
    "Candidates must be legally authorized to work in the United States without the need for employer sponsorship, now or in the future.",
    "This position is not eligible for immigration sponsorship.",
    "Unfortunately we cannot sponsor work permits.",
    "We don't sponsor visas.",
    "This employer will not sponsor applicants for work visas.",
    "Wir bieten kein Visumsponsoring.",
    "Ein Visum-Sponsoring ist leider nicht möglich.",
    "Wir können keine Visa sponsern.",
    "Nous ne sponsorisons pas de visa.",
    "Pas de sponsoring de visa.",
    "No ofrecemos patrocinio de visa.",
    "Não oferecemos patrocínio de visto.",
    "Non offriamo sponsorizzazione del visto.",
    "Wij bieden geen visumsponsoring.",
    "Visumsponsoring is niet mogelijk.",
    "Vi tilbyder ikke visumsponsorering.",
    "Vi tilbyr ikke visumsponsing.",
    "Vi erbjuder inte visumsponsring.",
    "Nenabízíme vízovou podporu ani sponzorství víza.",
    "Nie oferujemy sponsorowania wizy.",
    "Visa sponsorship: No",
    "No sponsorship.",
    "Please note that we do not provide relocation or visa sponsorship for this role.",
    "Must be eligible to work in the US without requiring sponsorship now or in the future.",
    "Candidates requiring sponsorship will not be considered.",
    "You do not require visa sponsorship.",
    "Able to work in the UK (we can’t sponsor visas at the moment).",
    "No patrocinem visats.",
    "You need the right to work in Australia; sponsorship will not be offered.",
    "Eine Visaunterstützung können wir leider nicht anbieten.",
    "Nie sponsorujemy wiz pracowniczych.",
    "Nesponzorujeme víza.",
    "We do not offer relocation assistance, visa sponsorship or housing.",
    "We sponsor visas in general. We do not sponsor a visa for this role.",
    "We cannot sponsor visas for this role, regardless of experience.",
    "Unfortunately we do not sponsor visas, no matter the seniority.",
    "Regardless of location, visa sponsorship is not available.",
    "We are not only unable to sponsor visas but also cannot help you to relocate.",
    "We cannot sponsor visas, not even at no cost to us.",
    "We cannot sponsor visas but offer relocation",
    "We do not sponsor visas but help with paperwork",
    "we aren't able to provide sponsorship",
    "We offer relocation but do not sponsor visas",
    "We offer relocation but no visa sponsorship",
    "We do not offer relocation but also cannot sponsor visas",
    "We do not offer relocation, but neither do we sponsor visas",
    "Not currently offering visa sponsorship, but we may later",
    "We do not offer relocation, visa sponsorship or housing",
    "We don't offer visa or relocation sponsorship",
    "We welcome all but cannot sponsor visas",
]

SILENT = [
    "",
    "We are proud sponsors of the city marathon.",
    "Sponsorship of conferences and open source.",
    "This project is sponsored by the European Union.",
    "Company-sponsored events and sponsored lunches.",
    "Manage our sponsorship programme with football clubs.",
    "You report to the executive sponsor and do not manage sponsors yourself.",
    "Experience with Visa and Mastercard payment networks.",
    "You will provide support to Visa customers.",
    "Build integrations with Visa Direct, sponsor banks and card issuers.",
    "You must have the right to work in the UK.",
    "Will you now or in the future require sponsorship for employment visa status?",
    "Do you need visa sponsorship to work in Germany?",
    "You advise clients on immigration law and draft visa applications.",
    "We offer a company-sponsored 401(k) plan.",
    "Employer-sponsored health insurance.",
    "If you require visa sponsorship, please let us know.",
    "Voraussetzung ist eine gültige Arbeitserlaubnis.",
    "Se requiere permiso de trabajo en España.",
    "You provide immigration support to our clients.",
    "OPT and CPT welcome.",
    "Podpora vizuální identity a wizja produktu.",
    "Visa cardholders call our dispute team for help.",
    "Act as an advisor, a mentor and a sponsor of junior staff.",
    "Clinical trial sponsors trust us.",
    "Wir sponsern den örtlichen Sportverein.",
    "Unser Team besteht aus Sponsoring und Events.",
    "Nous sponsorisons des événements sportifs.",
    "Patrocinamos eventos deportivos.",
    "Vedere le cose di persona: visto che cresciamo, assumiamo.",
    "Televisa and supervisa teams.",
    "Advisa sponsors nothing.",
    "Reise- und Visumskosten der Kunden werden geprüft.",
]  # fmt: skip


@pytest.mark.parametrize("text", OFFERED)
def test_an_offer_to_sponsor_is_read(text):
    found = sponsorship(text)
    assert found is not None
    assert found.offered


@pytest.mark.parametrize("text", REFUSED)
def test_a_refusal_to_sponsor_is_read(text):
    found = sponsorship(text)
    assert found is not None
    assert not found.offered


@pytest.mark.parametrize("text", SILENT)
def test_other_sponsors_and_visas_say_nothing(text):
    assert sponsorship(text) is None


def test_the_snippet_is_the_sentence_that_says_it():
    text = "We build rockets.\nYou love C++. We are unable to sponsor visas for this role. Apply now!"
    found = sponsorship(text)
    assert found is not None
    assert found.snippet == "We are unable to sponsor visas for this role."


def test_a_long_run_of_hints_is_read_in_a_bounded_time():
    assert sponsorship("visa sponsor " * 5_000 + "not") is not None
    assert sponsorship("sponsor " * 10_000) is None
