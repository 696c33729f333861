"""`ocrweb train`: what it says at the end, what contradicts what, and what Ctrl-C does."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.cli import train
from ocrweb.rundir.status import RunStatus
from ocrweb.services.training import runs as training
from tests.cli.conftest import Typed
from tests.cli.options import declared

WHERE = Path("/root/workdirs/20260101_000000_demo")


def info(**status: Any) -> Any:
    return SimpleNamespace(name=WHERE.name, folder=WHERE, status=RunStatus(**status), to_dict=lambda: {"state": "x"})


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The service, with what was asked of it; ``told.info`` is how each run ends."""
    asked = SimpleNamespace(calls=[], info=info(state="finished", outcome="improved"), follow=lambda: None)

    def note(name: str, answer: Any) -> Any:
        def call(*words: Any, **named: Any) -> Any:
            asked.calls.append((name, words, named))
            return answer

        return call

    def follow(run: Path, tell: Any, *, offset: int) -> Any:
        asked.calls.append(("follow", (run,), {"offset": offset}))
        tell("epoch: 1/2")
        asked.follow()
        return asked.info

    for name, answer in (
        ("make_config", "SETTINGS"), ("start_run", WHERE), ("prepare_for_launcher", WHERE), ("preview", ["a.png", "b.png"]),
        ("log_size", 77), ("run_info", info()), ("resume_run", WHERE), ("request_stop", None),
    ):  # fmt: skip
        monkeypatch.setattr(training, name, note(name, answer))
    monkeypatch.setattr(training, "follow", follow)
    return asked


def names(told: Any) -> list[str]:
    return [name for name, _, _ in told.calls]


def test_a_run_in_the_foreground_prints_its_log_and_how_to_use_it(typed: Typed, told: Any) -> None:
    code, out, err = typed("train", "-o", "epochs=2", "--devices", "0,1")
    assert (code, out) == (0, "epoch: 1/2\n")
    assert err.splitlines() == [
        f"Training in {WHERE}; Ctrl-C saves a checkpoint and ends.",
        f"Use it: `ocrweb detect --model {WHERE.name} PICTURES`. Files: {WHERE}",
        "The weights are better than the base model, beyond what chance explains.",
    ]
    assert told.calls == [
        ("make_config", (None, ["epochs=2"]), {"preset": None}), ("start_run", ("SETTINGS",), {"devices": "0,1", "cluster": ""}),
        ("follow", (WHERE,), {"offset": 0}),
    ]  # fmt: skip


@pytest.mark.parametrize("there", [False, True])
def test_the_file_of_settings_is_the_one_in_configs_where_there_is_one(
    typed: Typed, told: Any, tmp_path: Path, there: bool
) -> None:
    if there:
        (tmp_path / "configs").mkdir()
        (tmp_path / "configs" / "det_db.yml").write_text("")
    typed("train", "--background")
    assert told.calls[0][1] == (Path("configs/det_db.yml") if there else None, [])
    typed("train", "--background", "-c", "own.yml", "--preset", "cpu")
    assert told.calls[2][1:] == ((Path("own.yml"), []), {"preset": "cpu"})


def test_with_json_the_log_is_in_the_run_and_stdout_is_one_document(typed: Typed, told: Any) -> None:
    code, out, err = typed("train", "--json")
    assert (code, json.loads(out), len(err.splitlines())) == (0, {"state": "x"}, 1)


@pytest.mark.parametrize("option", ["--background", "--prepare"])
def test_nobody_waits_for_a_run_that_goes_on_by_itself(typed: Typed, told: Any, option: str) -> None:
    assert typed("train", option) == (0, f"{WHERE}\n", "")
    assert names(told)[-1] == ("start_run" if option == "--background" else "prepare_for_launcher")
    assert json.loads(typed("train", option, "--json")[1]) == {"run": WHERE.name, "folder": str(WHERE)}


def test_a_preview_writes_pictures_and_starts_nothing(typed: Typed, told: Any) -> None:
    assert typed("train", "--preview", "there") == (0, "a.png\nb.png\n", "")
    assert names(told) == ["make_config", "preview"]
    assert json.loads(typed("train", "--preview", "there", "--json")[1]) == {"files": ["a.png", "b.png"]}


