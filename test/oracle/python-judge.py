"""Reads expositions with the parsers of prometheus_client and says what it understood.

A line on standard input is a JSON object {"format": "text" | "openmetrics", "document": ...}; the
line on standard output that answers it is {"families": [...]} or {"error": ...}. With a "program"
in it, and the "documents" of another client that ran it, the answer is {"outcomes": [...],
"documents": [...], "ours": [...], "theirs": [...]}: what became of each command here, what this
client exposes, and either's expositions as read. With a "directory" and "commands" in it, the
commands are run by processes that share the directory, and the answer is what the client's own
collector shows of it. Numbers travel as text, since JSON has no
infinities and JavaScript no integers as large as Python's.
"""

import json
import sys

import multiprocess_service
import parity
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as text

PARSERS = {"text": text, "openmetrics": openmetrics}


def number(value):
    return repr(float(value))


def time(timestamp):
    if timestamp is None:
        return None
    if hasattr(timestamp, "nsec"):
        return f"{timestamp.sec}.{timestamp.nsec:09d}"
    if isinstance(timestamp, int):
        return f"{timestamp}.000000000"
    return f"{timestamp:.3f}"


def sample(line):
    exemplar = line.exemplar and {
        "labels": line.exemplar.labels,
        "value": number(line.exemplar.value),
        "timestamp": time(line.exemplar.timestamp),
    }
    return {
        "name": line.name,
        "labels": line.labels,
        "value": number(line.value),
        "timestamp": time(line.timestamp),
        "exemplar": exemplar,
    }


def family(metric):
    return {
        "name": metric.name,
        "type": metric.type,
        "help": metric.documentation,
        "unit": metric.unit,
        "samples": [sample(line) for line in metric.samples],
    }


def judge(format, document):
    families = PARSERS[format].text_string_to_metric_families(document)
    return {"families": [family(metric) for metric in families]}


def verdict(format, document):
    try:
        return judge(format, document)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def compare(program, documents):
    outcomes, own = parity.run(program)
    formats = [view["format"] for view in program["views"]]
    return {
        "outcomes": outcomes,
        "documents": own,
        "ours": [verdict(*pair) for pair in zip(formats, documents)],
        "theirs": [verdict(*pair) for pair in zip(formats, own)],
    }


def answer_to(question):
    if "program" in question:
        return compare(**question)
    if "directory" in question:
        return judge("text", multiprocess_service.run(**question))
    return judge(**question)


def number_from_text(found):
    return float(found["$number"]) if "$number" in found else found


for line in sys.stdin:
    question = json.loads(line, object_hook=number_from_text)
    try:
        answer = answer_to(question)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
