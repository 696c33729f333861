"""`ocrweb`: one command a file, each importing its service only when it runs."""

from __future__ import annotations

import functools
import sys
from typing import Annotated, Any

import typer

from ocrweb import __version__
from ocrweb.cli.frame import GOOD, INTERRUPTED, USAGE, guarded
from ocrweb.cli.help_page import Command, Group, completion_asked
from ocrweb.cli.streams import fit_streams, flush_standard

app = typer.Typer(
    name="ocrweb",
    cls=Group,
    suggest_commands=False,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
runs_app = typer.Typer(cls=Group, suggest_commands=False, no_args_is_help=False)
models_app = typer.Typer(cls=Group, suggest_commands=False, no_args_is_help=False)


def _say_version(wanted: bool) -> None:
    if wanted:
        print(f"ocrweb {__version__}")
        raise typer.Exit


@app.callback()
def ocrweb(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Train, check and run a DB text detector. Commands print for people; --json prints one JSON document."""


def _register() -> None:
    """Name every command here, one line each."""
    from ocrweb.cli import (
        autolabel,
        backup,
        bench,
        choose,
        completion,
        detect,
        diagnose,
        doctor,
        evaluate,
        export,
        golden,
        import_data,
        labels,
        models,
        models_known,
        resize,
        runs,
        sample_data,
        serve,
        suspects,
        train,
        validate,
    )

    app.command("detect", cls=Command)(detect.detect)
    app.add_typer(models_app, name="models", invoke_without_command=True, callback=models.models)
    models_app.command("show", cls=Command)(models_known.show)
    models_app.command("use", cls=Command)(models_known.use)
    models_app.command("rollback", cls=Command)(models_known.rollback)
    models_app.command("rename", cls=Command)(models_known.rename)
    models_app.command("note", cls=Command)(models_known.note)
    models_app.command("measure", cls=Command)(models_known.measure)
    models_app.command("delete", cls=Command)(models_known.delete)
    models_app.command("restore", cls=Command)(models_known.restore)
    app.command("bench", cls=Command, context_settings=bench.SETTINGS)(bench.bench)
    app.command("sample-data", cls=Command)(sample_data.sample_data)
    app.command("golden", cls=Command)(golden.golden)
    app.command("doctor", cls=Command)(doctor.doctor)
    app.command("serve", cls=Command)(serve.serve)
    app.command("validate", cls=Command)(validate.validate)
    app.command("diagnose", cls=Command)(diagnose.diagnose)
    app.command("import", cls=Command)(import_data.import_data)
    app.command("suspects", cls=Command)(suspects.suspects)
    app.command("choose", cls=Command)(choose.choose)
    app.command("labels", cls=Command)(labels.labels)
    app.command("resize", cls=Command)(resize.resize)
    app.command("autolabel", cls=Command)(autolabel.autolabel)
    app.command("train", cls=Command)(train.train)
    app.command("eval", cls=Command)(evaluate.evaluate)
    app.command("export", cls=Command)(export.export)
    app.command("backup", cls=Command)(backup.backup)
    app.command("restore", cls=Command)(backup.restore)
    app.command("completion", cls=Command)(completion.completion)
    app.add_typer(runs_app, name="runs", invoke_without_command=True, callback=runs.runs)
    runs_app.command("show", cls=Command)(runs.show)
    runs_app.command("stop", cls=Command)(runs.stop)


_register()


@functools.cache
def command_line() -> Any:
    """All commands, as Typer reads a line; to make it takes longer than most commands."""
    return typer.main.get_command(app)


def main(arguments: list[str] | None = None) -> None:
    """Run a command line (default: this process's) and exit with a code of `frame`; a wrong usage is one line and a hint."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    with fit_streams():
        sys.exit(guarded(lambda: _run(typed), as_json="--json" in typed))


def _run(typed: list[str]) -> int:
    from typer.exceptions import TyperException

    parser = command_line()
    if completion_asked():
        from typer._completion_classes import completion_init

        completion_init()
    try:
        code = parser.main(args=typed, prog_name="ocrweb", standalone_mode=False)
    except TyperException as failure:
        if type(failure).__name__ == "NoArgsIsHelpError":
            print(failure.format_message())
            return USAGE
        from ocrweb.cli.usage import usage_error

        raise usage_error(failure, typed, list(parser.commands)) from failure
    except typer.Abort:
        raise KeyboardInterrupt from None
    finally:
        flush_standard()
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    return code if isinstance(code, int) else GOOD
