"""She scores as he does: titles of both genders are one, in each language that has rules for them."""

import pytest

from services.matching.reading.gender import ungendered
from services.matching.reading.levels import plain_title, work_words

PAIRS = {
    "English": (
        "waiter waitress, actor actress, steward stewardess, salesman saleswoman, salesperson saleswoman, "
        "chairman chairwoman, foreman forewoman, policeman policewoman, headmaster headmistress, host hostess, "
        "masseur masseuse, manager manageress, businessman businesswoman"
    ),
    "German": (
        "Koch Köchin, Anwalt Anwältin, Rechtsanwalt Rechtsanwältin, Sekretär Sekretärin, Arzt Ärztin, "
        "Zahnarzt Zahnärztin, Wirt Wirtin, Betriebswirt Betriebswirtin, Notar Notarin, "
        "Bibliothekar Bibliothekarin, Kommissar Kommissarin, Philosoph Philosophin, Rat Rätin, Soldat Soldatin, "
        "Automat Automatin, Diplomat Diplomatin, Küchenchef Küchenchefin, Fischer Fischerin, Tischler Tischlerin, "
        "Friseur Friseurin, Goldschmied Goldschmiedin, Hauswart Hauswartin, Athlet Athletin, General Generalin, "
        "Beamter Beamtin, Verwaltungsbeamter Verwaltungsbeamtin, Pilot Pilotin, Expertin Experte, "
        "Biologe Biologin, Psychologe Psychologin, Pädagoge Pädagogin, Ökonom Ökonomin, Jurist Juristin, "
        "Student Studentin, Praktikant Praktikantin, Ingenieur Ingenieurin, Kaufmann Kauffrau, "
        "Bürokaufmann Bürokauffrau, Kameramann Kamerafrau, Krankenpfleger Krankenschwester, "
        "Kinderkrankenpfleger Kinderkrankenschwester, Auszubildender Auszubildende, Angestellter Angestellte, "
        "Vorsitzender Vorsitzende, Studierender Studierende, Abgeordneter Abgeordnete, "
        "Verantwortlicher Verantwortliche, Datenschutzbeauftragter Datenschutzbeauftragte, "
        "Selbständiger Selbständige, kaufmännischer kaufmännische, wissenschaftlicher wissenschaftliche, "
        "technischer technische, medizinischer medizinische, leitender leitende, freier freie, "
        "Fotograf Fotografin, Chirurg Chirurgin, Therapeut Therapeutin, Architekt Architektin, Analyst Analystin, "
        "Assistent Assistentin, Doktorand Doktorandin, Referendar Referendarin, Kollege Kollegin, "
        "Mechatroniker Mechatronikerin, Chef Chefin, Advokat Advokatin, Bäcker Bäckerin, Masseur Masseurin, "
        "Pastor Pastorin, Landwirt Landwirtin, Gastwirt Gastwirtin, Augenarzt Augenärztin, "
        "Staatsanwalt Staatsanwältin, Jugendlicher Jugendliche, Geograph Geographin, Geologe Geologin, "
        "Theologe Theologin, Poet Poetin, Bauer Bäuerin"
    ),
    "French": (
        "ingénieur ingénieure, directeur directrice, vendeur vendeuse, infirmier infirmière, caissier caissière, "
        "conseiller conseillère, boulanger boulangère, boucher bouchère, technicien technicienne, "
        "pharmacien pharmacienne, consultant consultante, assistant assistante, président présidente, "
        "avocat avocate, chargé chargée, employé employée, attaché attachée, associé associée, chef cheffe, "
        "adjoint adjointe, apprenti apprentie, auteur autrice, auteur auteure, acteur actrice, "
        "développeur développeuse, rédacteur rédactrice, traducteur traductrice, chercheur chercheuse, "
        "commercial commerciale, logiciel logicielle, professionnel professionnelle, général générale, "
        "régional régionale, principal principale, médical médicale, administratif administrative, "
        "exécutif exécutive, sportif sportive, créatif créative, étudiant étudiante, gérant gérante, "
        "cuisinier cuisinière, ouvrier ouvrière, couturier couturière, professeur professeure, "
        "vigneron vigneronne, hôte hôtesse, écrivain écrivaine, salarié salariée, chirurgien chirurgienne, "
        "serveur serveuse, policier policière, artisan artisane, délégué déléguée, banquier banquière, "
        "opérateur opératrice, éducateur éducatrice, animateur animatrice, formateur formatrice, agent agente, "
        "graphiste graphiste"
    ),
    "Spanish": (
        "científico científica, ingeniero ingeniera, enfermero enfermera, abogado abogada, técnico técnica, "
        "médico médica, mecánico mecánica, químico química, físico física, electricista electricista, "
        "cocinero cocinera, camarero camarera, director directora, profesor profesora, asesor asesora, "
        "vendedor vendedora, consultor consultora, secretario secretaria, becario becaria, "
        "administrativo administrativa, psicólogo psicóloga, biólogo bióloga, arquitecto arquitecta, "
        "encargado encargada, empleado empleada, jefe jefa, gerente gerenta, presidente presidenta, "
        "dependiente dependienta, asistente asistenta, cliente clienta, farmacéutico farmacéutica, "
        "fotógrafo fotógrafa, cirujano cirujana, artesano artesana, pedagogo pedagoga, maestro maestra, "
        "ministro ministra, experto experta, financiero financiera, actor actriz, político política, "
        "diplomático diplomática, informático informática, desarrollador desarrolladora, diseñador diseñadora, "
        "programador programadora, peluquero peluquera, obrero obrera, logopeda logopeda, ejecutivo ejecutiva, "
        "autónomo autónoma, licenciado licenciada, coordinador coordinadora, bombero bombera, cajero cajera, "
        "juez jueza, traductor traductora, auxiliar auxiliar, veterinario veterinaria, economista economista"
    ),
    "Italian": (
        "sviluppatore sviluppatrice, programmatore programmatrice, direttore direttrice, "
        "ricercatore ricercatrice, operatore operatrice, coordinatore coordinatrice, "
        "amministratore amministratrice, venditore venditrice, scrittore scrittrice, attore attrice, "
        "editore editrice, infermiere infermiera, cameriere cameriera, parrucchiere parrucchiera, "
        "ingegnere ingegnera, ragioniere ragioniera, consigliere consigliera, dottore dottoressa, "
        "professore professoressa, studente studentessa, operaio operaia, impiegato impiegata, avvocato avvocata, "
        "addetto addetta, tecnico tecnica, meccanico meccanica, medico medica, psicologo psicologa, "
        "segretario segretaria, architetto architetta, maestro maestra, ministro ministra, cuoco cuoca, "
        "commesso commessa, laureato laureata, collaboratore collaboratrice, educatore educatrice, "
        "redattore redattrice, lavoratore lavoratrice, traduttore traduttrice, sarto sarta, barista barista, "
        "pittore pittrice, progettatore progettatrice, formatore formatrice"
    ),
    "Portuguese": (
        "engenheiro engenheira, enfermeiro enfermeira, cozinheiro cozinheira, desenvolvedor desenvolvedora, "
        "programador programadora, professor professora, vendedor vendedora, advogado advogada, técnico técnica, "
        "médico médica, psicólogo psicóloga, secretário secretária, estagiário estagiária, consultor consultora, "
        "diretor diretora, coordenador coordenadora, administrativo administrativa, arquiteto arquiteta, "
        "químico química, fotógrafo fotógrafa, candidato candidata, ator atriz, empregado empregada, "
        "operário operária, bancário bancária, mecânico mecânica, encarregado encarregada, "
        "cabeleireiro cabeleireira, analista analista, gerente gerente"
    ),
    "Polish": (
        "programista programistka, nauczyciel nauczycielka, lekarz lekarka, kierownik kierowniczka, "
        "dyrektor dyrektorka, inżynier inżynierka, księgowy księgowa, sprzedawca sprzedawczyni, "
        "doradca doradczyni, pielęgniarz pielęgniarka, kelner kelnerka, fryzjer fryzjerka, kucharz kucharka, "
        "asystent asystentka, specjalista specjalistka, analityk analityczka, grafik graficzka, "
        "sekretarz sekretarka, projektant projektantka, architekt architektka, prawnik prawniczka, "
        "psycholog psycholożka, adwokat adwokatka, menedżer menedżerka, młodszy młodsza, starszy starsza, "
        "recepcjonista recepcjonistka, bibliotekarz bibliotekarka, pracownik pracownica"
    ),
}


