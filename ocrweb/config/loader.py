"""Settings from a YAML file and from ``key=value`` words, checked with one-line answers."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ocrweb.config.documents import parse_yaml
from ocrweb.config.dotted import bounds, group_of, nested, place_of
from ocrweb.disk.address import missing_path
from ocrweb.disk.encodings import decoded
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence

OTHER_NAMES = {  # what PaddleOCR, MMOCR, YOLO and LLaMA-Factory call a setting
    **dict.fromkeys(("epoch", "epoch_num", "num_epochs", "max_epochs", "num_train_epochs"), "epochs"),
    **dict.fromkeys(("lr", "lr0", "base_lr"), "learning_rate"),
    **dict.fromkeys(
        ("batch", "bs", "batch_size_per_card", "train_batch_size", "per_device_train_batch_size", "samples_per_gpu"),
        "batch_size",
    ),
    **dict.fromkeys(("num_workers", "workers_per_gpu", "dataloader_num_workers"), "workers"),
    **dict.fromkeys(("use_gpu", "gpu", "gpus", "gpu_id", "cuda", "use_cuda"), "device"),
    **dict.fromkeys(
        ("pretrained_model", "pretrained", "checkpoints", "weights", "load_from", "model_name_or_path"), "model"
    ),
    **dict.fromkeys(("image_size", "imgsz", "img_size", "image_shape", "input_size"), "crop_size"),
    **dict.fromkeys(("data", "data_dir", "data_root", "train_data", "dataset_dir", "label_file_list"), "dataset"),
    **dict.fromkeys(("use_amp", "fp16", "bf16", "mixed_precision"), "amp"),
    **dict.fromkeys(("project", "save_dir", "output_dir", "save_model_dir", "work_dir", "run_name"), "name"),
}
Schema = TypeVar("Schema", bound=BaseModel)


def read_yaml(path: Path, name: str = "") -> dict[str, Any]:
    """The mapping in a YAML file; OcrwebError when it is absent, no file, no YAML, or no mapping. An empty one has no settings.

    name: what people call the file, by default its path.
    """
    import yaml

    from ocrweb.config.each_once import RepeatedKey

    try:
        content = parse_yaml(decoded(read_ordinary(path)), each_once=True)
    except FileNotFoundError as error:
        raise missing_path(path) from error
    except OSError as error:
        raise OcrwebError("config.unreadable", where=name or str(path), reason=error.strerror or str(error)) from error
    except RepeatedKey as error:
        where = f"{name or path}:{error.line}"
        raise OcrwebError("config.repeated-key", where=where, name=error.key, first=error.first) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name or path}:{mark.line + 1}" if mark else name or str(path)
        raise OcrwebError(
            "config.no-yaml", where=where, reason=getattr(error, "problem", None) or str(error)
        ) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise OcrwebError("config.no-mapping", where=name or str(path))
    return content


def dump_yaml(settings: BaseModel) -> str:
    """Every setting in the schema's order; `build` gives an equal object back."""
    import yaml

    return yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def parse_overrides(words: Sequence[str]) -> dict[str, Any]:
    """``["epochs=5", "ema.decay=0.99"]`` → nested mapping; values are read as YAML. A later word wins."""
    import yaml

    settings: list[tuple[str, Any]] = []
    for word in words:
        key, equals, value = word.partition("=")
        parts = key.strip().split(".")
        if not equals or not all(parts):
            raise OcrwebError("config.no-override", word=word)
        try:
            parsed = parse_yaml(value, each_once=True)
        except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that does not exist
            raise OcrwebError("config.no-override", word=word) from error
        settings.append((".".join(parts), parsed))
    return nested(settings)


def merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``changes`` laid over it, group by group; neither is modified."""
    merged = dict(base)
    for key, value in changes.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def build(schema: type[Schema], settings: Mapping[str, Any], *, where: str | None = None) -> Schema:
    """The checked settings object.

    OcrwebError ``config.unknown-key`` with the key's whole path and the nearest valid name, or ``config.bad-value`` with
    the path and what is allowed. where: the file, for the message.
    """
    _refuse_unknown(schema, settings, "", where)
    try:
        return schema.model_validate(dict(settings))
    except ValidationError as failure:
        broken = failure.errors()[0]
        path = ".".join(str(part) for part in broken["loc"])
        expected = _expected(schema, path, broken)
        option = expected.params.get("example", path) if isinstance(expected, Sentence) else path
        raise OcrwebError(
            "config.bad-value", where=where, name=path, value=str(broken["input"]), expected=expected, option=option
        ) from failure


def _refuse_unknown(
    schema: type[BaseModel],
    settings: Mapping[str, Any],
    prefix: str,
    where: str | None,
    root: type[BaseModel] | None = None,
) -> None:
    if not prefix and settings.keys() >= {"Global", "Architecture"}:
        raise OcrwebError("config.paddleocr-file", where=where)
    for key, value in settings.items():
        if key not in schema.model_fields:
            name, leaf = _leaf(str(key), value)
            path = _path_of(root or schema, OTHER_NAMES.get(leaf.lower(), leaf))
            near = difflib.get_close_matches(str(key), list(schema.model_fields), n=1, cutoff=0.0)[0]
            raise OcrwebError(
                "config.unknown-key", where=where, name=f"{prefix}{name}", nearest=path or f"{prefix}{near}"
            )
        group = group_of(schema, key)
        if group is not None and isinstance(value, Mapping):
            _refuse_unknown(group, value, f"{prefix}{key}.", where, root or schema)


def _leaf(key: str, value: Any) -> tuple[str, str]:
    """The dotted name of the first setting below a key, and its last part: ``Optimizer.lr.learning_rate``, ``learning_rate``."""
    name = key
    while isinstance(value, Mapping) and value:
        key, value = next(iter(value.items()))
        name = f"{name}.{key}"
    return name, str(key)


def _path_of(schema: type[BaseModel], name: str) -> str:
    """Where in the groups of a schema there is a setting of this very name; "" when nowhere."""
    if name in schema.model_fields:
        return name
    groups = ((key, group_of(schema, key)) for key in schema.model_fields)
    below = (f"{key}.{path}" for key, group in groups if group and (path := _path_of(group, name)))
    return next(below, "")


@functools.cache  # a schema takes long to write out, and a form asks at each change for each of its fields
def allowed(schema: type[BaseModel], name: str) -> str:
    """What a setting may be, in short: its choices or its range; "" when any value of its kind will do."""
    rule = schema.model_json_schema().get("properties", {}).get(name, {})
    rule = next((part for part in rule.get("anyOf", ()) if part.get("type") != "null"), rule)
    if "enum" in rule:
        return " | ".join(map(str, rule["enum"]))
    place = place_of(schema, name)
    low, above, high = bounds(place) if place is not None else (None, None, None)
    low = above if low is None else low
    return f"{low:.12g} … {high:.12g}" if low is not None and high is not None else ""


KINDS = {
    "bool": "yes-or-no",
    "int": "whole-number",
    "float": "any-number",
    "string": "words",
    "list": "list",
    "tuple": "list",
}


def _expected(schema: type[BaseModel], path: str, broken: Mapping[str, object]) -> str | Sentence:
    """What may stand there, in words of ours; those of a rule of ours where it has no bounds."""
    place = place_of(schema, path)
    inner = group_of(place.schema, place.name) if place else None
    if inner is not None and broken["type"] != "value_error":  # that is a rule over several of them
        return Sentence("command.group", {"example": f"{path}.{next(iter(inner.model_fields))}"})
    if place is not None and (bounded := allowed(place.schema, place.name)):
        return bounded
    kind = KINDS.get(str(broken["type"]).partition("_")[0])
    return Sentence(f"command.{kind}") if kind else str(broken["msg"]).removeprefix("Value error, ")
