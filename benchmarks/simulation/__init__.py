"""A made-up world of employers, boards and trouble, with known truth: what the life of postings is measured against.

`live(seed, number, days)` gives the life of one board: its truth (`truth`), the web it stands in (`shapes`, `vendors`,
`websites`, `trouble`, `web`), and what the house told of it. The house is production code: the workflows and activities of the
loop, run by `temporal` in virtual time over the stores' twins (`world`). `scoring` holds both against each other. Each board has
a world of its own, so that boards may be lived side by side; their hosts are their own too.

For the benchmark of duplicates, `benchmarks.simulation.copies.labelled_postings(seed, employers)` gives postings that
came through the real parser, each with what is true of it (`Labelled`):

- `posting`: the `JobPosting`;
- `job`: postings with the same `job` are the same job, all others are different jobs;
- `source`: where it was found (`Source`: company page, ATS, aggregator, agency, repost under a new id);
- `seen_at`, `gone_at`: when it was up; a repost is up after the first was taken down, a copy at the same time.

All jobs of an employer share its boilerplate (about us, benefits, process, equal opportunity), which is the longer part of
most texts; different jobs of like titles, the same title in two cities, and jobs in several cities are among them.
"""
