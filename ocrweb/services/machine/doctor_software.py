"""The doctor's checks of Python, libraries, engines and fonts."""

from __future__ import annotations

import importlib
import importlib.util
import platform
import re
import sys
from importlib import metadata

from ocrweb import messages
from ocrweb.config.paths import ASSETS, CHECKOUT
from ocrweb.runtime.paddle_env import cpu_vendor, machine_environment
from ocrweb.services.files.versions import installed_version
from ocrweb.services.machine.check import Check, State

REQUIREMENTS = ("requirements.txt", "requirements-nodeps.txt")
OPENCV = ("opencv-python", "opencv-contrib-python", "opencv-python-headless")
GPU_VARIANTS = {"paddlepaddle": "paddlepaddle-gpu", "onnxruntime": "onnxruntime-gpu"}
ENGINES = {"openvino": "openvino", "onnx": "onnxruntime", "paddle": "paddle"}


def check_python() -> Check:
    """3.11 is what everything was tested with; 3.12 may work."""
    found = platform.python_version()
    version = sys.version_info[:2]
    return Check("python", "ok" if version == (3, 11) else "warn" if version == (3, 12) else "fail", found)


def check_libraries(pins: dict[str, str] | None = None) -> Check:
    """Installed versions against the exact pins. A missing library fails; another version is a warning.

    So is a library whose CPU build and GPU build are both there: they share a folder, and the later one has overwritten
    the earlier one's files.
    """
    pins = pinned() if pins is None else pins
    missing, other = [], []
    for name, wanted in pins.items():
        found, variant = installed_version(name), GPU_VARIANTS.get(name, "")
        replaced = installed_version(variant) if variant else None
        if found and replaced:
            versions = {"cpu_version": found, "gpu_version": replaced}
            other.append(messages.text("doctor.two-builds", cpu=name, gpu=variant, **versions))
        elif replaced:
            name, found, wanted = variant, replaced, pinned_gpu().get(variant, replaced.split("+")[0])
        if found is None:
            missing.append(f"{name} {wanted}: –")
        elif not _fits(found.split("+")[0], wanted):
            other.append(f"{name} {wanted}: {found}")
    state: State = "fail" if missing else "warn" if other else "ok"
    return Check("libraries", state, "; ".join(missing + other) or f"{len(pins)} / {len(pins)}")


def pinned() -> dict[str, str]:
    """The exact versions of the requirements beside the package, else the ranges of the installed package's metadata."""
    files = [file for name in REQUIREMENTS if (file := CHECKOUT / name).is_file()]
    if files:
        return _pins([line for file in files for line in file.read_text(encoding="utf-8").splitlines()])
    try:
        return _ranges(metadata.requires("ocrweb") or [])
    except metadata.PackageNotFoundError:
        return {}


def _ranges(lines: list[str]) -> dict[str, str]:
    """What an installed package asks for without its parts: ``>=2.3.5,<2.4`` by name."""
    plain = (line for line in lines if "extra ==" not in line)
    found = (re.match(r"\s*([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*([^;]*)", line) for line in plain)
    return {match[1]: match[2].strip() for match in found if match}


def _fits(found: str, wanted: str) -> bool:
    """Whether a version is the one that is wanted, or in the range that is (``>=``, ``<`` and ``==`` with plain numbers)."""
    version = _numbers(found)
    for part in wanted.split(","):
        match = re.match(r"\s*(>=|<|==)?\s*(.+)", part)
        bound = _numbers(match[2]) if match else ()
        operator = match[1] if match else None
        if (operator == ">=" and version < bound) or (operator == "<" and version >= bound):
            return False
        if operator in ("==", None) and version != bound:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))


def pinned_gpu() -> dict[str, str]:
    """The exact versions of `requirements-gpu.txt` beside the package; empty without that file."""
    file = CHECKOUT / "requirements-gpu.txt"
    return _pins(file.read_text(encoding="utf-8").splitlines()) if file.is_file() else {}


def _pins(lines: list[str]) -> dict[str, str]:
    found = (re.match(r"\s*([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;#]+)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def check_opencv(versions: dict[str, str | None] | None = None) -> Check:
    """The three distributions share one folder: different versions overwrite each other, and some need libGL."""
    versions = {name: installed_version(name) for name in OPENCV} if versions is None else versions
    installed = {name: version for name, version in versions.items() if version}
    try:
        importlib.import_module("numpy")  # without it OpenCV prints a traceback of its own
        cv2 = importlib.import_module("cv2")
    except ImportError as failure:
        return Check("opencv", "fail", str(failure))
    detail = f"cv2 {cv2.__version__}; " + ", ".join(f"{name} {version}" for name, version in installed.items())
    same = len(set(installed.values())) == 1
    whole = all(version.startswith(cv2.__version__) for version in installed.values() if version)
    return Check("opencv", "ok" if same and whole else "fail", detail)


def check_engines() -> Check:
    """Which engines can be imported. One is enough to detect; OpenVINO is the fast one on a CPU.

    Paddle is only looked for: importing it here would change this process's threads.
    """
    works: list[str] = []
    broken: list[str] = []
    for name, module in ENGINES.items():
        try:
            if module == "paddle":
                present = importlib.util.find_spec(module) is not None
            else:
                importlib.import_module("numpy")
                importlib.import_module(module)
                present = True
        except (ImportError, OSError) as failure:
            broken.append(f"{name}: {failure}")
        else:
            (works if present else broken).append(name)
    detail = ", ".join(works) + (f" ({'; '.join(broken)})" if broken else "")
    able = [name for name in works if name != "paddle"]
    return Check("engines", "fail" if not able else "warn" if broken else "ok", detail)


def check_paddle() -> Check:
    """Paddle for training, and the variables its child processes get on this machine."""
    version = installed_version("paddlepaddle") or installed_version("paddlepaddle-gpu")
    given = " ".join(f"{name}={value}" for name, value in machine_environment().items())
    detail = f"paddlepaddle {version or '–'}; {cpu_vendor() or platform.machine()}; {given or '–'}"
    return Check("paddle", "ok" if version else "warn", detail)


def check_fonts() -> Check:
    """The fonts that sample pages are drawn with."""
    folder = ASSETS / "fonts"
    fonts = sorted(path.name for path in folder.glob("*.[to]tf")) if folder.is_dir() else []
    return Check("fonts", "ok" if fonts else "warn", f"{len(fonts)}")
