"""Detection of many pictures by many machines. Ray, Parquet and fsspec are imported when they are used, and here alone."""
