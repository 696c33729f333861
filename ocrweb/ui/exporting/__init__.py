"""Tab: ONNX export."""
