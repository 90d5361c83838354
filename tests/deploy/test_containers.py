"""What can be said of the containers without running one: there is no Docker where the tests run."""

import json
import re
from datetime import timedelta
from importlib.resources import files
from ipaddress import ip_network
from typing import Any

import jsonschema
import pytest

from scheduler_site import settings
from tests.deploy.files import DEPLOY, ROOT, postgresql, read_yaml

COMPOSE, STACK = read_yaml("compose.yaml"), read_yaml("stack.yaml")
BOTH = pytest.mark.parametrize("file", [COMPOSE, STACK], ids=["compose", "stack"])
OURS = {"web", "worker", "worker-inquiries", "worker-mail", "migrate"}
OTHERS = {"nginx", "pgbouncer", "db", "redis", "prometheus", "alertmanager", "grafana"}


def services(file: dict[str, Any], names: set[str] | None = None) -> list[tuple[str, dict[str, Any]]]:
    return [(name, each) for name, each in file["services"].items() if names is None or name in names]


@BOTH
def test_it_is_what_the_specification_says(file):
    schema = json.loads(files("check_jsonschema.builtin_schemas.vendor").joinpath("compose-spec.json").read_text())
    assert [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(file)] == []


@BOTH
def test_every_part_is_there(file):
    assert set(file["services"]) == OURS | OTHERS


@BOTH
def test_nothing_may_write_to_its_image_or_become_more_than_it_is(file):
    for name, each in services(file):
        assert (name, each["read_only"], each["cap_drop"], each["init"]) == (name, True, ["ALL"], True)
        assert not {"privileged", "cap_add", "pid", "network_mode"} & set(each), name
    for name, each in services(COMPOSE):  # Swarm knows no such option
        assert (name, each["security_opt"]) == (name, ["no-new-privileges:true"])


def test_what_may_be_written_in_memory_is_the_same_in_both():
    """Compose calls it tmpfs, which Swarm passes over without a word: there it has to be a mount."""
    for name, each in services(STACK):
        mounts = [mount for mount in each.get("volumes", []) if isinstance(mount, dict) and mount["type"] == "tmpfs"]
        in_compose = {path.partition(":")[0] for path in COMPOSE["services"][name].get("tmpfs", [])}
        assert (name, {mount["target"] for mount in mounts} - {"/dev/shm"}) == (name, in_compose)  # noqa: S108
        assert "tmpfs" not in each, name


@BOTH
def test_no_log_grows_without_end(file):
    for name, each in services(file):
        assert (name, each["logging"]["options"]) == (name, {"max-size": "10m", "max-file": "5"})


@BOTH
def test_every_part_has_limits_and_says_how_it_is(file):
    for name, each in services(file):
        limits = each["deploy"]["resources"]["limits"]
        assert set(limits) == {"cpus", "memory"}, name
        if name != "migrate":
            reserved = each["deploy"]["resources"]["reservations"]
            assert float(reserved["cpus"]) <= float(limits["cpus"]), name
            assert megabytes(reserved["memory"]) <= megabytes(limits["memory"]), name
            assert name == "web" or each["healthcheck"]["test"][0] == "CMD", name


def test_what_is_reserved_fits_the_machine_that_the_file_is_for():
    each = [
        (one.get("replicas", 1), one["resources"]["reservations"])
        for one in deploys()
        if "reservations" in one["resources"]
    ]
    assert sum(count * float(one["cpus"]) for count, one in each) <= 4
    assert sum(count * megabytes(one["memory"]) for count, one in each) <= 8000 - 1000  # the system has its own


def deploys() -> list[dict[str, Any]]:
    return [each["deploy"] for _, each in services(COMPOSE)]


def megabytes(size: str) -> int:
    return int(size.lower().removesuffix("m"))


