"""Writes the .npy files beside it with NumPy itself, and index.json: what each of them holds.

Run by hand: python3 make-fixtures.py && npx prettier --write index.json (NumPy 2.4.6 was used). The tests only read
what is checked in.
"""

import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
cases = {}


def save(name, array, version=(1, 0), error=None):
    with open(HERE / f"{name}.npy", "wb") as file:
        np.lib.format.write_array(file, np.asanyarray(array), version=version, allow_pickle=True)
    if error is not None:
        cases[name] = {"error": error}
        return
    flat = array.astype(np.float64).ravel(order="C")
    values = [v if np.isfinite(v) else str(v) for v in flat.tolist()]
    cases[name] = {"dtype": array.dtype.name, "shape": list(array.shape), "values": values}


EDGES = {"f4": [0.1, -3.4e38, 1e-45], "f8": [0.1, -1.7e308, 5e-324], "f2": [0.1, -65504, 6e-8]}
for code in ("f4", "f8", "f2"):
    save(f"{code}-1d", np.array([0, -0.0, 1.5, *EDGES[code], np.inf, -np.inf, np.nan], dtype="<" + code))
for code in ("i1", "i2", "i4", "u1", "u2", "u4"):
    info = np.iinfo(code)
    save(f"{code}-1d", np.array([info.min, 0, 1, info.max], dtype=code))
save("i8-1d", np.array([-(2**53) + 1, -(2**32), -1, 0, 2**32 + 7, 2**53 - 1], dtype="<i8"))
save("u8-1d", np.array([0, 2**32 + 7, 2**53 - 1], dtype="<u8"))
save("bool-2d", np.array([[True, False, True], [False, False, True]]))
save("f4-scalar", np.array(2.5, dtype="<f4"))
save("f8-empty", np.zeros(0))
save("f8-empty-3d", np.zeros((2, 0, 3)))
save("f4-3d", np.arange(24, dtype="<f4").reshape(2, 3, 4) / 8)
save("f8-fortran-2d", np.asfortranarray(np.arange(6.0).reshape(2, 3)))
save("i4-fortran-3d", np.asfortranarray(np.arange(24, dtype="<i4").reshape(2, 3, 4)))
save("f4-big-endian", np.array([1.5, -2.25], dtype=">f4"))
save("i8-big-endian", np.array([-(2**40), 3], dtype=">i8"))
save("f4-version-2", np.array([[1, 2], [3, 4]], dtype="<f4"), version=(2, 0))

save("i8-too-large", np.array([1, 2**53], dtype="<i8"), error="beyond")
save("u8-too-large", np.array([2**64 - 1], dtype="<u8"), error="beyond")
save("object", np.array([{}, None], dtype=object), error="Python objects")
save("complex", np.array([1j]), error="not supported")
save("text", np.array(["ab"]), error="not supported")
save("datetime", np.array(["2026-01-01"], dtype="datetime64[D]"), error="not supported")
save("record", np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]), error="records")
save("f4-version-3", np.array([1], dtype="<f4"), version=(3, 0), error="version 3.0")

lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(case)}" for name, case in cases.items())
(HERE / "index.json").write_text("{\n" + lines + "\n}\n")
