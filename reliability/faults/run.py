"""Sends photos through the stack until everything is processed."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from brain.cloud.events import parse
from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Service
from brain.cloud.uploads import id_of_object
from functions.api.app import create_app
from functions.explain.handler import PhotoService, handle
from infra.local.event_source import processed, sqs_event
from reliability.faults.actors import Actor, Stage
from reliability.faults.deliveries import Deliveries, Delivery, WatchedService
from reliability.faults.injection import Injector, current_actor
from reliability.faults.photos import Explainer
from reliability.faults.stack import Emulator, InvocationContext, Message
from reliability.faults.visitors import Api, Case, Interference, Visitors

WORKERS = 4
ACTIVE = 16
STEPS_BETWEEN_POLLS = 6
SHARE_DUPLICATED = 0.1
SHARE_DELAYED = 0.1
SHARE_READ = 0.2
LONGEST_DELAY = 60  # turns
SECONDS_BETWEEN_IDLE_POLLS = 30
STEPS_AT_THE_END = 100  # of the history of a problem that does not concern a single photo


@dataclass
class Worker:
    """A process of the explain function, with clients of its own."""

    service: Service
    actor: Actor | None = None


@dataclass
class Run:
    """A run of photos through the stack.

    Attributes:
        emulator: the stack.
        injector: draws the faults.
        random: draws the order of turns and deliveries.
        deliveries: the deliveries of messages.
        events: number of deliveries by kind.
    """

    emulator: Emulator
    injector: Injector
    random: Random
    deliveries: Deliveries = field(default_factory=Deliveries)
    events: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._stage = Stage(self.random)
        self._backlog: list[Message] = []
        self._late: list[Message] = []
        self._since_poll = STEPS_BETWEEN_POLLS
        self.explainer = Explainer(self.emulator.advance, self._step, self._kill)
        self._workers = [self._worker() for _ in range(WORKERS)]
        self.visitors = Visitors(self.emulator, Api(self._api(), self._pause), self._pause)

    def send(self, cases: Sequence[Case]) -> None:
        """Send the photos of all cases and process messages until the queue is empty."""
        waiting = list(reversed(cases))
        while waiting or self._stage or self._backlog or self._late or self.emulator.pending():
            while waiting and len(self._stage) < ACTIVE:
                self._admit(waiting.pop())
            self._deliver()
            if self._stage:
                self._stage.step()
            elif not self._backlog:
                self.emulator.advance(SECONDS_BETWEEN_IDLE_POLLS)

    def story(self, case: Case | None) -> list[str]:
        """The steps of all actors that dealt with a photo, as lines; without one, the last steps of all."""
        if case is None:
            return self.injector.journal.end(STEPS_AT_THE_END)
        people = {f"{who} {case.number}" for who in ("sender", "reader", "visitor")}
        ids = {case.upload_id, case.successor} - {""}
        return self.injector.journal.of(people | self.deliveries.invocations(ids))

    def redrive(self) -> int:
        """Move all dead letters back to the photo queue. Returns their number."""
        moved = 0
        while messages := self.emulator.receive(self.emulator.dead_letters):
            for message in messages:
                self.emulator.sqs.send_message(QueueUrl=self.emulator.queue, MessageBody=message["Body"])
                receipt = message["ReceiptHandle"]
                self.emulator.sqs.delete_message(QueueUrl=self.emulator.dead_letters, ReceiptHandle=receipt)
            moved += len(messages)
        return moved

    def _admit(self, case: Case) -> None:
        def visit() -> None:
            self.visitors.send(case)
            if self.random.random() < SHARE_READ:
                self._start(f"reader {case.number}", lambda: self._after_a_while(self.visitors.read, case))
            if case.interference is not Interference.NONE:
                act = self.visitors.interfere
                self._start(f"visitor {case.number}", lambda: self._after_a_while(act, case))

        self._start(f"sender {case.number}", visit)

    def _after_a_while(self, act: Callable[[Case], None], case: Case) -> None:
        for _ in range(self.random.randrange(LONGEST_DELAY)):
            self._pause()
        act(case)

    def _start(self, name: str, work: Callable[[], object]) -> None:
        self._stage.add(actor := Actor(name), lambda: _on_behalf_of(actor, work))

    def _deliver(self) -> None:
        """Pass messages to idle workers: some twice, some late, in any order."""
        idle = [worker for worker in self._workers if worker.actor is None]
        self._since_poll += 1
        if idle and not self._backlog and (self._since_poll > STEPS_BETWEEN_POLLS or not self._stage):
            self._since_poll = 0
            self._backlog = self._shuffled(self.emulator.receive(self.emulator.queue))
        for worker in idle:
            if self._backlog:
                self._invoke(worker, self._backlog.pop())

    def _shuffled(self, messages: Sequence[Message]) -> list[Message]:
        """Messages in random order, some of them twice, some only once newer ones were delivered."""
        twice = self._sample(messages, SHARE_DUPLICATED)
        self.events["duplicate deliveries"] += len(twice)
        late = self._sample(messages, SHARE_DELAYED)
        self.events["deliveries delayed past newer ones"] += len(late)
        backlog = [*(message for message in messages if message not in late), *twice, *self._late]
        self._late = late
        self.random.shuffle(backlog)
        return backlog

    def _sample(self, messages: Sequence[Message], share: float) -> list[Message]:
        return [message for message in messages if self.random.random() < share]

    def _invoke(self, worker: Worker, message: Message) -> None:
        self.events["invocations"] += 1
        deadline = time.time() + self.emulator.timeout
        worker.actor = actor = Actor(f"invocation {self.events['invocations']}", deadline, mortal=True)

        def work() -> None:
            delivery = Delivery(_photo_in(message), actor.name, actor.hits)
            deliveries = self.deliveries.of[message["MessageId"]]
            deliveries.append(delivery)
            self._note(actor, f"delivery {len(deliveries)} of message {message['MessageId']}")
            try:
                service = WatchedService(worker.service, self.deliveries, delivery)
                delivery.succeeded = self._process(service, message, deadline)
            finally:
                worker.actor, delivery.ended = None, True
                self._note(actor, f"succeeded: {delivery.succeeded}; hit by {actor.hits}")

        self._stage.add(actor, lambda: _on_behalf_of(actor, work))

    def _process(self, service: PhotoService, message: Message, deadline: float) -> bool:
        source, region = self.emulator.description.event_source, self.emulator.description.region
        context = cast(LambdaContext, InvocationContext(deadline))
        response = handle(sqs_event([message], source, region), context, service)
        done = processed([message], response, source)
        for finished in done:
            receipt = finished["ReceiptHandle"]
            self.emulator.sqs.delete_message(QueueUrl=self.emulator.queue, ReceiptHandle=receipt)
        return bool(done)

    def _worker(self) -> Worker:
        def actor() -> Actor | None:
            return worker.actor

        s3 = self.injector.attach(boto3.client("s3"), actor)
        dynamodb = self.injector.attach(boto3.client("dynamodb"), actor)
        settings = self.emulator.settings
        repository = AwsResultRepository(settings, s3, dynamodb)
        worker = Worker(Service(repository, lambda: self.explainer, settings.max_receives))
        return worker

    def _api(self) -> Any:
        s3, dynamodb = (self.injector.attach(boto3.client(name)) for name in ("s3", "dynamodb"))
        settings = self.emulator.settings
        return create_app(settings, AwsResultRepository(settings, s3, dynamodb))

    def _note(self, actor: Actor, what: str) -> None:
        self.injector.journal.note(actor.name, what)

    def _pause(self) -> None:
        if actor := current_actor.get():
            actor.end_turn()

    def _step(self) -> None:
        if actor := current_actor.get():
            self.injector.step(actor)

    def _kill(self, kind: str) -> BaseException:
        actor = current_actor.get()
        assert actor
        return self.injector.killed(actor, kind)


def _photo_in(message: Message) -> str:
    """Id of the photo that a message announces; empty for S3's test event."""
    ids = [
        id_of_object(event.bucket, event.key, event.etag)
        for event in parse(json.loads(message["Body"])).photos
    ]
    return ids[0] if ids else ""


def _on_behalf_of(actor: Actor, work: Callable[[], object]) -> None:
    current_actor.set(actor)
    work()
