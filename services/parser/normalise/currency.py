"""Currencies: their signs and codes, what a country's pay is stated in, and roughly what a unit is worth."""

SYMBOLS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY", "zł": "PLN", "kč": "CZK", "₺": "TRY", "₴": "UAH", "₪": "ILS", "₩": "KRW",
    "₫": "VND", "₱": "PHP", "us$": "USD", "ca$": "CAD", "c$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "hk$": "HKD",
    "s$": "SGD", "r$": "BRL", "mx$": "MXN", "$": "USD", "chf": "CHF", "fr.": "CHF", "euro": "EUR", "euros": "EUR", "rs.": "INR",
    "dollars": "USD", "pounds": "GBP", "r": "ZAR", "pln": "PLN", "kc": "CZK", "zl": "PLN", "lei": "RON", "ft": "HUF", "dólares": "USD",
    "円": "JPY", "￥": "JPY", "元": "CNY", "人民币": "CNY", "rmb": "CNY", "nt$": "TWD", "원": "KRW",
    "rs": "INR", "sfr.": "CHF", "rm": "MYR", "rp": "IDR", "rp.": "IDR", "₽": "RUB", "руб": "RUB", "руб.": "RUB", "рублей": "RUB", "tl": "TRY",
    "s/": "PEN", "s/.": "PEN", "₨": "PKR", "฿": "THB", "₦": "NGN", "грн": "UAH", "грн.": "UAH", "ksh": "KES",
}  # fmt: skip
_DOLLARS = {
    "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "US": "USD", "TW": "TWD", "MX": "MXN", "CL": "CLP", "CO": "COP",
    "AR": "ARS",
}  # fmt: skip
_KRONER = {"DK": "DKK", "NO": "NOK", "SE": "SEK", "IS": "ISK"}
_EURO = (
    "DE", "AT", "FR", "ES", "IT", "NL", "BE", "PT", "IE", "FI", "GR", "LU", "SK", "SI", "EE", "LV", "LT", "HR", "MT", "CY", "BG",
)  # fmt: skip
_RIYALS, _DIRHAMS = {"SA": "SAR", "QA": "QAR"}, {"AE": "AED", "MA": "MAD"}
LOCAL = {
    **dict.fromkeys(_EURO, "EUR"), **_DOLLARS, **_KRONER, "GB": "GBP", "CH": "CHF", "LI": "CHF", "PL": "PLN", "CZ": "CZK",
    "HU": "HUF", "RO": "RON", "IN": "INR", "JP": "JPY", "ZA": "ZAR", "BR": "BRL", "CN": "CNY", "KR": "KRW",
    "IL": "ILS", "TR": "TRY", "UA": "UAH", "RU": "RUB", "TH": "THB", "MY": "MYR", "PH": "PHP", "VN": "VND", "ID": "IDR", "PE": "PEN", "PK": "PKR", "LK": "LKR", "NG": "NGN", "KE": "KES", "EG": "EGP", "RS": "RSD", "MA": "MAD", **_RIYALS, **_DIRHAMS,
}  # fmt: skip
"""Country → what pay is stated in there where a text leaves the currency out."""
_RUPEES = {"PK": "PKR", "LK": "LKR", "NP": "NPR", "IN": "INR"}
_ELSEWHERE = {"ريال": _RIYALS, "درهم": _DIRHAMS}
"""Words for currencies that several countries have, each its own: without the country they say nothing."""
_SHARED = {
    "$": _DOLLARS,
    "¥": {"CN": "CNY"},
    "￥": {"CN": "CNY"},
    "元": {"TW": "TWD"},
    "rs": _RUPEES,
    "rs.": _RUPEES,
    "₨": _RUPEES,
}
PER_USD = {
    "USD": 1, "EUR": 0.9, "GBP": 0.8, "CHF": 0.9, "CAD": 1.35, "AUD": 1.5, "NZD": 1.6, "SGD": 1.35, "HKD": 7.8, "AED": 3.7,
    "SAR": 3.75, "QAR": 3.6, "ILS": 3.6, "PLN": 4, "CZK": 23, "HUF": 360, "RON": 4.6, "BGN": 1.8, "TRY": 35, "UAH": 41, "RUB": 90,
    "DKK": 7, "NOK": 10.5, "SEK": 10.5, "ISK": 138, "INR": 84, "PKR": 280, "BDT": 118, "LKR": 300, "PHP": 57, "IDR": 16000,
    "VND": 25000, "THB": 35, "MYR": 4.5, "JPY": 150, "KRW": 1370, "CNY": 7.2, "TWD": 32, "BRL": 5.5, "MXN": 19, "ARS": 1000,
    "NPR": 134, "RSD": 108, "GEL": 2.7, "KZT": 500, "MAD": 10, "TND": 3.1, "GHS": 12, "UGX": 3700, "TZS": 2500, "KWD": 0.31,
    "BHD": 0.38, "OMR": 0.385, "JOD": 0.71, "UYU": 40, "CRC": 510, "DOP": 60, "CLP": 950, "COP": 4100, "PEN": 3.75, "ZAR": 18, "NGN": 1600, "KES": 130, "EGP": 49,
}  # fmt: skip
"""Rough units of a currency in a dollar: only to tell plausible pay from the rest, never to convert."""


def currency_of(text: str, country: str | None) -> str | None:
    """The ISO 4217 code of a sign, code or word; the country settles what several share: `$`, `kr`, `¥`, `元`."""
    key = text.strip().lower()
    if key[:3].upper() in PER_USD and key[3:].strip() in ("", "$"):
        return key[:3].upper()
    if key.startswith("kr"):
        return _KRONER.get(country or "")
    if key in _ELSEWHERE:
        return _ELSEWHERE[key].get(country or "")
    if (shared := _SHARED.get(key)) is not None:
        return shared.get(country or "", SYMBOLS[key])
    return SYMBOLS.get(key) or ("EUR" if key.startswith("euro") else None)
