"""Prometheus' Alertmanager as the sender of a burst. It sends one webhook for each alert."""

import contextlib
import http.client
import json
import os
import subprocess
import time

import ground


@contextlib.contextmanager
def running(place, receiver_port):
    port = ground.free_port()
    (place / "alertmanager.yml").write_text(f"""
route: {{receiver: hook, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 24h}}
receivers: [{{name: hook, webhook_configs: [{{url: 'http://127.0.0.1:{receiver_port}/', send_resolved: false}}]}}]
""")
    command = [
        "prometheus-alertmanager", f"--config.file={place}/alertmanager.yml", f"--storage.path={place}/alertmanager",
        f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=error"]
    with ground.program(command, port, core=None) as process:
        yield port, process


def burst(port, process, count, arrived):
    """Posts `count` alerts, a hundred in a request, and waits for their webhooks.

    Ends when all have arrived, or when none has arrived for ten seconds, because not all arrive.
    The rate counts the webhooks that arrived."""
    before = arrived()
    ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3_600))
    connection = http.client.HTTPConnection("127.0.0.1", port)
    mark = str(time.monotonic_ns())
    cpu, began = processor(process.pid), time.monotonic()
    for start in range(0, count, 100):
        alerts = [
            {"labels": {"alertname": "campaign", "n": f"{mark}-{n}"}, "annotations": {"summary": "x" * 800}, "endsAt": ends}
            for n in range(start, min(start + 100, count))]
        connection.request("POST", "/api/v2/alerts", json.dumps(alerts), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise ground.Failed(f"Alertmanager answers {answer.status}")
    came, last = 0, time.monotonic()
    while came < count and time.monotonic() < last + 10:
        now = arrived() - before
        if now > came:
            came, last = now, time.monotonic()
        time.sleep(0.01)
    if not came:
        raise ground.Failed("Alertmanager sends nothing")
    return {"per_s": came / (last - began), "missing": count - came, "cpu_us": (processor(process.pid) - cpu) / count * 1e6}


def processor(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
