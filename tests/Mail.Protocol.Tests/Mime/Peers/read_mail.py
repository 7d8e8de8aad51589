"""Reads every .eml of a folder with Python's email package; prints one JSON object by file name."""
import email, email.header, email.policy, email.utils, hashlib, json, os, sys


def people(field):
    # The older functions: the newer ones keep the white space between two encoded words of a name, against RFC 2047 6.2
    pairs = email.utils.getaddresses([str(field)]) if field is not None else []
    return [[str(email.header.make_header(email.header.decode_header(name))), address] for name, address in pairs]


def describe(path):
    with open(path, "rb") as file:
        octets = file.read()
    mail = email.message_from_bytes(octets, policy=email.policy.default)
    raw = email.message_from_bytes(octets)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    files = []
    for part in mail.walk():
        if part.is_multipart() or part is text or part is html:
            continue
        content = part.get_payload(decode=True) or b""
        files.append([part.get_filename(), part.get_content_type(), hashlib.sha256(content).hexdigest()])
    return {
        "subject": mail["subject"], "from": people(raw["from"]), "to": people(raw["to"]), "cc": people(raw["cc"]),
        "date": mail["date"].datetime.isoformat() if mail["date"] is not None else None, "id": mail["message-id"],
        "text": text.get_content() if text else None, "html": html.get_content() if html else None, "files": files,
        "defects": [type(d).__name__ for p in mail.walk() for d in p.defects],
    }


folder = sys.argv[1]
result = {name: describe(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith(".eml")}
json.dump(result, sys.stdout)
