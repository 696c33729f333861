"""The RayJob: every field is one that KubeRay and Kubernetes know, of the kind they want, and what it says fits the code."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import Any

import jsonschema
import pytest
import yaml

from ocrweb.cli.main import command_line
from tests.browser import ROOT
from tests.deploy.test_images import HADOLINT
from tests.test_pins import pins

FILE = ROOT / "deploy" / "rayjob.yaml"
WORD, COUNT, FLAG = {"type": "string", "minLength": 1}, {"type": "integer", "minimum": 0}, {"type": "boolean"}
NAME = {"type": "string", "pattern": r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"}
QUANTITY = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$"}


def shape(needs: str = "", **fields: Any) -> dict[str, Any]:
    """An object of these fields and no others, as a strict API server wants it."""
    return {"type": "object", "properties": fields, "required": needs.split(), "additionalProperties": False}


def some(kind: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": kind, "minItems": 1}


AMOUNTS = {"type": "object", "additionalProperties": QUANTITY}
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
CONTAINER = shape(
    "name image",
    name=NAME,
    image=WORD,
    env=some(shape("name", name=WORD, value={"type": "string"})),
    envFrom=some(shape(secretRef=shape("name", name=NAME, optional=FLAG))),
    ports=some(shape("containerPort", name=NAME, containerPort={**COUNT, "maximum": 65535})),
    resources=shape(requests=AMOUNTS, limits=AMOUNTS),
    volumeMounts=some(shape("name mountPath", name=NAME, mountPath=WORD, readOnly=FLAG)),
)
POD = shape(
    "spec",
    metadata=shape(labels=TEXTS, annotations=TEXTS),
    spec=shape("containers", containers=some(CONTAINER), terminationGracePeriodSeconds=COUNT),
)
RAY_JOB = shape(
    "apiVersion kind metadata spec",
    apiVersion={"const": "ray.io/v1"},
    kind={"const": "RayJob"},
    metadata=shape("name", name=NAME, namespace=NAME, labels=TEXTS),
    spec=shape(
        entrypoint=WORD,
        submissionMode={"enum": ["K8sJobMode", "HTTPMode", "InteractiveMode"]},
        backoffLimit=COUNT,
        activeDeadlineSeconds=COUNT,
        shutdownAfterJobFinishes=FLAG,
        ttlSecondsAfterFinished=COUNT,
        runtimeEnvYAML=WORD,
        suspend=FLAG,
        rayClusterSpec=shape(
            "headGroupSpec",
            rayVersion=WORD,
            enableInTreeAutoscaling=FLAG,
            headGroupSpec=shape("rayStartParams template", rayStartParams=TEXTS, template=POD, serviceType=WORD),
            workerGroupSpecs=some(
                shape(
                    "groupName minReplicas maxReplicas rayStartParams template",
                    groupName=NAME,
                    replicas=COUNT,
                    minReplicas=COUNT,
                    maxReplicas=COUNT,
                    numOfHosts=COUNT,
                    rayStartParams=TEXTS,
                    template=POD,
                )
            ),
        ),
    ),
)


@pytest.fixture
def job() -> Any:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_every_field_is_known_and_of_its_kind(job: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(RAY_JOB)
    jsonschema.validate(job, RAY_JOB)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("spec", "entryPoint"), "x"),
        (("spec", "backoffLimit"), "2"),
        (("spec", "rayClusterSpec", "headGroupSpec", "rayStartParams", "num-cpus"), 0),
        (
            ("spec", "rayClusterSpec", "workerGroupSpecs", 0, "template", "spec", "containers", 0, "resources", "cpu"),
            "8",
        ),
    ],
    ids=["unknown field", "text for a number", "number for a text", "a field in the wrong place"],
)
def test_what_an_api_server_refuses_is_refused_here(job: Any, path: tuple[Any, ...], value: Any) -> None:
    place = job
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(job, RAY_JOB)


@pytest.mark.skipif(not HADOLINT, reason="hadolint is missing")
def test_the_linter_has_nothing_to_say_of_its_image() -> None:
    ended = subprocess.run(
        [str(HADOLINT), str(FILE.parent / "Dockerfile.ray")], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "")


def test_its_command_has_options_that_there_are(job: Any) -> None:
    said = shlex.split(shlex.split(job["spec"]["entrypoint"])[2].partition(";")[0])
    assert said[:2] == ["ocrweb", "detect"]
    known = {name for one in command_line().commands["detect"].params for name in one.opts}
    options = [word for word in said if word.startswith("--")]
    assert {"--cluster", "--out"} <= set(options) <= known


def test_versions_images_and_replicas_agree(job: Any) -> None:
    spec = job["spec"]["rayClusterSpec"]
    assert spec["rayVersion"] == pins("requirements-ray.txt")["ray"]
    (group,) = spec["workerGroupSpecs"]
    assert group["minReplicas"] <= group["replicas"] <= group["maxReplicas"]
    pods = [spec["headGroupSpec"]["template"], group["template"]]
    images = {container["image"] for pod in pods for container in pod["spec"]["containers"]}
    assert images == {re.search(r"-t (\S+) \.$", (FILE.parent / "Dockerfile.ray").read_text().splitlines()[0])[1]}  # type: ignore[index]
