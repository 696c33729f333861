"""What libraries and shells write on healthy machines proves nothing, and hides nothing either."""

from __future__ import annotations

import re

import pytest

from ocrweb.services.training.diagnosis import Evidence, diagnose, diagnose_log
from ocrweb.services.training.diagnosis.engine import looks_like_a_log
from ocrweb.services.training.diagnosis.evidence import evidence_of_text
from ocrweb.services.training.diagnosis.harmless import NOTICES
from ocrweb.services.training.diagnosis.log_text import LogLine
from ocrweb.services.training.diagnosis.patterns import PATTERNS
from tests.services.training.diagnosis.logs import LOGS, TRACE, falling, steps

SITE = "/opt/conda/lib/python3.10/site-packages/"
NOISE = {  # kind in NOTICES → what is seen in logs that people post
    "python": [
        f"{SITE}torch/utils/data/dataloader.py:557: UserWarning: This DataLoader will create 8 worker processes in total. Our suggested max number of worker in current system is 2, which is smaller than what this DataLoader is going to create. Getting stuck or exited unexpectedly may follow.\n  warnings.warn(_create_warning_msg(",
        f"{SITE}paddle/fluid/reader.py:497: UserWarning: DataLoader with multi-process mode is not supported on MacOs and Windows currently. Please use signle-process mode with num_workers = 0 instead\n  \"DataLoader with multi-process mode\"",
        f"{SITE}torchvision/io/image.py:13: UserWarning: Failed to load image Python extension: 'image.so: undefined symbol: _ZN3c10'If you don't plan on using image functionality from `torchvision.io`, you can ignore this warning.\n  warn(",
        f"{SITE}albumentations/__init__.py:24: UserWarning: Error fetching version info <urlopen error [Errno -3] Temporary failure in name resolution>\n  check_for_updates()",
        f"{SITE}skimage/morphology/_skeletonize.py:241: DeprecationWarning: `np.bool` is deprecated: no such option, ValueError: could not convert string to float\n  0, 1, np.bool)",
        "  FutureWarning: You are using `torch.load` with `weights_only=False`, EOFError may follow",
        f"{SITE}paddle/nn/layer/norm.py:818: UserWarning: When training, we now always track global mean and variance.\n  warnings.warn(",
        f"{SITE}PIL/Image.py:3186: DecompressionBombWarning: Image size (108000000 pixels) exceeds limit of 89478485 pixels, could be decompression bomb DOS attack.\n  warnings.warn(",
    ],
    "python-logged": [f"[2024/05/02 10:11:12] root WARNING: {SITE}pkg_resources/__init__.py:121: DeprecationWarning: pkg_resources: ImportError later"],
    "warn-call": ['    warnings.warn("out of memory error on GPU")', "  warnings.warn(warning_message)"],
    "tensorflow": [
        "2024-05-02 10:11:12.345678: I tensorflow/core/util/port.cc:113] oneDNN custom operations are on. You may see slightly different numerical results due to floating-point round-off errors from different computation orders.",
        "2024-05-02 10:11:12.345678: W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic library 'libcudart.so.11.0'; dlerror: libcudart.so.11.0: cannot open shared object file: No such file or directory",
        "2024-05-02 10:11:12.345678: E external/local_xla/xla/stream_executor/cuda/cuda_dnn.cc:9261] Unable to register cuDNN factory: Attempting to register factory for plugin cuDNN when one has already been registered",
        "E0000 00:00:1714644672.123456    4711 cuda_dnn.cc:8310] Unable to register cuDNN factory: ERROR: registered",
    ],
    "glog-info": ["I0830 11:04:17.222244  4711 eager_method.cc:140] Warning:: 0D Tensor: list index out of range? IndexError: list index out of range"],
    "paddle-device": [
        "W0502 10:11:12.123456  4711 gpu_resources.cc:119] Please NOTE: device: 0, GPU Compute Capability: 7.5, Driver API Version: 11.4, Runtime API Version: 11.2",
        "W0502 10:11:12.133456  4711 gpu_resources.cc:164] device: 0, cuDNN Version: 8.1.",
        "W0717 14:40:15.249956 54863 init.cc:161] AVX is available, Please re-compile on local machine",
    ],
    "nccl-info": [
        "host:4711:4711 [0] NCCL INFO NET/Plugin : No plugin found (libnccl-net.so), dlerror=libnccl-net.so: cannot open shared object file: No such file or directory",
        "NCCL_ASYNC_ERROR_HANDLING=1",
    ],
    "torch-native": ["[W NNPACK.cpp:64] Could not initialize NNPACK! Reason: Unsupported hardware. illegal instruction", "[W502 10:11:12.1 socket.cpp:601] [c10d] The client socket has failed to connect to [localhost]:29500 (errno: 99, Connection timed out)."],
    "openmp": ["OMP: Info #276: omp_set_nested routine deprecated, SIGILL", "Setting OMP_NUM_THREADS environment variable for each process to be 1 in default, to avoid your system being overloaded, please further tune: worker (pid 1) exited"],
    "ccache": ["INFO: Could not find files for the given pattern(s).", "信息: 用提供的模式无法找到文件。"],
    "onednn": ["onednn_verbose,info,oneDNN v3.4,cpu,isa:Intel AVX2,permission denied"],
    "pip": [
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError: Temporary failure in name resolution'",
        "ERROR: pip's dependency resolver does not currently take into account all the packages that are installed.",
    ],
    "preload": ["ERROR: ld.so: object '/usr/lib/libtcmalloc.so.4' from LD_PRELOAD cannot be preloaded (cannot open shared object file): ignored."],
    "locale": ["locale: Cannot set LC_CTYPE to default locale: No such file or directory"],
    "matplotlib": ["mkdir -p failed for path /.config/matplotlib: [Errno 13] Permission denied: '/.config'"],
    "wandb": ["wandb: Network error (ConnectionError), entering retry loop."],
    "picture-metadata": ["libpng warning: iCCP: known incorrect sRGB profile, cannot identify image file"],
    "windows-of-none": ["QFontDatabase: Cannot find font directory cv2/qt/fonts: no such file or directory"],
    "shell": ["grep: warning: GREP_OPTIONS is deprecated; please use an alias or script", "rm: cannot remove 'output/old': No such file or directory"],
    "tokenizers": ["To disable this warning: set TOKENIZERS_PARALLELISM=(true | false), KeyError: 'Global'"],
}  # fmt: skip
TRAILING = (
    "Exception ignored in: <function _MultiProcessingDataLoaderIter.__del__ at 0x7f>\n"
    + TRACE
    + "AssertionError: can only test a child process"
)
ALL_NOISE = [text for texts in NOISE.values() for text in texts]


