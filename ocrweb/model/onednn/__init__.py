"""Convolutions by oneDNN, the library that Paddle's CPU wheel carries but does not use where it trains step by step.

Measured on 2 cores of an AMD EPYC (AVX-512, bf16), forward and backward alike: Paddle's own matrix products reach 150
GFLOP/s, oneDNN 500 in float32 and 1,000 in bfloat16. Nothing is compiled or installed: its C interface is called.
"""
