-- What 0006 left: the former table, under the new one's name. A worker that was not stopped may have written into it after
-- it was copied. Such rows are taken over, and the table is dropped. Run only while `jobs_by_identity` is sorted by id.
INSERT INTO {database:Identifier}.jobs (
    id, identity, url_stored, external_id_stored, application_url_stored, board_key, ats, title, company_name,
    company_domain, `locations.name`, `locations.city`, `locations.region`, `locations.country`, `locations.lat`,
    `locations.lon`, remote, remote_allowed_in, on_site_days, visa_sponsorship, job_type, seniority, department,
    description, description_markup, requirement_items, skills, salary_stated_min, salary_stated_max, salary_min,
    salary_max, salary_currency, salary_period, salary_yearly_min, salary_yearly_max, posted_at, valid_through, language,
    quality_score, provenance, content_digest, created_at, last_seen_at, closed_at, updated_at, cause, parser_version
)
SELECT
    id, identity, concat('\x02', url), concat('\x02', external_id), concat('\x02', application_url), board_key, ats, title,
    company_name, company_domain, `locations.name`, `locations.city`, `locations.region`, `locations.country`,
    `locations.lat`, `locations.lon`, remote, remote_allowed_in, on_site_days, visa_sponsorship, job_type, seniority,
    department, description, concat('\x02', description_html), requirements, skills, salary_stated_min,
    salary_stated_max, salary_min, salary_max, salary_currency, salary_period, salary_yearly_min, salary_yearly_max,
    posted_at, valid_through, language, quality_score, provenance, unhex(content_hash), created_at, last_seen_at,
    closed_at, updated_at, cause, parser_version
FROM {database:Identifier}.jobs_by_identity AS former FINAL
LEFT JOIN (
    SELECT identity AS its, max((updated_at, parser_version)) AS newest FROM {database:Identifier}.jobs GROUP BY its
) AS present ON former.identity = present.its
-- Of a posting that is not in `jobs` at all the newest is of 1970.
WHERE (updated_at, parser_version) > newest
SETTINGS join_use_nulls = 0;
DROP TABLE {database:Identifier}.jobs_by_identity;
