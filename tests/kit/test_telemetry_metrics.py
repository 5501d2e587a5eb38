"""Metrics: one list, refused beyond it, readable as Prometheus' text."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.resources import Resource

from kit.telemetry import METRICS, Metrics, UnknownMetric

NAMES = """minsheng.commands minsheng.command.duration minsheng.append.group_size minsheng.append.duration minsheng.store.position
minsheng.relay.position minsheng.relay.lag_events minsheng.consumer.position minsheng.consumer.lag_events minsheng.consumer.lag_seconds
minsheng.parked minsheng.view.rows_written minsheng.http.requests minsheng.vault.reads minsheng.reactions
minsheng.timers minsheng.timers.late_seconds"""


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> Iterator[Metrics]:
    """Installed for relief's API, without any exporter."""
    for name in ("OTEL_METRICS_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    installed = Metrics()
    stop = installed.install("relief", "api", Resource.create({}))
    yield installed
    stop()


def test_the_list_is_complete_and_each_entry_says_what_it_means() -> None:
    """Design, running: what operators and the autoscaler read."""
    assert {metric.name for metric in METRICS} == set(NAMES.split())
    assert all(metric.meaning and metric.unit in ("1", "s") for metric in METRICS)


def test_counters_add_up_and_gauges_keep_their_last_value_between_two_reads(metrics: Metrics) -> None:
    """Every series carries service and role; a second reader sees the same."""
    metrics.add("minsheng.commands", 1, {"command": "grant", "outcome": "accepted"})
    metrics.add("minsheng.commands", 2, {"outcome": "accepted", "command": "grant"})
    metrics.set("minsheng.store.position", 41)
    metrics.set("minsheng.store.position", 42)
    for text in (metrics.render(), metrics.render()):
        assert "# TYPE minsheng_commands_total counter\n" in text
        assert 'minsheng_commands_total{service="relief",role="api",command="grant",outcome="accepted"} 3\n' in text
        assert "# TYPE minsheng_store_position gauge\n" in text
        assert 'minsheng_store_position{service="relief",role="api"} 42\n' in text


def test_a_histogram_counts_every_bucket_below_its_bound(metrics: Metrics) -> None:
    """Prometheus' buckets are cumulative and end with +Inf; the unit is part of the name."""
    for seconds in (0.002, 0.3, 99.0):
        metrics.record("minsheng.append.duration", seconds)
    text = metrics.render()
    assert "# TYPE minsheng_append_duration_seconds histogram\n" in text
    for bound, count in (("0.001", 0), ("0.0025", 1), ("0.25", 1), ("0.5", 2), ("10", 2), ("+Inf", 3)):
        assert f'minsheng_append_duration_seconds_bucket{{service="relief",role="api",le="{bound}"}} {count}\n' in text
    assert 'minsheng_append_duration_seconds_count{service="relief",role="api"} 3\n' in text
    assert 'minsheng_append_duration_seconds_sum{service="relief",role="api"} 99.302\n' in text


def test_a_unit_that_the_name_says_already_is_not_repeated_and_labels_are_escaped(metrics: Metrics) -> None:
    """Text format 0.0.4: backslash, quote and line break in a label value."""
    metrics.set("minsheng.consumer.lag_seconds", 1.5, {"consumer": 'a"b\\c\nd', "topic": "t", "partition": 3})
    line = next(line for line in metrics.render().splitlines() if line.startswith("minsheng_consumer_lag_seconds{"))
    assert 'consumer="a\\"b\\\\c\\nd"' in line
    assert line.endswith('partition="3"} 1.5')


def test_a_series_of_another_service_keeps_its_own_label(metrics: Metrics) -> None:
    """A process may speak for another one; a label never appears twice."""
    metrics.add("minsheng.commands", 1, {"service": "charity", "command": "c", "outcome": "o"})
    assert 'minsheng_commands_total{service="charity",role="api",command="c",outcome="o"} 1\n' in metrics.render()


@pytest.mark.parametrize("installed", [True, False])
def test_what_is_not_in_the_list_is_refused(metrics: Metrics, *, installed: bool) -> None:
    """Unknown names, the wrong kind and labels nobody declared (a person's id, say), also before anything is set up."""
    target = metrics if installed else Metrics()
    with pytest.raises(UnknownMetric, match=r"minsheng\.comands"):
        target.add("minsheng.comands", 1)
    with pytest.raises(UnknownMetric):
        target.set("minsheng.commands", 1)
    with pytest.raises(UnknownMetric):
        target.record("minsheng.parked", 1)
    with pytest.raises(UnknownMetric, match="person_id"):
        target.add("minsheng.vault.reads", 1, {"person_id": "p"})


def test_before_set_up_metrics_are_forgotten_and_the_page_is_empty() -> None:
    """A test or a tool needs no telemetry."""
    metrics = Metrics()
    metrics.add("minsheng.reactions", 1, {"reaction": "on-death", "outcome": "done"})
    assert metrics.render() == ""
