-- Once, when the database is made, by a superuser: what migrations and maintenance.sh need of PostgreSQL's own parts.
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
CREATE EXTENSION IF NOT EXISTS pgstattuple;
