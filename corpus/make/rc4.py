"""RC4 of binary Office documents (MS-OFFCRYPTO 2.3.5, 2.3.6): for workbooks and presentations with a password."""

import hashlib
import struct


def rc4(key: bytes, data: bytes) -> bytes:
    """The cipher itself."""
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


class Binary:
    """The older way: MD5 and keys of 40 bits (2.3.6)."""

    def __init__(self, password: str) -> None:
        self.salt = hashlib.md5(b"salt " + password.encode()).digest()
        first = hashlib.md5(password.encode("utf-16-le")).digest()[:5]
        self.base = hashlib.md5((first + self.salt) * 16).digest()[:5]

    def key(self, block: int) -> bytes:
        return hashlib.md5(self.base + struct.pack("<I", block)).digest()

    def header(self) -> bytes:
        """From EncryptionVersionInfo on."""
        plain = bytes(range(16))
        sealed = rc4(self.key(0), plain + hashlib.md5(plain).digest())
        return struct.pack("<HH", 1, 1) + self.salt + sealed


class CryptoApi:
    """The newer way: SHA-1 and keys of 128 bits (2.3.5)."""

    def __init__(self, password: str) -> None:
        self.salt = hashlib.md5(b"salt " + password.encode()).digest()
        self.base = hashlib.sha1(self.salt + password.encode("utf-16-le")).digest()

    def key(self, block: int) -> bytes:
        return hashlib.sha1(self.base + struct.pack("<I", block)).digest()[:16]

    def header(self) -> bytes:
        """From EncryptionVersionInfo on."""
        provider = "Microsoft Enhanced Cryptographic Provider v1.0\0".encode("utf-16-le")
        fixed = struct.pack("<IIIIIIII", 4, 0, 0x6801, 0x8004, 128, 1, 0, 0) + provider
        plain = bytes(range(16))
        sealed = rc4(self.key(0), plain + hashlib.sha1(plain).digest())
        verifier = struct.pack("<I", 16) + self.salt + sealed[:16] + struct.pack("<I", 20) + sealed[16:]
        return struct.pack("<HHII", 4, 2, 4, len(fixed)) + fixed + verifier
