"""A published ONNX detector as a trainable Paddle layer, and back.

``read`` (nodes and arrays, no Paddle) → ``fuse`` (patterns that Paddle has as one function) → ``operators`` and ``plan``
(Paddle functions in order) → ``detector`` (the layer, with a threshold branch) → ``write`` (trained arrays into the graph).
"""
