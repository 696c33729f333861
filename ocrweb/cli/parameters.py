"""Parameters that many commands take, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

DatasetArgument = Annotated[
    Path, typer.Argument(metavar="DATASET", help="A folder, a .zip, or an uploaded dataset's name.")
]
EngineOption = Annotated[Literal["auto", "openvino", "onnx", "paddle"], typer.Option()]
PrecisionOption = Annotated[Literal["auto", "f32", "bf16", "int8"], typer.Option()]
DeviceOption = Annotated[Literal["auto", "cpu", "gpu"], typer.Option()]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
