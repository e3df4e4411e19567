"""A Visual Basic project (MS-OVBA), written plainly: chunks without a single reference back."""

import struct


def packed(data: bytes) -> bytes:
    """A compressed container (2.4.1) of literals only."""
    out = b"\x01"
    for at in range(0, len(data), 4096):
        piece = data[at : at + 4096]
        tokens = b"".join(b"\0" + piece[i : i + 8] for i in range(0, len(piece), 8))
        out += struct.pack("<H", (len(tokens) - 1) | 0xB000) + tokens
    return out


def project(source: str, root: str = "") -> dict[str, bytes]:
    """Streams of a project of one module, in the storage `root`."""

    def record(number: int, data: bytes) -> bytes:
        return struct.pack("<HI", number, len(data)) + data

    name = b"Module1"
    listed = record(1, struct.pack("<I", 1)) + record(2, struct.pack("<I", 0x409)) + record(0x14, struct.pack("<I", 0x409))
    listed += record(3, struct.pack("<H", 1252)) + record(4, b"Corpus") + record(5, b"") + record(0x40, b"") + record(6, b"") + record(0x3D, b"")
    listed += record(7, struct.pack("<I", 0)) + record(8, struct.pack("<I", 0)) + struct.pack("<HIIH", 9, 4, 1, 1) + record(0xC, b"") + record(0x3C, b"")
    listed += record(0xF, struct.pack("<H", 1)) + record(0x13, struct.pack("<H", 0xFFFF))
    listed += record(0x19, name) + record(0x47, name.decode().encode("utf-16-le")) + record(0x1A, name) + record(0x32, name.decode().encode("utf-16-le"))
    listed += record(0x1C, b"") + record(0x48, b"") + record(0x31, struct.pack("<I", 0)) + record(0x1E, struct.pack("<I", 0)) + record(0x2C, struct.pack("<H", 0xFFFF))
    listed += record(0x21, b"") + record(0x2B, b"") + record(0x10, b"")
    text = f'Attribute VB_Name = "Module1"\r\n{source}\r\n'.encode()
    folder = f"{root}/VBA" if root else "VBA"
    return {f"{folder}/dir": packed(listed), f"{folder}/Module1": packed(text), f"{folder}/_VBA_PROJECT": b"\xCC\x61\xFF\xFF\0\0\0"}
