"""Programs that measure ocrweb against its peers in one run: `ocrweb bench NAME`, or `python -m benchmarks.NAME`."""
