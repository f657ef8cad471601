"""The companies' own sites, and the pages of their boards at the ATS hosts."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.answers import Answer, Site, as_json, html, redirect
from demo.boards import BOARD_HOSTS, board_url
from demo.companies import CONTENT, DemoCompany, DemoPosting
from demo.wording import describe, description_html, pay_text, wording
from quiethire.domain.posting import JobType, Workplace

ON_OWN_SITE = ("jsonld", "microdata", "plain", "script", "sitemap")
NAMES = {
    "en": {"about": "About", "careers": "Careers", "contact": "Contact"},
    "de": {"about": "Unternehmen", "careers": "Karriere", "contact": "Kontakt"},
    "fr": {"about": "La maison", "careers": "Nous rejoindre", "contact": "Contact"},
}
SCHEMA_TYPES = {
    JobType.FULL_TIME: "FULL_TIME",
    JobType.PART_TIME: "PART_TIME",
    JobType.CONTRACT: "CONTRACTOR",
    JobType.INTERNSHIP: "INTERN",
}

_templates = Environment(
    loader=FileSystemLoader(CONTENT / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
)


def not_found() -> Answer:
    """The page for what is not there."""
    return html(_templates.get_template("not_found.html").render(), 404)


def site(company: DemoCompany) -> Site:
    """All answers of a company's own host."""
    names = NAMES[company.language]
    pages: Site = {
        "/": _page("home.html", company, careers=_careers_link(company)),
        "/about": _page("about.html", company, heading=names["about"]),
        "/contact": _page("about.html", company, heading=names["contact"]),
        "/static/style.css": _static("style.css", "text/css; charset=utf-8"),
    }
    if company.redirect:
        pages[company.path] = redirect(board_url(company))
    elif company.kind in BOARD_HOSTS:
        pages[company.path] = _page("careers_board.html", company, heading=names["careers"], board=board_url(company))
    elif company.kind in ON_OWN_SITE:
        pages |= _own_board(company)
    return pages | _robots_and_sitemap(company)


def board_pages(companies: Sequence[DemoCompany]) -> dict[str, Site]:
    """The answers of the hosts where people read ATS boards."""
    sites: dict[str, Site] = {
        host: {"/static/style.css": _static("style.css", "text/css; charset=utf-8")} for host in BOARD_HOSTS.values()
    }
    for company in companies:
        if company.kind not in BOARD_HOSTS:
            continue
        pages = sites[BOARD_HOSTS[company.kind]]
        pages[f"/{company.token}"] = _page("board.html", company, jobs=_jobs(company))
        for posting in company.postings:
            path = f"/{board_url(company, posting).split('/', 3)[3]}"
            apply = f"{path}/{'application' if company.kind == 'ashby' else 'apply'}"
            pages[path] = _posting_page(company, posting, apply=apply, root=company.url)
            pages[apply] = _page("apply.html", company, root=company.url, posting=posting)
    return sites


def _own_board(company: DemoCompany) -> Site:
    """The listing and the postings on a site of the company's own."""
    heading = NAMES[company.language]["careers"]
    pages: Site = {company.path: _page("listing.html", company, heading=heading, jobs=_jobs(company))}
    if company.kind == "script":
        shell = _page("shell.html", company)
        pages[company.path] = shell
        pages["/static/app.js"] = _static("app.js", "text/javascript; charset=utf-8")
        pages[f"/api{company.path}.json"] = _script_list(company)
    for posting in company.postings:
        path = f"{company.path}/{posting.slug}"
        apply = f"{path}/apply"
        pages[apply] = _page("apply.html", company, posting=posting)
        if company.kind == "script":
            pages[path] = shell
            pages[f"/api{path}.json"] = _script_posting(company, posting, apply)
        elif posting.broken:
            pages[path] = html("<!doctype html><title>Error</title><h1>Internal Server Error</h1>", 500)
        else:
            pages[path] = _posting_page(company, posting, apply=apply)
    for href, text in company.extra_links:
        pages[href] = Answer(_pdf(text), "application/pdf")
    return pages


def _robots_and_sitemap(company: DemoCompany) -> Site:
    """Only some sites have them, as in the real web; those without answer 404."""
    forbidden = [f"{company.path}/{posting.slug}" for posting in company.postings if posting.disallowed]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in (forbidden or ["/internal/"]))]
    if company.kind in ("microdata", "plain"):
        return {"/robots.txt": Answer("\n".join([*lines, ""]).encode(), "text/plain; charset=utf-8")}
    if company.kind not in ("jsonld", "sitemap"):
        return {}
    lines += ["", f"Sitemap: {company.url}/sitemap.xml", ""]
    paths = ["/", "/about", "/contact", company.path, *(f"{company.path}/{post.slug}" for post in company.postings)]
    locations = "".join(f"<url><loc>{company.url}{path}</loc></url>\n" for path in paths if path not in forbidden)
    sitemap = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{locations}</urlset>\n'
    )
    return {
        "/robots.txt": Answer("\n".join(lines).encode(), "text/plain; charset=utf-8"),
        "/sitemap.xml": Answer(sitemap.encode(), "application/xml; charset=utf-8"),
    }


