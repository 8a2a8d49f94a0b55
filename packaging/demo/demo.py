"""`make demo`: rehearses a whole year of the sample configuration on this machine.

The receivers are a mail server and a webhook receiver. The demo shows what they received, not what
the daemon reports as sent. At the end it compares that with the year that `remindd simulate`
computes.
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from foretold import Foretold  # noqa: E402
from receivers import MailServer, WebhookReceiver  # noqa: E402
from screen import Screen  # noqa: E402

YEAR = 2027  # every yearly campaign of the five plans occurs in it
CHECKOUT = pathlib.Path(__file__).resolve().parent.parent.parent
LONGEST_SILENCE = 120  # seconds; an empty year takes 32 s at this speed
FOLDER = CHECKOUT / ".rehearsal"  # replaced each time; git ignores it
# URLs in the sample configuration. The rehearsal replaces their ports by free ones.
SAMPLE_MAIL, SAMPLE_HOOK = "smtp://127.0.0.1:2525", "http://127.0.0.1:8088/"
SAMPLE_SECRET = "# secret: {credential: hub-secret}"


class Stopped(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class Failed(Exception):
    """The demo cannot continue. The text gives the reason."""


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--remindd", type=pathlib.Path, default=CHECKOUT / ".build/debug/remindd", help="the program to show")
    options = arguments.parse_args()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    screen = Screen()
    try:
        return rehearse(options.remindd.absolute(), FOLDER, screen)
    except Stopped:
        screen.say("\nStopped. Daemon and receivers have ended; what came so far lies in", short(FOLDER))
        return 130
    except Failed as failure:
        screen.fail(str(failure))
        return 1


def stop(_signal, _frame):
    # Later signals are ignored, so that a second Ctrl-C does not interrupt the clean-up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stopped


def rehearse(program, folder, screen):
    if not os.access(program, os.X_OK):
        raise Failed(f"{short(program)} is not there yet: make build")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    configuration = folder / "config" / "remindd.yaml"
    with MailServer(folder / "Maildir") as mail, WebhookReceiver(folder / "webhooks.jsonl") as hooks:
        copy_configuration(configuration, mail.port, hooks)
        foretold = Foretold(simulate(program, configuration))
        screen.title(f"The year {YEAR}, rehearsed")
        screen.say(f"Mail goes to 127.0.0.1:{mail.port}, webhooks to 127.0.0.1:{hooks.port}.")
        screen.say(foretold.outline())
        arrived = run_daemon(program, folder, configuration, mail, hooks, foretold, screen)
    screen.summary(foretold, arrived)
    problems = foretold.compare(arrived)
    screen.comparison(foretold, arrived, problems)
    screen.one_mail(foretold, arrived)
    screen.places(short(folder), short(program), YEAR)
    return 1 if problems else 0


def copy_configuration(target, mail_port, hooks):
    shutil.copytree(CHECKOUT / "config", target.parent)
    secret = target.parent / "hub-secret"
    secret.write_text(hooks.secret, encoding="ascii")
    secret.chmod(0o600)
    text = target.read_text(encoding="utf-8")
    for sample, rehearsed in (
        (SAMPLE_MAIL, f"smtp://127.0.0.1:{mail_port}"),
        (SAMPLE_HOOK, f"http://127.0.0.1:{hooks.port}/"),
        (SAMPLE_SECRET, f"secret: {{file: {secret.name}}}"),
    ):
        if text.count(sample) != 1:
            raise Failed(f"config/remindd.yaml should say {sample} once; it does so {text.count(sample)} times")
        text = text.replace(sample, rehearsed)
    target.write_text(text, encoding="utf-8")


def simulate(program, configuration):
    """The expected year, computed by the program without clock or network."""
    command = [program, "simulate", "--config", configuration, "--from", f"{YEAR}-01-01", "--to", f"{YEAR}-12-31"]
    done = subprocess.run(command + ["--format", "json"], capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        raise Failed(f"remindd simulate ended with {done.returncode}:\n{done.stderr}{done.stdout}".rstrip())
    return done.stdout


def run_daemon(program, folder, configuration, mail, hooks, foretold, screen):
    command = [
        program, "run", "--config", configuration, "--clock", f"{YEAR}-01-01T00:00:00+07:00",
        "--until", f"{YEAR + 1}-01-01T00:00:00+07:00", "--speed", "1000000", "--ledger", folder / "ledger.sqlite",
    ]  # fmt: skip
    arrived, shown = [], 0
    log = folder / "remindd.log"
    began = latest = time.monotonic()
    # Without JOURNAL_STREAM the daemon does not use the line format of the journal.
    environment = {name: value for name, value in os.environ.items() if name != "JOURNAL_STREAM"}
    with log.open("wb") as output:
        # The daemon has a session of its own. Ctrl-C then reaches only this script, which stops the
        # daemon once and in order.
        daemon = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, start_new_session=True,
            preexec_fn=die_with_parent,
        )  # fmt: skip
        try:
            while daemon.poll() is None:
                time.sleep(0.05)
                arrived += mail.take() + hooks.take()
                if len(arrived) > shown:
                    latest = time.monotonic()
                if time.monotonic() - latest > LONGEST_SILENCE:
                    raise Failed(f"nothing has come for {LONGEST_SILENCE} s, and the daemon still runs.\n{end_of(log)}")
                shown = screen.year(foretold, arrived, shown, over=False)
            arrived += mail.take() + hooks.take()
            screen.year(foretold, arrived, shown, over=True)
        finally:
            if daemon.poll() is None:
                daemon.terminate()
                try:
                    daemon.wait(timeout=30)
                except subprocess.TimeoutExpired:
                    daemon.kill()
                    daemon.wait()
    if daemon.returncode != 0:
        raise Failed(f"remindd ended with {daemon.returncode}.\n{end_of(log)}")
    screen.say(f"\nThe year took {time.monotonic() - began:.0f} s.")
    screen.complaints([line for line in read_lines(log) if re.search(" (warning|error|critical): ", line)], short(log))
    return arrived


def read_lines(log):
    return log.read_text(encoding="utf-8", errors="replace").splitlines()


def end_of(log):
    return "\n".join([f"The end of {short(log)}:"] + read_lines(log)[-30:])


def die_with_parent():
    """Linux only: the daemon gets SIGTERM if this script is killed."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def short(path):
    """A path relative to the working folder, if possible."""
    path = pathlib.Path(path)
    try:
        return str(path.relative_to(pathlib.Path.cwd()))
    except ValueError:
        return str(path)


if __name__ == "__main__":
    sys.exit(main())