def test_a_resumed_run_is_followed_from_the_end_of_its_log(typed: Typed, told: Any) -> None:
    assert typed("train", "--resume", "demo", "-o", "epochs=9", "--devices", "1")[0] == 0
    assert names(told) == ["run_info", "log_size", "resume_run", "follow"]
    assert told.calls[2][1:] == ((WHERE, ["epochs=9"]), {"devices": "1", "cluster": ""})
    assert told.calls[3][2] == {"offset": 77}


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        ({"state": "finished", "outcome": "improved"}, 0, ["Use it", "better than the base"]),
        ({"state": "finished", "outcome": "thresholds"}, 0, ["Use it", "only the chosen thresholds"]),
        ({"state": "finished", "outcome": "worse"}, 1, ["Use it", "made it worse"]),
        ({"state": "finished"}, 1, ["Use it"]),
        ({"state": "stopped"}, 0, ["Go on with it: `ocrweb train --resume 20260101_000000_demo`"]),
        ({"state": "lost"}, 1, ["gone without a word"]),
        ({"state": "failed"}, 1, []),
    ],
    ids=lambda value: str(value.get("state")) if isinstance(value, dict) else "",
)
def test_each_end_is_told_by_its_own_words_and_code(
    typed: Typed, told: Any, status: dict[str, Any], code: int, says: list[str]
) -> None:
    told.info = info(**status)
    left, _, err = typed("train")
    lines = err.splitlines()[1:]
    assert (left, len(lines)) == (code, len(says))
    assert all(word in line for word, line in zip(says, lines, strict=True))


@pytest.mark.parametrize(("state", "code"), [("stopped", 130), ("finished", 0), ("failed", 1)])
def test_ctrl_c_asks_the_run_to_stop_and_a_second_one_is_the_shells_again(
    typed: Typed, told: Any, state: str, code: int
) -> None:
    def press() -> None:
        signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is before
        assert signal.getsignal(signal.SIGTERM) is not ended

    before, ended = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    told.info, told.follow = info(state=state, outcome="improved"), press
    left, _, err = typed("train")
    assert left == code
    assert "Stopping after this step …" in err
    assert told.calls[-1] == ("request_stop", (WHERE.name,), {})
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == (before, ended)


def test_sigterm_stops_the_run_too_and_is_no_interruption(typed: Typed, told: Any) -> None:
    told.info, told.follow = info(state="stopped"), lambda: signal.raise_signal(signal.SIGTERM)
    left, _, err = typed("train")
    assert (left, names(told)[-1]) == (0, "request_stop")
    assert "Stopping" in err


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (("--resume", "x", "--preset", "cpu", "-c", "f"), "--config, --preset"),
        (("--resume", "x", "--preview", "d"), "--preview"),
        (("--preview", "d", "--prepare", "--background"), "--preview, --prepare, --background"),
        (("--preview", "d", "--devices", "0"), "--preview, --devices"),
        (("--prepare", "--devices", "0"), "--prepare, --devices"),
    ],
)
def test_each_option_that_would_be_ignored_is_named(
    typed: Typed, told: Any, words: tuple[str, ...], refused: str
) -> None:
    code, out, _ = typed("train", *words, "--json")
    assert (code, told.calls) == (2, [])
    assert refused in json.loads(out)["error"]["message"] + json.loads(out)["error"]["hint"]


@pytest.mark.parametrize(
    "words",
    [("--resume", "x", "--background"), ("--resume", "x", "--devices", "0"), ("--background", "--devices", "0")],
)
def test_what_goes_together_is_done(typed: Typed, told: Any, words: tuple[str, ...]) -> None:
    assert typed("train", *words)[0] == 0


@pytest.mark.parametrize(
    ("devices", "fits"), [("0", True), ("0,1,2", True), ("1,0", True), ("0,0", False), ("0,", False), ("a", False), ("-1", False)]
)  # fmt: skip
def test_devices_are_different_numbers(typed: Typed, told: Any, devices: str, fits: bool) -> None:
    assert typed("train", "--background", f"--devices={devices}")[0] == (0 if fits else 2)


@pytest.mark.parametrize(
    ("said", "word"), [("True", "gpu"), (" yes ", "gpu"), ("1", "gpu"), ("False", "cpu"), ("0", "cpu"), ("no", "cpu")]
)
def test_the_switch_of_old_guides_is_a_device(typed: Typed, told: Any, said: str, word: str) -> None:
    typed("train", "--use_gpu", said, "-o", "epochs=2", "--background")
    assert told.calls[0][1][1] == ["epochs=2", f"device={word}"]


def test_its_options() -> None:
    assert declared("train") == {
        "-c": None, "-o": None, "--preset": None, "--resume": None, "--devices": "", "--cluster": None, "--background": False, "--prepare": False,
        "--preview": None, "--use_gpu": None, "--json": False,
    }  # fmt: skip
    assert train.INSTEAD == ("--preview", "--prepare", "--background")
