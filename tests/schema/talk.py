"""Conversations, for hooks.py: one with a citizen's secret, and for each route of the staff one with which that can be done."""

import itertools
import time
import urllib.error

import staff
from server import SITE, call, phone

# Of eksempelby.samtale.json.
PRIVACY = "schema-samtale"
# One side may write forty messages a minute in one conversation.
LASTS = 20
turns = itertools.count()
kept = {}


def conversation():
    """A new conversation: a message that somebody left."""
    message = {
        "way": "message",
        "department": "borgerservice",
        "text": "Hej",
        "bundle": "1",
        "contact": {"name": "Ida", "phone": phone()},
        "privacy_version": PRIVACY,
    }
    return call("/handoff/conversations", message, True, {"lokalsvar-site": SITE})[0]


def waiting():
    """The secret of one that waits for somebody who is there."""
    work("/presence", {"there": True, "departments": ["borgerservice"]})
    message = {"way": "chat", "department": "borgerservice", "text": "Hej", "bundle": "1", "privacy_version": PRIVACY}
    return call("/handoff/conversations", message, True, {"lokalsvar-site": SITE})[0]["secret"]


def ended():
    """The receipt number of one that is over."""
    opened = conversation()
    call("/handoff/end", None, True, {"lokalsvar-site": SITE, "lokalsvar-conversation": opened["secret"]})
    return opened["receipt"]


def agent():
    """A session of somebody who talks with citizens. Routes that end a session may have ended it."""
    one = staff.seat("agent")
    try:
        call("/staff/session", headers={"cookie": one.cookie})
    except urllib.error.HTTPError as refused:
        if refused.code != 401:
            raise
        # A code is good once.
        time.sleep(max(0, staff.ANEW - (time.monotonic() - one.begun)))
        one = staff.seat("agent", 0)
    return one


def work(path, body=None):
    """What an agent does; a refusal is none of ours."""
    one = agent()
    try:
        return call("/staff/handoff" + path, body, body is not None, {"cookie": one.cookie, "lokalsvar-csrf": one.csrf})[0]
    except urllib.error.HTTPError as refused:
        if refused.code >= 500:
            raise
        return {}


def receipt(path):
    """Of a conversation with which that can be done."""
    if path == "take":
        return conversation()["receipt"]
    if path == "record":
        # Decided a second time when the first was a mistake.
        if "over" not in kept:
            kept["over"] = ended()
        return kept["over"]
    if path == "delete":
        over = ended()
        work("/record", {"receipt": over, "record": "not-case-relevant", "reason": "Prøve"})
        return over
    if "talk" not in kept or path == "close" or next(turns) % LASTS == 0:
        kept["talk"] = conversation()["receipt"]
    if path in ("give-back", "message", "typing", "transfer", "close"):
        # The agent has it already, or has it now.
        work("/take", {"receipt": kept["talk"]})
    return kept["talk"]


def fact():
    """The id of a task for the editors."""
    if "fact" not in kept or next(turns) % LASTS == 0:
        work("/facts", {"intent": "pas/pris-paa-pas", "wrong": "Prøve"})
        for found in work("/facts").get("facts", []):
            kept["fact"] = found["fact"]
    return kept.get("fact", "none")
