"""Inputs of three participants as numpy writes them: float32, shape (2, 3). Run once; the files are checked in."""
import numpy as np

for factor, name in enumerate("abc", start=1):
    np.save(f"{name}.npy", (np.arange(6).reshape(2, 3) * factor - 2.5).astype("float32"))
