-- Why a version of a row was written, and by which parser its posting was read.
ALTER TABLE {database:Identifier}.jobs
    ADD COLUMN IF NOT EXISTS cause LowCardinality(String),
    ADD COLUMN IF NOT EXISTS parser_version UInt16;
