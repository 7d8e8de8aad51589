"""Writes responses with dnspython, names compressed: type, asked name, message in hex, and the records as text.

Argument: how many. The same number makes the same messages.
"""
import random
import sys

import dns.flags
import dns.message
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

rng = random.Random(7208)
labels = ["a", "mail", "xn--bcher-kva", "_dmarc", "Example", "x" * 63, "0-9"]


def name():
    return ".".join(rng.choice(labels) for _ in range(rng.randint(1, 3))) + ".example."


def data(kind):
    if kind == "A":
        return "192.0.2.%d" % rng.randint(0, 255)
    if kind == "AAAA":
        return "2001:db8::%x" % rng.randint(1, 65535)
    if kind == "MX":
        return "%d %s" % (rng.randint(0, 65535), rng.choice([name(), "."]))
    if kind == "TXT":
        return " ".join('"%s"' % ("".join(rng.choice("abc =;-1") for _ in range(rng.randint(0, 255)))) for _ in range(rng.randint(1, 3)))
    if kind == "TLSA":
        return "%d %d %d %s" % (rng.randint(0, 3), rng.randint(0, 1), rng.randint(0, 2), "%064x" % rng.getrandbits(256))
    if kind == "CAA":
        return '%d %s "%s"' % (rng.choice([0, 128]), rng.choice(["issue", "iodef"]), rng.choice(["ca.example", ""]))
    return name()


def text(rdata):
    kind = dns.rdatatype.to_text(rdata.rdtype)
    if kind == "TXT":
        return b"".join(rdata.strings).decode("latin-1")
    if kind == "MX":
        return "%d %s" % (rdata.preference, str(rdata.exchange).lower().rstrip("."))
    if kind == "TLSA":
        return "%d %d %d %s" % (rdata.usage, rdata.selector, rdata.mtype, rdata.cert.hex())
    if kind == "CAA":
        return "%d %s %s" % (rdata.flags, rdata.tag.decode(), rdata.value.decode())
    return rdata.to_text().lower().rstrip(".")


for _ in range(int(sys.argv[1])):
    kind = rng.choice(["A", "AAAA", "MX", "TXT", "TLSA", "CAA", "CNAME", "PTR"])
    asked = owner = name()
    query = dns.message.make_query(asked, kind, use_edns=rng.choice([True, False]))
    response = dns.message.make_response(query)
    for _ in range(0 if kind == "CNAME" else rng.randint(0, 3)):
        target = "%d.%s" % (rng.randint(0, 10**9), name())
        response.answer.append(dns.rrset.from_text(owner, 60, "IN", "CNAME", target))
        owner = target
    records = [data(kind) for _ in range(1 if kind == "CNAME" else rng.randint(1, 20))]
    found = dns.rrset.from_text(owner, 300, "IN", kind, *records)
    response.answer.append(found)
    wire = response.to_wire(max_size=65535)
    print("\t".join([kind, asked, wire.hex(), owner.lower().rstrip("."), "|".join(sorted(text(r) for r in found))]))
