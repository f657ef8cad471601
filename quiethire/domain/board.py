"""Boards: where a company lists its postings."""

from quiethire.domain.base import Model

WEBSITE = "website"
"""The `ats` of a board that is a page of the company's own site; its token is the canonical URL."""


class Board(Model):
    """One board. `ats` and `token` identify it; `url` is where a person reads it."""

    ats: str
    token: str
    url: str
    company_domain: str | None = None
    company_name: str | None = None

    @property
    def key(self) -> str:
        """`greenhouse/northwind`: the identity used in ids, logs and workflow ids."""
        return f"{self.ats}/{self.token}"

    @property
    def is_website(self) -> bool:
        """Whether the board is a page of the company's own, not an ATS."""
        return self.ats == WEBSITE


def learnt(old: Board, new: Board) -> Board:
    """What is known of a board that is met again: the first company that is named owns it for good, and names it.

    Whoever else leads to a board, such as an investor's page about its companies, takes it from nobody.
    """
    mine = old.company_domain in (None, new.company_domain)
    owner = {
        "company_domain": old.company_domain or new.company_domain,
        "company_name": new.company_name if mine and new.company_name is not None else old.company_name,
    }
    return new.model_copy(update=owner)
