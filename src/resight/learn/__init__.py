"""Training of recognition models: one recipe in, weights, an ONNX model and its figures out."""
