"""The scenarios in which the server or the database gets SIGKILL while editors write."""

import json
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.kill_clients import Client, Record, make_words
from tests.faults.kill_newsroom import Serving, Tally, get_rounds, open_newsroom
from tests.faults.report import Row

MAX_WRITES = 20  # of one round
MAX_ROUND_SECONDS = 6.0
CLIENTS = ("ana", "ben", "eva")
CREATE_ROWS = """
import json, django; django.setup()
from django.contrib.auth.models import Group
from releases.models import Topic, User
from tests.faults.editor import PASSWORD
from tests.faults.kills import CLIENTS
for name in CLIENTS:
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="Publishers"))
topics = [Topic(name=f"Topic {number}", name_es=f"Tema {number}") for number in range(4)]
for topic in topics:
    topic.full_clean(exclude=["slug", "slug_es", "key", "key_es"]); topic.save()
print(json.dumps({topic.name: topic.pk for topic in topics}))
"""


class Rounds:
    """The rounds of a scenario in which clients write until something is killed."""

    def __init__(self, serving: Serving, *, with_files: bool) -> None:
        self.serving = serving
        self.tally = Tally()
        newsroom = serving.newsroom
        topics = json.loads(newsroom.run("-c", CREATE_ROWS))
        serving.start()
        self.clients = [Client(newsroom.port, name, topics, with_files=with_files) for name in CLIENTS]
        for client in self.clients:
            if (answer := client.editor.sign_in()).status != 302:
                raise RuntimeError(f"{client.editor.username} could not sign in: HTTP {answer.status}")

    @property
    def records(self) -> list[Record]:
        return [record for client in self.clients for record in client.records]

    def run(self, kill: Callable[[], float]) -> None:
        """Call `kill` while the clients write, after a random number of writes, and check everything."""
        stopped = threading.Event()
        threads = [threading.Thread(target=client.work, args=(stopped,)) for client in self.clients]
        for thread in threads:
            thread.start()
        end = time.monotonic() + MAX_ROUND_SECONDS
        enough = self.count_acknowledged() + random.randint(3, MAX_WRITES)
        while self.count_acknowledged() < enough and time.monotonic() < end:
            time.sleep(0.005)
        time.sleep(random.uniform(0, 0.2))
        try:
            self.tally.starts.append(kill())
        finally:
            stopped.set()
            for thread in threads:
                thread.join()
        self.check()
        self.tally.end_round()

    def count_acknowledged(self) -> int:
        return sum(client.acknowledged for client in self.clients)

    def check(self) -> None:
        """Compare all rows with what was acknowledged, and the pages of those written in this round."""
        records = self.records
        answer = self.serving.checker.ask(
            "check", records=[record.to_json() for record in records], decode_from=self.get_first_new_photo()
        )
        self.tally.partial += [fault for fault in answer["faults"] if fault not in self.tally.partial]
        for record, found in zip(records, answer["records"], strict=True):
            self.tally.lost += [found["lost"]] if found["lost"] else []
            self.tally.partial += [found["partial"]] if found["partial"] else []
            record.states, record.pk = [found["state"]], found["pk"]
            if not record.is_checked and found["url"]:
                self.check_pages(record, found["url"])
            record.is_checked = True

    def get_first_new_photo(self) -> int:
        """Return an id before which all photos and documents were decoded in earlier rounds."""
        photos = sum(len(record.state["photos"]) for record in self.records if self.is_finished(record))
        documents = sum(
            len(record.state["attachments"]) for record in self.records if self.is_finished(record)
        )
        return min(photos, documents) + 1

    @staticmethod
    def is_finished(record: Record) -> bool:
        return record.is_checked and record.model == "release" and record.is_certain

    def check_pages(self, record: Record, url: str) -> None:
        """Check that the release page and the search show the current text and nothing else."""
        newsroom, words = self.serving.newsroom, record.state["text"]
        is_public = record.state["status"] == "public"
        status, page = newsroom.get(url)
        if status != (200 if is_public else 410):
            self.tally.lost.append(f"{url}: HTTP {status}, but the release is {record.state['status']}")
        # The address may have other words: it stays when the headline changes.
        if is_public and f"Body {words}" not in page:
            self.tally.lost.append(f"{url}: the page doesn't have the text {words}")
        hidden = [text for text in record.past if text != words] + ([] if is_public else [words])
        if old := [text for text in hidden if f"Body {text}" in page]:
            self.tally.lost.append(f"{url}: the page has an older text: {old}")
        if (url in newsroom.get(f"/search/?q={words}")[1]) != is_public:
            self.tally.lost.append(f"{url}: wrong result of the search for {words}")

    def prove_check(self, *, with_files: bool) -> None:
        """Raise RuntimeError unless the check notices a missing row, another text and a cut file."""
        known = [record for record in self.records if record.model == "release" and record.is_certain]
        missing = Record("release", make_words(), [known[0].state], pk=2**30)
        other = Record("release", known[0].key, [known[0].state | {"text": make_words()}], pk=known[0].pk)
        unrecorded = Record("release", known[0].key, [known[0].state], [make_words()], pk=known[0].pk)
        records = [record.to_json() for record in (missing, other, unrecorded)]
        answer = self.serving.checker.ask("check", records=records, decode_from=1)
        noticed = [bool(found["lost"]) for found in answer["records"]]
        if with_files:
            faults = self.serving.checker.ask("cut", records=[], decode_from=1)["faults"]
            noticed.append(any("damaged" in fault for fault in faults))
        if not all(noticed):
            raise RuntimeError(f"the check doesn't notice a fault: {noticed}")

    def report(self, row: Row) -> None:
        acknowledged = self.count_acknowledged()
        refused = sum(client.refused for client in self.clients)
        row.missed += [error for client in self.clients for error in client.errors]
        self.tally.report(row, f"{acknowledged:,} acknowledged writes ({refused:,} refused)")


