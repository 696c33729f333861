"""`--cluster` on the command line: addresses, options, what is told."""

from __future__ import annotations

import json

import pytest

from ocrweb.cli.cluster import Spread
from ocrweb.cli.main import main
from ocrweb.errors import OcrwebError
from ocrweb.services.cluster.job import ClusterReport, ClusterRequest
from ocrweb.services.cluster.shard import ShardReport
from ocrweb.services.detect.request import DetectRequest


def ran(
    words: list[str], failed: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, ClusterRequest, str, str]:
    """Exit code, request, stdout and stderr of a command whose job is played."""
    requests = []

    def run(request: ClusterRequest, on_part: object) -> ClusterReport:
        requests.append(request)
        on_part(ShardReport("part-000001", 3, failed, 7), 2, 2)  # type: ignore[operator]
        return ClusterReport("/out", 2, 1, 6, failed, 9, 1.5)

    monkeypatch.setattr("ocrweb.services.cluster.job.run_cluster", run)
    with pytest.raises(SystemExit) as left:
        main(words)
    said = capsys.readouterr()
    return int(str(left.value.code)), requests[0], said.out, said.err


def test_the_options_reach_the_job_and_its_end_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OCRWEB_LANG", "en")
    words = ["detect", "s3://bucket/in", "b.tar", "--cluster", "head:6379", "--out", "s3://bucket/out", "--overlays"]
    words += ["--shard-size", "7", "--actor-cores", "3", "--threshold", "0.3", "--device", "cpu"]
    code, request, out, err = ran(words, 1, monkeypatch, capsys)
    assert (request.inputs, request.out, request.address) == (
        ("s3://bucket/in", "b.tar"),
        "s3://bucket/out",
        "head:6379",
    )
    assert (request.overlays, request.size, request.cores, request.detect.device) == (True, 7, 3, "cpu")
    assert request.detect.decode is not None
    assert request.detect.decode.threshold == 0.3
    assert (code, out) == (1, "6 pictures, 1 failed, 9 regions, 2 parts, 1.5 s. Results: /out\n")
    assert "part-000001: 3 pictures, 1 failed (2 of 2 parts)" in err
    assert "1 part was written before and is kept." in err


@pytest.mark.parametrize(("failed", "code"), [(0, 0), (2, 1), (6, 2)])
def test_a_program_gets_one_document_and_the_usual_exit_codes(
    failed: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["detect", "x", "--cluster", "auto", "--out", "y", "--json"]
    left, request, out, _ = ran(words, failed, monkeypatch, capsys)
    document = json.loads(out)
    assert (left, request.size, request.cores) == (code, 200, None)
    assert (document["results"], document["summary"]["pictures"], document["summary"]["failed"]) == ([], 6, failed)


@pytest.mark.parametrize("spread", [Spread(None, shard_size=2), Spread(None, actor_cores=2)])
def test_an_option_that_means_nothing_without_a_cluster_is_told(spread: Spread) -> None:
    with pytest.raises(OcrwebError) as caught:
        spread.asked()
    assert caught.value.code == "cluster.without"


def test_a_job_needs_a_folder_that_all_machines_write_into() -> None:
    with pytest.raises(OcrwebError) as caught:
        Spread("auto").request((), None, DetectRequest())
    assert caught.value.code == "cluster.out-missing"
