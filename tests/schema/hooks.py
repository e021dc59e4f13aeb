"""For schemathesis (src/xtask/src/schema.rs): lets four fifths of the requests through the door, so that what stands behind it is tried too.

The site key and the secrets of a hold, a booking and a conversation that exist take the place of the words made up for them, and so do the session of
somebody who may, receipts, blocks and alerts on the routes of the staff (staff.py, talk.py). What is missing stays missing, what breaks the
document goes on breaking it. What was answered is written down for the end (TALLY).
"""

import itertools
import os
import re
import uuid
from collections.abc import MutableMapping
from datetime import timedelta

import schemathesis
import staff
import talk
from server import SITE, ask, free, hold, now, phone, privacy

UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# No word to be read, or a character that controls: no reason, which no schema says.
SILENT = re.compile(r"\W*|.*[\x00-\x1f\x7f-\x9f].*", re.DOTALL)
WAY = re.compile("chat|message|callback")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
counter = itertools.count()
turns = itertools.count()
kept = {}


def booking():
    """The secret of a new booking."""
    message = {"contact": {"name": "Ida", "phone": phone()}, "privacy_version": kept.setdefault("privacy", privacy())}
    return ask("/bookings", message, **{"lokalsvar-holder": hold()})["secret"]


def secret(name, make, lasts=40):
    """One that is made anew now and then: a booking that was cancelled shows little more."""
    if name not in kept or next(turns) % lasts == 0:
        kept[name] = make()
    return kept[name]


def put(message, name, value, least=0, most=10_000, like=None):
    """Puts a value where one that fits the document stands."""
    if not isinstance(message, MutableMapping):
        return
    old = message.get(name)
    if isinstance(old, str) and least <= len(old) <= most and (like is None or like.fullmatch(old)):
        message[name] = value()


@schemathesis.hook
def before_call(ctx, case, kwargs):
    whole = case.operation.path
    path = whole.rsplit("/", 1)[-1]
    if not isinstance(case.headers, MutableMapping):
        case.headers = {}
    headers = case.headers
    key = headers.get("idempotency-key")
    # Made-up keys come again, with another body: that is refused, and tried elsewhere.
    if isinstance(key, str) and UUID.fullmatch(key):
        headers["idempotency-key"] = str(uuid.uuid4())
    turn = next(counter)
    if turn % 5 == 0:
        return
    if "/staff/handoff/" in whole:
        of_agent(case, path, talk.agent() if turn % 10 else staff.anyone())
    elif "/handoff/" in whole:
        of_talk(case, path)
    elif "/staff/" in whole:
        route = whole.split("/staff/")[1]
        anybody = turn % 10 == 0 and route not in staff.ENDING
        of_staff(case, path, staff.anyone() if anybody else staff.may(route))
    else:
        of_citizen(case, path)


@schemathesis.hook
def after_call(ctx, case, response):
    with open(os.environ["TALLY"], "a", encoding="utf-8") as tally:
        print(case.method.upper(), case.operation.path, response.status_code, file=tally)


def of_citizen(case, path):
    headers, body = case.headers, case.body
    put(headers, "lokalsvar-site", lambda: SITE)
    put(headers, "lokalsvar-booking", lambda: secret("booking", booking, 5 if path in ("cancel", "erase") else 40))
    if path == "codes":
        put(headers, "lokalsvar-holder", lambda: hold("mitid"))
    elif path != "holds":
        put(headers, "lokalsvar-holder", lambda: hold() if path == "bookings" else secret("holder", hold))
    if path in ("holds", "move"):
        time = free("pas")
        for name in time:
            put(body, name, lambda name=name: time[name])
    if path in ("bookings", "codes") and isinstance(body, dict):
        put(body.get("contact"), "phone", phone, most=30)
        put(body.get("contact"), "email", lambda: "ida@example.dk", most=254)
        put(body, "privacy_version", lambda: kept.setdefault("privacy", privacy()), most=64)
    if path == "codes" and isinstance(body, dict) and isinstance(body.get("contact"), dict):
        # One of the two: no schema says so.
        contact = body["contact"]
        if set(contact) <= {"phone", "email"} and isinstance(contact.get("phone"), str) and isinstance(contact.get("email", ""), (str, type(None))):
            contact.pop("email", None)
    if path == "slots":
        put(case.query, "service", lambda: "pas")
        put(case.query, "location", lambda: "raadhus")


