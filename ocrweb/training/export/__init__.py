"""From weights to ONNX, Paddle inference and int8, each compared with the original."""
