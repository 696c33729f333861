"""A model that never answers, in a real console: it is named, the others go on, and the console can still be ended."""

from __future__ import annotations

import json
import signal
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from ocrweb.runtime.card import ModelCard, write_card
from tests.browser import start_console, stop_console
from tests.runtime.hostile import save_endless

PATIENCE = 6  # seconds: enough for the default model on a busy machine


def health(url: str) -> dict[str, Any]:
    """Raises TimeoutError where it waits for the model."""
    state: dict[str, Any] = json.load(urllib.request.urlopen(f"{url}/healthz", timeout=60))
    return state


@pytest.mark.slow
def test_a_model_that_never_answers_is_named_while_the_default_model_goes_on(tmp_path: Path, picture: Path) -> None:
    """What its owner put among the exports is trusted, and may be wrong all the same."""
    folder = tmp_path / "exports" / "endless"
    save_endless(folder / "model.onnx", bright_only=True)
    write_card(ModelCard(name="endless"), folder / "model.yml")
    white = tmp_path / "white.png"
    cv2.imwrite(str(white), np.full((64, 64, 3), 255, np.uint8))
    console = start_console(tmp_path, environment={"OCRWEB_NETWORK_PATIENCE": str(PATIENCE)})
    try:
        client = Client(console.url, verbose=False)

        def detect(file: Path, model: str) -> dict[str, Any]:
            answer: dict[str, Any] = client.predict(handle_file(file), model=model, api_name="/detect")
            return answer

        with ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(detect, white, "endless")
            assert len(detect(picture, "ppocrv6-small")["boxes"]) == 6
            with pytest.raises(AppError, match="endless") as waited:
                waiting.result()
        assert waited.value.title == "engine.no-answer"
        state = health(console.url)
        assert (state["ready"], state["hanging"], state["restart"]) == (True, ["endless"], True)
        with pytest.raises(AppError) as refused:
            detect(white, "endless")
        assert refused.value.title == "engine.silent"
        assert len(detect(picture, "ppocrv6-small")["boxes"]) == 6
        console.process.send_signal(signal.SIGTERM)
        console.process.wait(30)
    finally:
        stop_console(console)
