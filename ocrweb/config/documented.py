"""A settings object as YAML that explains itself in both languages; `configs/det_db.yml` is made with it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from ocrweb.config.dotted import group_of
from ocrweb.config.loader import allowed

HEADER = """\
# Training settings. Every key may also be given on the command line: `ocrweb train -o batch_size=4 -o ema.decay=0.99`.
# 训练配置。每一项也都可以在命令行中给出：`ocrweb train -o batch_size=4 -o ema.decay=0.99`。

"""


def documented_yaml(settings: BaseModel) -> str:
    """YAML of all settings with label, meaning and allowed values above each; read back it gives an equal object."""
    return HEADER + "\n".join(_lines(settings, 0)) + "\n"


def _lines(settings: BaseModel, depth: int) -> list[str]:
    indent = "  " * depth
    lines: list[str] = []
    schema = type(settings)
    for name, field in schema.model_fields.items():
        value = getattr(settings, name)
        if group_of(schema, name) is not None:
            lines += ["", f"{indent}{name}:", *_lines(value, depth + 1)]
            continue
        extra: dict[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        for lang, colon in (("en", ": "), ("zh", "：")):
            words = [text for text in (extra["label"][lang], extra["help"][lang]) if text]
            lines.append(f"{indent}# {colon.join(words)}")
        lines.append(f"{indent}{name}: {_scalar(value)}{_range(schema, name)}")
    return lines


def _scalar(value: Any) -> str:
    import yaml

    if isinstance(value, bool):
        return str(value)
    return yaml.safe_dump(value, allow_unicode=True, default_flow_style=True).removesuffix("\n").removesuffix("\n...")


def _range(schema: type[BaseModel], name: str) -> str:
    values = allowed(schema, name)
    return f"  # {values}" if values else ""
