"""Reads expositions with the parsers of prometheus_client and says what it understood.

A line on standard input is a JSON object {"format": "text" | "openmetrics", "document": ...}; the
line on standard output that answers it is {"families": [...]} or {"error": ...}. Numbers travel as
text, since JSON has no infinities and JavaScript no integers as large as Python's.
"""

import json
import sys

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


for line in sys.stdin:
    try:
        answer = judge(**json.loads(line))
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
