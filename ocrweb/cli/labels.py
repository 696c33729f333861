"""`ocrweb labels`: how far the labels of a dataset are checked, and what needs no mouse."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ocrweb.cli.frame import GOOD, command, emit, text
from ocrweb.cli.parameters import JsonOption
from ocrweb.errors import OcrwebError

if TYPE_CHECKING:
    from ocrweb.services.labels.entries import LabelledSet

States = Literal["new", "auto", "check", "checked", "aside"]


@command
def labels(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="A folder, or an uploaded dataset's name.")],
    pictures: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PICTURE]...", help="As they are listed, such as train_images/1.jpg."),
    ] = None,
    state: Annotated[States | None, typer.Option(help="List the pictures of this state alone.")] = None,
    set_state: Annotated[
        States | None, typer.Option("--set", help="Say of the named pictures how far they are.")
    ] = None,
    restore: Annotated[
        bool, typer.Option("--restore", help="Bring back the labels that the named pictures came with.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep all labels as a version.")] = False,
    versions: Annotated[bool, typer.Option("--versions", help="List the versions that are kept.")] = False,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="What became of the boxes between two versions; `now` is one too."),
    ] = None,
    bring_back: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Bring back all labels of a version; those of now are kept.")
    ] = None,
    learn: Annotated[
        bool, typer.Option("--learn", help="Train on the checked pictures in the background; at least ten.")
    ] = False,
    propose: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="A model, such as a run, draws anew what nobody has changed or checked."),
    ] = None,
    json: JsonOption = False,
) -> int:
    """List how far the labels of each picture are checked; accept, restore, keep, compare and bring them back; learn from them."""
    from ocrweb.services.labels.entries import named_set

    asked = {
        "--set": set_state is not None,
        "--restore": restore,
        "--keep": keep,
        "--versions": versions,
        "--compare": compare is not None,
        "--bring-back": bring_back is not None,
        "--learn": learn,
        "--propose": propose is not None,
    }
    chosen = [name for name, given in asked.items() if given]
    if len(chosen) > 1:
        raise OcrwebError("dataset.one-of", names=", ".join(chosen))
    if (set_state is not None or restore) != bool(pictures):
        raise OcrwebError("labels.which-pictures")
    labelled = named_set(dataset)
    if learn:
        document, lines = _learnt(labelled)
    elif propose is not None:
        document, lines = _proposed(labelled, propose)
    else:
        document, lines = _done(
            labelled, pictures or [], state, set_state, restore, keep, versions, compare, bring_back
        )
    if json:
        emit(document)
    else:
        print(*lines, sep="\n")
    return GOOD


def _done(
    labelled: LabelledSet,
    pictures: list[str],
    state: States | None,
    set_state: States | None,
    restore: bool,
    keep: bool,
    versions: bool,
    compare: tuple[str, str] | None,
    bring_back: str | None,
) -> tuple[dict[str, Any], list[str]]:
    """The document, and the lines for people."""
    from ocrweb.services.labels import versions as label_versions
    from ocrweb.services.labels.editing import put_state, restore_labels
    from ocrweb.services.labels.listing import list_pictures

    if set_state is not None:
        changed = put_state(labelled, pictures, set_state)
        return {"changed": changed}, [text("labels.changed", count=len(changed))]
    if restore:
        documents = [restore_labels(labelled, picture).to_dict() for picture in pictures]
        return {"restored": documents}, [text("labels.restored", count=len(documents))]
    if keep:
        version = label_versions.keep_version(labelled)
        return {"id": version.id}, [text("labels.kept", id=version.id)]
    if versions:
        document = label_versions.versions_document(labelled)
        return document, [_version_line(row) for row in document["versions"]] or [text("labels.no-versions")]
    if compare is not None:
        document = label_versions.compare(labelled, *compare).to_dict()
        rows = [f"{row['picture']}  {text('labels.difference', **row)}" for row in document["pictures"]]
        return document, [*rows, text("labels.difference", **document["total"])]
    if bring_back is not None:
        document = label_versions.restore_version(labelled, bring_back)
        return document, [text("labels.brought-back", count=document["restored"], id=document["before"])]
    listed = list_pictures(labelled)
    document = listed.to_dict()
    document["pictures"] = [row for row in document["pictures"] if state in (None, row["state"])]
    rows = [
        f"{text('labels.state-' + row['state']):<10}  {row['picture']}  {_about(row)}" for row in document["pictures"]
    ]
    counts = {f"state_{name}": count for name, count in listed.counts.items()}
    return document, [*rows, text("labels.total", pictures=len(listed.pictures), **counts)]


def _learnt(labelled: LabelledSet) -> tuple[dict[str, Any], list[str]]:
    from ocrweb.services.training.learning import start_learning

    run = start_learning(labelled)
    return {"run": run}, [text("labels.learning", run=run, dataset=labelled.name)]


def _proposed(labelled: LabelledSet, model: str) -> tuple[dict[str, Any], list[str]]:
    from ocrweb.services.labels.proposing import propose_anew

    document = propose_anew(labelled, model).to_dict()
    failed = [f"! {one['message']}" for one in document["failed"]]
    return document, [text("labels.proposed", **document), *failed]


def _about(row: dict[str, Any]) -> str:
    told = text("labels.boxes", boxes=row["boxes"], ignored=row["ignored"])
    return " ".join([told, *row["findings"]])


def _version_line(row: dict[str, Any]) -> str:
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(row["at"]))
    now = text("labels.current") if row["current"] else ""
    told = text("labels.version", pictures=row["pictures"], boxes=row["boxes"])
    return "  ".join(filter(None, [row["id"], at, told, row["why"], now]))
