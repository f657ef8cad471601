"""Pay in the words of many countries: text that is stated as pay, text that only mentions it, and sums that are none."""

import pytest

from quiethire.domain.posting import RawSalary, Source
from services.parser.normalise.salary import normalise_salary, parse_salary

HOUR, DAY, WEEK, MONTH, YEAR = "hour", "day", "week", "month", "year"


def pay(text: str, *, labelled: bool = True, country: str | None = None):
    found = parse_salary(text, labelled=labelled, country=country)
    return None if found is None else (found.min, found.max, found.currency, found.period.value)


LABELLED = [
    # English
    ("$120,000 - $150,000", (120000, 150000, "USD", YEAR)),
    ("$120K/yr – $220K/yr", (120000, 220000, "USD", YEAR)),
    ("$120-150k per year", (120000, 150000, "USD", YEAR)),
    ("120k–150k USD", (120000, 150000, "USD", YEAR)),
    ("USD 95,000.00 to USD 125,500.50 annually", (95000, 125500.5, "USD", YEAR)),
    ("$18.50 - $22.75/hr", (18.5, 22.75, "USD", HOUR)),
    ("$18.50 an hour", (18.5, 18.5, "USD", HOUR)),
    ("From $20 an hour", (20, None, "USD", HOUR)),
    ("Up to $25.00 per hour", (None, 25, "USD", HOUR)),
    ("$52/hour - $60/hour", (52, 60, "USD", HOUR)),
    ("$1,200 per week", (1200, 1200, "USD", WEEK)),
    ("£450 - £500 per day", (450, 500, "GBP", DAY)),
    ("£28,000 per annum", (28000, 28000, "GBP", YEAR)),
    ("£28K–£32K p.a.", (28000, 32000, "GBP", YEAR)),
    ("Starting at £30,000", (30000, None, "GBP", YEAR)),
    ("starting from €45.000 gross per year", (45000, None, "EUR", YEAR)),
    ("up to £60,000 DOE", (None, 60000, "GBP", YEAR)),
    ("Â£35,000 - Â£40,000", (35000, 40000, "GBP", YEAR)),
    ("â‚¬50,000 - â‚¬60,000 per year", (50000, 60000, "EUR", YEAR)),
    ("€50k+", (50000, None, "EUR", YEAR)),
    ("$100,000+ per year", (100000, None, "USD", YEAR)),
    ("between $90,000 and $110,000", (90000, 110000, "USD", YEAR)),
    ("CA$85,000—CA$105,000 CAD", (85000, 105000, "CAD", YEAR)),
    ("$85,000 CAD - $105,000 CAD", (85000, 105000, "CAD", YEAR)),
    ("AUD $120,000 + super", (120000, 120000, "AUD", YEAR)),
    ("A$110k - A$130k + super", (110000, 130000, "AUD", YEAR)),
    ("SGD 5,000 - 7,000 per month", (5000, 7000, "SGD", MONTH)),
    ("₹12,00,000 - ₹18,00,000 per annum", (1200000, 1800000, "INR", YEAR)),
    ("₹ 12 - 18 LPA", (1200000, 1800000, "INR", YEAR)),
    ("INR 6 lakh per annum", (600000, 600000, "INR", YEAR)),
    ("R25 000 - R30 000 per month", (25000, 30000, "ZAR", MONTH)),
    ("AED 15,000 - 20,000 monthly", (15000, 20000, "AED", MONTH)),
    ("¥6,000,000 - ¥9,000,000 per year", (6000000, 9000000, "JPY", YEAR)),
    ("HK$25,000/month", (25000, 25000, "HKD", MONTH)),
    ("$17.00", (17, 17, "USD", HOUR)),
    ("USD 4000 / month", (4000, 4000, "USD", MONTH)),
    ("$130,000 base + 10% bonus", (130000, 130000, "USD", YEAR)),
    ("£25,000pa", (25000, 25000, "GBP", YEAR)),
    ("£12.21ph", (12.21, 12.21, "GBP", HOUR)),
    ("SGD4,500 to SGD6,000 monthly", (4500, 6000, "SGD", MONTH)),
    # German
    ("Bruttomonatsgehalt von mindestens € 2.700,– (14 x p.a.)", (2700, None, "EUR", MONTH)),
    ("45.000 – 55.000 € brutto pro Jahr", (45000, 55000, "EUR", YEAR)),
    ("45.000,00 € bis 55.000,00 € Jahresgehalt", (45000, 55000, "EUR", YEAR)),
    ("ab 3.200 € brutto/Monat", (3200, None, "EUR", MONTH)),
    ("bis zu 70.000 EUR p.a.", (None, 70000, "EUR", YEAR)),
    ("bis 18,50 €/Std.", (None, 18.5, "EUR", HOUR)),
    ("15,50 Euro pro Stunde", (15.5, 15.5, "EUR", HOUR)),
    ("Stundenlohn: 14,00 € - 16,50 €", (14, 16.5, "EUR", HOUR)),
    ("55-65 T€", (55000, 65000, "EUR", YEAR)),
    ("50 bis 60 Tsd. EUR jährlich", (50000, 60000, "EUR", YEAR)),
    ("mind. € 2.850,- brutto/Monat", (2850, None, "EUR", MONTH)),
    ("€ 2.500,-- brutto pro Monat", (2500, 2500, "EUR", MONTH)),
    ("CHF 90'000 – 110'000", (90000, 110000, "CHF", YEAR)),
    ("CHF 90’000.– bis 110’000.– pro Jahr", (90000, 110000, "CHF", YEAR)),
    ("Fr. 5'200.- pro Monat", (5200, 5200, "CHF", MONTH)),
    ("zwischen 40.000 und 48.000 Euro im Jahr", (40000, 48000, "EUR", YEAR)),
    ("EUR 3.000,00 monatlich", (3000, 3000, "EUR", MONTH)),
    # French
    ("35 000 € - 42 000 € brut annuel", (35000, 42000, "EUR", YEAR)),
    ("35\u202f000\u00a0€ à 42\u202f000\u00a0€ par an", (35000, 42000, "EUR", YEAR)),
    ("à partir de 2 100 € brut par mois", (2100, None, "EUR", MONTH)),
    ("jusqu'à 50K€", (None, 50000, "EUR", YEAR)),
    ("jusqu’à 50 000 € par an", (None, 50000, "EUR", YEAR)),
    ("40-45 K€", (40000, 45000, "EUR", YEAR)),
    ("entre 38k€ et 45k€", (38000, 45000, "EUR", YEAR)),
    ("de 1 800 à 2 000 euros par mois", (1800, 2000, "EUR", MONTH)),
    ("12,50 € de l'heure", (12.5, 12.5, "EUR", HOUR)),
    ("TJM : 450 € par jour", (450, 450, "EUR", DAY)),
    ("dès 30 000 €", (30000, None, "EUR", YEAR)),
    # Spanish, Catalan, Portuguese, Italian
    ("30.000€ - 40.000€ brutos/año", (30000, 40000, "EUR", YEAR)),
    ("desde 24.000 € brutos anuales", (24000, None, "EUR", YEAR)),
    ("hasta 35.000 €/año", (None, 35000, "EUR", YEAR)),
    ("entre 18.000 y 21.000 euros anuales", (18000, 21000, "EUR", YEAR)),
    ("1.500 € brutos mensuales", (1500, 1500, "EUR", MONTH)),
    ("a partir de 1.300€ al mes", (1300, None, "EUR", MONTH)),
    ("9,50 €/hora", (9.5, 9.5, "EUR", HOUR)),
    ("18.000/21.000 € brut/any", (18000, 21000, "EUR", YEAR)),
    ("fins a 28.000 € bruts anuals", (None, 28000, "EUR", YEAR)),
    ("$25.000 - $30.000 MXN mensuales", (25000, 30000, "MXN", MONTH)),
    ("R$ 3.500,00 por mês", (3500, 3500, "BRL", MONTH)),
    ("R$ 3.500,00 a R$ 4.200,00", (3500, 4200, "BRL", MONTH)),
    ("até 2.000 € por mês", (None, 2000, "EUR", MONTH)),
    ("RAL 30.000 - 35.000 €", (30000, 35000, "EUR", YEAR)),
    ("RAL fino a 40k", None),
    ("da 1.400 a 1.600 euro netti al mese", (1400, 1600, "EUR", MONTH)),
    ("fino a 45.000 € lordi annui", (None, 45000, "EUR", YEAR)),
    ("€ 10,50 all'ora", (10.5, 10.5, "EUR", HOUR)),
    # Dutch, Danish, Norwegian, Swedish
    ("€ 3.200 - € 4.100 bruto per maand", (3200, 4100, "EUR", MONTH)),
    ("tussen € 2.800 en € 3.600 per maand", (2800, 3600, "EUR", MONTH)),
    ("vanaf € 14,20 per uur", (14.2, None, "EUR", HOUR)),
    ("tot € 5.000,- bruto per maand", (None, 5000, "EUR", MONTH)),
    ("35.000 kr. pr. måned", None),
    ("DKK 35.000 - 42.000 pr. måned", (35000, 42000, "DKK", MONTH)),
    ("kr 550 000 - 650 000 per år", None),
    ("NOK 550 000 - 650 000 per år", (550000, 650000, "NOK", YEAR)),
    ("fra NOK 500.000", (500000, None, "NOK", YEAR)),
    ("SEK 35 000 - 40 000 per månad", (35000, 40000, "SEK", MONTH)),
    ("från 160 SEK per timme", (160, None, "SEK", HOUR)),
    # Czech, Polish
    ("35 000 – 45 000 Kč / měsíc", (35000, 45000, "CZK", MONTH)),
    ("od 40 000 Kč měsíčně", (40000, None, "CZK", MONTH)),
    ("až 60 000 Kč", (None, 60000, "CZK", MONTH)),
    ("180 Kč/hod.", (180, 180, "CZK", HOUR)),
    ("30 000 až 38 000 Kč měsíčně hrubého", (30000, 38000, "CZK", MONTH)),
    ("8 000 - 12 000 zł brutto miesięcznie", (8000, 12000, "PLN", MONTH)),
    ("od 6 500 zł brutto", (6500, None, "PLN", MONTH)),
    ("do 15 000 PLN netto + VAT / mies.", (None, 15000, "PLN", MONTH)),
    ("30,50 zł/godz.", (30.5, 30.5, "PLN", HOUR)),
    ("120-150 zł/h", (120, 150, "PLN", HOUR)),
    ("10 - 14 tys. zł miesięcznie", (10000, 14000, "PLN", MONTH)),
    # Thousands that are left out, on one side or both
    ("60-80k EUR", (60000, 80000, "EUR", YEAR)),
    ("60–80 € pro Jahr", (60000, 80000, "EUR", YEAR)),
    ("€60k–80", (60000, 80000, "EUR", YEAR)),
    ("£45 - £55 per annum", (45000, 55000, "GBP", YEAR)),
    ("entre 38 et 45 K€ brut annuel", (38000, 45000, "EUR", YEAR)),
    ("60-80 €/h", (60, 80, "EUR", HOUR)),
    # Lakhs, crores and ten thousands
    ("12-18 LPA", (1200000, 1800000, "INR", YEAR)),
    ("6 LPA", (600000, 600000, "INR", YEAR)),
    ("8 to 10 Lakhs", (800000, 1000000, "INR", YEAR)),
    ("₹ 1.2 Cr per annum", (12000000, 12000000, "INR", YEAR)),
    ("年収500万円〜800万円", (5000000, 8000000, "JPY", YEAR)),
    ("年収 500万 ～ 800万", (5000000, 8000000, "JPY", YEAR)),
    ("月給25万円～30万円 賞与年2回", (250000, 300000, "JPY", MONTH)),
    ("時給1,200円", (1200, 1200, "JPY", HOUR)),
    ("年薪30-50万元", (300000, 500000, "CNY", YEAR)),
    ("月薪15000-25000元", (15000, 25000, "CNY", MONTH)),
    ("年収600万円～", (6000000, None, "JPY", YEAR)),
    ("月給30万円以上", (300000, None, "JPY", MONTH)),
    ("연봉 5,000만원", (50000000, 50000000, "KRW", YEAR)),
    # Signs and words of more countries
    ("KRW 45,000,000 - 60,000,000 per year", (45000000, 60000000, "KRW", YEAR)),
    ("Rs 30,000 - 40,000 per month", (30000, 40000, "INR", MONTH)),
    ("SFr. 95'000 – 105'000", (95000, 105000, "CHF", YEAR)),
    ("RM 5,000 - RM 7,000", (5000, 7000, "MYR", MONTH)),
    ("Rp 8.000.000 - 12.000.000 per bulan", (8000000, 12000000, "IDR", MONTH)),
    ("bruttó 800 000 Ft/hó", (800000, 800000, "HUF", MONTH)),
    ("12.000 - 15.000 lei net", (12000, 15000, "RON", MONTH)),
    ("mínimo 30.000€", (30000, None, "EUR", YEAR)),
    # Clauses of law and of agreements, and months beyond the twelfth
    ("KV-Mindestgrundgehalt: EUR 2.850,- brutto/Monat", (2850, None, "EUR", MONTH)),
    ("ab EUR 3.200,- brutto/Monat (14x)", (3200, None, "EUR", MONTH)),
    ("€ 3.100 brutto monatlich + 13. und 14. Gehalt", (3100, 3100, "EUR", MONTH)),
    ("CHF 6'500 x 13", (6500, 6500, "CHF", MONTH)),
    ("CHF 85'000.-- bis 95'000.--", (85000, 95000, "CHF", YEAR)),
    ("18 000 – 24 000 zł netto + VAT", (18000, 24000, "PLN", MONTH)),
    ("110 - 140 zł netto + VAT / h", (110, 140, "PLN", HOUR)),
    ("9 000 zł brutto/mies.", (9000, 9000, "PLN", MONTH)),
    ("â‚¹12,00,000 per annum", (1200000, 1200000, "INR", YEAR)),
    # What labels such as Salary also hold
    ("1 - 1,000,000 USD", None),
    ("$1 - $1,000,000", None),
    ("0 €", None),
    ("Competitive", None),
    ("Negotiable, depending on experience", None),
    ("nach Vereinbarung", None),
    ("E13 TV-L", None),
    ("TV-L E 13 (100 %)", None),
    ("0.01 - 0.01 EUR", None),
    ("1 – 1.000.000 €", None),
    ("Entgeltgruppe 9b TVöD", None),
    ("40 hours per week", None),
    ("401(k)", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LABELLED)
def test_text_that_is_stated_as_pay(text, expected):
    assert pay(text) == expected


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("35.000 kr. pr. måned", "DK", (35000, 35000, "DKK", MONTH)),
        ("kr 550 000 - 650 000 per år", "NO", (550000, 650000, "NOK", YEAR)),
        ("32 000 - 38 000 kr/mån", "SE", (32000, 38000, "SEK", MONTH)),
        ("$85,000 - $95,000", "CA", (85000, 95000, "CAD", YEAR)),
        ("$110,000 - $130,000 plus super", "AU", (110000, 130000, "AUD", YEAR)),
        ("$25.000 mensuales", "MX", (25000, 25000, "MXN", MONTH)),
        ("50.000 - 60.000 brutto jährlich", "DE", (50000, 60000, "EUR", YEAR)),
        ("80'000 - 95'000 pro Jahr", "CH", (80000, 95000, "CHF", YEAR)),
        ("RAL 28.000 - 32.000", "IT", (28000, 32000, "EUR", YEAR)),
        ("￥20,000-30,000/月", "CN", (20000, 30000, "CNY", MONTH)),
        ("1.5万-2.5万/月", "CN", (15000, 25000, "CNY", MONTH)),
        ("NT$45,000/月", "TW", (45000, 45000, "TWD", MONTH)),
        ("30,000 - 35,000 per annum", "GB", (30000, 35000, "GBP", YEAR)),
    ],
)
def test_the_country_settles_the_currency(text, country, expected):
    assert pay(text, country=country) == expected


