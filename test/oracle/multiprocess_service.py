"""A service of several processes, played by one: each writes the files of Python's multi-process
mode under its own name, and MultiProcessCollector says what is in them.

Nothing is imitated: the client's own value classes write the files, asked for the name of the
process by the function that it provides for.
"""

import itertools
import os
import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary
from prometheus_client import generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

# No two writes at one time: which of them were the last is up to the order of a directory then.
MOMENTS = itertools.count(1_700_000_000, 0.001)
TYPES = {"counter": Counter, "gauge": Gauge, "histogram": Histogram, "summary": Summary}


class Service:
    """The processes that write into one directory. One of them runs at a time."""

    def __init__(self, directory):
        self.directory = directory
        self.process = None
        self.metrics = []

    def run(self, commands):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = self.directory
        before, time.time = time.time, lambda: next(MOMENTS)
        try:
            for command in commands:
                getattr(self, command.pop("do"))(**command)
        finally:
            time.time = before

    def start(self, process):
        """Another program begins. It resumes what a process of this name left."""
        self.process = process
        self.metrics = []
        self.value_class = values.MultiProcessValue(lambda: self.process)

    def fork(self, process):
        """The program goes on in a child."""
        self.process = process

    def dead(self, process):
        mark_process_dead(process, self.directory)

    def declare(self, type, name, help, labels, mode, buckets):
        values.ValueClass = self.value_class
        options = {}
        if type == "gauge":
            options["multiprocess_mode"] = mode
        if type == "histogram":
            options["buckets"] = buckets
        self.metrics.append(TYPES[type](name, help, labels, registry=None, **options))

    def use(self, metric, labels, value):
        values.ValueClass = self.value_class
        metric = self.metrics[metric]
        child = metric.labels(*labels) if labels else metric
        if isinstance(child, Counter):
            child.inc(abs(value))
        elif isinstance(child, Gauge):
            child.set(value)
        else:
            child.observe(value)

    def touch(self, metric, labels):
        """Makes a child and leaves it at 0."""
        values.ValueClass = self.value_class
        if labels:
            self.metrics[metric].labels(*labels)


def exposition(directory):
    registry = CollectorRegistry()
    MultiProcessCollector(registry, directory)
    return generate_latest(registry, "allow-utf-8").decode()


services = {}


def run(directory, commands):
    """Goes on with the service of this directory, and returns what the collector shows of it."""
    service = services.get(directory)
    if service is None:
        services.clear()
        service = services[directory] = Service(directory)
    service.run(commands)
    return exposition(directory)