def test_each_kind_of_notice_is_seen_in_a_log() -> None:
    assert set(NOISE) == set(NOTICES)
    for kind, texts in NOISE.items():
        for text in texts:
            assert re.search(NOTICES[kind], text.splitlines()[0], re.IGNORECASE), text


@pytest.mark.parametrize("text", [*ALL_NOISE, TRAILING])
def test_a_notice_alone_is_no_cause(text: str) -> None:
    assert diagnose_log(text) == ()
    assert diagnose_log(f"{text}\n{LOGS['healthy-ours'][0]}") == ()


@pytest.mark.parametrize("name", LOGS)
def test_no_evidence_is_a_notice_and_none_hides_a_cause(name: str) -> None:
    log, _ = LOGS[name]
    noisy = diagnose_log("\n".join([*ALL_NOISE, TRAILING, log, *reversed(ALL_NOISE), TRAILING]))
    assert [(cause.id, cause.evidence) for cause in noisy] == [
        (cause.id, cause.evidence) for cause in diagnose_log(log)
    ]


def test_some_notices_would_prove_something_if_they_were_read() -> None:
    """Else the table would be of no use."""
    read = {text for text in ALL_NOISE if any(p.match(_all_telling(text)) for p in PATTERNS)}
    assert len(read) >= 15


def _all_telling(text: str) -> Evidence:
    evidence = evidence_of_text(text)
    evidence.__dict__["telling"] = evidence.lines
    return evidence


def test_a_warning_that_tells_something_is_heard() -> None:
    told = {
        "UserWarning: You are using GPU version Paddle, but your CUDA device is not set properly. CPU device will be used by default.": "device.missing",
        "UserWarning: CUDA initialization: The NVIDIA driver on your system is too old (found version 10010).": "device.wrong-build",
        "UserWarning: NVIDIA GeForce RTX 3090 with CUDA capability sm_86 is not compatible with the current PyTorch installation.": "device.wrong-build",
    }  # fmt: skip
    for warning, cause in told.items():
        assert [found.id for found in diagnose_log(f"{SITE}a.py:30: {warning}\n  warnings.warn(")] == [cause]


def test_a_wrapped_warning_is_one() -> None:
    wrapped = f"{SITE}paddle/utils/cpp_extension/extension_utils.py:718:\nUserWarning: No ccache found, No such file or directory\n  warnings.warn(warning_message)"
    assert diagnose_log(wrapped) == ()


def test_what_follows_a_notice_is_read() -> None:
    assert diagnose_log(f"{NOISE['python'][0]}\n  CUDA out of memory")[0].id == "memory.gpu"
    assert diagnose_log(f"{TRAILING}\nMemoryError")[0].evidence == "MemoryError"


def test_the_last_words_of_a_killed_run_are_not_a_notice() -> None:
    log = steps(falling(8)) + f"\n{NOISE['python'][0]}"
    (killed,) = [c for c in diagnose(Evidence(evidence_of_text(log).lines, exit_code=-9)) if c.id == "process.killed"]
    assert killed.line == 8


def test_a_start_with_notices_after_it_is_silent_all_the_same() -> None:
    log = f"Starting training...\n{NOISE['python'][0]}"
    assert [(cause.id, cause.evidence) for cause in diagnose_log(log)] == [("start.silent", "Starting training...")]


def test_a_log_of_notices_alone_is_a_log() -> None:
    assert looks_like_a_log(evidence_of_text(NOISE["paddle-device"][0] + "\nUserWarning: a"))
    assert not looks_like_a_log(Evidence((LogLine(1, "hello world"),)))


@pytest.mark.parametrize(
    "line",
    [
        "CUDA_VISIBLE_DEVICES=0 nohup python tools/train.py -c det.yml",
        "train_dataloader = dict(batch_size=16, num_workers=24, persistent_workers=True)",
        "export TORCH_NCCL_ASYNC_ERROR_HANDLING=1 NCCL_TIMEOUT=1800",
        "/dev/shm of 64 GB mounted successfully as shm",
    ],
)
def test_a_setting_that_is_told_is_no_fault(line: str) -> None:
    assert diagnose_log(line) == ()
