"""What a validation found: exact counts, as many findings as fit on a page, and the numbers of the dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ocrweb.data.checks.finding import Finding
from ocrweb.data.checks.rules import Severity

KEPT_PER_RULE = 1000
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """findings: in the order of rules' gravity, then of the dataset; at most ``KEPT_PER_RULE`` of a rule.

    severities, rules: exact counts, whatever was kept. fixable: findings with a repair, mendable: those by severity. decoded: pictures were looked at.
    strict: warnings count as errors.
    """

    root: Path
    findings: tuple[Finding, ...]
    severities: dict[Severity, int]
    rules: dict[str, int]
    fixable: int
    statistics: dict[str, Any]
    decoded: bool
    strict: bool = False
    mendable: dict[Severity, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """No error: training may start."""
        return self.severities["error"] == 0

    @property
    def kept_all(self) -> bool:
        return len(self.findings) == sum(self.rules.values())

    @property
    def counts(self) -> dict[str, Any]:
        train, test = self.statistics["train"], self.statistics["test"]
        return {
            "error": self.severities["error"],
            "warning": self.severities["warning"],
            "info": self.severities["info"],
            "fixable": self.fixable,
            **{f"fixable_{severity}": self._mendable(severity) for severity in SEVERITIES},
            "train_pictures": train["pictures"],
            "test_pictures": test["pictures"],
            "boxes": train["boxes"] + test["boxes"],
            "ignored": train["ignored"] + test["ignored"],
            "rules": dict(self.rules),
        }

    def strictly(self) -> ValidationReport:
        """The same, with every warning as an error, behind those that were errors already."""
        raised = (replace(found, severity="error") if found.severity == "warning" else found for found in self.findings)
        counts = {**self.severities, "error": self.severities["error"] + self.severities["warning"], "warning": 0}
        mendable = {**self.mendable, "error": self._mendable("error") + self._mendable("warning"), "warning": 0}
        return replace(self, findings=tuple(raised), severities=counts, mendable=mendable, strict=True)

    def _mendable(self, severity: Severity) -> int:
        return self.mendable.get(severity, 0)

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "counts": self.counts,
            "findings": [found.to_dict(lang) for found in self.findings],
            "statistics": self.statistics,
        }


@dataclass
class Collector:
    """Takes findings one by one in bounded memory."""

    kept: list[Finding] = field(default_factory=list)
    severities: Counter[Severity] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    mendable: Counter[Severity] = field(default_factory=Counter)

    def add(self, found: Finding) -> None:
        self.rules[found.rule] += 1
        self.severities[found.severity] += 1
        self.mendable[found.severity] += found.fixable
        if self.rules[found.rule] <= KEPT_PER_RULE:
            self.kept.append(found)

    def leave(self, rules: Collection[str], files: Collection[str], counts: Counter[Severity]) -> None:
        """Findings of these rules in these files are not mended after all. counts: how many of them would have been."""
        self.mendable.subtract(counts)
        self.kept = [
            replace(found, fixable=False) if found.rule in rules and found.file in files else found
            for found in self.kept
        ]

    def report(
        self, root: Path, statistics: dict[str, Any], *, decoded: bool, strict: bool = False
    ) -> ValidationReport:
        """strict: warnings count as errors."""
        order = {severity: i for i, severity in enumerate(SEVERITIES)}
        findings = sorted(self.kept, key=lambda found: order[found.severity])
        report = ValidationReport(
            root=root,
            findings=tuple(findings),
            severities={severity: self.severities[severity] for severity in SEVERITIES},
            rules=dict(self.rules),
            fixable=sum(self.mendable.values()),
            statistics=statistics,
            decoded=decoded,
            mendable={severity: self.mendable[severity] for severity in SEVERITIES},
        )
        return report.strictly() if strict else report
