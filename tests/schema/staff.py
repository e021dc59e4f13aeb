"""Those who work at the kommune, for hooks.py: signs in by password and authenticator app, and keeps cookie and token of each role.

The accounts are made by the server's program (src/api/trial/server.rs), which writes what they sign in with into the file STAFF.
"""

import base64
import hmac
import itertools
import json
import os
import struct
import time
import urllib.error
from datetime import datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlencode

from server import ask, call, now, phone, privacy

ACCOUNTS = {account["user"]: account for account in json.load(open(os.environ["STAFF"], encoding="utf-8"))}
ROLES = ["booking", "booking-admin", "agent", "supervisor", "analyst", "tenant-admin", "operator"]
# Real seconds: half an hour without a request ends a session, and the server's clock is faster.
LASTS = 60
# Real seconds that something may be waited for.
PATIENCE = 150
# A code is good once; the next one comes after thirty seconds of the server's.
ANEW = 10
# Routes that end the session they are asked with: who signs in anew leaves the old one.
ENDING = ["sign-out", "sign-in", "enrol", "invitation", "oidc/callback"]
turns = itertools.count()
seats = {}
kept = {}


def code(secret):
    """What an authenticator app shows (RFC 6238)."""
    counter = struct.pack(">Q", int(now().timestamp()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def enter(account):
    """A new session; the first time the app is set up."""
    said = {name: account[name] for name in ("user", "password", "kommune") if account[name]}
    if "secret" in account:
        answer, headers = call("/staff/sign-in", said | {"code": code(account["secret"])}, True)
    else:
        account["secret"] = offered(account)
        body = said | {"secret": account["secret"], "code": code(account["secret"])}
        answer, headers = call("/staff/enrol", body, True)
    return SimpleNamespace(cookie=headers["set-cookie"].split(";")[0], csrf=answer["csrf"], begun=time.monotonic())


def offered(account):
    """The secret of the app that a first sign-in offers."""
    said = {name: account[name] for name in ("user", "password", "kommune") if account[name]}
    return call("/staff/sign-in", said, True)[0]["enrol"]["secret"]


def seat(role, lasts=LASTS):
    """A session of somebody with that role alone."""
    if role not in seats or time.monotonic() - seats[role].begun > lasts:
        seats[role] = enter(ACCOUNTS[role])
    return seats[role]


def may(path):
    """A session that opens the route. Signing in or out ends one, so those who need none elsewhere take turns."""
    if path in ENDING:
        return seat(["agent", "supervisor", "analyst"][next(turns) % 3], ANEW)
    return seat("tenant-admin" if path in ("audit", "consumption") else "booking-admin")


def anyone():
    """Whoever comes next; may be somebody who must not."""
    return seat(ROLES[next(turns) % len(ROLES)])


def work(path, body=None):
    """What staff do themselves; a refusal is none of ours."""
    one = seat("booking-admin")
    try:
        return call("/staff" + path, body, body is not None, {"cookie": one.cookie, "lokalsvar-csrf": one.csrf})[0]
    except urllib.error.HTTPError as refused:
        if refused.code >= 500:
            raise
        return {}


def booked(slot):
    """The receipt number of a new booking there."""
    held = ask("/holds", {"service": "pas", "location": slot["location"], "start": slot["start"], "persons": 1})["holder"]
    message = {"contact": {"name": "Ida", "phone": phone()}, "privacy_version": kept.setdefault("privacy", privacy())}
    return ask("/bookings", message, **{"lokalsvar-holder": held})["receipt"]


def slots(days_from_now, days=1):
    start = now().date() + timedelta(days=days_from_now)
    return ask(f"/slots?service=pas&from={start}&days={days}")["slots"]


def prepare():
    """Visits that have begun when they are needed, one that is later today, and secrets of apps before anybody is made to wait."""
    today = slots(0)
    soon = [s for s in today if datetime.fromisoformat(s["start"]) < now() + timedelta(minutes=40)]
    kept["begun"] = [(datetime.fromisoformat(s["start"]), booked(s)) for s in soon]
    kept["today"] = booked(today[-1])
    for role in ROLES:
        seat(role)
    for user, account in ACCOUNTS.items():
        if user.startswith("new-") and user != "new-0":
            account["secret"] = offered(account)


def wait(there):
    """For what comes by itself while the server's clock goes on; never for good."""
    begun = time.monotonic()
    while not there() and time.monotonic() - begun < PATIENCE:
        time.sleep(0.5)


def receipt(path):
    """Of a booking with which that can be done."""
    if path == "no-show":
        begins, receipt = kept["begun"][next(turns) % len(kept["begun"])]
        wait(lambda: now() > min(kept["begun"])[0])
        return receipt if now() > begins else min(kept["begun"])[1]
    if path in ("check-in", "undo"):
        # Each leaves what the other one needs.
        work("/booking/" + ("undo" if path == "check-in" else "check-in"), {"receipt": kept["today"]})
        return kept["today"]
    if path not in kept or (path == "cancel" and next(turns) % 5 == 0):
        free_times = slots(3 + next(turns) % 40, 7)
        kept[path] = booked(free_times[next(turns) % len(free_times)])
    return kept[path]


def free(of):
    """A time that a booking can be moved to."""
    query = urlencode({"receipt": of if isinstance(of, str) else "", "from": now().date() + timedelta(days=5), "days": 31})
    found = work("/booking/slots?" + query).get("slots", [])
    if not found:
        return {}
    slot = found[next(turns) % len(found)]
    return {"start": slot["start"], "location": slot["location"]}


def night():
    """A time when nobody comes, another one each time."""
    day = now().replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=2 + next(turns) % 50)
    return day + timedelta(minutes=5 * (next(turns) % 12))


def block():
    """The id of a block that is there."""
    if "block" not in kept or next(turns) % 5 == 0:
        start = night()
        wish = {"location": "raadhus", "counter": "skranke-2", "start": start.isoformat(), "end": (start + timedelta(minutes=5)).isoformat()}
        kept["block"] = work("/booking/blocks", wish | {"reason": "Prøve"})["block"]["block"]
    return kept["block"]


def alert():
    """The id of a matter: a notice that has waited for a quarter of an hour, since nobody sends it."""
    def late():
        for found in work("/alerts").get("alerts", []):
            kept["alert"] = found["alert"]
        return "alert" in kept

    wait(late)
    return kept.get("alert", "none")


def newcomer(path):
    """Somebody who has not come in by that way yet, a few requests each."""
    if path == "sign-in":
        return ACCOUNTS["new-0"]
    names = [user for user in ACCOUNTS if user.startswith("invited-" if path == "invitation" else "new-") and user != "new-0"]
    return ACCOUNTS[names[next(turns) // 3 % len(names)]]


prepare()
