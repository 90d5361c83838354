-- Back to the plain table, before step 4, at once and with nothing lost; before step 3 it gives up the new one.
--
--   psql -v ON_ERROR_STOP=1 -f deploy/partitioning/back.sql "$DATABASE"
BEGIN;
SET LOCAL lock_timeout = '3s';
DO $$
BEGIN
    IF to_regclass('partitioning.scheduling_assignment') IS NULL
       AND to_regclass('unpartitioned.scheduling_assignment') IS NULL THEN
        RAISE EXCEPTION 'The plain table is gone: undo.sql makes one again.';
    END IF;
    IF to_regclass('unpartitioned.scheduling_assignment') IS NOT NULL THEN
        LOCK TABLE public.scheduling_assignment, unpartitioned.scheduling_assignment IN ACCESS EXCLUSIVE MODE;
        PERFORM setval(pg_get_serial_sequence('unpartitioned.scheduling_assignment', 'id'),
                       nextval(pg_get_serial_sequence('public.scheduling_assignment', 'id')), false);
        DROP TABLE public.scheduling_assignment;
        ALTER TABLE unpartitioned.scheduling_assignment SET SCHEMA public;
        DROP SCHEMA unpartitioned;
    END IF;
END $$;
DROP TRIGGER IF EXISTS mirror ON public.scheduling_assignment;
DROP TRIGGER key_of_version ON public.scheduling_schedule;
DROP SCHEMA partitioning CASCADE;
COMMIT;
