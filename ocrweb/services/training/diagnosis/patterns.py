"""Causes that one log line proves: a table of regular expressions.

Logs come from anywhere, so the work for each line has to grow with its length alone: what lies apart is written with
`then`, and what repeats has a bound. ``tests/services/training/diagnosis/test_work.py`` counts the work.
"""

from __future__ import annotations

from dataclasses import dataclass

from ocrweb.config.model_names import DEFAULT
from ocrweb.services.training.diagnosis.cause import Cause, Remedy
from ocrweb.services.training.diagnosis.evidence import Evidence, quote

SMALLER_BATCH = Remedy("smaller-batch", "train", {"batch_size": "÷2"})
BATCH_ONE = Remedy("batch-one", "train", {"batch_size": 1})
SMALLER_CROP = Remedy("smaller-crop", "train", {"crop_size": 320})
SMALLER_PICTURES = Remedy("smaller-pictures", "resize", {"max_side": 640})
ON_CPU = Remedy("on-cpu", "train", {"device": "cpu"})
REPAIR = Remedy("repair-dataset", "repair")
CHECK_DATASET = Remedy("check-dataset", "repair")
LOWER_RATE = Remedy("lower-rate", "train", {"learning_rate": "×0.1"})
FULL_PRECISION = Remedy("full-precision", "train", {"optimizer.amp": "off"})
SAFE_START = Remedy("safe-start", "train", {"batch_size": 2, "epochs": 20, "learning_rate": 0.001})
MORE_EPOCHS = Remedy("more-epochs", "train", {"epochs": "×3"})
MORE_TIME = Remedy("more-time", "train", {"max_minutes": "×3"})
NO_TPS = Remedy("no-tps", "train", {"use_tps": False})
NO_WORKERS = Remedy("no-workers", "train", {"loader.workers": 0})
FREEZE_BN = Remedy("freeze-bn", "train", {"batch_size": 2})
RESUME = Remedy("resume", "train", {})
FREE_DISK = Remedy("free-disk")
FREE_MEMORY = Remedy("free-memory")
MORE_SHM = Remedy("more-shm")
WAIT_DEVICE = Remedy("wait-device")
OTHER_PORT = Remedy("other-port")
REINSTALL = Remedy("reinstall", "doctor")
SELF_CHECK = Remedy("self-check", "doctor")
GOLDEN = Remedy("golden", "golden")
RIGHT_BUILD = Remedy("right-build", "doctor")
OFFLINE_WEIGHTS = Remedy("offline-weights")
FIX_CONFIG = Remedy("fix-config")
BASE_WEIGHTS = Remedy("base-weights", "train", {"model": DEFAULT})
MORE_PICTURES = Remedy("more-pictures")
PROBE_THRESHOLD = Remedy("probe-threshold", "detect", {"threshold": 0.05})
SUBSET = Remedy("subset")


@dataclass(frozen=True)
class Pattern:
    """cause: its id. expression: any line with it proves it, and so does the code with which a worker of ours failed.

    unless: other lines that forbid it. weight: see `Cause`.
    """

    cause: str
    expression: str
    remedies: tuple[Remedy, ...]
    weight: int = 60
    unless: str = ""

    def match(self, evidence: Evidence) -> Cause | None:
        line = evidence.find(self.expression) or evidence.failed_with(self.expression)
        if line is None or (self.unless and evidence.find(self.unless)):
            return None
        return Cause(self.cause, quote(line), line.number, self.remedies, self.weight)


def then(*parts: str) -> str:
    """An expression for parts that follow each other in a line, whatever lies between; linear, which ``a.*b`` is not.

    The first place of each part but the last counts, and is not gone back on.
    """
    *first, last = parts
    return "^" + "".join(f"(?>.*?(?:{part}))" for part in first) + f".*(?:{last})"


def _any(*expressions: str) -> str:
    return "|".join(expressions)


_GPU_MEMORY = r"cuda out of memory|out of memory error on gpu|cudaerrormemoryallocation|cudnn_status_alloc_failed|resourceexhaustederror|cublas_status_alloc_failed|outofmemoryerror: |(hip|xpu|npu|mps backend) out of memory"

_NO_WEIGHTS = _any(
    then(r"\.pd(params|iparams|model|opt)\b|inference\.json", r"not exists?\b|no such file"),
    then("cannot open file", r"\.pd(params|iparams|model)\b|inference\.json"),
    then("no such file", r"\.(pdparams|pdiparams|pdmodel|pth?|ckpt|safetensors)\b"),
)

