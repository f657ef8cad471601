"""People in the examples of the OpenAPI document: one candidate who is made up, and what each answer tells of them."""

from pydantic.config import JsonDict

from services.api.jobs.examples import JOB, SUMMARY

CANDIDATE_ID = "4f0c9a52-8d1e-4b8f-9d53-2f6f0f3f7b10"
EMPLOYER = "key:wujM54gU"
"""Who asks for an introduction."""

_TRACK_CONTENT: JsonDict = {
    "titles": ["Data Engineer"],
    "skills": {"Python": {"proficiency": "expert", "years": 8}, "Spark": {"proficiency": "working", "years": 3}},
    "years_experience": 8,
    "industries": ["Logistics"],
    "summary": "I build pipelines that do not wake anybody up.",
}
TRACK: JsonDict = {"name": "Data", **_TRACK_CONTENT}
_FLOOR: JsonDict = {"amount": 70000, "currency": "EUR", "period": "year"}

WANTED: JsonDict = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": "+4930123456",
    "tracks": [TRACK],
    "preferences": {
        "places": ["Berlin"],
        "countries": ["DE"],
        "workplaces": ["remote", "hybrid"],
        "salary_floor": _FLOOR,
        "culture": {"size": "small"},
        "blocked_companies": ["globex.example"],
    },
    "work_authorisation": ["DE"],
    "active": True,
    "open_to_employers": True,
    "digest": False,
}
"""What a candidate says of themselves."""
CHANGE: JsonDict = {"preferences": {"places": ["Berlin", "Hamburg"], "salary_floor": {"amount": 75000}}, "digest": True}
CANDIDATE: JsonDict = {**WANTED, "id": CANDIDATE_ID, "verified": {"skills": True}}
TOLD: JsonDict = {**CANDIDATE, "unknown": []}

SAID: JsonDict = {"verdict": "not_interested", "why": "pay", "note": "It was more a year ago."}
FEEDBACK: JsonDict = {
    **SAID,
    "candidate_id": CANDIDATE_ID,
    "job_id": JOB,
    "at": "2026-11-20T10:05:00Z",
    "was_blocked": False,
}


def _factor(name: str, value: float | None, weight: int, known: int, reason: str) -> JsonDict:
    points = round(100 * weight * (value or 0) / known, 2)
    return {"name": name, "value": value, "weight": weight, "points": points, "reason": reason}


def _factors(known: int) -> list[JsonDict]:
    """Those that everybody may see; `known` is what the factors with a value weigh together."""
    return [
        _factor("skills", 0.9, 40, known, "3 of 4 skills: Python (expert), SQL, Spark; Kafka is asked and not known"),
        _factor("experience", 0.75, 20, known, "8 years, 5 asked"),
        _factor("semantic", 0.8, 15, known, "the posting and the profile are about much the same work"),
        _factor("culture", None, 10, known, "unknown: no preference is declared on both sides"),
        _factor("validation", 0.5, 5, known, "1 of 2 parts of the profile are checked"),
    ]


_PAY = _factor("salary", 1.0, 10, 90, "€78–95k, all of it above the floor of €70,000 a year")
IMPROVEMENTS: list[JsonDict] = [{"skill": "Kafka", "score": 88.3}]
PROFILE_MATCH: JsonDict = {
    "score": 83.89,
    "known_weight": 90,
    "job": SUMMARY,
    "factors": [*_factors(90), _PAY],
    "improvements": [*IMPROVEMENTS],
}
MATCHED: JsonDict = {**PROFILE_MATCH, "track": "Data", "interested": True}
HIDDEN: JsonDict = {
    "job": {**SUMMARY, "id": "0b7f1c5e-63de-5d0a-9a51-5f1c3d8f6a27", "remote": "none", "on_site_days": None},
    "filter": "location",
    "reason": "on site in Paris, not in Berlin",
}
MATCH_FEED: JsonDict = {
    "made_at": "2026-11-20T06:00:00Z",
    "found": 1,
    "considered": 74010,
    "hidden_counts": {"location": 1},
    "matches": [MATCHED],
    "hidden": [HIDDEN],
}
MATCH: JsonDict = {
    "candidate_id": CANDIDATE_ID,
    "job_id": JOB,
    **{name: MATCHED[name] for name in ("score", "factors", "track", "improvements")},
}
GIVEN_PROFILE: JsonDict = {
    "text": "Data engineer, eight years of Python and Spark.",
    "titles": ["Data Engineer"],
    "skills": {"Python": "expert", "Spark": "working"},
    "years_experience": 8,
    "places": ["Berlin"],
    "countries": ["DE"],
    "workplaces": ["remote", "hybrid"],
    "salary_floor": _FLOOR,
    "work_authorisation": ["DE"],
}
PROFILE_MATCHES: JsonDict = {
    "considered": 400,
    "skills": {"Python": "expert", "Spark": "working"},
    "matches": [PROFILE_MATCH],
    "hidden": [HIDDEN],
    "hidden_counts": {"location": 1},
}

