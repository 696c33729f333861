"""The data root as one file, and back: every file with its digest, nothing half at either end."""
