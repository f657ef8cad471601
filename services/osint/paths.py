"""Where career pages often are, by the language of the site."""

from collections.abc import Iterator

PATHS: dict[str, tuple[str, ...]] = {
    "en": ("/careers", "/jobs", "/career", "/about/careers", "/company/careers", "/join-us", "/about/jobs", "/work-with-us", "/vacancies", "/hiring"),
    "de": ("/karriere", "/jobs", "/stellenangebote", "/unternehmen/karriere", "/karriere/stellenangebote", "/karriere/jobs", "/stellen", "/de/karriere"),
    "fr": ("/recrutement", "/carrieres", "/nous-rejoindre", "/emplois", "/carriere", "/rejoignez-nous", "/fr/carrieres", "/offres-d-emploi"),
    "es": ("/empleo", "/trabaja-con-nosotros", "/carreras", "/empleos", "/unete", "/es/empleo", "/bolsa-de-trabajo"),
    "pt": ("/carreiras", "/trabalhe-conosco", "/vagas", "/carreira", "/recrutamento", "/junte-se-a-nos", "/pt/carreiras"),
    "it": ("/lavora-con-noi", "/carriere", "/posizioni-aperte", "/carriera", "/it/lavora-con-noi", "/opportunita-di-lavoro"),
    "nl": ("/vacatures", "/werken-bij", "/werkenbij", "/carriere", "/werken-bij-ons", "/nl/vacatures", "/over-ons/vacatures"),
    "sv": ("/karriar", "/lediga-jobb", "/jobba-hos-oss", "/lediga-tjanster", "/jobb", "/om-oss/karriar"),
    "da": ("/karriere", "/ledige-stillinger", "/job", "/om-os/job", "/jobs", "/ledige-job"),
    "no": ("/karriere", "/ledige-stillinger", "/jobb", "/stillinger", "/jobb-hos-oss", "/om-oss/karriere"),
    "fi": ("/ura", "/tyopaikat", "/avoimet-tyopaikat", "/rekry", "/meille-toihin", "/toihin-meille"),
    "pl": ("/kariera", "/praca", "/oferty-pracy", "/dolacz-do-nas", "/pl/kariera", "/o-nas/kariera"),
    "cs": ("/kariera", "/volna-mista", "/prace", "/volne-pozice", "/prace-u-nas", "/cs/kariera"),
    "sk": ("/kariera", "/volne-pozicie", "/praca", "/volne-pracovne-miesta"),
    "hu": ("/karrier", "/allasok", "/allasajanlatok", "/hu/karrier"),
    "ro": ("/cariere", "/locuri-de-munca", "/joburi", "/cariera"),
    "sl": ("/kariera", "/zaposlitev", "/prosta-delovna-mesta"),
    "hr": ("/karijera", "/karijere", "/zaposlenje", "/posao"),
    "tr": ("/kariyer", "/is-ilanlari", "/acik-pozisyonlar", "/insan-kaynaklari", "/tr/kariyer"),
    "ru": ("/vacancies", "/career", "/vakansii", "/karera", "/jobs", "/vacancy"),
    "uk": ("/vacancies", "/career", "/vakansii", "/kariera", "/robota"),
    "el": ("/kariera", "/careers", "/theseis-ergasias", "/el/karriera"),
    "ja": ("/recruit", "/careers", "/saiyo", "/recruitment", "/ja/careers", "/company/recruit"),
    "zh": ("/careers", "/join", "/jobs", "/zhaopin", "/zh/careers", "/joinus"),
    "ko": ("/recruit", "/careers", "/career", "/ko/careers", "/jobs"),
    "vi": ("/tuyen-dung", "/careers", "/viec-lam"),
    "id": ("/karir", "/karier", "/lowongan", "/careers"),
}  # fmt: skip
"""Language → paths, likeliest first."""

COUNTRIES = {
    "at": "de", "ch": "de", "be": "nl", "br": "pt", "mx": "es", "ar": "es", "cl": "es", "co": "es", "pe": "es", "dk": "da", "se": "sv",
    "cz": "cs", "si": "sl", "gr": "el", "jp": "ja", "cn": "zh", "tw": "zh", "hk": "zh", "kr": "ko", "vn": "vi", "ua": "uk", "nb": "no", "nn": "no",
    "by": "ru", "kz": "ru", "li": "de", "lu": "fr",
}  # fmt: skip
"""Top-level domains, and other names of languages, whose language is called otherwise."""
FIRST = 3
"""English paths that are tried before those of another language: many sites are built in English, and translated."""


def common_paths(language: str, domain: str) -> Iterator[str]:
    """Every path once: a few in English, those of the site's language, and then the others, each language's likeliest first.

    The language is what the site states (`de-CH`), else that of its top-level domain.
    """
    stated = language.lower().replace("_", "-").partition("-")[0]
    land = domain.rpartition(".")[2]
    own = next((name for code in (stated, land) if (name := COUNTRIES.get(code, code)) in PATHS), "en")
    others = [paths for name, paths in PATHS.items() if name not in ("en", own)]
    ranked = [paths[rank] for rank in range(max(map(len, others))) for paths in others if rank < len(paths)]
    yield from dict.fromkeys([*PATHS["en"][:FIRST], *PATHS[own], *PATHS["en"], *ranked])
