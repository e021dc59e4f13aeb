"""What hooks.py and staff.py ask the server for: its time, free times, holds. As a citizen's page would."""

import itertools
import json
import os
import time
import urllib.request
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ROOT = os.environ["LOKALSVAR_API"] + "/api/v1"
SITE = "eksempelby-key"
# The server's clock runs FACTOR times as fast since SINCE (src/api/src/clock.rs).
SINCE, FACTOR = int(os.environ["SINCE"]), int(os.environ["FACTOR"])
turns = itertools.count()
contacts = itertools.count(20_000_000)


def now():
    """The server's time, in Denmark."""
    ms = SINCE + (int(time.time() * 1000) - SINCE) * FACTOR
    return datetime.fromtimestamp(ms / 1000, ZoneInfo("Europe/Copenhagen"))


def call(path, body=None, post=False, headers=None):
    """The answer and its headers; everything but 2xx is an error."""
    headers = {**(headers or {})}
    data = None
    if post:
        headers |= {"idempotency-key": str(uuid.uuid4()), "content-type": "application/json"}
        data = json.dumps(body).encode() if body is not None else b""
    request = urllib.request.Request(ROOT + path, data, headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer), answer.headers


def ask(path, body=None, **headers):
    """A citizen's request."""
    post = body is not None or path.startswith("/holds/")
    return call("/booking" + path, body, post, headers | {"lokalsvar-site": SITE})[0]


def free(service):
    """A free time of a service, on another day each time."""
    days = 55 if service == "pas" else 25
    for _ in range(days):
        start = now().date() + timedelta(days=2 + next(turns) * 7 % days)
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
