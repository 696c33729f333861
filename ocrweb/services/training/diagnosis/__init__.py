"""Why a training run failed or is weak: one rule a cause, each with its evidence and remedies."""

from ocrweb.services.training.diagnosis.cause import Cause, Remedy
from ocrweb.services.training.diagnosis.engine import diagnose, diagnose_log, diagnose_run, looks_like_a_log
from ocrweb.services.training.diagnosis.evidence import Evidence

__all__ = ["Cause", "Evidence", "Remedy", "diagnose", "diagnose_log", "diagnose_run", "looks_like_a_log"]