def run_kill_saves(row: Row, root: Path) -> None:
    """Kill the server while three clients save releases, topics and contacts."""
    with open_newsroom(root, row.database) as (serving, _server):
        run_rounds(row, Rounds(serving, with_files=False), with_files=False)


def run_kill_uploads(row: Row, root: Path) -> None:
    """Kill the server while three clients upload photos and documents."""
    with open_newsroom(root, row.database) as (serving, _server):
        rounds = Rounds(serving, with_files=True)
        run_rounds(row, rounds, with_files=True)
        answer = serving.checker.ask("leftovers")
        rounds.tally.partial += answer["after"]
        row.notes.append(
            f"{len(answer['before'])} files of unfinished uploads, {len(answer['after'])} after upkeep"
        )


def run_rounds(row: Row, rounds: Rounds, *, with_files: bool) -> None:
    try:
        for number in range(get_rounds(row.scenario)):
            how = random.choice(["everything", "everything", "group", "worker"])
            rounds.run(lambda how=how: rounds.serving.kill(how))
            if number == 0:
                rounds.prove_check(with_files=with_files)
    finally:
        rounds.report(row)


def run_kill_database(row: Row, root: Path) -> None:
    """Kill PostgreSQL, or one of its processes, while three clients save. The newsroom isn't restarted."""
    with open_newsroom(root, row.database) as (serving, server):
        assert server
        rounds = Rounds(serving, with_files=False)
        for client in rounds.clients:
            client.may_refuse_saved = True

        def kill_server() -> float:
            server.kill()
            server.start()
            return measure_ready(serving)

        def kill_connection() -> float:
            server.kill_connection()
            return measure_ready(serving)

        try:
            for number in range(get_rounds(row.scenario)):
                rounds.run(kill_connection if number % 3 == 2 else kill_server)
        finally:
            rounds.report(row)


def measure_ready(serving: Serving) -> float:
    started = time.monotonic()
    serving.wait_until_ready()
    return time.monotonic() - started
