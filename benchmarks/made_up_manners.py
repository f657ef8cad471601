"""How made-up people write their résumés: headings, dates, and the order of what a job or a course of study is told in."""

from dataclasses import dataclass

from benchmarks.made_up_people import MadeJob, MadeStudy, Month, Person

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
_NOW = {
    "en": ("present", "now", "Present", "current"),
    "de": ("heute", "jetzt", "heute"),
    "fr": ("aujourd'hui", "présent", "à ce jour"),
    "es": ("actualidad", "presente", "actualidad"),
}
_HEADINGS = {
    "en": {
        "summary": ("Summary", "Profile", "About me", "Professional Summary"),
        "work": ("Work Experience", "Professional Experience", "Employment History", "Experience"),
        "education": ("Education", "Academic Background", "Education and Training"),
        "skills": ("Skills", "Key Skills", "Technical Skills", "Core Competencies"),
        "languages": ("Languages", "Language Skills"),
        "contact": ("Contact", "Personal Details"),
    },
    "de": {
        "summary": ("Profil", "Über mich", "Kurzprofil"),
        "work": ("Berufserfahrung", "Beruflicher Werdegang", "Berufspraxis"),
        "education": ("Ausbildung", "Studium und Ausbildung", "Bildungsweg"),
        "skills": ("Kenntnisse", "Fähigkeiten", "Fachkenntnisse"),
        "languages": ("Sprachen", "Sprachkenntnisse"),
        "contact": ("Kontakt", "Persönliche Daten"),
    },
    "fr": {
        "summary": ("Profil", "À propos"),
        "work": ("Expérience professionnelle", "Expériences professionnelles", "Parcours professionnel"),
        "education": ("Formation", "Formations", "Études"),
        "skills": ("Compétences", "Compétences techniques", "Compétences clés"),
        "languages": ("Langues",),
        "contact": ("Contact", "Coordonnées"),
    },
    "es": {
        "summary": ("Perfil", "Sobre mí", "Perfil profesional"),
        "work": ("Experiencia laboral", "Experiencia profesional", "Trayectoria profesional"),
        "education": ("Formación académica", "Educación", "Estudios"),
        "skills": ("Habilidades", "Competencias", "Conocimientos"),
        "languages": ("Idiomas",),
        "contact": ("Contacto", "Datos personales"),
    },
}
_PHONE_LABEL = {"en": "Phone", "de": "Telefon", "fr": "Tél.", "es": "Teléfono"}

Block = tuple[str, str]
"""What it is (name, headline, heading, line, bold, bullet), and its words."""


@dataclass(frozen=True)
class Manner:
    """How one person writes: which heading, which form of dates, in which order."""

    person: Person

    def heading(self, part: str) -> str:
        """The heading of a part, in capitals for some people."""
        words = _HEADINGS[self.person.language][part]
        chosen = words[self.person.number % len(words)]
        return chosen.upper() if self.person.number % 3 == 0 else chosen

    def month(self, when: Month) -> str:
        """A month in this person's form."""
        year, month = when
        names = _MONTHS[self.person.language].split()
        name = names[month - 1]
        forms = (
            f"{month:02d}/{year}",
            f"{name} {year}",
            f"{month:02d}.{year}",
            f"{name[:3]} {year}" if self.person.language == "en" else f"{month:02d}/{year}",
            f"{year}-{month:02d}",
        )
        return forms[self.person.number // 4 % len(forms)]

    def span(self, start: Month, end: Month | None) -> str:
        """From when to when."""
        now = _NOW[self.person.language]
        dash = (" - ", " – ", "–", " — ")[self.person.number % 4]
        return f"{self.month(start)}{dash}{self.month(end) if end else now[self.person.number % len(now)]}"

    def job(self, job: MadeJob) -> list[Block]:
        """One job in this person's order."""
        span = self.span(job.start, job.end)
        forms: tuple[list[Block], ...] = (
            [("bold", job.title), ("line", f"{job.employer}, {job.city}"), ("line", span)],
            [("bold", f"{job.title} | {job.employer} | {span}")],
            [("bold", f"{job.employer}, {job.city}\t{span}"), ("line", job.title)],
            [("line", span), ("bold", job.title), ("line", f"{job.employer}, {job.city}")],
            [("bold", f"{job.title} – {job.employer}"), ("line", f"{span} | {job.city}")],
            [("bold", job.title + "\t" + span), ("line", f"{job.employer} · {job.city}")],
        )
        return [*forms[self.person.number % len(forms)], *(("bullet", task) for task in job.tasks)]

    def study(self, study: MadeStudy) -> list[Block]:
        """One course of study in this person's order."""
        joined = {"en": "in", "de": "in", "fr": "en", "es": "en"}[self.person.language]
        whole = f"{study.degree} {joined} {study.field}"
        span = f"{study.start} – {study.end}"
        forms: tuple[list[Block], ...] = (
            [("bold", whole), ("line", f"{study.school}, {span}")],
            [("bold", f"{study.school}\t{span}"), ("line", whole)],
            [("line", span), ("bold", f"{study.degree}, {study.field}"), ("line", study.school)],
            [("bold", f"{whole} | {study.school} | {study.end}")],
        )
        return forms[self.person.number % len(forms)]

    def skills(self) -> list[Block]:
        """The skills in lines, in bullets, or by kind."""
        names = self.person.skills
        if self.person.number % 3 == 0:
            return [("bullet", name) for name in names]
        if self.person.number % 3 == 1:
            return [("line", ", ".join(names))]
        half = len(names) // 2
        return [("line", " | ".join(names[:half])), ("line", " • ".join(names[half:]))]

    def languages(self) -> list[Block]:
        """The languages spoken."""
        return [("line", ", ".join(self.person.languages))]

    def contact(self) -> list[Block]:
        """E-mail, phone and place, with labels for some people."""
        person = self.person
        place = f"{person.city}, {person.country}"
        if person.number % 2:
            return [
                ("line", f"E-Mail: {person.email}"),
                ("line", f"{_PHONE_LABEL[person.language]}: {person.phone_written}"),
                ("line", place),
            ]
        return [("line", f"{place} | {person.phone_written} | {person.email}")]
