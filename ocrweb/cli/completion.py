"""`ocrweb completion`: the script by which a shell completes commands, options and choices."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from ocrweb.cli.frame import GOOD, command, emit
from ocrweb.cli.parameters import JsonOption


@command
def completion(
    shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="Which shell.")],
    json: JsonOption = False,
) -> int:
    """Print the script that completes commands and options; in bash: eval "$(ocrweb completion bash)"."""
    from typer._completion_shared import get_completion_script

    script = get_completion_script(prog_name="ocrweb", complete_var="_OCRWEB_COMPLETE", shell=shell)
    if json:
        emit({"shell": shell, "script": script})
    else:
        print(script)
    return GOOD