PATTERNS = (
    Pattern("memory.gpu", _GPU_MEMORY, (SMALLER_BATCH, BATCH_ONE, SMALLER_PICTURES, SMALLER_CROP, ON_CPU), 90),
    Pattern(
        "memory.shared",
        _any(
            r"bus error|insufficient shared memory|unable to open shared memory|sigbus|train\.no-shared-memory",
            then(r"\bshm\b", r"\bfull\b|too small|no space|exhaust"), then("/dev/shm", "no space"),
        ),
        (NO_WORKERS, SMALLER_BATCH, MORE_SHM), 92,
    ),
    Pattern(
        "memory.host",
        r"\bmemoryerror\b|std::bad_alloc|cannot allocate (memory|\d{1,15} bytes)|defaultcpuallocator: (not enough|can't allocate) memory|unable to allocate [\d.]+ [kmgt]?i?b|bad allocation|winerror 1455|页面文件太小|paging file is too small|train\.(out-of-memory|killed-for-memory)",
        (SMALLER_BATCH, SMALLER_CROP, SMALLER_PICTURES, FREE_MEMORY), 80, unless=_GPU_MEMORY,
    ),
    Pattern(
        "disk.full",
        r"no space left on device|errno 28|disk quota exceeded|errno 122|usage\.disk-full|train\.disk-full|磁盘已满|no space is left on the disk",
        (FREE_DISK, RESUME), 95, unless=_any(then("/dev/shm", "no space"), then("unable to (write|open)", "shm")),
    ),
    Pattern(
        "loader.worker-died",
        _any(
            r"data loader worker|loader\.worker-died",
            then("dataloader", r"\bworkers? .{0,40}(exit|kill|died|dead|crash|abort|fail)|exited|unexpectedly|dead worker"),
            then(r"worker \(pid", "killed|exited"), then("start a new process before", "finished its bootstrapping|$"),
            r"items of ancdata|errno 24\b|too many open files",
        ),
        (NO_WORKERS, SMALLER_BATCH, CHECK_DATASET), 55, unless=r"bus error|insufficient shared memory",
    ),
    Pattern(
        "device.wrong-build",
        _any(
            r"driver version is insufficient|no kernel image is available|not compiled with (cuda|gpu)|cannot load (cudnn|cublas|cudart) shared library|could not locate (zlibwapi|cudnn|cublas)\w{0,40}\.dll|cuda driver version|libcud(nn|art|blas)[\w.]{0,20}: cannot open|unsupported (gpu|cuda) arch|mismatched gpu architecture|not compatible with (paddle|the current pytorch) installation|driver on your system is too old|invalid device function",
            then("cannot find", "libcud(nn|art|blas)"), then("dynamic library", "cud(nn|a)"),
        ),
        (RIGHT_BUILD, ON_CPU), 90,
    ),
    Pattern(
        "device.missing",
        _any(
            r"no cuda-?capable device|cannot use gpu|cuda device is not set properly|cuda is not available|no (available )?gpu|found no nvidia driver|engine\.no-gpu|train\.no-device",
            then("cuda_visible_devices", r"\bempty\b|\bno (gpu|cuda|device)|\bnot? (set|found|valid)"), then("nvml", "not found|not loaded"),
        ),
        (ON_CPU, SELF_CHECK), 70, unless=r"driver version is insufficient|no kernel image",
    ),
    Pattern(
        "device.busy",
        r"all cuda-capable devices are busy|device (is )?(busy|unavailable)|exclusive.?process|cudaerrordevicesunavailable|ebusy",
        (WAIT_DEVICE, ON_CPU), 75,
    ),
    Pattern("device.port-busy", r"address already in use|errno 98|errno 48|eaddrinuse|port .{0,20}(is )?(already )?(in use|occupied)", (OTHER_PORT,), 70),
    Pattern(
        "data.label-number",
        r"could not convert string to float|invalid literal for (int|float)\(\)|label\.not-a-number",
        (REPAIR,), 85,
    ),
    Pattern("data.label-short", r"indexerror: list index out of range|label\.too-few|label\.no-text|not enough values to unpack", (REPAIR,), 72),
    Pattern("data.label-encoding", r"unicodedecodeerror|codec can't decode|label\.(bom|encoding)|illegal multibyte sequence", (REPAIR,), 80),
    Pattern(
        "data.file-missing",
        r"filenotfounderror|no such file or directory|list\.(file-missing|missing)|does not exist!?$|can't open/read file|cannot find the (path|file)",
        (CHECK_DATASET,), 70,
        unless=_any(r"libcud|libgl|libgomp|cannot open shared object|bus error|insufficient shared memory", _NO_WEIGHTS, then("pretrain", "no such|not exist")),
    ),
    Pattern(
        "data.not-a-picture",
        r"'nonetype' object has no attribute '(shape|copy|size|astype)'|cannot identify image file|image file is truncated|!_?s(rc|size)\.empty\(\)|src is not a numpy array|image\.(truncated|content|unreadable|empty)|corrupt jpeg|premature end of jpeg",
        (REPAIR,), 78,
    ),
    Pattern(
        "data.box-shape",
        r"topolog(y|ical)(exception|error)|linearring requires|path is invalid for clipping|in function 'fillpoly'|checkvector\(2|inhomogeneous (shape|part)",
        (REPAIR,), 66,
    ),
    Pattern("data.json", r"jsondecodeerror|expecting value: line|expecting property name", (CHECK_DATASET,), 65),
    Pattern("data.no-text", r"train\.nothing-to-learn|all (boxes|labels) are ignored|stats\.all-ignored|no (usable|valid) (text )?(box|polygon|instance)", (CHECK_DATASET,), 85),
    Pattern(
        "data.invalid",
        r"dataset\.(unreadable|not-a-folder)|the dataset has \d+ errors?",
        (REPAIR,), 66,
    ),
    Pattern(
        "data.empty",
        _any(
            r"num_samples should be a positive integer|dataset is empty|no images? in train dataloader|no images in \w{1,10} dataset|list\.empty|loader\.no-samples",
            then("division by zero", "len"), then("batch_sampler", "empty|0 samples"), then(r"len\(", r"\) == 0"),
            then("please ensure", "batch_size|num_samples"),
        ),
        (CHECK_DATASET,), 72,
    ),
    Pattern("loss.not-finite", r"loss\w{0,20}['\"]?\s{0,8}[:=]\s{0,8}(nan|-?inf)\b|train\.(not-finite|unusable-weights)|non-?finite loss|loss is (nan|inf)|contains? nan|nan or inf(?!, current scale)", (LOWER_RATE, SAFE_START, REPAIR, SMALLER_BATCH), 84),
    Pattern("loss.scale", then("found (inf or nan|nan or inf)", "current scale"), (FULL_PRECISION, LOWER_RATE), 40),
    Pattern(
        "batchnorm.batch-one",
        _any(
            "expected more than 1 value per channel",
            then("batch ?norm", "batch size (of )?1"), then("batch_norm", "1 sample|one sample"),
        ),
        (FREEZE_BN,), 82,
    ),
    Pattern(
        "weights.mismatch",
        _any(
            r"size mismatch for|weights\.(too-few|foreign|base-mismatch|unknown-architecture|of-recognition|of-other-detector)|missing key\(s\) in state_dict",
            then("shape", "mismatch", "param|weight"), then("pretrained", "shape", "not match"),
            then("the shape of model params ", " not matched"), then("the pretrained params ", " not in model"),
        ),
        (BASE_WEIGHTS,), 68,
    ),
    Pattern("weights.missing", _NO_WEIGHTS, (BASE_WEIGHTS, OFFLINE_WEIGHTS), 75),
    Pattern(
        "weights.damaged",
        r"unpicklingerror|invalid load key|weights\.(damaged|missing|not-weights)|train\.bad-checkpoint|eoferror|pytorchstreamreader failed|invalid magic number|pickle data was truncated",
        (BASE_WEIGHTS, RESUME), 74,
    ),
    Pattern("network.download", _any(r"urlerror|connectionerror|max retries exceeded|name or service not known|temporary failure in name resolution|connection timed out|https?error\b|sslerror", then("downloading ", " failed")), (OFFLINE_WEIGHTS,), 60),
    Pattern(
        "config.unknown-key",
        r"config\.(unknown-key|bad-value|no-yaml|no-mapping)|unexpected keyword argument|keyerror: ['\"](global|optimizer|train|eval|architecture)|yaml\.(scanner|parser)|unrecognized arguments|ratio_list should be|__round__ method|is not in the \S{1,40} registry|no such option",
        (FIX_CONFIG,), 64,
    ),
    Pattern("environment.import", _any(r"modulenotfounderror|importerror|winerror 12[67]\b|找不到指定的(模块|程序)|module .numpy. has no attribute|numpy\.dtype size changed|compiled using numpy 1|descriptors cannot be created directly|libgl\.so|libgthread|undefined symbol|dll load failed", then("libgomp", "cannot open")), (REINSTALL,), 76, unless=r"libcud(nn|art|blas)"),
    Pattern("permission.denied", r"permissionerror|permission denied|errno 13|read-only file system", (Remedy("fix-rights"),), 71),
    Pattern(
        "distributed.stuck",
        _any(
            r"server not yet listening|train\.rank-lost",
            then("nccl", r"\berror|(?<!_)timeout|unhandled"), then("gloo", "timeout|timed out|connect"),
            then("waiting for", "rank|trainer"), then("tcpstore", "time"), then("trainer", "exited|aborted"),
        ),
        (Remedy("one-device", "train", {}), SELF_CHECK), 67,
    ),
    Pattern("process.crashed", r"train\.crashed|segmentation fault|sigsegv|illegal instruction|sigill|aborted \(core dumped\)|process abort signal|sigabrt|illegal memory access|unspecified launch failure|device-side assert|fatal python error", (GOLDEN, SELF_CHECK, ON_CPU), 58, unless=r"bus error"),
    Pattern("process.killed", _any(r"(^|\s)killed\s*$|signal 9|sigkill|exit(ed)? (with )?(code|status) (-9|137)\b|oom.?kill|out of memory: killed process", then("failed", r"\bcode:?\s?(-9|137)\b"), r"^train\.killed$"), (SMALLER_BATCH, SMALLER_CROP, SMALLER_PICTURES, FREE_MEMORY, RESUME), 79),
    Pattern("data.deleted", r"config\.dataset-missing", (CHECK_DATASET, RESUME), 88),
)  # fmt: skip
