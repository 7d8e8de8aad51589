"""Answers SPF checks with python3-spf over a zone given as data.

Standard input: one JSON object per line, {"zone": {name: [[type, value], ...]}, "ip", "sender", "helo"}.
Standard output: one line per check: the result.
"""
import json
import socket
import sys

import spf

zone = {}


def lookup(name, qtype, strict=True, timeout=None, level=0):
    for label in name.rstrip(".").split("."):
        if not 0 < len(label) < 64:
            return
    for kind, value in zone.get(name.rstrip(".").lower(), []):
        if kind == "SERVFAIL":
            raise spf.TempError("DNS failure")
        if kind == "CNAME":
            yield ((name, kind), value)
            yield from lookup(value, qtype, strict, timeout, level + 1)
        elif kind == qtype:
            if kind == "AAAA":
                value = socket.inet_pton(socket.AF_INET6, value)
            elif kind == "TXT":
                value = (value.encode("latin-1"),)
            elif kind == "MX":
                value = (value[0], value[1])
            yield ((name, kind), value)


spf.DNSLookup = lookup

for line in sys.stdin:
    case = json.loads(line)
    zone = case["zone"]
    query = spf.query(i=case["ip"], s=case["sender"], h=case["helo"], strict=True)
    try:
        print(query.check()[0], flush=True)
    except Exception as error:  # A crash of the peer is not a verdict.
        print("crash", type(error).__name__, error, flush=True)
