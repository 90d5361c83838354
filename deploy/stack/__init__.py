"""The whole installation on one machine, on loopback, with the very files of deploy/: `make stack`.

nginx > two gunicorns > PgBouncer > PostgreSQL, and beside them Redis, three workers and Prometheus. It is there to try
things as they are in production, for tests/stack and for the load test; containers run the same parts.
"""
