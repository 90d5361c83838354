-- Step 3 of 4: the new table takes the place of the old one, which is kept up to date from now on: back.sql turns back
-- at once, with nothing lost.
--
--   psql -v ON_ERROR_STOP=1 -f deploy/partitioning/3-swap.sql "$DATABASE"
--
-- Locks: ACCESS EXCLUSIVE on both tables, for some milliseconds: no row is read. Where it cannot be had within 3 seconds
-- nothing is done; run it again.
BEGIN;
SET LOCAL lock_timeout = '3s';
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM partitioning.progress WHERE checked_at IS NOT NULL) THEN
        RAISE EXCEPTION 'Not all is copied and compared: run 2-copy.sql to its end first.';
    END IF;
END $$;
LOCK TABLE public.scheduling_assignment, partitioning.scheduling_assignment IN ACCESS EXCLUSIVE MODE;
DROP TRIGGER mirror ON public.scheduling_assignment;
CREATE SCHEMA unpartitioned;
ALTER TABLE public.scheduling_assignment SET SCHEMA unpartitioned;
ALTER TABLE partitioning.scheduling_assignment SET SCHEMA public;
SELECT setval(pg_get_serial_sequence('public.scheduling_assignment', 'id'),
              nextval(pg_get_serial_sequence('unpartitioned.scheduling_assignment', 'id')), false);
CREATE TRIGGER mirror AFTER INSERT OR UPDATE OR DELETE ON public.scheduling_assignment
    FOR EACH ROW EXECUTE FUNCTION partitioning.mirror('unpartitioned.scheduling_assignment');
COMMIT;
