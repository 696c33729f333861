"""How a command ends is what scripts go by: 0 good, 1 problems found, 2 not done, and as shells count what was stopped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocrweb.cli import frame
from ocrweb.cli.streams import OutputLost
from ocrweb.errors import OcrwebError


def failing(failure: BaseException) -> Callable[[], int]:
    def work() -> int:
        raise failure

    return work


@pytest.mark.parametrize(
    ("work", "code", "said"),
    [
        (lambda: frame.GOOD, 0, ""), (lambda: frame.PROBLEMS, 1, ""), (failing(OcrwebError("command.out-dash")), 2, "→"),
        (failing(KeyboardInterrupt()), 130, "."), (failing(BrokenPipeError()), 141, ""), (failing(OutputLost(28, "No space left")), 2, "No space left"),
    ],
    ids=["good", "problems", "refused", "interrupted", "nobody reads on", "output lost"],
)  # fmt: skip
@pytest.mark.parametrize("as_json", [False, True])
def test_the_exit_code_says_how_it_went(
    work: Callable[[], int], code: int, said: str, as_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    monkeypatch.setattr(frame, "forget_standard", lambda: None)
    assert frame.guarded(work, as_json=as_json) == code
    told = capsys.readouterr()
    if as_json and said == "→":
        assert ('"code": "command.out-dash"' in told.out, told.err) == (True, "")
    else:
        assert (said in told.err, bool(told.err), told.out) == (True, bool(said), "")
