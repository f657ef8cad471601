"""Addresses as Japan, China and Taiwan write them: the largest part first, without blanks, each part named by its last sign."""

import re

from quiethire.domain.posting import Location
from quiethire.domain.words import fold
from services.parser.normalise import gazetteer

_PREFECTURES = (
    "北海道|東京都|京都府|大阪府|(?:青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|神奈川|新潟|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口"
    "|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄)県"
)
_PROVINCES = (
    "(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海)省"
    "|(?:内蒙古|广西壮族|西藏|宁夏回族|新疆维吾尔)自治区"
)
_ADDRESS = re.compile(
    rf"(?:〒?\d{{3}}[-－]?\d{{4}})?(?:日本|中国|中國|台灣|台湾|臺灣)?(?:(?P<jp>{_PREFECTURES})|(?P<cn>{_PROVINCES}))?(?P<city>[^\W\d]{{1,5}}?市)?(?P<rest>.*)"
)
_HAS = re.compile(r"[道都府県省区市]")
_SENTENCE = re.compile(r"[をはでへ。！？]|から|まで|ます")
"""Signs of grammar, and what ends a sentence: an address has neither."""
_BRANCH = re.compile(r"(?:本社|本店|支社|支店|オフィス|営業所|事業所|エリア|勤務|总部|總部|分公司|办公室|辦公室)$")
"""What part of a company is in a city: `東京本社`."""
_LONGEST = 80
_ALONE = frozenset({"東京都", "京都府", "大阪府"})
"""Prefectures that are said of their city."""


def asian_address(text: str) -> Location | None:
    """The place of such an address, whose prefecture, province or city is known; None for any other text."""
    if text.isascii() or len(text) > _LONGEST:
        return None
    if (bare := _BRANCH.sub("", text).strip()) != text and gazetteer.is_large_city(bare):
        return _at(gazetteer.cities(fold(bare))[0], text, None)
    if _HAS.search(text) is None:
        return None
    match = _ADDRESS.fullmatch("".join(text.split()))
    if match is None or _SENTENCE.search(match["rest"]) is not None:
        return None
    land = "JP" if match["jp"] else "CN" if match["cn"] else None
    region, named = match["jp"] or match["cn"], match["city"]
    city = _city(named or (region if region in _ALONE else None), land)
    if city is not None:
        return _at(city, text, region)
    return None if land is None else Location(name=text, city=named, region=region, country=land)


def _at(city: gazetteer.City, text: str, region: str | None) -> Location:
    return Location(name=text, city=city.name, region=region, country=city.country, lat=city.lat, lon=city.lon)


def _city(name: str | None, land: str | None) -> gazetteer.City | None:
    """The city by its name with its last sign or without."""
    spelled = (name, name[:-1]) if name else ()
    known = (city for folded in map(fold, spelled) for city in gazetteer.cities(folded))
    return next((city for city in known if land in (None, city.country)), None)
