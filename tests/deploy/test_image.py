"""The Dockerfile, as far as reading it goes."""

import re
from pathlib import PurePosixPath

from scheduler_site import settings
from tests.deploy.files import DEPLOY, ROOT, read_yaml

TEXT = (DEPLOY / "Dockerfile").read_text()
STAGES = {found[1]: found[0] for found in re.findall(r"(^FROM \S+ AS (\w+)\n(?:(?!^FROM ).*\n)*)", TEXT, re.M)}


def test_its_targets_are_those_of_the_compose_file():
    built = {each["build"]["target"] for each in read_yaml("compose.yaml")["services"].values() if "build" in each}
    assert built | {"builder"} == set(STAGES)


def test_nothing_that_runs_runs_as_root():
    users = {name: re.findall(r"^USER (\S+)$", stage, re.M) for name, stage in STAGES.items()}
    servers = {"nginx": ["nginx"], "pgbouncer": ["postgres"], "db": ["postgres"]}
    assert users == {"builder": [], "app": ["10001:10001"]} | servers


def test_what_it_runs_on_is_of_named_versions():
    named = dict(re.findall(r"^ARG (\w+)=(\S+)$", TEXT, re.M))
    assert (
        set(re.findall(r"^FROM \w+:\$\{(\w+)\}", TEXT, re.M)) == set(named) == {"PYTHON", "NGINX", "DEBIAN", "POSTGRES"}
    )
    assert "latest" not in named.values()
    assert named["PYTHON"].startswith((ROOT / ".python-version").read_text().strip())


def test_no_secret_is_asked_for_or_kept():
    assert re.findall(r"^(?:ARG|ENV) .*(?:SECRET|PASSWORD|TOKEN)", TEXT, re.M) == []
    for shut in ("var", "secrets", ".env", ".git", "scheduler.sqlite3"):
        assert not sent(shut), shut
        assert not sent(f"deploy/{shut}"), shut


def test_what_the_site_needs_is_sent_and_the_rest_stays_here():
    own = {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()}
    needed = {*own, "templates", "static", "manage.py", "pyproject.toml", "uv.lock", ".python-version"}
    copied = {name for line in re.findall(r"^COPY ((?!--from|\. \.).*) \S+$", TEXT, re.M) for name in line.split()}
    assert [name for name in sorted(needed | copied) if not sent(name)] == []
    assert [
        name for name in ("tests", "benchmarks", "demo", "docs", ".venv", ".uv", "deploy/stack") if sent(name)
    ] == []


def sent(name: str) -> bool:
    """Whether .dockerignore lets a file or folder into the build."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    kept = {line.removeprefix("!") for line in lines if line.startswith("!")}
    path = PurePosixPath(name)
    return bool(kept & {str(path), *map(str, path.parents)})


def test_the_proxy_is_told_every_word_that_its_file_leaves_open():
    words = set(re.findall(r"\$\{([A-Z_]+)\}", (DEPLOY / "nginx.conf").read_text()))
    told = set(re.findall(r"\b([A-Z_]+)=", STAGES["nginx"]))
    assert told - words == {"TRUSTED_PROXIES"}  # which becomes a file that nginx.conf includes
    assert words <= told
    replaced = re.search(r"envsubst '([^']+)'", STAGES["nginx"])
    assert replaced is not None
    assert set(replaced[1].split()) == {f"${word}" for word in words}
