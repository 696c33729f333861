"""Every command of the documents: it parses, its settings exist, and it does what it says, or stands here with the reason."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys

import cv2
import pytest

from ocrweb.cli.main import command_line
from ocrweb.config.loader import build, merge, parse_overrides
from ocrweb.config.paths import CHECKOUT
from ocrweb.config.presets import preset
from ocrweb.config.training import TrainingConfig
from tests.cli.called import run
from tests.cli.options import begun
from tests.docs.commands import EVERY, OURS, Named, words
from tests.imaging.documents.made import pdf
from tests.model.graphs import house_drawn

# How each begins, and why it is not run here. What it promises is tested elsewhere, or needs what a test has not.
NOT_RUN = {
    "ocrweb bench": "measures for minutes to hours; tests/cli/test_models_and_bench.py runs one small, and options are looked at here",
    "ocrweb train --preset": "trains for ten minutes and more; its settings are built here",
    "ocrweb train -c configs/icdar2015_gpu.yml": "needs a GPU; tests/config/test_training_config.py builds its settings",
    "ocrweb train -o dataset=DIR": "trains; the same is run with the README's own commands, on less data",
    "ocrweb train -o dataset=目录": "the same in Chinese",
    "ocrweb train -o dataset=overfit": "trains for five minutes; its settings are built here",
    "ocrweb labels DIR --learn": "trains for a quarter of an hour; tests/services/training/test_learning.py begins it, and the next line is run",
    "ocrweb labels my_data --learn": "the same in the README",
    "ocrweb train … --prepare": "for several machines; tests/cli/test_train_and_runs.py runs it",
    "ocrweb train … --cluster": "names the command alone; tests/training/test_worker.py trains on two nodes",
    "ocrweb train -o dataset=/shared/invoices --cluster": "needs a cluster; tests/training/test_worker.py trains on two nodes",
    "ocrweb models --download": "needs the internet; tests/services/models downloads from a server of its own",
    "ocrweb models --import": "needs a model file; tests/services/models imports some",
    "ocrweb serve": "listens until it is ended; tests/cli/test_serve.py and tests/ui start it with these options",
    "ocrweb models use MODEL": "another model is used from there on; tests/cli/test_models_known.py does so",
    "ocrweb models --int8": "takes minutes; tests/services/models/test_int8_copy.py makes the copy of a small network",
    "ocrweb export --model latest": "takes minutes with its whole gate; tests/cli/test_export.py runs it",
    "ocrweb import …": "names the command alone", "ocrweb autolabel …": "names the command alone",
    "ocrweb detect --json": "names the option alone",
    "ocrweb train --resume": "goes on with a run that was stopped; tests/cli/test_train_and_runs.py stops and resumes one",
    "ocrweb detect … --cluster": "names the command alone; tests/services/cluster/test_job.py runs it on two nodes",
    "ocrweb detect s3://": "needs a cluster and an object store; the same with nodes and folders of a test's own",
    "ocrweb restore … --check": "names the command alone; the whole of it is run from docs/deploy.md",
    "bash start_app.sh": "makes an environment and listens; tests/test_start_app.py runs it with these options",
    "bash run_tests.sh": "runs these tests",
    "bash benchmarks/run_all.sh": "measures for an hour; tests/benchmarks runs it with commands of its own",
    "python -m benchmarks.": "goes on for half an hour; tests/faults and tests/benchmarks run small parts",
    "python -m tools.": "tests/docs/test_paths.py and test_reference.py compare what it writes",
    "python -m tests.golden.make": "writes the arrays anew that tests of the runtime compare with",
    "python -m tests.training.augment.kept": "writes the crops anew that tests of the augmentation compare with",
    "python -m tests.disk.kept": "weighs anew what a test of encodings compares with",
    "python -m tests.evaluation.suspects.kept": "writes the measures anew that tests of suspects compare with",
    "python -m tests.ui.page.kept": "writes the layout anew that a test of the page compares with",
    "python -m tests.render.kept": "writes the looks anew that tests of the renderer compare with",
    "python -m paddle.distributed.launch": "needs several machines",
    "python app.py": "listens; tests/ui starts it with these options",
    "pip ": "needs the internet; tests/test_pins.py and test_wheel.py hold what it would install",
    "docker ": "needs Docker; tests/deploy holds the files that it reads",
    "systemctl ": "needs systemd; tests/deploy holds the unit", "journalctl ": "needs systemd",
    "useradd ": "changes the machine", "install ": "changes the machine", "cp ": "changes the machine",
    "cd ": "changes the machine", "echo ": "changes the machine", "sudo ": "needs another user; the same without it is run",
    "source ": "a terminal's own; nothing of ours", 'eval "$(ocrweb completion': "tests/cli/test_help_page.py pastes it into bash",
}  # fmt: skip


CALLS_ALONE = {"golden", "doctor", "models", "runs", "--version"}  # any other lone name is a word in a sentence


GENERATED = ("docs/reference.md", "docs/reference_zh.md")


def reason(one: Named) -> str | None:
    """Why a command is not run here; None when it is."""
    if one.program == "ocrweb" and one.plain.removeprefix("ocrweb ") not in CALLS_ALONE and one.plain.count(" ") == 1:
        return "names the command alone"
    if one.page in GENERATED:
        return "is what a message suggests or an option explains; that it parses is looked at here"
    return next((why for start, why in NOT_RUN.items() if one.plain.startswith(start)), None)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A data root in which a reader has come as far as the documents suppose: pictures, a dataset, a PDF."""
    root = tmp_path_factory.mktemp("reader")
    (root / "ocrweb").mkdir()
    (root / "ocrweb" / "assets").symlink_to(CHECKOUT / "ocrweb" / "assets")
    golden = root / "ocrweb" / "assets" / "golden"
    (root / "page.pdf").write_bytes(pdf(["Total 12.50", "Menu of the day"]))
    (root / "photos").mkdir()
    for name in ("invoice.jpg", "handwritten.jpg"):  # halved: what a command does with large ones is not asked here
        small = cv2.imread(str(golden / name), cv2.IMREAD_REDUCED_COLOR_2)
        (root / "photos" / name).write_bytes(cv2.imencode(".jpg", small)[1].tobytes())
    shutil.copy(root / "photos" / "invoice.jpg", root / "1.jpg")
    return {
        "root": str(root), "picture": str(root / "1.jpg"), "pictures": str(root / "photos"), "data": str(root / "datasets" / "demo"),
        "free": str(root / "free"), "file": str(root / "model.onnx"), "pdf": str(root / "page.pdf"), "backup": str(root / "backup.tar.gz"),
    }  # fmt: skip


