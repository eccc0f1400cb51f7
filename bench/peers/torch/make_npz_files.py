"""Writes tests/fixtures/npz.json: small files of numpy.savez, and a zip archive with zip64 records.

Run by hand; the file is committed, and the tests never need Python.
"""

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np

TARGET = Path(__file__).resolve().parents[3] / "tests" / "fixtures" / "npz.json"
# A local header as numpy 1.24 wrote it.
LOCAL_HEADER = (
    "504b030414000000000000002100645baabf9000000090000000060014006d752e6e7079010010009000000000000000"
    "9000000000000000934e554d5059010076007b276465736372273a20273c6638"
)


def saved(save):
    buffer = io.BytesIO()
    sigma = np.array([[1, 0.25], [0.25, 2]])
    save(buffer, mu=np.array([0.5, -1.0]), sigma=sigma, n=np.int64(50))
    return buffer.getvalue().hex()


def zip64():
    """One stored entry; all numbers that may be told by zip64 fields are told by them alone."""
    name, data = b"x.npy", bytes([1, 2, 3])
    crc = zlib.crc32(data)
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 45, 0, 0, 0, 33, crc, 2**32 - 1, 2**32 - 1, len(name), 20)
    local += name + struct.pack("<2H2Q", 1, 16, 3, 3) + data
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\1\2", 45, 45, 0, 0, 0, 33, crc, 2**32 - 1, 2**32 - 1, len(name), 28, 0, 0, 0, 0, 2**32 - 1
    )
    entry += name + struct.pack("<2H3Q", 1, 24, 3, 3, 0)
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(entry), len(local))
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(local) + len(entry), 1)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 2**16 - 1, 2**16 - 1, 2**32 - 1, 2**32 - 1, 0)
    file = local + entry + record + locator + end
    assert zipfile.ZipFile(io.BytesIO(file)).read("x.npy") == data
    return file.hex()


document = {
    "madeBy": f"numpy {np.__version__}",
    "files": {"savez": saved(np.savez), "savez_compressed": saved(np.savez_compressed)},
    "localHeader": LOCAL_HEADER,
    "zip64": zip64(),
}
TARGET.write_text(json.dumps(document, indent=1) + "\n")
