"""Runs programs of metric operations in prometheus_client, with a clock that only they move.

The commands are those of parity-program.ts. A command that raises is "refused", as it is where it
throws on the other side; one on a metric that was refused is "absent".
"""

import time

import prometheus_client as client
from prometheus_client import context_managers, core
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.utils import floatToGoString

INSTRUMENTS = {
    "counter": client.Counter,
    "gauge": client.Gauge,
    "summary": client.Summary,
    "histogram": client.Histogram,
    "info": client.Info,
    "enum": client.Enum,
}
FAMILIES = {
    "counter": core.CounterMetricFamily,
    "gauge": core.GaugeMetricFamily,
    "summary": core.SummaryMetricFamily,
    "histogram": core.HistogramMetricFamily,
    "gaugehistogram": core.GaugeHistogramMetricFamily,
    "info": core.InfoMetricFamily,
    "stateset": core.StateSetMetricFamily,
    "unknown": core.UnknownMetricFamily,
}
# What each option is called here.
OPTIONS = {
    "labelNames": "labelnames",
    "namespace": "namespace",
    "subsystem": "subsystem",
    "unit": "unit",
    "buckets": "buckets",
    "states": "states",
    "multiprocessMode": "multiprocess_mode",
}


class Clock:
    """The time of the program that runs: the same moments as the other client's clock shows."""

    elapsed = 1000.0

    def now(self):
        return 1_699_999_000 + self.elapsed

    def read(self):
        return self.elapsed


CLOCK = Clock()
time.time = CLOCK.now
context_managers.default_timer = CLOCK.read


class Failure(Exception):
    """What a program raises within a block that a metric watches."""


class OtherFailure(Failure):
    pass


class Families:
    """A collector of families that do not change."""

    def __init__(self, families):
        self.families = families

    def describe(self):
        return self.families

    def collect(self):
        return self.families


def timestamp(value):
    return None if value is None else core.Timestamp(value["seconds"], value["nanos"])


def exemplar(value):
    if value is None:
        return None
    return core.Exemplar(value["labels"], value["value"], timestamp(value.get("timestamp")))


def buckets(metric, with_exemplars):
    result = []
    for bound, count, *rest in metric["buckets"]:
        one = (floatToGoString(bound), count)
        result.append((*one, exemplar(rest[0])) if rest and with_exemplars else one)
    return result


def add_metric(family, kind, metric):
    labels, at = metric["labels"], timestamp(metric.get("timestamp"))
    if kind == "counter":
        family.add_metric(
            labels, metric["value"], metric.get("created"), at, exemplar(metric.get("exemplar"))
        )
    elif kind == "summary":
        family.add_metric(labels, metric["count"], metric["sum"], at)
    elif kind in ("histogram", "gaugehistogram"):
        family.add_metric(labels, buckets(metric, kind == "histogram"), metric.get("sum"), at)
    else:
        family.add_metric(labels, metric["value"], at)


def make_family(plan):
    kind = plan["type"]
    unit = {"unit": plan["unit"]} if plan.get("unit") else {}
    family = FAMILIES[kind](plan["name"], plan["help"], labels=plan["labelNames"], **unit)
    for metric in plan["metrics"]:
        add_metric(family, kind, metric)
    return family


class Run:
    def __init__(self):
        self.registry = client.CollectorRegistry()
        self.metrics = {}
        self.kept = {}
        CLOCK.elapsed = 1000.0

    def execute(self, command):
        if command["op"] not in ("declare", "register", "pass", "targetInfo"):
            if command["id"] not in self.metrics:
                return "absent"
        try:
            getattr(self, command["op"])(command)
        except Exception:
            return "refused"
        return "done"

    def declare(self, command):
        options = command["options"]
        given = {OPTIONS[key]: value for key, value in options.items() if key in OPTIONS}
        self.metrics[command["id"]] = INSTRUMENTS[command["type"]](
            options["name"], options["help"], registry=self.registry, **given
        )

    def register(self, command):
        collector = Families([make_family(plan) for plan in command["families"]])
        self.registry.register(collector)
        self.metrics[command["id"]] = collector

    def unregister(self, command):
        self.registry.unregister(self.metrics[command["id"]])

    def targetInfo(self, command):
        self.registry.set_target_info(command["labels"])

    def remove(self, command):
        self.metrics[command["id"]].remove(*command["labels"])

    def removeMatching(self, command):
        self.metrics[command["id"]].remove_by_labels(command["labels"])

    def clear(self, command):
        self.metrics[command["id"]].clear()

    def call(self, command):
        child = self.child(command)
        argument = command.get("argument")
        given = {"exemplar": command["exemplar"]} if "exemplar" in command else {}
        METHODS[command["method"]](child, argument, given)

    def child(self, command):
        metric, labels = self.metrics[command["id"]], command["labels"]
        if labels is None:
            return metric
        if isinstance(labels, dict):
            return metric.labels(**labels)
        key = (command["id"], *labels)
        if not (command["kept"] and key in self.kept):
            self.kept[key] = metric.labels(*labels)
        return self.kept[key]


# "pass" cannot be the name of a method in a class body.
def let_pass(run, command):
    CLOCK.elapsed += command["seconds"]


setattr(Run, "pass", let_pass)


def timed(child, seconds, given):
    with child.time():
        CLOCK.elapsed += seconds


def count_exceptions(child, which, given):
    try:
        with child.count_exceptions(OtherFailure if which["filtered"] else Failure):
            if which["raised"] is not None:
                raise OtherFailure() if which["raised"] == "other" else Failure()
    except Failure:
        pass


def track_in_progress(child, raised, given):
    try:
        with child.track_inprogress():
            if raised:
                raise Failure()
    except Failure:
        pass


# Numbers are doubles, as they are on the other side: integers would count exactly beyond 2**53.
METHODS = {
    "inc": lambda child, argument, given: child.inc(float(argument), **given),
    "dec": lambda child, argument, given: child.dec(float(argument)),
    "set": lambda child, argument, given: child.set(argument),
    "setToCurrentTime": lambda child, argument, given: child.set_to_current_time(),
    "setFunction": lambda child, argument, given: child.set_function(lambda: argument),
    "observe": lambda child, argument, given: child.observe(float(argument), **given),
    "reset": lambda child, argument, given: child.reset(),
    "info": lambda child, argument, given: child.info(argument),
    "state": lambda child, argument, given: child.state(argument),
    "time": timed,
    "countExceptions": count_exceptions,
    "trackInProgress": track_in_progress,
}


def expose(registry, view):
    if view.get("names") is not None:
        registry = registry.restricted_registry(view["names"])
    if view["format"] == "text":
        return client.generate_latest(registry, view["escaping"]).decode()
    return openmetrics.generate_latest(registry, view["escaping"]).decode()


def run(program):
    """Returns what became of each command, and the document of each view."""
    client.enable_created_metrics() if program["created"] else client.disable_created_metrics()
    this = Run()
    outcomes = [this.execute(command) for command in program["commands"]]
    return outcomes, [expose(this.registry, view) for view in program["views"]]