def test_only_the_proxy_is_open_to_other_machines():
    published = {name: each["ports"] for name, each in services(COMPOSE) if "ports" in each}
    assert published == {"nginx": ["127.0.0.1:80:8080"], "grafana": ["127.0.0.1:3000:3000"]}
    assert COMPOSE["networks"]["inside"]["internal"] is True
    outside = {name for name, each in services(COMPOSE) if "outside" in each["networks"]}
    assert outside == {"nginx", "grafana", "worker-mail", "alertmanager"}


def test_in_a_swarm_visitors_keep_their_address():
    published = {name: each["ports"] for name, each in services(STACK) if "ports" in each}
    assert {(name, port["published"], port["mode"]) for name, ports in published.items() for port in ports} == {
        ("nginx", 80, "host"),
        ("grafana", 3000, "host"),
    }
    assert STACK["networks"]["inside"]["internal"] is True


@BOTH
def test_secrets_come_as_files_and_as_nothing_else(file):
    for name, each in services(file):
        for variable, value in each.get("environment", {}).items():
            if re.search("SECRET|PASSWORD", variable):
                assert variable.endswith("_FILE"), (name, variable)
                assert value.removeprefix("/run/secrets/") in each["secrets"], (name, variable)
        assert set(each.get("secrets", [])) <= set(file["secrets"]), name


@BOTH
def test_the_site_knows_every_variable_that_it_is_given(file):
    known = " ".join(
        path.read_text() for path in [*(ROOT / "scheduler_site").glob("*.py"), DEPLOY / "gunicorn.conf.py"]
    )
    for name, each in services(file, OURS):
        for variable in each["environment"]:
            assert re.search(rf"\b{variable.removesuffix('_FILE')}\b", known), (name, variable)


@BOTH
def test_the_site_believes_and_answers_the_containers_network(file):
    subnet = ip_network(file["networks"]["inside"]["ipam"]["config"][0]["subnet"])
    for _, each in services(file, OURS):
        environment = each["environment"]
        assert subnet in map(ip_network, environment["METRICS_ALLOW"].split(","))
        assert subnet in map(ip_network, environment["FORWARDED_ALLOW_IPS"].split(","))


@BOTH
def test_whoever_is_stopped_has_time_to_finish(file):
    graceful = re.search(r"^graceful_timeout = (\d+)", (DEPLOY / "gunicorn.conf.py").read_text(), re.M)
    assert graceful is not None
    assert seconds(file["services"]["web"]["stop_grace_period"]) >= int(graceful[1]) + 10
    for name, each in services(file, OURS - {"web", "migrate"}):
        assert seconds(each["stop_grace_period"]) > settings.TASKS["default"]["OPTIONS"]["LOCK_TIMEOUT"], name


def seconds(text: str) -> float:
    return timedelta(seconds=int(text.removesuffix("s"))).total_seconds()


@BOTH
def test_every_queue_has_its_worker(file):
    said = [" ".join(each["command"]) for _, each in services(file, OURS) if "command" in each]
    served = {found[1] for found in (re.search(r"--queues (\w+)", command) for command in said) if found}
    assert served == set(settings.TASKS["default"]["QUEUES"])


