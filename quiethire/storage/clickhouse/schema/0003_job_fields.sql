-- Fields that came later. Pay is kept as stated, to the cent; salary_min and salary_max are the same in whole units:
-- filled from it in new rows, and all that rows have which were written before.
ALTER TABLE {database:Identifier}.jobs
    ADD COLUMN IF NOT EXISTS on_site_days Nullable(UInt8) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS visa_sponsorship Nullable(Bool) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS salary_stated_min Nullable(Decimal(18, 2)),
    ADD COLUMN IF NOT EXISTS salary_stated_max Nullable(Decimal(18, 2));
ALTER TABLE {database:Identifier}.jobs
    MODIFY COLUMN salary_min Nullable(Int64) DEFAULT toInt64(round(salary_stated_min)),
    MODIFY COLUMN salary_max Nullable(Int64) DEFAULT toInt64(round(salary_stated_max));
