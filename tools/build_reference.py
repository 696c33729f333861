"""Write docs/reference.md and docs/reference_zh.md from the code: the public face, commands, settings, rules, causes, log lines, errors.

usage: python -m tools.build_reference
tests/docs/test_reference.py holds that the files are what this makes of the code of today.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

import ocrweb
from ocrweb import messages
from ocrweb.cli.help_page import explained, metavar
from ocrweb.cli.main import command_line
from ocrweb.config.dotted import places
from ocrweb.config.loader import allowed
from ocrweb.config.training import TrainingConfig
from ocrweb.data.checks.rules import RULES
from ocrweb.rundir import lines
from ocrweb.services.training.diagnosis.patterns import PATTERNS

DOCS = Path(__file__).parent.parent / "docs"
FORMS = re.compile(r"\{\w+:[^{}|]*\|((?:[^{}]|\{\w+\})*)\}")  # one or several of something: the second form stands here
TARGETS = {"en": DOCS / "reference.md", "zh": DOCS / "reference_zh.md"}
WORDS: dict[str, tuple[str, str]] = {
    "title": ("Reference", "参考"),
    "made": (
        "Made from the code by `python -m tools.build_reference`; change the code, not this page.",
        "由 `python -m tools.build_reference` 根据代码生成；请修改代码，不要修改本页。",
    ),
    "face": ("From Python", "Python 接口"),
    "commands": ("Commands", "命令"),
    "codes": ("Exit codes", "退出码"),
    "settings": ("Settings of a training", "训练设置"),
    "rules": ("Rules of a dataset", "数据集规则"),
    "causes": ("Causes of a failure", "故障原因"),
    "log": ("Lines of log.txt", "log.txt 的各行"),
    "errors": ("Error codes", "错误码"),
    "option": ("option", "选项"), "about": ("what it is for", "用途"), "key": ("key", "键"), "default": ("default", "默认值"),
    "allowed": ("allowed", "可取值"), "rule": ("rule", "规则"), "severity": ("severity", "级别"), "mended": ("mended by --fix", "--fix 可修复"),
    "message": ("message", "信息"), "hint": ("what to do", "怎么办"), "cause": ("cause", "原因"), "sign": ("told from", "判断依据"),
    "line": ("line", "行"), "when": ("when", "时机"), "code": ("code", "错误码"), "yes": ("yes", "是"), "nothing": ("–", "–"),
    "a-line": ("a line of the log", "日志中的一行"), "a-state": ("state, curves and files of the run", "任务的状态、曲线与文件"),
    "begins": ("a training begins", "训练开始"), "device": ("the device is known", "选定设备"), "weights": ("the base model is loaded", "载入基础模型"),
    "unlabelled": ("pictures without labels are counted", "清点未标注图片"), "blended": ("an average of weights is better", "平均后的权重得分更高"),
    "step": ("some steps are done", "完成若干步"), "evaluated": ("an evaluation is done", "完成一次评估"), "best": ("after it, the best so far", "其后，目前最好的成绩"),
    "judged": ("the outcome is judged", "得出训练结论"), "finished": ("the weights are proven", "权重经过验证"),
    "stopped": ("somebody stopped it", "有人停止训练"), "failed": ("it failed", "训练失败"),
}  # fmt: skip


def build(lang: str) -> str:
    """The whole page in a language."""
    with messages.use_language(lang):
        parts = [
            f"# {_word('title')}\n\n{_word('made')}",
            *_section("face", _face()),
            *_section("commands", _commands()),
            *_section("codes", [_codes()]),
            *_section("settings", [_settings(lang)]),
            *_section("rules", [_rules()]),
            *_section("causes", [_causes(lang)]),
            *_section("log", [_log()]),
            *_section("errors", [_errors(lang)]),
        ]
    return "\n\n".join(parts) + "\n"


def _word(name: str) -> str:
    return WORDS[name][messages.language() == "zh"]


def _section(name: str, body: Iterable[str]) -> Iterator[str]:
    yield f"## {_word(name)}"
    yield from body


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    written = [[_word(name) for name in head], ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in written)


def _cell(text: str) -> str:
    return " ".join(FORMS.sub(r"\1", text).split()).replace("|", chr(92) + "|")


def _face() -> Iterator[str]:
    for name in ocrweb.__all__:
        thing: Any = getattr(ocrweb, name)
        yield f"### ocrweb.{name}"
        yield _declared(name, thing)
        for method, body in vars(thing).items() if inspect.isclass(thing) else ():
            if not method.startswith("_"):
                call = body.fget if isinstance(body, property) else body
                yield f"#### {name}.{method}"
                yield _declared("@property\ndef " * isinstance(body, property) + method, call)


def _declared(name: str, thing: Any) -> str:
    """How it is called, and its docstring. Annotations stand in quotes where they are not evaluated, defaults where they are texts."""
    signature = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(thing)))
    return f"```python\n{name}{signature}\n```\n\n{inspect.getdoc(thing) or ''}".rstrip()


def _commands(command: Any = None, name: str = "") -> Iterator[str]:
    command = command or command_line()
    if name:
        yield f"### {name}\n\n{explained(command, name)}"
        rows = [
            (f"`{metavar(one) if one.param_type_name == 'argument' else ', '.join(one.opts)}`", explained(one, name))
            for one in command.params
            if not getattr(one, "hidden", False)
        ]
        yield _table(("option", "about"), rows)
    for word, below in getattr(command, "commands", {}).items():
        yield from _commands(below, f"{name} {word}".strip())


def _codes() -> str:
    return messages.text("command.help-exit-codes")


def _settings(lang: str) -> str:
    rows = []
    for place in places(TrainingConfig):
        field = place.schema.model_fields[place.name]
        extra = field.json_schema_extra
        told = (
            extra["help"][lang] or extra["label"][lang]
            if isinstance(extra, dict) and "help" in extra
            else field.description or ""
        )  # type: ignore[index,call-overload]
        default = field.get_default(call_default_factory=True)
        rows.append(
            (
                f"`{place.key}`",
                f"`{default}`" if default != "" else _word("nothing"),
                allowed(place.schema, place.name),
                str(told),
            )
        )
    return _table(("key", "default", "allowed", "about"), rows)


def _rules() -> str:
    rows = [
        (
            f"`{name}`",
            messages.text(f"dataset_checks.{rule.severity}"),
            _word("yes") if rule.fixable else "",
            *(messages.field("rules", name, part) for part in ("message", "hint")),
        )
        for name, rule in RULES.items()
    ]
    return _table(("rule", "severity", "mended", "message", "hint"), rows)


def _entries(lang: str, kind: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every entry of a kind in the catalogue, in the order of its files."""
    for file in sorted((Path(ocrweb.__file__).parent / "messages" / lang / kind).glob("*.yml")):
        for name in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield f"{file.stem}.{name}", messages.load_area(lang, kind, file.stem)[name]