@pytest.mark.parametrize("language", PAIRS)
def test_her_title_is_his(language: str) -> None:
    apart = [pair for pair in PAIRS[language].split(", ") if len(set(map(work_words, pair.split()))) > 1]
    assert apart == []


@pytest.mark.parametrize(
    ("his", "hers"),
    [
        ("Científico de datos", "Científica de datos"),
        ("Técnico de soporte informático", "Técnica de soporte informática"),
        ("Wissenschaftlicher Mitarbeiter", "Wissenschaftliche Mitarbeiterin"),
        ("Chargé d'affaires professionnel", "Chargée d'affaires professionnelle"),
        ("Assistant administratif", "Assistante administrative"),
        ("Główny księgowy", "Główna księgowa"),
    ],
)
def test_so_is_a_title_of_several_words(his: str, hers: str) -> None:
    assert work_words(his) == work_words(hers)
    assert plain_title(his) == plain_title(hers)


@pytest.mark.parametrize(
    "title",
    [
        "Softwareentwickler Backend",
        "Softwareentwickler*in Backend",
        "Softwareentwickler:in Backend",
        "Softwareentwickler_in Backend",
        "Softwareentwickler/in Backend",
        "Softwareentwickler/-in Backend",
        "Softwareentwickler(in) Backend",
        "SoftwareentwicklerIn Backend",
        "Softwareentwicklerin Backend",
    ],
)
def test_a_title_for_every_gender_is_the_same(title: str) -> None:
    assert work_words(title) == ("softwareentwickler", "backend")


def test_a_form_is_folded_to_its_end() -> None:
    words = [word for pairs in PAIRS.values() for word in pairs.lower().replace(",", "").split()]
    assert [word for word in words if ungendered(ungendered(word)) != ungendered(word)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("Koch", "Anwalt"), ("Arzt", "Ärztekammer"), ("Sekretär", "Architekt"), ("Data Scientist", "Data Engineer")],
)
def test_other_work_stays_other_work(one: str, other: str) -> None:
    assert work_words(one) != work_words(other)
