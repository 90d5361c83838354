"""nginx, PgBouncer, PostgreSQL, Redis and Prometheus, each with its file of deploy/ and what this machine adds."""

from collections.abc import Callable
from functools import partial
from signal import SIGINT, SIGQUIT, SIGTERM, Signals

import psycopg
import redis

from deploy.stack.clusters import USER, make_cluster
from deploy.stack.home import DEPLOY, Home
from deploy.stack.processes import Process, unprivileged_user
from deploy.stack.programs import Programs
from deploy.stack.site import answers

SITES = ("site1", "site2")
WORKERS = ("worker1", "worker2", "inquiries")


def server(home: Home, name: str, command: list[str], ready: Callable[[], bool], stop: Signals = SIGTERM) -> Process:
    """One of the servers, as the user who is not root."""
    return Process(
        name=name,
        command=command,
        log=home.log(name),
        ready=ready,
        environment={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": str(home.folder)},
        user=unprivileged_user(),
        stop_signal=stop,
    )


def postgresql(home: Home, programs: Programs, size: str, options: dict[str, str]) -> Process:
    """A cluster in data/, made if it is not there; options as for postgres -c. SIGINT ends sessions, then itself."""
    data = home.folder / "data"
    if not (data / "PG_VERSION").exists():
        password = ("-A", "scram-sha-256", "--pwfile", str(home.folder / "db-password"))
        make_cluster(programs.postgres.parent, data, unprivileged_user(), *password)
    config = home.copy(f"postgresql/{size}.conf")
    listen = {
        "config_file": str(config),
        "listen_addresses": "127.0.0.1",
        "port": str(home.port("postgresql")),
        "unix_socket_directories": "",
    }
    said = [word for name, value in (listen | options).items() for word in ("-c", f"{name}={value}")]
    command = [str(programs.postgres), "-D", str(data), *said]
    return server(home, "postgresql", command, partial(accepts, home, "postgresql"), SIGINT)


def make_database(home: Home) -> None:
    """The site's database with PostgreSQL's own parts that maintenance.sh asks, unless they are there."""
    with connect(home, "postgresql", "postgres") as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [USER]).fetchone():
            connection.execute(f"CREATE DATABASE {USER}")
    with connect(home, "postgresql") as connection:
        connection.execute((DEPLOY / "postgresql" / "extensions.sql").read_text())


def connect(home: Home, part: str, database: str = USER) -> psycopg.Connection:
    """A connection to PostgreSQL itself or through PgBouncer."""
    return psycopg.connect(
        host="127.0.0.1",
        port=home.port(part),
        user=USER,
        password=home.secret("db-password"),
        dbname=database,
        connect_timeout=5,
        autocommit=True,
        prepare_threshold=None,
    )


def accepts(home: Home, part: str, database: str = "postgres") -> bool:
    """Whether it lets us in."""
    try:
        connect(home, part, database).close()
    except psycopg.OperationalError:
        return False
    return True


def pgbouncer(home: Home, programs: Programs) -> Process:
    """Started as its container is."""
    home.copy("pgbouncer.ini")
    told = {
        "PATH": f"{programs.pgbouncer.parent}:/usr/bin:/bin",
        "PGBOUNCER_RUN": str(home.folder / "run"),
        "DB_HOST": "127.0.0.1",
        "DB_PORT": str(home.port("postgresql")),
        "DB_PASSWORD_FILE": str(home.folder / "db-password"),
        "ADMIN_PASSWORD_FILE": str(home.folder / "pgbouncer-admin"),
        "LISTEN": "127.0.0.1",
        "PORT": str(home.port("pgbouncer")),
    }
    process = server(
        home, "pgbouncer", ["/bin/sh", str(home.copy("pgbouncer-start"))], partial(accepts, home, "pgbouncer", USER)
    )
    process.environment |= told | dict(home.settings)
    return process


def redis_server(home: Home, programs: Programs) -> Process:
    included = home.copy("redis.conf")
    password = home.secret("redis-password")
    ours = [
        f"include {included}",
        f"port {home.port('redis')}",
        f"requirepass {password}",
        f"dir {home.folder}/run",
        "",
    ]
    config = home.write("redis-here.conf", "\n".join(ours), private=True)

    def ready() -> bool:
        with redis.Redis(port=home.port("redis"), password=password) as connection:
            try:
                return bool(connection.ping())
            except redis.ConnectionError:
                return False

    return server(home, "redis", [str(programs.redis), str(config)], ready)


def nginx(home: Home, programs: Programs) -> Process:
    words = {
        "LISTEN": f"127.0.0.1:{home.port('nginx')}",
        "WEB_SERVERS": " ".join(f"server 127.0.0.1:{home.port(n)} max_fails=3 fail_timeout=2s;" for n in SITES),
        "STATIC_ROOT": str(home.folder / "static"),
        "RUN": str(home.folder / "run"),
        "FORWARDED_PROTO": "$scheme",
    }
    config = home.render("nginx.conf", words)
    command = [str(programs.nginx), "-e", "stderr", "-p", str(home.folder / "run"), "-c", str(config)]
    # SIGQUIT: it finishes what is under way.
    return server(
        home, "nginx", [*command, "-g", "daemon off;"], partial(answers, home.port("nginx"), "/livez"), SIGQUIT
    )


def prometheus(home: Home, programs: Programs) -> Process:
    ports = {"site": SITES, "workers": WORKERS, "prometheus": ("prometheus",)}
    for job, parts in ports.items():
        listed = ", ".join(f'"127.0.0.1:{home.port(part)}"' for part in parts)
        home.write(f"targets/{job}.yml", f"- targets: [{listed}]\n")
    home.copy("alerts.yml")
    command = [str(programs.prometheus), f"--config.file={home.copy('prometheus.yml')}"]
    command += [f"--storage.tsdb.path={home.folder / 'prometheus'}", "--storage.tsdb.retention.time=7d"]
    command += [f"--web.listen-address=127.0.0.1:{home.port('prometheus')}", "--log.level=warn"]
    return server(home, "prometheus", command, partial(answers, home.port("prometheus"), "/-/ready"))