_PSEUDONYM = "9b1f6c2e-5a0d-5e37-8c44-1d2e3f4a5b6c"
QUESTION: JsonDict = {"pseudonym": _PSEUDONYM, "message": "We would like to show you our team in Berlin."}
JOB_CANDIDATES: JsonDict = {
    "job_id": JOB,
    "candidates": [
        {
            "pseudonym": _PSEUDONYM,
            "score": 81.88,
            "factors": [*_factors(80)],
            "asked_at": "2026-11-20T09:00:00Z",
            "agreed": None,
        }
    ],
}
ASKED: JsonDict = {
    **QUESTION,
    "asked_at": "2026-11-20T09:00:00Z",
    "agreed": True,
    "contact": {"name": "Ada Lovelace", "email": "ada@example.com", "phone": "+4930123456"},
}
REQUEST: JsonDict = {
    "job_id": JOB,
    "asked_by": EMPLOYER,
    "employer": "Northwind recruiting",
    "message": "We would like to show you our team in Berlin.",
    "asked_at": "2026-11-20T09:00:00Z",
    "agreed": True,
    "answered_at": "2026-11-20T12:30:00Z",
}


def _read(value: str, start: int) -> JsonDict:
    return {"value": value, "confidence": 0.95, "span": {"start": start, "end": start + len(value)}}


_TEXT = "Ada Lovelace\nData Engineer\nada@example.com"
READING: JsonDict = {
    "name": _read("Ada Lovelace", 0),
    "email": _read("ada@example.com", 27),
    "phone": None,
    "place": None,
    "headline": _read("Data Engineer", 13),
    "summary": None,
    "links": [],
    "work": [],
    "education": [],
    "skills": [],
    "languages": [],
    "years_experience": None,
    "work_authorisation": [],
    "salary_floor": None,
    "locations": [],
}
RESUME: JsonDict = {**READING, "kind": "pdf", "text": _TEXT, "pages": 1}
READ_RESUME: JsonDict = {
    "resume": RESUME,
    "proposal": {
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "phone": None,
        "tracks": [
            {
                "name": "",
                "titles": ["Data Engineer"],
                "skills": {},
                "years_experience": None,
                "industries": [],
                "summary": "",
            }
        ],
        "preferences": {
            "places": [],
            "countries": [],
            "workplaces": [],
            "salary_floor": None,
            "culture": {},
            "blocked_companies": [],
        },
        "work_authorisation": [],
    },
}
JSON_RESUME: JsonDict = {
    "$schema": "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json",
    "basics": {"name": "Ada Lovelace", "label": "Data Engineer", "email": "ada@example.com"},
}

_KEY: JsonDict = {
    "prefix": "aGq7Zt2M",
    "name": "candidate",
    "candidate_id": CANDIDATE_ID,
    "scopes": ["candidate"],
    "created_at": "2026-11-01T09:30:00Z",
    "expires_at": None,
    "rotated_at": None,
    "revoked_at": None,
    "last_used_at": "2026-11-20T10:00:00Z",
}
HELD: JsonDict = {
    "exported_at": "2026-11-20T10:10:00Z",
    "candidate": CANDIDATE,
    "resume": RESUME,
    "keys": [_KEY],
    "matches": [MATCH],
    "feedback": [FEEDBACK],
    "introductions": [
        {
            "candidate_id": CANDIDATE_ID,
            **{name: value for name, value in REQUEST.items() if name != "employer"},
        }
    ],
    "decisions": [
        {
            "run": "match/all/0",
            "at": "2026-11-20T06:00:00Z",
            "candidate_id": CANDIDATE_ID,
            "job_id": JOB,
            "engine": "engine/6 weights/1 esco/1.2",
            "profile_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "posting_hash": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
            "values": {"skills": 0.9, "experience": 0.75},
            "score": 83.89,
            "filters": [],
            "rank": 1,
            "is_new": True,
        }
    ],
    "feed": [JOB],
    "notifications": [],
    "told": [],
    "hidden": None,
    "digest": None,
    "searches": [],
    "vectors": {},
    "account": None,
}