def test_there_are_commands_to_look_at() -> None:
    assert len(OURS) > 80
    assert {"README.md", "README_zh.md", "docs/training.md", "docs/deploy_zh.md"} <= {one.page for one in OURS}


@pytest.mark.parametrize("one", OURS, ids=lambda one: f"{one.page}: {one.text}")
def test_a_command_of_ours_is_one_that_the_program_takes(one: Named, place: dict[str, str]) -> None:
    typed = words(one, place)
    if typed[:1] == ["--version"]:
        return
    command = command_line().commands[typed[0]]
    if (
        typed[0] == "bench"
        or "--help" in typed
        or typed == [typed[0]]
        or "…" in one.text
        or one.plain == "ocrweb detect --json"
    ):
        return
    command.make_context(typed[0], typed[1:], parent=begun())


@pytest.mark.parametrize(
    "one", [one for one in OURS if "ocrweb train" in one.plain and "-o" in one.plain], ids=lambda one: one.text
)
def test_the_settings_of_a_training_exist(one: Named, place: dict[str, str]) -> None:
    typed = words(one, place)
    options = [typed[at + 1] for at, word in enumerate(typed) if word == "-o"]
    chosen = preset(typed[typed.index("--preset") + 1]) if "--preset" in typed else {}
    build(TrainingConfig, merge(chosen, parse_overrides(options)))


@pytest.mark.parametrize("start", NOT_RUN)
def test_what_is_not_run_is_in_a_document(start: str) -> None:
    assert [one for one in EVERY if one.plain.startswith(start)]


def test_what_is_neither_ours_nor_run_has_its_reason() -> None:
    assert [one for one in EVERY if one.program != "ocrweb" and reason(one) is None] == []


@pytest.mark.parametrize(
    "name",
    sorted({one.plain.split()[2] for one in OURS if one.plain.startswith("ocrweb bench ") and "{" not in one.plain}),
)
def test_a_benchmark_takes_the_options_that_the_documents_give_it(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked here; that `ocrweb bench` hands them on is held by tests/cli/test_models_and_bench.py."""
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(f"benchmarks.{name}").main()
    assert not ended.value.code
    shown = capsys.readouterr().out
    for one in OURS:
        if one.plain.split()[1:3] == ["bench", name]:
            assert set(re.findall(r"--[a-z-]+", one.plain)) <= set(re.findall(r"--[a-z-]+", shown)), one.text


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_commands_do_what_they_say_one_after_the_other(
    place: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each once, in the order of the documents; a training of the README is made smaller, and may say that it learnt nothing.

    The README's blocks as programs of their own, the others in this process, as tests/cli calls them.
    """
    done: set[str] = set()
    monkeypatch.chdir(place["root"])
    monkeypatch.setenv("OCRWEB_HOME", place["root"])
    monkeypatch.setenv("OCRWEB_LANG", "en")
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    house_drawn()
    ours = sorted(
        (one for one in OURS if reason(one) is None), key=lambda one: one.page != "README.md" or not one.block
    )
    for one in ours:
        typed = words(one, place)
        if typed[:1] == ["train"]:
            typed = [word.replace("epochs=3", "epochs=1") for word in typed] + [
                "-o",
                "max_minutes=0.05",
                "-o",
                "crop_size=160",
                "-o",
                "evaluation.limit_side=480",
                "-o",
                "batch_size=2",
            ]
        if typed[:1] == ["sample-data"]:
            typed = [{"60": "5", "20": "1", "8": "1"}.get(word, word) for word in typed]
        if " ".join(typed) in done:
            continue
        done.add(" ".join(typed))
        shutil.rmtree(place["free"], ignore_errors=True)
        if one.page == "README.md" and one.block:
            command = [sys.executable, "-m", "ocrweb", *typed]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            code, out, err = ran.returncode, ran.stdout, ran.stderr
        else:
            code, out, err = run(capsys, *typed)
        good = {0, 1} if typed[0] in ("train", "diagnose", "doctor", "golden") else {0}
        assert code in good, f"{one.page}: {one.text}\n{out[-500:]}\n{err[-1500:]}"
    assert len(done) >= 15
