"""A call that cannot succeed, in every command: one JSON document, exit code 2, the code of what is wrong, no traceback.

Each line: what is typed after `ocrweb` (`--json` is added), and the code of the error. Names in braces are made by the test.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ocrweb.cli.main import command_line, main
from ocrweb.config.paths import CHECKOUT
from ocrweb.runtime.device import Sighting
from tests.data.corpus import make_good

NO_GPU = Sighting("absent")

TABLE = """
detect                                                    command.missing-argument
detect {nowhere}/a.png                                    usage.missing-path
detect {empty}                                            batch.no-pictures
detect {empty}/*.jpg                                      usage.no-match
detect {empty}/**/*.jpg --cluster auto --out {free}       usage.no-match
detect {text}                                             image.is-text
detect {bad_zip}                                          archive.is-text
detect {pipe}                                             image.not-a-file
detect {long}                                             usage.bad-name
detect {picture} --model nowhere-model                    usage.unknown-name
detect {picture} --model {text}                           model.not-a-model
detect {picture} --model {empty}/*.onnx                   usage.pattern
detect {picture} --model latest                           model.no-runs
detect {picture} --model {empty}                          model.damaged
detect {picture} --model {long}                           usage.bad-name
detect {picture} --threshold 2                            usage.bad-value
detect {picture} --threshold abc                          command.bad-value
detect {picture} --threshold nan                          usage.bad-value
detect {picture} --box-threshold -1                       usage.bad-value
detect {picture} --unclip-ratio 0                         usage.bad-value
detect {picture} --min-size 0                             usage.bad-value
detect {picture} --min-size 1.5                           command.bad-value
detect {picture} --shape round                            command.bad-value
detect {picture} --limit-side 0                           usage.bad-value
detect {picture} --limit-side 99999                       usage.bad-value
detect {picture} --limit-type middle                      command.bad-value
detect {picture} --out -                                  command.out-dash
detect {picture} --out                                    command.incomplete-option
detect {picture} --model                                  command.incomplete-option
detect {picture} --out {text}                             usage.not-writable
detect {picture} --out {long}                             usage.not-writable
detect {picture} --engine torch                           command.bad-value
detect {picture} --precision f64                          command.bad-value
detect {picture} --device gpu                             engine.no-gpu
detect {picture} --device tpu                             command.bad-value
detect {picture} --thresold 0.3                           command.unknown-option
detect - {picture}                                        command.stdin-alone
detect {picture} --overlays                               cluster.without
detect {picture} --shard-size 2                           cluster.without
detect {picture} --actor-cores 2                          cluster.without
detect {picture} --shard-size 0                           command.bad-value
detect {picture} --cluster auto                           cluster.out-missing
detect {nowhere} --cluster auto --out {free}              usage.missing-path
detect memory://nowhere --cluster auto --out {free}       cluster.nothing-there
detect memory://nowhere/a/*.jpg --cluster auto --out {free} cluster.pattern
detect s3://k:s@b/a.jpg --cluster auto --out {free}       cluster.keys-in-address
detect s3://bucket/a.jpg                                  usage.an-address
detect {picture} --out s3://bucket/results                usage.an-address
detect {empty} --cluster auto --out {free}                batch.no-pictures
detect nowhere://x/a.jpg --cluster auto --out {free}      cluster.no-store
detect {picture} --cluster 127.0.0.1:1 --out {free}       cluster.unreachable
models --download nothing                                 usage.unknown-name
models --from {empty}                                     download.from-without-download
models --name a                                           imports.name-without-file
models --import {nowhere}                                 usage.missing-path
models --import {empty}/*.onnx                            usage.pattern
models --import {text}                                    imports.not-a-model-file
models --import                                           command.incomplete-option
models --int8 nowhere-model                               usage.unknown-name
models --int8 ppocrv6-small --data {nowhere}              usage.missing-path
models --int8 ppocrv6-small --data {empty}/*              usage.pattern
models --data {empty}                                     quantised.data-without-model
models --int8                                             command.incomplete-option
models extra                                              command.unknown-command
models show                                               command.missing-argument
models show nowhere-model                                 usage.unknown-name
models use nowhere-model                                  usage.unknown-name
models use latest                                         model.no-runs
models rollback                                           registry.nothing-before
models rename ppocrv6-small a/b                           imports.bad-name
models rename ppocrv6-small latest                        imports.name-taken
models note nowhere-model words                           usage.unknown-name
models measure nowhere-model                              usage.unknown-name
models delete ppocrv6-small --yes                         registry.kept
models restore nothing                                    store.not-in-bin
models --jsno                                             command.unknown-option
bench nothing                                             usage.unknown-name
sample-data                                               command.missing-argument
sample-data --out {data}                                  render.not-empty
sample-data --out {text}                                  render.not-empty
sample-data --out -                                       command.out-dash
sample-data --out {free} --train -1                       usage.bad-value
sample-data --out {free} --train 0 --test 0               usage.bad-value
sample-data --out {free} --train x                        command.bad-value
sample-data --out {long}                                  usage.bad-name
golden --images {picture} {picture}                       command.incomplete-option
golden --images {picture} {picture} {nowhere}             image.missing
golden --images {picture} {picture} {empty}/*.jpg         usage.pattern
golden --keep                                             golden.keep-without-images
golden --model nowhere-model                              usage.unknown-name
golden --engine torch                                     command.bad-value
golden extra                                              command.too-many
doctor --port 0                                           command.bad-value
doctor --port 70000                                       command.bad-value
doctor --port x                                           command.bad-value
doctor extra                                              command.too-many
doctor --prot 7860                                        command.unknown-option
validate                                                  command.missing-argument
validate {nowhere}                                        usage.missing-path
validate {empty}/*                                        usage.pattern
validate {empty}/*.zip                                    usage.pattern
validate shop*                                            usage.pattern
validate {text}                                           archive.is-text
validate {bad_zip}                                        archive.is-text
validate {long}                                           usage.bad-name
validate {data} --fix --undo                              dataset.one-of
validate {data} --fix --preview                           dataset.one-of
validate {data} --out {free}                              dataset.out-without-fix
validate {data} --undo                                    dataset.no-backup
validate {data} --train-side 1                            command.bad-value
validate {data} --workers 0                               command.bad-value
validate {data} --fix --out {text}                        dataset.target-exists
validate {data} --out -                                   command.out-dash
diagnose                                                  command.missing-argument
diagnose latest                                           run.none
diagnose nothing                                          run.none
diagnose {nowhere}/train.log                              usage.missing-path
diagnose {empty}/*.log                                    usage.pattern
diagnose {text}                                           run.no-log
diagnose {picture}                                        run.no-log
diagnose {empty}                                          run.not-a-run
import                                                    command.missing-argument
import {data}                                             formats.out-or-dry-run
import {nowhere} --out {free}                             usage.missing-path
import {nowhere}/*.pdf --out {free}                       usage.no-match
import {text} --out {free}                                formats.single-file
import {bad_zip} --out {free}                             archive.is-text
import {data} --out {data}                                formats.not-empty
import {data} --out {free} --dry-run                      formats.out-or-dry-run
import {data} --out {free} --format nothing               usage.bad-value
import {data} --out {free} --format coco                  formats.not-there
import {data} --out {free} --to word                      command.bad-value
import {data} --out {free} --val-ratio 2                  usage.bad-value
import {data} --out {free} --labels-on paper              command.bad-value
import {data} --dry-run --to ppocrlabel                   usage.bad-value
import {empty} --out {free}                               formats.unknown
resize                                                    command.missing-argument
resize {data}                                             formats.exactly-one
resize {nowhere} --out {free}                             usage.missing-path
resize {empty}/* --out {free}                             usage.pattern
resize {data} --out {free} --in-place                     formats.exactly-one
resize {data} --out {data}                                formats.not-empty
resize {data} --out {free} --max-side 1                   usage.bad-value
resize {data} --undo                                      dataset.no-backup
resize {text} --out {free}                                dataset.not-a-folder
resize {data} --out -                                     command.out-dash
autolabel                                                 command.missing-argument
autolabel {picture}                                       command.missing-argument
autolabel {nowhere} --out {free}                          usage.missing-path
autolabel {empty}/*.jpg --out {free}                      usage.no-match
autolabel {empty} --out {free}                            batch.no-pictures
autolabel {picture} --out {data}                          formats.not-empty
autolabel {picture} --out {free} --model nowhere-model    usage.unknown-name
autolabel {picture} --out {free} --threshold 7            usage.bad-value
autolabel {picture} --out {free} --margin x               command.bad-value
autolabel {picture} --out {free} --device tpu             command.bad-value
train                                                     config.dataset-missing
train -c {nowhere}                                        usage.missing-path
train -c {empty}/*.yml                                    usage.pattern
train -c {text}                                           config.no-mapping
train -c {picture}                                        config.no-yaml
train -c {empty}                                          config.unreadable
train -o epochs                                           config.no-override
train -o epochs=0                                         config.bad-value
train -o epochs=many                                      config.bad-value
train -o optimizer=adam                                   config.bad-value
train -o optimizer.kind=newton                            config.bad-value
train -o nothing=1                                        config.unknown-key
train -o optimizer.nothing=1                              config.unknown-key
train -o dataset={nowhere}                                usage.missing-path
train -o dataset={empty}/*                                usage.pattern
train -o dataset={data} -o model={empty}/*.pdparams       usage.pattern
train -o dataset={data} --cluster 127.0.0.1:1             cluster.unreachable
train -o dataset={data} --cluster auto --devices 0,1      train.one-of
train -o dataset={data} --cluster auto --prepare          train.one-of
train -o dataset=gs://bucket/data                         usage.an-address
train -o dataset={empty}                                  dataset.layout-nothing
train -o dataset={text}                                   dataset.not-a-folder
train -o dataset={long}                                   usage.bad-name
train -o dataset={data} -o model=nowhere-model            usage.unknown-name
train -o dataset={data} -o device=gpu                     engine.no-gpu
train -o dataset={data} -o device=tpu                     config.bad-value
train -o dataset={data} --devices 0,9                     train.no-such-device
train -o dataset={data} --devices 0,0                     usage.bad-value
train -o dataset={data} --devices x                       usage.bad-value
train --preset smal                                       usage.unknown-name
train --resume latest                                     run.none
train --resume nothing                                    run.none
train --resume nothing --preset safe                      train.resume-alone
train -o dataset={data} --prepare --background            train.one-of
train -o dataset={data} --prepare --devices 0,1           train.one-of
train -o dataset={data} --preview {text}                  usage.not-writable
eval                                                      command.missing-argument
suspects {nowhere}                                        usage.missing-path
suspects {empty}/*                                        usage.pattern
suspects {empty}                                          evaluation.no-pictures
suspects {data} --model nowhere-model                     usage.unknown-name
suspects {data} --least 2                                 command.bad-value
suspects {data} --device gpu                              engine.no-gpu
suspects {data} --dismiss {nowhere}                       usage.missing-path
suspects {data} --dismiss {text}                          labels.bad-suspects
suspects {nowhere} --dismiss {text}                       usage.missing-path
choose                                                    command.missing-argument
choose {nowhere}                                          usage.missing-path
choose {empty}/*.jpg                                      usage.pattern
choose {empty}                                            batch.no-pictures
choose {text}                                             image.is-text
choose {picture} --count 0                                command.bad-value
choose {picture} --model nowhere-model                    usage.unknown-name
choose {picture} --device gpu                             engine.no-gpu
labels                                                    command.missing-argument
labels {nowhere}                                          usage.missing-path
labels {empty}/*                                          usage.pattern
labels {text}                                             dataset.not-a-folder
labels {data} train_images/1.jpg                          labels.which-pictures
labels {data} --restore                                   labels.which-pictures
labels {data} none.jpg --set checked                      store.no-such-picture
labels {data} none.jpg --restore                          store.no-such-picture
labels {data} --set done                                  command.bad-value
labels {data} --keep --versions                           dataset.one-of
labels {data} --compare a b                               labels.no-such-version
labels {data} --compare a                                 command.incomplete-option
labels {data} --bring-back 0123456789ab                   labels.no-such-version
labels {data} --propose nowhere-model                     usage.unknown-name
labels {data} --learn --propose ppocrv6-small             dataset.one-of
eval --data {nowhere}                                     usage.missing-path
eval --data {empty}/*                                     usage.pattern
eval --data {empty}                                       dataset.layout-nothing
eval --data {text}                                        dataset.not-a-folder
eval --data {data} --cluster auto                         cluster.out-missing
eval --data {data} --actor-cores 2                        cluster.without
eval --data {data} --cluster auto --sweep --out {free}    cluster.no-sweep
autolabel {nowhere} --cluster auto --out {free}           usage.missing-path
autolabel {picture} --shard-size 2 --out {free}           cluster.without
eval --data {data} --split val                            command.bad-value
eval --data {data} --model nowhere-model                  usage.unknown-name
eval --data {data} --threshold 3                          usage.bad-value
eval --data {data} --worst -1                             command.bad-value
eval --data {data} --limit-side -5                        usage.bad-value
eval --data {data} --device gpu                           engine.no-gpu
export --model nowhere-model                              usage.unknown-name
export --size 100x100                                     export.bad-size
export --size big                                         export.not-a-size
export --precision int4                                   command.bad-value
export --opset 3                                          command.bad-value
export --out {data}                                       export.target-taken
export --out -                                            command.out-dash
export --data {nowhere}                                   usage.missing-path
export --data {empty}/*                                   usage.pattern
export --model s3://bucket/best.onnx                      usage.an-address
backup                                                    command.missing-argument
backup --out {text}                                       usage.bad-value
backup --out {free}.rar                                   usage.bad-value
backup --out -                                            command.out-dash
backup --out {free}.tar --without everything              usage.bad-value
restore                                                   command.missing-argument
restore {nowhere} --check                                 usage.missing-path
restore {empty}/*.tar --check                             usage.pattern
restore {text} --check                                    backup.not-a-backup
restore {text} --out {free}                               backup.not-a-backup
restore {text}                                            formats.exactly-one
restore {text} --out {free} --check                       formats.exactly-one
restore {empty} --check                                   backup.not-a-backup
runs show                                                 command.missing-argument
runs show nothing                                         run.none
runs show latest                                          run.none
runs show {nowhere}                                       usage.bad-name
runs stop nothing                                         run.none
runs stop latest                                          run.none
runs shw                                                  command.unknown-command
runs --nothing                                            command.unknown-option
completion                                                command.missing-argument
completion tcsh                                           command.bad-value
serve --prot 1                                            command.unknown-option
serve extra                                               command.unknown-option
nothing                                                   command.unknown-command
detct a.png                                               command.unknown-command
"""
CALLS = [tuple(part.strip() for part in line.rpartition(" ")[::2]) for line in TABLE.strip().splitlines()]
PROCESSES = ["detect {long}", "train -o dataset={data} --devices 0,9", "golden --images {picture} {picture}", "nothing"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the calls name."""
    folder = tmp_path_factory.mktemp("calls")
    data = make_good(folder / "data")
    (folder / "empty").mkdir()
    (folder / "text.txt").write_text("hello\n")
    (folder / "bad.zip").write_bytes(b"no zip")
    os.mkfifo(folder / "pipe")
    (folder / "a.jpg").write_bytes((data / "train_images" / "1.jpg").read_bytes())
    made = {
        "data": data,
        "empty": "empty",
        "text": "text.txt",
        "bad_zip": "bad.zip",
        "pipe": "pipe",
        "picture": "a.jpg",
    }
    free = {"nowhere": "nowhere", "free": "free", "long": "n" * 300}
    return {name: str(folder / path) for name, path in (made | free).items()}


def everything(place: dict[str, str]) -> list[Path]:
    return sorted(Path(place["data"]).parent.rglob("*"))


def checked(call: str, code: str, status: int, out: str, err: str) -> None:
    error = json.loads(out)["error"]  # one document, or this fails
    assert (status, error["code"]) == (2, code), error
    assert error["message"]
    assert error["hint"]
    assert "Traceback" not in err


@pytest.mark.parametrize(("call", "code"), CALLS, ids=[call for call, _ in CALLS])
def test_a_call_that_cannot_succeed_is_one_document(
    call: str,
    code: str,
    place: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setattr("ocrweb.runtime.device.see_gpus", lambda: NO_GPU)
    monkeypatch.setattr("ocrweb.services.training.devices.see_gpus", lambda: NO_GPU)
    before = everything(place)
    with pytest.raises(SystemExit) as left:
        main([*call.format(**place).split(), "--json"])
    said = capsys.readouterr()
    checked(call, code, int(left.value.code or 0), said.out, said.err)
    assert everything(place) == before
    assert list(tmp_path.rglob("reports")) == []


@pytest.mark.slow
@pytest.mark.parametrize("call", [*PROCESSES, "bench detect --data {nowhere}"])
def test_so_it_is_in_a_process_of_its_own(call: str, place: dict[str, str], tmp_path: Path) -> None:
    code = dict(CALLS).get(call, "bench.failed")
    ran = subprocess.run(
        [sys.executable, "-m", "ocrweb", *call.format(**place).split(), "--json"],
        capture_output=True,
        text=True,
        env={**os.environ, "OCRWEB_HOME": str(tmp_path), "PYTHONPATH": str(CHECKOUT)},
        check=False,
    )
    checked(call, code, ran.returncode, ran.stdout, ran.stderr)


def test_the_table_is_long_and_leaves_no_command_out() -> None:
    assert len(CALLS) >= 120
    commands = command_line().commands
    assert set(commands) <= {call.split()[0] for call, _ in CALLS}
