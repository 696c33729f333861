from ocrweb.library import Detector as Detector
from ocrweb.library import detect as detect
from ocrweb.library import evaluate as evaluate
from ocrweb.library import read_dataset as read_dataset
from ocrweb.library import validate as validate

__version__: str
__all__ = ["Detector", "detect", "evaluate", "read_dataset", "validate"]
