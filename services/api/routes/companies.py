"""GET /api/v1/companies/{company}/hiring."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path

from quiethire.domain.history import CompanyHiring, hiring_of
from services.api.dependencies import ClientsDep

router = APIRouter(prefix="/api/v1/companies", tags=["companies"])

_EXAMPLE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/json": {
                "example": {
                    "company": "Northwind",
                    "open": 42,
                    "with_pay": 0.786,
                    "watched_since": "2026-05-04T09:00:00Z",
                    "weeks": [{"week": "2026-11-09", "opened": 3, "closed": 1}],
                    "days_to_close": {"median": 31, "closed": 57, "still_open": 42},
                }
            }
        }
    }
}


@router.get("/{company:path}/hiring", responses=_EXAMPLE)
async def get_hiring(
    company: Annotated[str, Path(min_length=1, max_length=200, examples=["northwind.example"])], clients: ClientsDep
) -> CompanyHiring:
    """How a company hires: postings opened and closed by week, how long they stay open, and how many state pay.

    The company is named by its domain, `/api/v1/companies/northwind.example/hiring`, or as its postings name it, in any case
    of letters.
    """
    asked, now = company.strip(), datetime.now(UTC)
    known = await clients.companies.by_domain(asked.lower())
    names = {asked, *([known.name] if known is not None and known.name else [])}
    facts = await clients.postings.hiring(domain=asked.lower(), names=names, now=now)
    if facts is None:
        raise HTTPException(404, "No posting of a company of this name or domain is known.")
    return hiring_of(facts, now)
