#!/usr/bin/env bash
# Look after the PostgreSQL database: deploy/maintenance.sh COMMAND [ARGUMENTS]
#
#   vacuum            reclaim dead rows and renew statistics, beside the running site
#   analyze           renew the planner's statistics only, as after a restore or a large import
#   tune              have autovacuum visit the tables that a generation rewrites sooner than others
#   bloat             dead rows by table; free space of tables and indexes where pgstattuple is installed
#   unused-indexes    indexes that no query has used since the statistics began, with what they take
#   slow-queries      what the database spends its time on, by pg_stat_statements; slow is the same
#   sizes             what the database and its tables take
#   backup [FOLDER]   a dump in FOLDER (else $BACKUP_DIR, else .), checked; the newest $BACKUP_KEEP (14) are kept
#   restore FILE NAME [--overwrite]
#                     make database NAME from a dump; one that exists is replaced only if told, and only once the dump
#                     has been read to its end
#
# Which server and database is said as to every client of PostgreSQL: PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD or
# PGPASSFILE. Go to PostgreSQL itself, not through PgBouncer. Exit status: 0, or 1 with a sentence of what is wrong.
set -euo pipefail

: "${PGDATABASE:=scheduler}"
export PGDATABASE PGAPPNAME=maintenance

fail() {
    echo "$*" >&2
    exit 1
}

# Run SQL from standard input; an error ends it.
sql() {
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --pset pager=off --pset footer=off "$@"
}

# One value.
value() {
    sql --tuples-only --no-align --command "$1" "${@:2}"
}

has_extension() {
    [ "$(value "SELECT count(*) FROM pg_extension WHERE extname = '$1'")" = 1 ]
}

vacuum() {
    sql --command "VACUUM (ANALYZE, SKIP_LOCKED)"
    echo "Vacuumed and analyzed $PGDATABASE."
}

analyze() {
    sql --command "ANALYZE"
    echo "Analyzed $PGDATABASE."
}

# A partitioned table has no rows of its own, and takes no such settings: its partitions do.
tune() {
    sql <<'SQL'
DO $$
DECLARE one regclass;
BEGIN
    FOR one IN
        SELECT t.oid FROM pg_class t LEFT JOIN pg_inherits i ON i.inhrelid = t.oid
        LEFT JOIN pg_class parent ON parent.oid = i.inhparent
        WHERE t.relkind = 'r' AND coalesce(parent.relname, t.relname) IN
            ('scheduling_assignment', 'scheduling_rotationassignment', 'scheduling_schedule', 'scheduling_edit',
             'scheduling_generationrun', 'django_session', 'django_ox_oxtask')
    LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_scale_factor = 0.01,'
            ' autovacuum_vacuum_threshold = 500, autovacuum_analyze_scale_factor = 0.01)', one);
    END LOOP;
END $$;
SQL
    echo "Autovacuum visits the busiest tables of $PGDATABASE after one row in a hundred has changed."
}

bloat() {
    sql <<'SQL'
SELECT relname AS "table", n_live_tup AS rows, n_dead_tup AS dead,
    round(100.0 * n_dead_tup / greatest(n_live_tup + n_dead_tup, 1), 1) AS "dead %",
    to_char(greatest(last_vacuum, last_autovacuum), 'YYYY-MM-DD HH24:MI') AS vacuumed,
    to_char(greatest(last_analyze, last_autoanalyze), 'YYYY-MM-DD HH24:MI') AS analyzed
FROM pg_stat_user_tables ORDER BY n_dead_tup DESC, relname LIMIT 20;
SQL
    if ! has_extension pgstattuple; then
        echo "For the free space inside tables and indexes, have a superuser run: CREATE EXTENSION pgstattuple;"
        return
    fi
    sql <<'SQL'
SELECT t.relname AS "table", pg_size_pretty(pg_relation_size(t.oid)) AS size,
    round(a.approx_free_percent::numeric, 1) AS "free %", round(a.dead_tuple_percent::numeric, 1) AS "dead %"
FROM pg_stat_user_tables s JOIN pg_class t ON t.oid = s.relid AND t.relkind = 'r', pgstattuple_approx(t.oid) a
ORDER BY pg_relation_size(t.oid) * a.approx_free_percent DESC, t.relname LIMIT 20;
SELECT i.relname AS "index", pg_size_pretty(pg_relation_size(i.oid)) AS size,
    round((100 - p.avg_leaf_density)::numeric, 1) AS "free %"
FROM pg_stat_user_indexes s JOIN pg_class i ON i.oid = s.indexrelid JOIN pg_am m ON m.oid = i.relam,
    pgstatindex(i.oid) p
WHERE m.amname = 'btree' AND i.relkind = 'i' AND pg_relation_size(i.oid) > 1048576
ORDER BY pg_relation_size(i.oid) * (100 - p.avg_leaf_density) DESC, i.relname LIMIT 20;
SQL
}