def test_nothing_starts_before_the_database_is_of_its_version():
    for name, each in services(COMPOSE, OURS - {"migrate"}):
        assert each["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}, name
    for name, each in services(STACK, OURS - {"migrate"}):
        assert each["command"][2].startswith("until python manage.py migrate --check"), name
    for file in (COMPOSE, STACK):  # straight to PostgreSQL: a migration may need more than one transaction's session
        environment = file["services"]["migrate"]["environment"]
        assert (environment["DB_HOST"], environment["DB_PORT"]) == ("db", "5432")


def test_an_update_starts_the_new_one_first_and_goes_back_when_it_fails():
    for name, each in services(STACK, OURS - {"migrate"} | {"pgbouncer"}):
        update, back = each["deploy"]["update_config"], each["deploy"]["rollback_config"]
        assert (name, update["order"], update["failure_action"]) == (name, "start-first", "rollback")
        assert (name, update["monitor"], back["order"]) == (name, "60s", "start-first")


def test_what_has_data_stays_where_it_is_and_never_runs_twice():
    for name in ("db", "prometheus", "grafana"):
        deploy = STACK["services"][name]["deploy"]
        assert (name, deploy["replicas"]) == (name, 1)
        assert (name, deploy["placement"]["constraints"]) == (name, ["node.labels.scheduler.db == true"])
        assert (name, deploy["update_config"]["order"]) == (name, "stop-first")


@BOTH
def test_the_pools_fit_the_database(file):
    each = file["services"]["pgbouncer"]
    environment, count = each["environment"], each["deploy"].get("replicas", 1)
    sizes = int(environment["POOL_SIZE"]), int(environment.get("POOL_RESERVE", 5))
    opened = count * sum((*sizes, int(environment.get("WORKER_POOL_SIZE", 8))))
    assert opened == 48  # what medium.conf counts with
    assert opened < int(postgresql("medium")["max_connections"])


@BOTH
def test_what_a_page_asks_is_broken_off_and_what_a_worker_does_is_not(file):
    names = {name: each["environment"]["DB_NAME"] for name, each in services(file, OURS)}
    workers = dict.fromkeys(OURS - {"web", "migrate"}, "scheduler_workers")
    assert names == workers | {"web": "scheduler", "migrate": "scheduler"}


@BOTH
def test_the_site_cannot_pause_the_pool(file):
    has = {name for name, each in services(file) if "pgbouncer_password" in each.get("secrets", [])}
    assert has == {"pgbouncer"}
    assert file["services"]["pgbouncer"]["environment"]["ADMIN_PASSWORD_FILE"] == "/run/secrets/pgbouncer_password"


def test_what_is_mounted_is_there():
    for name, each in services(COMPOSE):
        for volume in each.get("volumes", []):
            source = volume.rsplit(":", 2 if volume.endswith(":ro") else 1)[0]
            assert source in COMPOSE["volumes"] or (DEPLOY / source).exists(), (name, source)
    assert [one["file"] for one in STACK["configs"].values() if not (DEPLOY / one["file"]).is_file()] == []
    for name, each in services(STACK):
        assert {one["source"] for one in each.get("configs", [])} <= set(STACK["configs"]), name


def test_containers_are_asked_the_same_as_everybody_else():
    here, there = read_yaml("prometheus.yml"), read_yaml("prometheus.containers.yml")
    assert [job["job_name"] for job in here["scrape_configs"]] == [job["job_name"] for job in there["scrape_configs"]]
    assert (here["global"], here["rule_files"]) == (there["global"], there["rule_files"])
    names = {name for job in there["scrape_configs"] for one in job.get("dns_sd_configs", []) for name in one["names"]}
    assert names == OURS - {"migrate"}
    (told,) = there["alerting"]["alertmanagers"]
    assert [one["names"] for one in told["dns_sd_configs"]] == [["alertmanager"]]


def test_people_are_told_of_alerts_once_somebody_has_said_whom():
    assert COMPOSE["services"]["alertmanager"]["profiles"] == ["alerts"]
    assert STACK["services"]["alertmanager"]["deploy"]["replicas"] == 0
    said = read_yaml("alertmanager.yml")
    receivers = {one["name"] for one in said["receivers"]}
    assert {said["route"]["receiver"], *(route["receiver"] for route in said["route"]["routes"])} == receivers
    (page,) = (route for route in said["route"]["routes"] if route["matchers"] == ['severity = "page"'])
    assert page["receiver"] == "on-call"


@BOTH
def test_the_site_is_no_administrator_of_its_database_and_nobody_else_reaches_the_cache(file):
    db = file["services"]["db"]
    assert db["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/postgres_password"
    assert "postgres_password" not in {secret for _, each in services(file, OURS) for secret in each["secrets"]}
    assert file["networks"]["cache"]["internal"] is True
    reaches = {name for name, each in services(file) if "cache" in each["networks"]}
    assert reaches == OURS | {"redis"}