def _causes(lang: str) -> str:
    by_line = {pattern.cause for pattern in PATTERNS}
    rows = [
        (f"`{name}`", entry["title"], entry["explanation"], _word("a-line" if name in by_line else "a-state"))
        for name, entry in _entries(lang, "causes")
    ]
    return _table(("code", "cause", "about", "sign"), rows)


def _log() -> str:
    figures = {
        "loss": 2.3456,
        "loss_shrink": 1.2,
        "loss_threshold": 0.8,
        "loss_binary": 0.3,
        "lr": 0.001,
        "ips": 8.7,
        "eta": 125.0,
        "memory": 3.3,
    }
    proof = {
        "hmean": 0.8123,
        "interval": (0.78, 0.84),
        "base_hmean": 0.6099,
        "base_interval": (0.57, 0.65),
        "gain": (0.17, 0.23),
    }
    rows = [
        (lines.STARTING, "begins"),
        (lines.device_line("cpu", "bfloat16"), "device"),
        (lines.weights_line(149, 149, [], []), "weights"),
        (lines.unlabelled_line(200, 3, 12), "unlabelled"),
        (lines.step_line((3, 20), (40, 125), figures), "step"),
        (lines.metric_line(0.8123, 0.83, 0.79), "evaluated"),
        (lines.best_line(0.8123, 3), "best"),
        (lines.blend_line((80, 100, 125), 0.8123, 0.8101), "blended"),
        (lines.outcome_line("improved", proof), "judged"),
        (lines.FINISHED, "finished"),
        (lines.stopped_line(120), "stopped"),
        (lines.failed_line("…"), "failed"),
    ]
    return _table(("line", "when"), [(f"`{line}`", _word(when)) for line, when in rows])


def _errors(lang: str) -> str:
    rows = [(f"`{name}`", entry["message"], entry["hint"]) for name, entry in _entries(lang, "errors")]
    return _table(("code", "message", "hint"), rows)


def main() -> None:
    for lang, target in TARGETS.items():
        target.write_text(build(lang), encoding="utf-8")
        print(target)


if __name__ == "__main__":
    main()