# Indexes that hold a constraint are at work whenever a row is written, though no query counts them.
unused_indexes() {
    sql <<'SQL'
SELECT s.relname AS "table", s.indexrelname AS "index", pg_size_pretty(pg_relation_size(s.indexrelid)) AS size
FROM pg_stat_user_indexes s JOIN pg_index i ON i.indexrelid = s.indexrelid
WHERE s.idx_scan = 0 AND NOT i.indisunique AND NOT i.indisexclusion
ORDER BY pg_relation_size(s.indexrelid) DESC, s.indexrelname;
SELECT coalesce(to_char(stats_reset, 'YYYY-MM-DD HH24:MI'), 'the database was made') AS "counted since"
FROM pg_stat_database WHERE datname = current_database();
SQL
}

slow_queries() {
    has_extension pg_stat_statements || fail "pg_stat_statements is not there: the server needs it in" \
        "shared_preload_libraries, and a superuser has to run: CREATE EXTENSION pg_stat_statements;"
    sql <<'SQL'
SELECT round(total_exec_time) AS "total ms", calls, round(mean_exec_time::numeric, 2) AS "mean ms",
    round(max_exec_time::numeric, 1) AS "worst ms", round(rows::numeric / calls, 1) AS "rows each",
    round(100.0 * shared_blks_hit / greatest(shared_blks_hit + shared_blks_read, 1), 1) AS "from memory %",
    left(regexp_replace(query, '\s+', ' ', 'g'), 100) AS query
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY total_exec_time DESC LIMIT 20;
SQL
}

sizes() {
    sql <<'SQL'
SELECT current_database() AS database, pg_size_pretty(pg_database_size(current_database())) AS size;
SELECT relname AS "table", n_live_tup AS rows, pg_size_pretty(pg_table_size(relid)) AS data,
    pg_size_pretty(pg_indexes_size(relid)) AS indexes, pg_size_pretty(pg_total_relation_size(relid)) AS total
FROM pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC, relname LIMIT 20;
SQL
}

# Written beside its place and moved there once it can be read: whoever copies dumps away sees whole ones only.
backup() {
    local folder=${1:-${BACKUP_DIR:-.}} keep=${BACKUP_KEEP:-14} file
    case $keep in '' | *[!0-9]* | 0) fail "BACKUP_KEEP=$keep: expected how many dumps to keep, at least 1." ;; esac
    mkdir -p "$folder"
    file=$folder/$PGDATABASE-$(date -u +%Y%m%dT%H%M%SZ).dump
    # shellcheck disable=SC2064 # the name as it is now
    trap "rm -f '$file.part'" EXIT
    (umask 077 && pg_dump --format=custom --compress=6 --lock-wait-timeout=60s --file="$file.part")
    check "$file.part"
    pg_restore --file=/dev/null "$file.part" # to its end: the list stands at its beginning
    mv "$file.part" "$file"
    find "$folder" -maxdepth 1 -name "$PGDATABASE-????????T??????Z.dump" | sort --reverse | tail -n "+$((keep + 1))" |
        while IFS= read -r old; do rm -f "$old"; done
    echo "$file"
}

# Raises the alarm unless the file is a dump with this application's schedules in it.
check() {
    pg_restore --list "$1" 2>/dev/null | grep "TABLE DATA public scheduling_schedule " >/dev/null ||
        fail "$1 is no dump of this application's database: nothing was done with it."
}

restore() {
    local file=${1:-} name=${2:-} may=${3:-} incoming owner
    [ -n "$name" ] || fail "Say what to restore and where to: $0 restore FILE NAME [--overwrite]"
    [ -z "$may" ] || [ "$may" = --overwrite ] || fail "restore knows no $may: only --overwrite."
    [ -r "$file" ] || fail "$file cannot be read."
    check "$file"
    export PGDATABASE=postgres
    if [ "$(there "$name")" = 1 ] && [ -z "$may" ]; then
        fail "The database $name exists: take another name, or say --overwrite to replace it."
    fi
    incoming=${name}_incoming
    [ "$(there "$incoming")" = 0 ] ||
        fail "The database $incoming exists: another restore is at work, or was killed, and then drop it."
    createdb --template=template0 "$incoming"
    pg_restore --dbname="$incoming" --exit-on-error --jobs="${RESTORE_JOBS:-2}" "$file" || {
        dropdb "$incoming"
        fail "The restore broke off: see above why. $name is as it was."
    }
    sql --dbname="$incoming" --command ANALYZE
    owner=$(value "SELECT tableowner FROM pg_tables WHERE tablename = 'scheduling_schedule'" --dbname="$incoming")
    sql --set was="$incoming" --set owner="$owner" <<<'ALTER DATABASE :"was" OWNER TO :"owner"'
    [ -z "$may" ] || dropdb --if-exists --force "$name"
    sql --set was="$incoming" --set becomes="$name" <<<'ALTER DATABASE :"was" RENAME TO :"becomes"'
    echo "Restored $file into $name."
}

# 1 if there is a database of this name, else 0.
there() {
    sql --tuples-only --no-align --set name="$1" <<<"SELECT count(*) FROM pg_database WHERE datname = :'name'"
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
vacuum | analyze | tune | bloat | sizes | backup | restore) "$command" "$@" ;;
unused-indexes) unused_indexes ;;
slow-queries | slow) slow_queries ;;
*)
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p;}' "$0" >&2
    exit 1
    ;;
esac
