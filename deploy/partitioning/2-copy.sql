-- Step 2 of 4: the rows that were there before step 1 are copied, so many in each transaction, while the site is used;
-- then the two tables are compared. Stopped at any point, it is run again and goes on.
--
--   psql -v ON_ERROR_STOP=1 -f deploy/partitioning/2-copy.sql "$DATABASE"
--
-- Locks: FOR SHARE on the rows of a batch, while it is copied: a change of one of these waits for less than a second.
CREATE OR REPLACE PROCEDURE partitioning.copy(batch bigint) LANGUAGE plpgsql AS $$
DECLARE
    low bigint;
    high bigint;
BEGIN
    LOOP
        SELECT next_key, last_key INTO low, high FROM partitioning.progress;
        EXIT WHEN low > high;
        -- What was written since step 1 is in both already.
        INSERT INTO partitioning.scheduling_assignment
            SELECT * FROM public.scheduling_assignment WHERE id >= low AND id < low + batch FOR SHARE
            ON CONFLICT DO NOTHING;
        UPDATE partitioning.progress SET next_key = low + batch;
        COMMIT;
    END LOOP;
END $$;
CALL partitioning.copy(20000);
ANALYZE partitioning.scheduling_assignment;

-- One statement sees one moment, so this holds while the site is used.
DO $$
DECLARE
    same boolean;
BEGIN
    WITH old AS (SELECT count(*) AS rows, sum(hashtextextended(t::text, 0)::numeric) AS all
                 FROM public.scheduling_assignment t),
         new AS (SELECT count(*) AS rows, sum(hashtextextended(t::text, 0)::numeric) AS all
                 FROM partitioning.scheduling_assignment t)
    SELECT old.rows = new.rows AND old.all IS NOT DISTINCT FROM new.all INTO same FROM old, new;
    IF NOT same THEN
        RAISE EXCEPTION 'The two tables differ. Undo it by back.sql, which touches nothing that is in use.';
    END IF;
    UPDATE partitioning.progress SET checked_at = now();
END $$;
