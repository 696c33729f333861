"""Detection settings are declared once; models, commands, endpoints and the page have no words or bounds of their own."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any, Literal, get_args

import pytest

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.config.detection_settings import DECODE, RESIZE, SETTINGS

MODELS = {DecodeOptions: DECODE, ResizeOptions: RESIZE}


@pytest.mark.parametrize("model", MODELS)
def test_a_model_has_the_declared_settings_and_no_other(model: Any) -> None:
    assert list(model.model_fields) == list(MODELS[model])
    assert model().model_dump() == {name: one.default for name, one in MODELS[model].items()}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_kind_of_a_model_is_the_declared_one(name: str) -> None:
    schema = DecodeOptions if name in DECODE else ResizeOptions
    one, annotation = SETTINGS[name], schema.model_fields[name].annotation
    expected: Any = Literal[one.kind] if isinstance(one.kind, tuple) else one.kind
    assert annotation == (expected | None if one.default is None else expected)


@pytest.mark.parametrize("name", [name for name, one in SETTINGS.items() if one.low is not None])
@pytest.mark.parametrize("beyond", [-1, 1], ids=["below", "above"])
def test_the_declared_bounds_may_be_taken_and_nothing_beyond(name: str, beyond: int) -> None:
    one, schema = SETTINGS[name], DecodeOptions if name in DECODE else ResizeOptions
    edge = one.low if beyond < 0 else one.high
    assert edge is not None
    assert getattr(schema(**{name: edge}), name) == edge
    with pytest.raises(ValueError, match=name):
        schema(**{name: edge + beyond})


def test_every_setting_is_explained_in_both_languages() -> None:
    for name, one in SETTINGS.items():
        for words in (one.label, one.help):
            assert words.keys() == {"en", "zh"}, name
            assert words["en"] != words["zh"], name


def test_the_public_functions_take_declared_names_alone() -> None:
    import ocrweb.public as public

    own = {"self", "picture", "dataset", "model", "split"}
    for function in (public.detect, public.Detector.detect, public.evaluate):
        assert inspect.signature(function).parameters.keys() - own <= SETTINGS.keys()


def test_reading_the_declaration_loads_nothing_heavy() -> None:
    script = "import sys, ocrweb.config.detection_settings; print('pydantic' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"
    )


def test_the_help_of_all_commands_is_printed_without_pydantic() -> None:
    script = (
        "import sys\nfrom ocrweb.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "print('pydantic' in sys.modules, 'numpy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "False False"


def test_a_choice_has_the_words_of_its_literal() -> None:
    assert get_args(DecodeOptions.model_fields["shape"].annotation) == SETTINGS["shape"].kind