def _page(template: str, company: DemoCompany, *, root: str = "", **values: object) -> Answer:
    """A page from a template; `root` is where the links of its navigation lead."""
    names, careers = NAMES[company.language], _careers_link(company)
    links = [("/about", names["about"]), ("/contact", names["contact"])]
    if careers:
        links.insert(1, (careers["href"], careers["text"]))
    nav = [{"href": f"{root}{href}", "text": text} for href, text in links]
    context = {"company": company, "head": wording(company.language)["headings"], "home": f"{root}/", "nav": nav}
    return html(_templates.get_template(template).render(context | values))


def _careers_link(company: DemoCompany) -> dict[str, str] | None:
    """What the home page links to; the sitemap company hides its page, another has none."""
    if company.kind in ("sitemap", "none"):
        return None
    return {"href": company.path, "text": NAMES[company.language]["careers"]}


def _jobs(company: DemoCompany) -> list[dict[str, object]]:
    words = wording(company.language)
    return [
        {
            "posting": posting,
            "href": board_url(company, posting) if company.kind in BOARD_HOSTS else f"{company.path}/{posting.slug}",
            "place": _place_text(posting),
            "type": words["types"][posting.type],
        }
        for posting in company.postings
    ]


def _place_text(posting: DemoPosting) -> str:
    return " / ".join(place.city for place in posting.places)


def _facts(company: DemoCompany, posting: DemoPosting) -> list[tuple[str, str]]:
    """The labelled lines above a description."""
    if posting.bare:
        return []
    words = wording(company.language)
    head = words["headings"]
    facts = [
        (head["location"], " / ".join(place.name(company.language) for place in posting.places)),
        (head["department"], posting.dept),
        (head["type"], words["types"][posting.type]),
        (head["workplace"], words["workplaces"][posting.workplace]),
    ]
    if posting.pay:
        facts.append((head["pay"], pay_text(posting.pay, company.language)))
    posted = posting.posted.isoformat() if company.language == "en" else f"{posting.posted:%d.%m.%Y}"
    return [*facts, (head["posted"], posted), (head["reference"], f"{posting.id.int % 90_000 + 10_000}")]


def _posting_page(company: DemoCompany, posting: DemoPosting, *, apply: str, root: str = "") -> Answer:
    if company.kind == "microdata":
        pay = pay_text(posting.pay, company.language) if posting.pay else ""
        return _page(
            "microdata.html", company, posting=posting, sections=describe(company, posting), apply=apply, pay=pay
        )
    return _page(
        "posting.html",
        company,
        root=root,
        posting=posting,
        sections=describe(company, posting),
        facts=_facts(company, posting),
        apply=apply,
        json_ld="" if company.kind == "plain" or posting.bare else _json_ld(company, posting),
    )


def _json_ld(company: DemoCompany, posting: DemoPosting) -> str:
    """The markup as text that can stand inside a script element."""
    markup: Mapping[str, object] = _markup(company, posting)
    if company.kind == "sitemap":
        site = {"@type": "WebSite", "name": company.name, "url": company.url}
        markup = {"@context": "https://schema.org", "@graph": [site, markup]}
    return json.dumps(markup, ensure_ascii=False).replace("</", "<\\/")


def _markup(company: DemoCompany, posting: DemoPosting) -> dict[str, Any]:
    """The posting as schema.org JobPosting."""
    markup: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": posting.title,
        "description": description_html(company, posting),
        "identifier": {"@type": "PropertyValue", "name": company.name, "value": str(posting.id)},
        "datePosted": posting.posted.isoformat(),
        "employmentType": SCHEMA_TYPES[posting.type],
        "hiringOrganization": {"@type": "Organization", "name": company.name, "sameAs": company.url},
        "jobLocation": [_schema_place(place.city, place.region, place.country) for place in posting.places],
    }
    if posting.workplace is Workplace.REMOTE:
        markup["jobLocationType"] = "TELECOMMUTE"
        markup["applicantLocationRequirements"] = [{"@type": "Country", "name": code} for code in posting.remote_in]
    if posting.pay:
        value = {"@type": "QuantitativeValue", "minValue": posting.pay.low, "maxValue": posting.pay.high}
        markup["baseSalary"] = {
            "@type": "MonetaryAmount",
            "currency": posting.pay.currency,
            "value": value | {"unitText": posting.pay.period.upper()},
        }
    return markup


def _schema_place(city: str, region: str | None, country: str) -> dict[str, Any]:
    address = {"@type": "PostalAddress", "addressLocality": city, "addressCountry": country}
    return {"@type": "Place", "address": address | ({"addressRegion": region} if region else {})}


def _script_list(company: DemoCompany) -> Answer:
    jobs = [
        {
            "title": posting.title,
            "path": f"{company.path}/{posting.slug}",
            "location": _place_text(posting),
        }
        for posting in company.postings
    ]
    return as_json({"company": company.name, "about": company.about, "jobs": jobs})


def _script_posting(company: DemoCompany, posting: DemoPosting, apply: str) -> Answer:
    return as_json(
        {
            "title": posting.title,
            "company": company.name,
            "facts": _facts(company, posting),
            "description": description_html(company, posting),
            "markup": _markup(company, posting),
            "apply": apply,
        }
    )


def _static(name: str, content_type: str) -> Answer:
    return Answer((CONTENT / "static" / name).read_bytes(), content_type)


def _pdf(text: str) -> bytes:
    """A PDF of one page that says `text`."""
    shown = text.replace("(", "[").replace(")", "]").encode("latin-1", "replace")
    content = b"BT /F1 18 Tf 72 720 Td (" + shown + b") Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + trailer
