"""Measures the lateness of APScheduler with its SQL store.

    apscheduler_burst.py STORE PENDING BURST

BURST jobs are due at one instant among PENDING jobs that are not. Prints one JSON object on a line.
"""
import datetime
import json
import logging
import sys
import time

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

logging.disable(logging.CRITICAL)
late = []


def run(due):
    late.append(time.time() - due)


def instant(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def main():
    store, pending, burst = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{store}")}, executors={"default": ThreadPoolExecutor(8)},
        job_defaults={"misfire_grace_time": 3600}, timezone="UTC")
    scheduler.start(paused=True)
    far = time.time() + 30 * 86_400
    for n in range(pending):
        scheduler.add_job("apscheduler_burst:run", "date", run_date=instant(far + n), args=[0])
    due = time.time() + burst / 50 + 2
    for _ in range(burst):
        scheduler.add_job("apscheduler_burst:run", "date", run_date=instant(due), args=[due])
    if time.time() > due:
        sys.exit("the burst was not stored in time")
    scheduler.resume()
    # The jobs run in the module `apscheduler_burst`, a second copy of this one with its own `late`.
    import apscheduler_burst

    while len(apscheduler_burst.late) < burst and time.time() < due + 60:
        time.sleep(0.05)
    ordered = sorted(apscheduler_burst.late)
    print(json.dumps({"ran": len(ordered), "p50_ms": ordered[len(ordered) // 2] * 1e3, "p99_ms": ordered[len(ordered) * 99 // 100 - 1] * 1e3}))
    scheduler.shutdown(wait=False)


if __name__ == "__main__":
    main()
