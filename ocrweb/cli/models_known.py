"""`ocrweb models show|use|rollback|rename|note|measure|delete|restore`: the registry of the models that there are here."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, say, text
from ocrweb.cli.parameters import JsonOption

if TYPE_CHECKING:
    from ocrweb.services.registry.rows import ModelFacts

Model = Annotated[
    str, typer.Argument(metavar="MODEL", help="A name from `ocrweb models`, a run, `latest` or `in-use`.")
]


@command
def show(model: Model, json: JsonOption = False) -> int:
    """One model: what it was made of, its scores, size and speed, your notes, and since when it is in use."""
    from ocrweb.services.registry.rows import model_facts
    from ocrweb.services.registry.told import fact_lines

    facts = model_facts(model)
    if json:
        emit(facts.to_dict())
    else:
        print("\n".join([_heading(facts), *(f"  {name}: {said}" for name, said in fact_lines(facts))]))
    return GOOD


@command
def use(model: Model, json: JsonOption = False) -> int:
    """Use a model everywhere from now on: on the page, for programs, and in commands without --model."""
    from ocrweb.services.models.register import promote

    return _in_use(promote(model), "registry.used", as_json=json)


@command
def rollback(json: JsonOption = False) -> int:
    """Use the model again that was in use before."""
    from ocrweb.services.models.register import roll_back

    return _in_use(roll_back(), "registry.rolled-back", as_json=json)


@command
def rename(
    model: Model,
    title: Annotated[
        str, typer.Argument(metavar="TITLE", help="By which it can be chosen too; an empty one takes it away.")
    ],
    json: JsonOption = False,
) -> int:
    """Give a model a name of your own."""
    from ocrweb.services.models.register import rename as give

    name = give(model, title)
    return _known(
        name, text("registry.renamed" if title.strip() else "registry.unnamed", name=name, title=title.strip()), json
    )


@command
def note(
    model: Model,
    words: Annotated[str, typer.Argument(metavar="TEXT", help="Replaces what was noted; an empty one takes it away.")],
    json: JsonOption = False,
) -> int:
    """Note down what is to be known of a model."""
    from ocrweb.services.models.register import note as keep

    name = keep(model, words)
    return _known(name, text("registry.noted", name=name), json)


@command
def measure(
    model: Model,
    data: Annotated[
        str, typer.Option(metavar="DATASET", help="Score it on this dataset's test pictures too, with the interval.")
    ] = "",
    json: JsonOption = False,
) -> int:
    """Measure how long a model takes for a page on this machine, and keep it."""
    from ocrweb.services.registry.rows import model_facts
    from ocrweb.services.registry.scores import measure_score
    from ocrweb.services.registry.speed import measure_speed
    from ocrweb.services.registry.told import score_told, speed_told

    name = model_facts(model).name
    say(text("registry.measuring", name=name))
    speed = measure_speed(name)
    score = measure_score(name, data) if data else None
    if json:
        emit({"model": name, "speed": speed.to_dict(), "score": score.to_dict() if score else None})
    else:
        print("\n".join([speed_told(speed), *([score_told(score)] if score else [])]))
    return GOOD


@command
def delete(
    model: Model,
    yes: Annotated[bool, typer.Option("--yes", help="Delete it; without, only what would be lost is told.")] = False,
    json: JsonOption = False,
) -> int:
    """Delete a run, an export or an imported model; it can be brought back for a week. Exit 1: nothing was deleted yet."""
    from ocrweb.services.registry.losses import delete_model, losses

    lost = losses(model)
    deleted = delete_model(lost.model.name) if yes else None
    if json:
        emit({**lost.to_dict(), "deleted": deleted is not None, "id": deleted})
    else:
        print(lost.told())
        print(text("registry.deleted", name=lost.model.name, id=deleted) if deleted else text("registry.sure"))
    return GOOD if yes else PROBLEMS


@command
def restore(
    identifier: Annotated[
        str,
        typer.Argument(metavar="[ID]", help="As `ocrweb models delete` told it; without one, all that can come back."),
    ] = "",
    json: JsonOption = False,
) -> int:
    """Bring a deleted model back, or list those that can be."""
    from ocrweb.services.models.bin import list_binned, restore_model

    if identifier:
        return _known(name := restore_model(identifier), text("registry.restored", name=name), json)
    binned = list_binned()
    if json:
        emit(
            {"deleted": [{"id": each.id, "kind": each.kind, "name": each.name, "bytes": each.bytes} for each in binned]}
        )
    for each in [] if json else binned:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(each.deleted))
        print(
            f"{each.id}  {text(f'registry.kind-{each.kind}')}  {text('registry.megabytes', size=round(each.bytes / 1e6, 1))}  {when}"
        )
    return GOOD


def _heading(facts: ModelFacts) -> str:
    return f"{facts.title} ({facts.name})" if facts.title else facts.name


def _in_use(name: str, key: str, *, as_json: bool) -> int:
    return _known(name, text(key, name=name), as_json)


def _known(name: str, said: str, as_json: bool) -> int:
    """What became of a model, in a sentence, or the document of `models show`."""
    if as_json:
        from ocrweb.services.registry.rows import model_facts

        emit(model_facts(name).to_dict())
    else:
        print(said)
    return GOOD
