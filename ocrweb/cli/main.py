"""`ocrweb`: one command a file, each importing its service only when it runs."""

from __future__ import annotations

import sys
from typing import Any

import typer

from ocrweb.cli.frame import USAGE, report_error

app = typer.Typer(
    name="ocrweb",
    help="Train, check and run a DB text detector. Commands print for people; --json prints one JSON document.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

runs_app = typer.Typer(help="List, show and stop training runs.", no_args_is_help=False)


def _register() -> None:
    """Name every command here, one line each."""
    from ocrweb.cli import (
        autolabel,
        backup,
        bench,
        detect,
        diagnose,
        doctor,
        evaluate,
        export,
        golden,
        import_data,
        models,
        resize,
        runs,
        sample_data,
        serve,
        train,
        validate,
    )

    app.command("detect")(detect.detect)
    app.command("models")(models.models)
    app.command("bench", context_settings=bench.SETTINGS)(bench.bench)
    app.command("sample-data")(sample_data.sample_data)
    app.command("golden")(golden.golden)
    app.command("doctor")(doctor.doctor)
    app.command("serve")(serve.serve)
    app.command("validate")(validate.validate)
    app.command("diagnose")(diagnose.diagnose)
    app.command("import")(import_data.import_data)
    app.command("resize")(resize.resize)
    app.command("autolabel")(autolabel.autolabel)
    app.command("train")(train.train)
    app.command("eval")(evaluate.evaluate)
    app.command("export")(export.export)
    app.command("backup")(backup.backup)
    app.command("restore")(backup.restore)
    app.add_typer(runs_app, name="runs", invoke_without_command=True, callback=runs.runs)
    runs_app.command("show")(runs.show)
    runs_app.command("stop")(runs.stop)


_register()


def main(arguments: list[str] | None = None) -> None:
    """Run a command line (default: this process's) and exit with 0, 1 or 2; a wrong usage is one line and a hint."""
    from typer.exceptions import TyperException

    typed = list(sys.argv[1:] if arguments is None else arguments)
    parser: Any = typer.main.get_command(app)
    try:
        code = parser.main(args=typed, prog_name="ocrweb", standalone_mode=False)
    except TyperException as failure:
        if type(failure).__name__ == "NoArgsIsHelpError":
            print(failure.format_message())
            sys.exit(USAGE)
        from ocrweb.cli.usage import usage_error

        report_error(usage_error(failure, typed, list(parser.commands)), as_json="--json" in typed)
        sys.exit(USAGE)
    except typer.Abort:
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
