"""Reads every .eml of a folder with Python's email package; prints one JSON object by file name."""
import email, email.policy, hashlib, json, os, sys


def people(field):
    return [[a.display_name, a.addr_spec] for a in field.addresses] if field is not None else []


def describe(path):
    with open(path, "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    files = []
    for part in mail.walk():
        if part.is_multipart() or part is text or part is html:
            continue
        content = part.get_payload(decode=True) or b""
        files.append([part.get_filename(), part.get_content_type(), hashlib.sha256(content).hexdigest()])
    return {
        "subject": mail["subject"], "from": people(mail["from"]), "to": people(mail["to"]), "cc": people(mail["cc"]),
        "date": mail["date"].datetime.isoformat() if mail["date"] is not None else None, "id": mail["message-id"],
        "text": text.get_content() if text else None, "html": html.get_content() if html else None, "files": files,
        "defects": [type(d).__name__ for p in mail.walk() for d in p.defects],
    }


folder = sys.argv[1]
result = {name: describe(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith(".eml")}
json.dump(result, sys.stdout)