PROSE = [
    ("€55.000 per year + bonus up to 20%", (55000, 55000, "EUR", "year")),
    ("Rémunération : 2300€ brut mensuel + prime de 10%", (2300, 2300, "EUR", "month")),
    ("The base salary range for this role is $150,000 - $180,000 plus equity and benefits.", (150000, 180000, "USD", YEAR)),
    ("Pay: $17.50 - $19.00 per hour. You get a $500 sign-on bonus.", (17.5, 19, "USD", HOUR)),
    ("We have raised $25,000,000 from investors. The salary is $120,000 to $140,000 a year.", (120000, 140000, "USD", YEAR)),
    ("You will own a portfolio of $2,000,000. Compensation: $90,000 - $110,000 OTE.", (90000, 110000, "USD", YEAR)),
    (
        "Für diese Position gilt ein KV-Mindestgehalt von EUR 2.850,- brutto pro Monat mit Bereitschaft zur Überzahlung.",
        (2850, None, "EUR", MONTH),
    ),
    (
        "Wir bieten ein Jahresbruttogehalt ab € 45.000,-. Eine Überzahlung ist je nach Qualifikation möglich.",
        (45000, None, "EUR", YEAR),
    ),
    (
        "Das kollektivvertragliche Mindestentgelt beträgt € 2.304,40 brutto/Monat (14x) auf Vollzeitbasis.",
        (2304.4, None, "EUR", MONTH),
    ),
    ("Das Mindestgehalt laut Kollektivvertrag beträgt 38.000 Euro brutto pro Jahr.", (38000, None, "EUR", YEAR)),
    ("Aus gesetzlichen Gründen weisen wir auf das Mindestentgelt von € 3.100 brutto monatlich hin.", (3100, None, "EUR", MONTH)),
    ("Die Vergütung liegt bei 13,90 € pro Stunde.", (13.9, 13.9, "EUR", HOUR)),
    ("Der Lohn beträgt CHF 6'500 brutto im Monat (13x).", (6500, 6500, "CHF", MONTH)),
    ("Salaire : 32 000 € à 36 000 € brut annuel selon profil.", (32000, 36000, "EUR", YEAR)),
    ("La rémunération brute mensuelle est de 2 150 € sur 13 mois.", (2150, 2150, "EUR", MONTH)),
    ("Salario bruto anual: 27.000 €.", (27000, 27000, "EUR", YEAR)),
    ("Stipendio mensile lordo: 1.650 €.", (1650, 1650, "EUR", MONTH)),
    ("Nabízíme mzdu 38 000 Kč měsíčně.", (38000, 38000, "CZK", MONTH)),
    ("Wynagrodzenie: 9 500 - 12 000 zł brutto miesięcznie (umowa o pracę).", (9500, 12000, "PLN", MONTH)),
    ("Widełki: 18 000 - 24 000 PLN netto + VAT na B2B.", (18000, 24000, "PLN", MONTH)),
    ("Salary of $65-85 per year, in thousands, is usual here.", (65000, 85000, "USD", YEAR)),
    ("給与：年収600万円〜900万円（経験による）", (6000000, 9000000, "JPY", YEAR)),
    ("薪资范围：25-40万元/年", (250000, 400000, "CNY", YEAR)),
    ("CTC offered: INR 18-25 LPA depending on experience.", (1800000, 2500000, "INR", YEAR)),
    ("Je verdient tussen €2.900 en €3.700 bruto per maand.", (2900, 3700, "EUR", MONTH)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PROSE)
def test_pay_in_running_text(text, expected):
    assert pay(text, labelled=False) == expected


@pytest.mark.parametrize(
    "text",
    [
        "We raised $40,000,000 in our Series B.",
        "The company makes $25,000 of revenue per employee and year.",
        "Our annual revenue is $150,000.",
        "You get a signing bonus of $5,000 and a learning budget of $2,000 per year.",
        "Manage an annual budget of $500,000.",
        "We serve 120,000 customers with 1,500 employees.",
        "A referral pays $3,000.",
        "You manage a $2,000,000 P&L. Base pay is competitive.",
        "We offer a $500 monthly stipend and competitive salary.",
        "Earn up to $5,000 in referral bonuses per year.",
        "Wir sind 45.000 Mitarbeiter in 30 Ländern.",
        "Unser Umsatz liegt bei 120.000 € im Jahr.",
        "Weiterbildungsbudget von 2.000 € pro Jahr.",
        "Zuschuss zum Deutschlandticket von 49 € im Monat.",
        "Une prime de 1 000 € par an.",
        "Tickets restaurant de 9 € par jour.",
        "Presupuesto de formación de 1.200 € al año.",
        "Bonus annuale fino a 5.000 €.",
        "Stravenky v hodnotě 120 Kč na den.",
        "Dofinansowanie do sportu 200 zł miesięcznie.",
        "Life insurance of $50,000 and 401(k) matching up to $6,000 per year.",
        "Deals between $20,000 and $80,000.",
        "A relocation allowance of €3,000.",
        "Our customers save $30,000 per year.",
        "Kuchyně - nábor.odměna 20.000 Kč - hotel na horách",
        "The salary is good and the tower is 10,000 ft high.",
        "Tuition reimbursement of up to $5,250 per year.",
        "Our membership costs $60 per year.",
        "The scholarship is worth €12,000 a year.",
        "A pension plan with €2,400 per year.",
        "Headcount grew from 50 to 80 in a year; we closed $20 million.",
        "売上高500万円を達成しました。",
        "Applicants must be 18 years old and lift 50 pounds.",
    ],
)
def test_sums_that_are_no_pay(text):
    assert pay(text, labelled=False) is None


@pytest.mark.parametrize(
    ("low", "high", "currency", "period", "expected"),
    [
        (60000, 80000, "EUR", "YEAR", (60000, 80000, "EUR", YEAR)),
        (60000, None, "eur", "year", (60000, None, "EUR", YEAR)),
        (None, 30, "USD", "HOUR", (None, 30, "USD", HOUR)),
        (0, 50000, "€", "annual", (None, 50000, "EUR", YEAR)),
        (1, 1000000, "USD", "YEAR", None),
        (0, 0, "USD", "YEAR", None),
        (60000, 80000, "EUR", None, (60000, 80000, "EUR", YEAR)),
        (18, 25, "USD", "YEAR", (18, 25, "USD", HOUR)),
        (60, 80, "EUR", "YEAR", (60000, 80000, "EUR", YEAR)),
        (17.5, 19.25, "USD", "HOUR", (17.5, 19.25, "USD", HOUR)),
        (17.499, None, "USD", "HOUR", (17.5, None, "USD", HOUR)),
        (95000.0, 105000.0, "CHF", "YEAR", (95000, 105000, "CHF", YEAR)),
        (65000, 85000, "USD", "HOUR", (65000, 85000, "USD", YEAR)),
        (3000, 4000, "EUR", "MONTHLY", (3000, 4000, "EUR", MONTH)),
        (450, 550, "GBP", "DAY", (450, 550, "GBP", DAY)),
        (80000, 60000, "EUR", "YEAR", (60000, 80000, "EUR", YEAR)),
    ],
)
def test_numbers_that_a_source_states(low, high, currency, period, expected):
    raw = RawSalary(source=Source.JSON_LD, path="x", min=low, max=high, currency=currency, period=period)
    found = normalise_salary(raw)
    assert (None if found is None else (found.min, found.max, found.currency, found.period.value)) == expected


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Salary: $120,000, signing bonus", 120_000, 120_000),
        ("Salary: $120,000 (signing bonus)", 120_000, 120_000),
        ("Pay: $120,000 – $140,000, insurance, PTO", 120_000, 140_000),
        ("Pay: $120,000 – $140,000; insurance, PTO", 120_000, 140_000),
        ("Salary: $120,000 | 401k | PTO", 120_000, 120_000),
        ("Salary: $120,000 • 401k", 120_000, 120_000),
        ("Salary is $95,000. Insurance and pension", 95_000, 95_000),
        ("The salary is $95,000 - bonus on top", 95_000, 95_000),
    ],
)
def test_benefits_that_are_listed_behind_pay_leave_it_pay(text, low, high):
    found = parse_salary(text, labelled=False)
    assert found is not None
    assert (found.min, found.max) == (low, high)
