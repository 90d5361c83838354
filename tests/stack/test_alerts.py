"""What Prometheus itself says of its files, and that alerts come when they should and otherwise not."""

import subprocess
from pathlib import Path

import pytest

from deploy.stack.home import DEPLOY
from deploy.stack.programs import Programs, programs

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def installed() -> Programs:
    return programs()


def checked(*command: object) -> str:
    """What the command says; fails if it is not content."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["prometheus.yml", "prometheus.containers.yml"])
def test_prometheus_takes_its_files(installed: Programs, name: str):
    assert "SUCCESS: 1 rule files found" in checked(installed.promtool, "check", "config", DEPLOY / name)


def test_alerts_come_when_they_should(installed: Programs):
    assert "SUCCESS" in checked(installed.promtool, "test", "rules", HERE / "alerts_test.yml")


def test_each_alert_is_tried_and_says_what_to_do():
    lines = (DEPLOY / "alerts.yml").read_text().splitlines()
    names = [line.partition("alert: ")[2] for line in lines if "- alert: " in line]
    tried = (HERE / "alerts_test.yml").read_text()
    assert [name for name in names if f'alertname="{name}"' not in tried] == []
    for key in ("summary: ", "action: ", "severity: "):
        assert sum(key in line for line in lines) == len(names)
