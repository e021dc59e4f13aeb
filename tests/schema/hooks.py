"""For schemathesis (src/xtask/src/schema.rs): lets four fifths of the requests through the door, so that what stands behind it is tried too.

The site key and secrets of a hold, a booking and a conversation that exist take the place of the words made up for them. What is missing stays missing.
"""

import itertools
import json
import os
import re
import urllib.request
import uuid
from collections.abc import MutableMapping
from datetime import date, timedelta

import schemathesis

ALL = os.environ["LOKALSVAR_API"] + "/api/v1"
API = ALL + "/booking"
SITE = "eksempelby-key"
UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
counter = itertools.count()
turns = itertools.count()
contacts = itertools.count(20_000_000)
kept = {}
# Of eksempelby.samtale.json.
TALK_PRIVACY = "schema-samtale"


def ask(path, body=None, at=API, **headers):
    headers |= {"lokalsvar-site": SITE}
    data = None
    if body is not None or path.startswith("/holds/"):
        headers |= {"idempotency-key": str(uuid.uuid4()), "content-type": "application/json"}
        data = json.dumps(body).encode() if body is not None else b""
    request = urllib.request.Request(at + path, data, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def free(service):
    """A free time of a service, on another day each time."""
    days = 55 if service == "pas" else 25
    for _ in range(days):
        start = date.today() + timedelta(days=2 + next(turns) * 7 % days)
        slots = ask(f"/slots?service={service}&from={start}&days=3")["slots"]
        if slots:
            slot = slots[next(turns) % len(slots)]
            return {"service": service, "location": slot["location"], "start": slot["start"]}
    raise RuntimeError(f"no time of {service} is left")


def hold(service="pas"):
    """The secret of a new hold."""
    return ask("/holds", free(service) | {"persons": 1})["holder"]


def phone():
    """Another contact each time: one contact may have three bookings."""
    return str(next(contacts))


def privacy():
    return ask("/services")["privacy"]["version"]


def booking():
    """The secret of a new booking."""
    message = {"contact": {"name": "Ida", "phone": phone()}, "privacy_version": kept.setdefault("privacy", privacy())}
    return ask("/bookings", message, **{"lokalsvar-holder": hold()})["secret"]


def conversation():
    """A new conversation: a message that somebody left."""
    message = {
        "way": "message",
        "department": "borgerservice",
        "text": "Hej",
        "bundle": "1",
        "contact": {"name": "Ida", "phone": phone()},
        "privacy_version": TALK_PRIVACY,
    }
    return ask("/conversations", message, at=ALL + "/handoff")


def secret(name, make, lasts=40):
    """One that is made anew now and then: a booking that was cancelled shows little more."""
    if name not in kept or next(turns) % lasts == 0:
        kept[name] = make()
    return kept[name]


def put(message, name, value, most=10_000):
    """Puts a value where one that fits the document stands; what breaks it goes on breaking it."""
    if isinstance(message, MutableMapping) and isinstance(message.get(name), str) and len(message[name]) <= most:
        message[name] = value()


def talk(path, headers, body, query):
    """Lets a request about a conversation through the door."""
    lasts = 5 if path == "end" else 20
    put(headers, "lokalsvar-conversation", lambda: secret("conversation", lambda: conversation()["secret"], lasts))
    if path == "resume":
        put(body, "code", lambda: conversation()["resume_code"], 40)
    if path in ("conversations", "leave"):
        put(body, "privacy_version", lambda: TALK_PRIVACY, 64)
        put(body, "department", lambda: "borgerservice", 32)
        if isinstance(body, dict) and isinstance(body.get("contact"), dict):
            put(body["contact"], "phone", phone, 30)
            put(body["contact"], "email", lambda: "ida@example.dk", 254)
    if path == "availability":
        put(query, "department", lambda: "borgerservice", 32)
    # Waiting for news that never comes takes longer than a request may here.
    if path == "log" and isinstance(query, MutableMapping) and query.get("wait") in range(21):
        query["wait"] = 0


@schemathesis.hook
def before_call(ctx, case, kwargs):
    path = case.operation.path.rsplit("/", 1)[-1]
    headers = case.headers if case.headers is not None else {}
    key = headers.get("idempotency-key")
    # Made-up keys come again, with another body: that is refused, and tried elsewhere.
    if isinstance(key, str) and UUID.fullmatch(key):
        headers["idempotency-key"] = str(uuid.uuid4())
    if next(counter) % 5 == 0:
        return
    put(headers, "lokalsvar-site", lambda: SITE)
    put(headers, "lokalsvar-booking", lambda: secret("booking", booking, 5 if path in ("cancel", "erase") else 40))
    if path == "codes":
        put(headers, "lokalsvar-holder", lambda: hold("mitid"))
    elif path != "holds":
        put(headers, "lokalsvar-holder", lambda: hold() if path == "bookings" else secret("holder", hold))
    body = case.body
    if "/handoff/" in case.operation.path:
        talk(path, headers, body, case.query)
    if path in ("holds", "move"):
        now = free("pas")
        for name in now:
            put(body, name, lambda name=name: now[name])
    if path in ("bookings", "codes") and isinstance(body, dict):
        put(body.get("contact"), "phone", phone, 30)
        put(body.get("contact"), "email", lambda: "ida@example.dk", 254)
        put(body, "privacy_version", lambda: kept.setdefault("privacy", privacy()), 64)
    if path == "codes" and isinstance(body, dict) and isinstance(body.get("contact"), dict):
        # One of the two: no schema says so.
        contact = body["contact"]
        if set(contact) <= {"phone", "email"} and isinstance(contact.get("phone"), str) and isinstance(contact.get("email", ""), (str, type(None))):
            contact.pop("email", None)
    if path == "slots":
        put(case.query, "service", lambda: "pas")
        put(case.query, "location", lambda: "raadhus")
