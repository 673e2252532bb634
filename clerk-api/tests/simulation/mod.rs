//! The rules of retries against models of a server, in virtual time. It is a unit test because the rules are private:
//! `cargo test -p clerk-api --lib simulation -- --nocapture` runs it.
//!
//! The calls are events on a heap, which is a hundred times as fast as tokio's paused clock, so what a call does next is
//! written down here once more, as `run` has it. `CLERK_API_SEED=7` runs one seed alone.

mod report;
mod scenarios;
mod server;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use fastrand::Rng;
use http::HeaderMap;

use self::scenarios::{Load, Setup};
use self::server::{Server, Verdict};
use crate::retry::budget::Budget;
use crate::retry::failure::{AttemptFailure, FailureKind};
use crate::retry::policy::RetryPolicy;
use crate::retry::run::decide;
use crate::retry::throttle::{LOOK_AGAIN, Throttle};

/// The longest attempt, and the part of a call's time without which none is begun: as `call.rs` has them.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const LEAST_SHARE: u32 = 4;

/// A server, its clients, and what is seen of them.
struct World {
    setup: Setup,
    /// What virtual time is counted from.
    zero: Instant,
    now: Duration,
    clients: Vec<(Throttle, Budget)>,
    server: Server,
    random: Rng,
    /// By their time, and then in the order in which they were added.
    events: BinaryHeap<Reverse<(Duration, usize, Event)>>,
    added: usize,
    requests: Vec<Request>,
    calls: Vec<Call>,
}

/// What happens next; the number is the caller's or the call's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Begin(usize),
    Look(usize),
    Response(usize),
}

/// A request that the server got.
struct Request {
    at: Duration,
    verdict: Verdict,
    /// Whether the caller had given up before the response came.
    given_up: bool,
}

struct Call {
    caller: usize,
    client: usize,
    begun: Duration,
    ticket: Option<u64>,
    attempts: u32,
    /// When it was first sent.
    sent: Option<Duration>,
    /// The last of its requests.
    request: usize,
    ended: Option<Duration>,
}

impl World {
    fn new(setup: Setup, random: Rng) -> Self {
        let zero = Instant::now();
        let client = |_| (Throttle::new(zero), Budget::new(zero));
        Self {
            zero,
            now: Duration::ZERO,
            clients: (0..setup.clients).map(client).collect(),
            server: Server::new(&setup),
            random,
            events: BinaryHeap::new(),
            added: 0,
            requests: Vec::new(),
            calls: Vec::new(),
            setup,
        }
    }

    fn run(mut self) -> Self {
        let callers = match self.setup.load {
            Load::Closed(callers) => callers,
            Load::Open(_) => 1,
        };
        (0..callers).for_each(|caller| self.add(Duration::ZERO, Event::Begin(caller)));
        while let Some(Reverse((at, _, event))) = self.events.pop()
            && at < self.setup.length
        {
            self.now = at;
            match event {
                Event::Begin(caller) => self.begin(caller),
                Event::Look(call) => self.look(call),
                Event::Response(call) => self.respond(call),
            }
        }
        self
    }

    fn add(&mut self, delay: Duration, event: Event) {
        self.added += 1;
        let event = Reverse((self.now + delay, self.added, event));
        self.events.push(event);
    }

    fn begin(&mut self, caller: usize) {
        if let Load::Open(rate) = self.setup.load {
            let next = (caller + 1) % self.clients.len();
            self.add(Duration::from_secs_f64(1.0 / rate), Event::Begin(next));
        }
        self.calls.push(Call {
            caller,
            client: caller % self.clients.len(),
            begun: self.now,
            ticket: None,
            attempts: 0,
            sent: None,
            request: 0,
            ended: None,
        });
        self.look(self.calls.len() - 1);
    }

    /// A call asks whether it may send.
    fn look(&mut self, number: usize) {
        let now = self.zero + self.now;
        let deadline = self.zero + self.deadline(number);
        let latest = deadline - self.least_time();
        let call = &mut self.calls[number];
        let (throttle, _) = &self.clients[call.client];
        let turn = throttle.state().turn(now, &mut call.ticket);
        match turn {
            Some(turn) if turn < latest => {
                // Calls that wait for long look less often than in truth, but long before their turn.
                let wait = turn - now;
                let wait = wait.min(LOOK_AGAIN.max(wait / 2));
                self.add(wait, Event::Look(number));
            }
            None if now <= latest => {
                call.ticket = None;
                self.send(number);
            }
            _ => {
                if let Some(ticket) = call.ticket {
                    throttle.state().leave(ticket);
                }
                self.end(number, false);
            }
        }
    }

    fn send(&mut self, number: usize) {
        let latency = self.setup.latency.mul_f64(0.8 + 0.4 * self.random.f64());
        let limit = (self.deadline(number) - self.now).min(ATTEMPT_TIMEOUT);
        let call = &mut self.calls[number];
        call.attempts += 1;
        call.sent.get_or_insert(self.now);
        call.request = self.requests.len();
        self.requests.push(Request {
            at: self.now,
            verdict: self.server.take(self.now),
            given_up: limit < latency,
        });
        self.add(latency.min(limit), Event::Response(number));
    }

    fn respond(&mut self, number: usize) {
        let now = self.zero + self.now;
        let call = &self.calls[number];
        let request = &self.requests[call.request];
        let client = call.client;
        let (throttle, budget) = &mut self.clients[client];
        let failure = match request.verdict {
            _ if request.given_up => failure(FailureKind::TimedOut, None),
            Verdict::Accepted => {
                throttle.accepted(now);
                budget.deposit();
                return self.end(number, true);
            }
            Verdict::Limited(retry_after) => {
                throttle.limited(now, self.zero + request.at, Some(retry_after));
                failure(FailureKind::Status(429), Some(retry_after))
            }
            Verdict::Unavailable => {
                throttle.accepted(now);
                failure(FailureKind::Status(503), None)
            }
        };
        let remaining = self.deadline(number).saturating_sub(self.now);
        let remaining = remaining.saturating_sub(self.least_time());
        let random = self.random.f64();
        let (policy, attempts) = (RetryPolicy::default(), call.attempts);
        let (_, budget) = &mut self.clients[client];
        match decide(&policy, attempts, &failure, Some(remaining), random) {
            Ok(delay) if !failure.kind.draws_on_budget() || budget.withdraw(now) => {
                self.add(delay, Event::Look(number));
            }
            _ => self.end(number, false),
        }
    }

    fn end(&mut self, number: usize, succeeded: bool) {
        let call = &mut self.calls[number];
        call.ended = Some(self.now);
        let caller = call.caller;
        if matches!(self.setup.load, Load::Closed(_)) {
            // A caller that fails doesn't ask again in the same instant.
            let pause = if succeeded { 0 } else { 500 };
            self.add(Duration::from_millis(pause), Event::Begin(caller));
        }
    }

    fn deadline(&self, number: usize) -> Duration {
        self.calls[number].begun + self.setup.timeout
    }

    fn least_time(&self) -> Duration {
        self.setup.timeout.min(ATTEMPT_TIMEOUT) / LEAST_SHARE
    }
}

/// How a create fails: it is not idempotent.
fn failure(kind: FailureKind, retry_after: Option<Duration>) -> AttemptFailure {
    AttemptFailure {
        kind,
        idempotent: false,
        retry_after,
        status: None,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        detail: None,
        source: None,
    }
}
