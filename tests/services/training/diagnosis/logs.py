"""Foreign and own logs, each with the cause that a person should be told first. Written for these tests."""

PADDLE_STEP = "[2024/05/02 10:11:{second:02d}] ppocr INFO: epoch: [{epoch}/20], global_step: {step}, lr: 0.001000, loss: {loss}, loss_shrink_maps: 1.2, loss_threshold_maps: 0.8, loss_binary_maps: 0.2, avg_reader_cost: 0.01 s, ips: 3.1"


def steps(losses: list[float], hmeans: list[float] = ()) -> str:  # type: ignore[assignment]
    lines = [
        PADDLE_STEP.format(second=number % 60, epoch=1 + number // 5, step=number, loss=f"{loss:.6f}")
        for number, loss in enumerate(losses)
    ]
    lines += [f"ppocr INFO: cur metric, precision: {h:.4f}, recall: {h:.4f}, hmean: {h:.4f}, fps: 12.1" for h in hmeans]
    return "\n".join(lines)


def falling(count: int = 40) -> list[float]:
    return [3.0 * 0.95**number + 0.8 for number in range(count)]


TRACE = 'Traceback (most recent call last):\n  File "tools/train.py", line 208, in <module>\n    main(config, device, logger, vdl_writer)\n'

LOGS: dict[str, tuple[str, str | None]] = {
    "unknown-key-error": (TRACE + "KeyError: 'points'", "process.unknown-error"),
    "unknown-opencv": (steps(falling(30)) + "\n" + TRACE + "cv2.error: OpenCV(4.10.0) :-1: error: (-5:Bad argument) in function 'fillPoly'", "process.unknown-error"),
    "unknown-cudnn": ("RuntimeError: (External) CUDNN error(1), CUDNN_STATUS_NOT_INITIALIZED.", "process.unknown-error"),
    "unknown-reader": ("SystemError: (Fatal) Blocking queue is killed because the data reader raises an exception.", "process.unknown-error"),
    "paddleocr-cuda-oom": (TRACE + "ResourceExhaustedError:\n\nOut of memory error on GPU 0. Cannot allocate 1.2GB memory on GPU 0, 5.7GB memory has been allocated", "memory.gpu"),
    "torch-cuda-oom": (TRACE + "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 512.00 MiB (GPU 0; 6.00 GiB total capacity)", "memory.gpu"),
    "cudnn-alloc": ("ExternalError: CUDNN error(4), CUDNN_STATUS_ALLOC_FAILED.", "memory.gpu"),
    "cublas-alloc": ("OSError: (External) CUBLAS error(3). cublas_status_alloc_failed", "memory.gpu"),
    "shm-bus-error": ("ERROR: Unexpected BUS error encountered in DataLoader worker. This might be caused by insufficient shared memory (shm), please check whether use_shared_memory is set and storage space in /dev/shm is enough", "memory.shared"),
    "torch-bus-error": ("RuntimeError: DataLoader worker (pid 4711) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory.", "memory.shared"),
    "shm-open": ("RuntimeError: unable to open shared memory object </torch_4711_1> in read-write mode", "memory.shared"),
    "bad-alloc": ("terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc", "memory.host"),
    "numpy-memory": (TRACE + "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 1.43 GiB for an array with shape (8, 3, 4000, 4000)", "memory.host"),
    "memory-error": (TRACE + "MemoryError", "memory.host"),
    "disk-full": (TRACE + "OSError: [Errno 28] No space left on device: './output/db_res18/latest.pdparams'", "disk.full"),
    "quota": ("OSError: [Errno 122] Disk quota exceeded", "disk.full"),
    "worker-exited": ("ERROR:root:DataLoader reader thread raised an exception!\nRuntimeError: DataLoader 2 workers exit unexpectedly, pids: 812, 813", "loader.worker-died"),
    "torch-worker": ("RuntimeError: DataLoader worker (pid(s) 3111) exited unexpectedly", "loader.worker-died"),
    "driver-too-old": ("ExternalError: CUDA error(35), CUDA driver version is insufficient for CUDA runtime version.", "device.wrong-build"),
    "no-kernel": ("RuntimeError: CUDA error: no kernel image is available for execution on the device", "device.wrong-build"),
    "missing-cudnn": ("PreconditionNotMetError: Cannot load cudnn shared library. The third-party dynamic library (libcudnn.so) that Paddle depends on is not configured correctly. (error code is libcudnn.so: cannot open shared object file: No such file or directory)", "device.wrong-build"),
    "cpu-build": ("AssertionError: Torch not compiled with CUDA enabled", "device.wrong-build"),
    "no-device": ("RuntimeError: No CUDA GPUs are available: no CUDA-capable device is detected", "device.missing"),
    "use-gpu-on-cpu": ("Config use_gpu cannot be set as true while you are using paddlepaddle cpu version ! \nTry: cannot use GPU", "device.missing"),
    "device-busy": ("cudaErrorDevicesUnavailable: CUDA-capable device(s) is/are busy or unavailable: all CUDA-capable devices are busy", "device.busy"),
    "port-busy": ("OSError: [Errno 98] Address already in use", "device.port-busy"),
    "label-float": (TRACE + "  File \"label_ops.py\", line 31, in __call__\nValueError: could not convert string to float: '\\ufeff377'", "data.label-number"),
    "label-float-comma": ("ValueError: could not convert string to float: '38，43'", "data.label-number"),
    "label-index": (TRACE + "  File \"icdar_dataset.py\", line 88, in load\nIndexError: list index out of range", "data.label-short"),
    "label-unpack": ("ValueError: not enough values to unpack (expected 9, got 8)", "data.label-short"),
    "label-gbk": ("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xd6 in position 0: invalid continuation byte", "data.label-encoding"),
    "modelscope-missing-list": ("FileNotFoundError: [Errno 2] No such file or directory: '/root/custom_data/train_list.txt'", "data.file-missing"),
    "paddleocr-missing-image": ("Exception: /data/train_images/7.jpg does not exist!", "data.file-missing"),
    "cv2-missing": ("[ WARN:0@1.2] global loadsave.cpp:244 findDecoder imread_('train_images/9.jpg'): can't open/read file: check file path/integrity", "data.file-missing"),
    "imread-none": (TRACE + "AttributeError: 'NoneType' object has no attribute 'shape'", "data.not-a-picture"),
    "pil-unidentified": ("PIL.UnidentifiedImageError: cannot identify image file <_io.BytesIO object at 0x7f>", "data.not-a-picture"),
    "pil-truncated": ("OSError: image file is truncated (12 bytes not processed)", "data.not-a-picture"),
    "cv2-empty": ("cv2.error: OpenCV(4.6.0) error: (-215:Assertion failed) !_src.empty() in function 'cvtColor'", "data.not-a-picture"),
    "label-json": ("json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)", "data.json"),
    "loss-one": (steps([1.0] * 40), "data.no-text"),
    "empty-list": ("ValueError: num_samples should be a positive integer value, but got num_samples=0", "data.empty"),
    "no-dataloader": ("ppocr ERROR: No Images in train dataloader, please ensure\n\t1. The images num in the train label_file_list should be larger than or equal with batch size.", "data.empty"),
    "paddle-nan": (steps(falling(10)) + "\nppocr INFO: epoch: [3/20], global_step: 50, lr: 0.007000, loss: nan, loss_shrink_maps: nan", "loss.not-finite"),
    "modelscope-nan": ("2024-01-02 INFO step: 12, loss: nan, lr: 0.007", "loss.not-finite"),
    "loss-scale": (steps(falling()) + "\nFound inf or nan, current scale is: 512.0, decrease to: 512.0*0.5\n", "loss.scale"),
    "torch-nan": ("Loss is nan, stopping training", "loss.not-finite"),
    "flat": (steps([2.31 + 0.01 * (number % 3) for number in range(60)]), "loss.flat"),
    "batchnorm-one": ("ValueError: Expected more than 1 value per channel when training, got input size [1, 256, 1, 1]", "batchnorm.batch-one"),
    "shape-mismatch": ("RuntimeError: Error(s) in loading state_dict: size mismatch for head.conv1.weight: copying a param with shape", "weights.mismatch"),
    "pretrained-mismatch": ("ppocr WARNING: The shape of model params head.binarize.conv1.weight [64, 256, 3, 3] not matched with loaded params head.binarize.conv1.weight [24, 96, 3, 3] !", "weights.mismatch"),
    "damaged-weights": ("_pickle.UnpicklingError: invalid load key, '<'.", "weights.damaged"),
    "download": ("requests.exceptions.ConnectionError: HTTPSConnectionPool: Max retries exceeded with url: /pretrained/ResNet18_vd_pretrained.pdparams", "network.download"),
    "unknown-option": ("train.py: error: unrecognized arguments: --use-gpu False", "config.unknown-key"),
    "config-key": ("KeyError: 'Global'", "config.unknown-key"),
    "libgl": ("ImportError: libGL.so.1: cannot open shared object file: No such file or directory", "environment.import"),
    "module": ("ModuleNotFoundError: No module named 'pyclipper'", "environment.import"),
    "permission": ("PermissionError: [Errno 13] Permission denied: './output'", "permission.denied"),
    "nccl": ("torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:1275, unhandled system error", "distributed.stuck"),
    "server-waiting": ("server not yet listening, try waiting for more time or check the endpoints", "distributed.stuck"),
    "segfault": ("FatalError: `Segmentation fault` is detected by the operating system.\n  [SignalInfo: *** SIGSEGV (@0x0) received by PID 12 ***]", "process.crashed"),
    "oom-killer": (steps(falling(8)) + "\n/bin/sh: line 1:  4711 Killed", "process.killed"),
    "kernel-oom": ("[12345.6] Out of memory: Killed process 4711 (python3) total-vm:30123456kB", "process.killed"),
    "modelscope-silent": ("2024-01-02 INFO load dataset\nStarting training...\n", "start.silent"),
    "false-success": ("Starting training...\nTraining finished!\n", "result.no-weights"),
    "poor": (steps(falling(), [0.05, 0.21, 0.33]) + "\nsave model in ./output/latest\n", "result.poor"),
    "weak": (steps(falling(), [0.35, 0.61, 0.62]) + "\nsave model in ./output/latest\n", "result.weak"),
    "zero": (steps(falling(), [0.0, 0.0, 0.0]), "result.zero-hmean"),
    "overfit": (steps(falling(), [0.55, 0.91, 0.70, 0.41]), "result.gap"),
    "interrupted": ("KeyboardInterrupt", "process.stopped"),
    "sigterm": ("FatalError: `Termination signal` is detected by the operating system.\n  [SignalInfo: *** SIGTERM (@0x0) received by PID 12 ***]", "process.stopped"),
    "healthy": (steps(falling(), [0.55, 0.75, 0.83]) + "\nppocr INFO: save model in ./output/db/best_accuracy\n", None),
    "healthy-ours": ("Starting training...\nepoch: 1/2, iter: 1/4, loss: 2.3456, loss_shrink: 1.1, lr: 0.001, ips: 3.00 images/s, eta: 0:00:10, mem: 1.20 GiB\ncur metric, hmean: 0.8123, precision: 0.8, recall: 0.82\nbest metric, hmean: 0.8123, epoch: 1\nTraining finished!\n", None),
}  # fmt: skip
