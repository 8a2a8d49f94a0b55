"""Sends COUNT notifications to URL from THREADS threads, as a script would with Apprise.

    apprise_send.py URL COUNT THREADS

Prints one JSON object on a line.
"""
import concurrent.futures
import json
import logging
import sys
import time

import apprise

logging.disable(logging.CRITICAL)
url, count, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def one(_):
    # Each notification has its own object, because a reused mail object waits between two mails.
    sender = apprise.Apprise()
    sender.add(url)
    return bool(sender.notify(title="còn 30 ngày", body="x" * 900))


wall, cpu = time.perf_counter(), time.process_time()
with concurrent.futures.ThreadPoolExecutor(threads) as pool:
    sent = sum(pool.map(one, range(count)))
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(json.dumps({"count": count, "failed": count - sent, "per_s": count / wall, "cpu_us": cpu / count * 1e6}))
