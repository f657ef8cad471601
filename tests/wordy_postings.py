"""Postings of many different words, of which an index takes a while to be built."""

from quiethire.domain.posting import JobPosting, job_id


def wordy_posting(number: int, title: str = "Data Engineer") -> JobPosting:
    return JobPosting(
        id=job_id(str(number)),
        identity=str(number),
        url=f"https://northwind.example/jobs/{number}",
        ats="website",
        title=f"{title} {number}",
        company_name=f"Company {number}",
        description_text=" ".join(f"word{number * step % 9_973}" for step in range(1, 60)),
        quality_score=90,
    )
