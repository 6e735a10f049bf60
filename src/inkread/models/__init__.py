"""Models of other makers: imported from ONNX and Keras, kept by name, compared."""
