"""Whose hosts an alias leads to: `careers.acme.com` → `acme.recruitee.com` says that Recruitee serves it, and for whom.

A company that shows its board under a name of its own points that name at the vendor by a CNAME. Some vendors have one
name for each customer, which is the board's token; others have one name for all, and then the page must say more.
Documented are, for instance, `{site}.jobs2web.com` (SAP Knowledge Base 2090962) and `ext.teamtailor.com` (Teamtailor
help 113671); for most vendors it is the domain on which their adapter knows boards.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from quiethire.domain.board import Board
from services.osint.discovery import Recognise

VENDORS: Mapping[str, str] = {
    "teamtailor.com": "teamtailor",
    "recruitee.com": "recruitee",
    "jobs2web.com": "successfactors",
    "jobs.hr.cloud.sap": "successfactors",
    "phenompeople.com": "phenom",
    "eightfold.ai": "eightfold",
    "breezy.hr": "breezy",
    "pinpointhq.com": "pinpoint",
    "applytojob.com": "jazzhr",
    "bamboohr.com": "bamboohr",
    "icims.com": "icims",
    "jobs.personio.de": "personio",
    "jobs.personio.com": "personio",
    "softgarden.io": "softgarden",
    "gupy.io": "gupy",
    "greenhouse.io": "greenhouse",
    "lever.co": "lever",
    "ashbyhq.com": "ashby",
    "workable.com": "workable",
    "smartrecruiters.com": "smartrecruiters",
    "myworkdayjobs.com": "workday",
    "oraclecloud.com": "oracle",
    "jobvite.com": "jobvite",
    "comeet.co": "comeet",
    "comeet.com": "comeet",
    "rippling.com": "rippling",
    "gem.com": "gem",
    "ukg.net": "ukg",
    "ultipro.com": "ukg",
}
"""Domain of a vendor's hosts → its ATS."""

_BELOW = {"bamboohr": "/careers"}
"""Where a board lies at its host, if not at the root."""

_SHARED = frozenset(
    ["", "app", "apply", "board", "boards", "career", "careers", "cdn", "cname", "custom", "customer", "customers", "default", "dns",
     "domain", "domains", "edge", "ext", "external", "fallback", "frontdoor", "gateway", "global", "host", "hosted", "hosting", "hosts",
     "ingress", "job", "jobs", "lb", "origin", "page", "pages", "prod", "production", "proxy", "router", "secure", "site", "sites", "ssl",
     "tls", "vanity", "web", "www", "eu", "us", "na", "de", "uk"]
)  # fmt: skip
"""A first label made of these words and numbers alone is one name for all customers."""


class VendorAlias(NamedTuple):
    """The vendor that a host is an alias of."""

    ats: str
    host: str
    """The name at the vendor's."""
    board: Board | None
    """The board, where that name is the customer's own."""


def ats_of(host: str) -> str | None:
    """The ATS whose vendor a host belongs to."""
    labels = host.split(".")
    above = (".".join(labels[cut:]) for cut in range(1, len(labels)))
    return next((VENDORS[domain] for domain in above if domain in VENDORS), None)


def vendor_of(aliases: Sequence[str], recognise: Recognise) -> VendorAlias | None:
    """The vendor that these aliases of a host lead to, or None."""
    for alias in aliases:
        if (ats := ats_of(alias)) is not None:
            shared = _SHARED.issuperset(re.split(r"[-_\d]+", alias.partition(".")[0]))
            return VendorAlias(ats, alias, None if shared else _board(alias, ats, recognise))
    return None


def _board(alias: str, ats: str, recognise: Recognise) -> Board | None:
    """The board whose own address the alias is."""
    board = recognise(f"https://{alias}{_BELOW.get(ats, '/')}", None)
    return board if board is not None and board.ats == ats else None
