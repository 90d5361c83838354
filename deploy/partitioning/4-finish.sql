-- Step 4 of 4, when all is well, after some days: the old table goes, and with it the way back without a pause
-- (undo.sql makes a plain table again, which takes its time).
--
--   psql -v ON_ERROR_STOP=1 -f deploy/partitioning/4-finish.sql "$DATABASE"
BEGIN;
SET LOCAL lock_timeout = '3s';
DROP TRIGGER mirror ON public.scheduling_assignment;
DROP FUNCTION partitioning.mirror();
DROP TABLE unpartitioned.scheduling_assignment;
DROP SCHEMA unpartitioned;
COMMIT;
