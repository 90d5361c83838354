#!/bin/sh
# Once, when the database's container makes its cluster: the role and the database of the site. The site's role owns its
# database and nothing else: no superuser, so that whoever came by its password could read no file and run no command,
# and so that the connections PostgreSQL reserves for its administrator stay his.
#     DB_PASSWORD_FILE  the site's password; POSTGRES_PASSWORD_FILE, the administrator's, is the image's own
set -eu
psql --set ON_ERROR_STOP=1 --no-psqlrc --username postgres --dbname postgres --set password="$(cat "$DB_PASSWORD_FILE")" <<'SQL'
CREATE ROLE scheduler LOGIN PASSWORD :'password';
CREATE DATABASE scheduler OWNER scheduler;
SQL
psql --set ON_ERROR_STOP=1 --no-psqlrc --username postgres --dbname scheduler --file /etc/postgresql/extensions.sql