def of_talk(case, path):
    headers, body, query = case.headers, case.body, case.query
    put(headers, "lokalsvar-site", lambda: SITE)
    if path == "leave":
        put(headers, "lokalsvar-conversation", talk.waiting)
    else:
        lasts = 5 if path == "end" else 20
        put(headers, "lokalsvar-conversation", lambda: secret("conversation", lambda: talk.conversation()["secret"], lasts))
    if path == "resume":
        put(body, "code", lambda: talk.conversation()["resume_code"], most=40)
    if path in ("conversations", "leave"):
        put(body, "privacy_version", lambda: talk.PRIVACY, most=64)
        put(body, "department", lambda: "borgerservice", most=32)
        put(body, "bundle", lambda: "1", most=128)
        put(body, "about", lambda: "pas/pris-paa-pas", most=128)
        if isinstance(body, dict):
            # Who spoke is the citizen or the bot; no schema says that nobody else did.
            if isinstance(body.get("transcript"), list) and next(turns) % 2:
                body["transcript"] = []
            put(body, "text", lambda: "Hej", 1, 4000)
            contact = body.get("contact")
            # A message needs somebody whom the answer reaches; no schema says so.
            if contact is None and path == "conversations":
                put(body, "way", lambda: "message", like=WAY)
                body["contact"] = {"name": "Ida", "phone": phone()}
            put(contact, "name", lambda: "Ida", most=100)
            put(contact, "phone", phone, most=30)
            put(contact, "email", lambda: "ida@example.dk", most=254)
            if path == "leave":
                put(body, "way", lambda: "message", like=WAY)
    if path == "availability":
        put(query, "department", lambda: "borgerservice", most=32)
    at_once(query)


def at_once(query):
    """Waiting for news that never comes takes longer than a request may here."""
    if isinstance(query, MutableMapping) and query.get("wait") in range(21):
        query["wait"] = 0


def of_agent(case, path, seat):
    headers, query, body = case.headers, case.query, case.body
    headers["cookie"] = seat.cookie
    put(headers, "lokalsvar-csrf", lambda: seat.csrf)
    at_once(query)
    put(query, "receipt", lambda: talk.receipt(path), most=40)
    put(body, "receipt", lambda: talk.receipt(path), most=40)
    put(query, "format", lambda: ("json", "html")[next(turns) % 2], most=4)
    put(body, "department", lambda: "skat", most=32)
    put(body, "intent", lambda: "pas/pris-paa-pas", most=128)
    put(body, "fact", talk.fact, most=64)
    # A colleague who is there, an own message: what there is of them is tried elsewhere (src/api/tests/handoff.rs).
    if isinstance(body, dict) and next(turns) % 4:
        for name, kind in (("to", str), ("corrects", int)):
            if isinstance(body.get(name), kind):
                del body[name]


def of_staff(case, path, seat):
    headers, query, body = case.headers, case.query, case.body
    if seat:
        headers["cookie"] = seat.cookie
        put(headers, "lokalsvar-csrf", lambda: seat.csrf)
    if path in ("sign-in", "enrol", "invitation", "start"):
        return way_in(path, query, body)
    today = now().date()
    for name in ("from", "to", "until"):
        put(query, name, lambda: str(today), like=DATE)
    put(query, "location", lambda: "raadhus")
    put(query, "receipt", lambda: staff.receipt("find"), most=40)
    put(body, "receipt", lambda: staff.receipt(path), most=40)
    put(body, "reason", lambda: "Prøve", 1, 200, SILENT)
    if isinstance(body, dict) and isinstance(body.get("visit"), str) and len(body["visit"]) <= 64:
        del body["visit"]
    if path == "move" and isinstance(body, dict):
        time = staff.free(body.get("receipt"))
        for name in time:
            put(body, name, lambda name=name: time[name])
    if path == "blocks":
        start = staff.night()
        put(body, "location", lambda: "raadhus")
        put(body, "counter", lambda: "skranke-2")
        put(body, "start", lambda: start.isoformat())
        put(body, "end", lambda: (start + timedelta(minutes=5)).isoformat())
    put(body, "block", staff.block, most=40)
    put(body, "alert", staff.alert, most=40)


def way_in(path, query, body):
    """Somebody who has not signed in yet, with what they sign in with."""
    put(query, "kommune", lambda: "eksempelby")
    if not isinstance(body, dict):
        return
    new = staff.newcomer(path)
    body.setdefault("kommune", new["kommune"])
    put(body, "kommune", lambda: new["kommune"])
    put(body, "user", lambda: new["user"], 1, 100)
    put(body, "password", lambda: new["password"], 12 if path == "invitation" else 1, 200)
    put(body, "invitation", lambda: new["invitation"], most=100)
    if path == "enrol":
        put(body, "secret", lambda: new["secret"], most=100)
        put(body, "code", lambda: staff.code(new["secret"]), most=20)
