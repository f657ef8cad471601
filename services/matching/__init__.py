"""Matching: candidates × postings, and what is read for it.

`engine` scores. From below:

- `reading`: what the words of postings and profiles mean: levels, industries, regions, years asked
- `factors`: one file each: weight, formula, sentence
- `index`: postings as columns of numbers, sorted by place
- `reasons`: matches and filters in words
- `scoring`: profiles as arrays, and the loops over the index, as machine code (`compiled`)

Beside them: `embedding` (the meaning of texts), `resume` (résumés), `taxonomy` (skills and occupations of ESCO), `audit` (whether groups are
treated alike), `preparation` (what is made once, ahead of the first run).
"""
