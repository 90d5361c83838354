-- Partitions for the next five years, where there are none yet; once a year, or never: what has no partition of its own
-- goes to assignment_rest. Step 1 has made those of the first five.
--
--   psql -v ON_ERROR_STOP=1 -f deploy/partitioning/add-year.sql "$DATABASE"
SET lock_timeout = '3s';
SELECT partitioning.add_year(year)
FROM generate_series(extract(year FROM now())::int, extract(year FROM now())::int + 5) AS year
WHERE to_regclass('partitioning.assignment_' || year) IS NULL;
