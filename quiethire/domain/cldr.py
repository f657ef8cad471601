"""Names of countries in the world's languages: Unicode's CLDR, as the package babel holds it.

Read here and not by the package: it keeps the whole of every language that it has read, 60 MB of them.
"""

import pickle
from collections.abc import Iterator
from pathlib import Path

from babel import localedata

_LANGUAGES = (
    "ar bg ca cs da de el es et eu fi fr gl he hi hr hu id it ja ko lt lv mk nl no pl pt ro ru sk sl sq sr sr_Latn sv sw th tr uk vi"
    " zh zh_Hant"
)
"""Those that postings and searches are written in, but for English, which GeoNames speaks."""
_TABLES = Path(localedata.__file__).with_name("locale-data")


def country_names() -> Iterator[tuple[str, str]]:
    """ISO 3166-1 alpha-2 and a name, of countries, territories and larger areas in each of 43 languages."""
    for language in _LANGUAGES.split():
        # The package's own file, by its own name: nobody else writes there.
        data = pickle.loads((_TABLES / f"{language}.dat").read_bytes())  # noqa: S301
        yield from data["territories"].items()
