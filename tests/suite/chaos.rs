//! Many calls at once against servers that do everything wrong, and an oracle that knows what they have done.
//!
//! It takes ten seconds; `CLERK_API_CHAOS_SECONDS=600` makes it longer, and `CLERK_API_SEED` repeats its choices, as far as
//! the order of things allows.
#![cfg(target_os = "linux")]

mod behavior;
mod held;
mod oracle;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clerk_api::{Clerk, Error, Outcome, RetryPolicy};
use clerk_api_tests::faulty_server::{
    FaultyHttp2Server, FaultyServer, Http2Script, RefusedPort, Script, Server,
};
use fastrand::Rng;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use self::held::held;
use self::oracle::{CALL, Oracle};
use crate::support::{
    CHILD, KEY, SLACK, assert_shows_no_secret, build, builder, in_own_process, ms, quick,
};

const CALLERS: usize = 24;

/// What the callers and the servers share.
struct World {
    oracle: Oracle,
    /// Whether the servers do everything right.
    healthy: AtomicBool,
    last_call: AtomicU64,
    until: Instant,
    ended: Mutex<Vec<Ended>>,
}

/// A call that has ended.
struct Ended {
    call: u64,
    /// The token that it was to revoke.
    revokes: Option<String>,
    /// With the id of the token that it made, if it succeeded; `None` if its future was dropped.
    end: Option<Result<Option<String>, Outcome>>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_outcome_is_true() {
    let variable = |name| {
        std::env::var(name)
            .ok()
            .map(|value| value.parse::<u64>().unwrap())
    };
    let seed = variable("CLERK_API_SEED").unwrap_or_else(|| fastrand::u64(..1 << 32));
    let seconds = variable("CLERK_API_CHAOS_SECONDS").unwrap_or(10);
    if std::env::var_os(CHILD).is_none() {
        println!("seed {seed}");
        let test = concat!(module_path!(), "::every_outcome_is_true");
        let seed = seed.to_string();
        let output = in_own_process(test, "1", &[("CLERK_API_SEED", &seed)]).await;
        print!("{}", String::from_utf8_lossy(&output.stdout));
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "seed {seed}");
        return;
    }
    let time = Duration::from_secs(seconds);
    let mut random = Rng::with_seed(seed);
    // What the first calls of a process take once and for all doesn't count.
    round(time / 4, &mut random).await;
    let before = held(None).await;
    let (requests, ends) = round(time * 3 / 4, &mut random).await;
    let after = held(Some(&before)).await;
    let calls: usize = ends.values().sum();
    let memory = after.memory.saturating_sub(before.memory) / 1024;
    println!("chaos: {calls} calls, {requests} requests, {ends:?}; {memory} KiB more memory");
    assert!(calls > 50 && ends["Returned"] > 20);
    assert_eq!(
        (after.tasks, after.descriptors),
        (before.tasks, before.descriptors)
    );
    // The allocator's noise.
    assert!(memory < 16 * 1024 + 2 * calls);
}

/// Runs all servers for this time. Returns how many requests they got, and how many calls ended in which way.
async fn round(time: Duration, random: &mut Rng) -> (usize, BTreeMap<String, usize>) {
    let world = Arc::new(World {
        oracle: Oracle::default(),
        healthy: AtomicBool::new(false),
        last_call: AtomicU64::new(0),
        until: Instant::now() + time,
        ended: Mutex::default(),
    });
    let plain = FaultyServer::start(world.http1(random.fork())).await;
    let tls = FaultyServer::start_tls(world.http1(random.fork())).await;
    let http2 = FaultyHttp2Server::start_tls(world.http2(random.fork())).await;
    let clients = [
        build(settings(&plain.url())),
        over_tls(&tls),
        over_tls(&http2),
    ];
    let mut callers = JoinSet::new();
    for clerk in &clients {
        for _ in 0..CALLERS {
            let caller = Caller {
                world: world.clone(),
                clerk: clerk.clone(),
                random: random.fork(),
            };
            callers.spawn(caller.run());
        }
    }
    let nobody = RefusedPort::take();
    let caller = Caller {
        world: world.clone(),
        clerk: build(settings(&nobody.url())),
        random: random.fork(),
    };
    callers.spawn(caller.run());
    while !callers.is_empty() {
        // The servers' records would count as memory that stays.
        if let Ok(Some(ended)) = timeout(ms(500), callers.join_next()).await {
            ended.unwrap();
        }
        plain.forget_requests();
        tls.forget_requests();
        http2.forget_requests();
    }
    world.healthy.store(true, Ordering::Relaxed);
    let served: JoinSet<_> = clients.into_iter().map(is_served).collect();
    served.join_all().await;
    plain.wait_until_disconnected().await;
    tls.wait_until_disconnected().await;
    http2.wait_until_disconnected().await;
    let requests = plain.request_count() + tls.request_count() + http2.request_count();
    (requests, world.check())
}

/// The client under test: its calls are as many as fit, so its attempts are short.
fn settings(url: &str) -> clerk_api::ClerkBuilder {
    builder(url)
        .attempt_timeout(ms(400))
        .max_response_bytes(64 * 1024)
}

/// A client that trusts this server.
fn over_tls<Request: Clone + Send + Sync + 'static>(server: &Server<Request>) -> Clerk {
    let certificate = server.certificate().unwrap();
    let certificate = reqwest::Certificate::from_der(certificate).unwrap();
    let http = reqwest::Client::builder()
        .tls_certs_only([certificate])
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .http2_keep_alive_interval(ms(200))
        .http2_keep_alive_timeout(ms(400))
        .build()
        .unwrap();
    build(settings(&server.url()).http_client(http))
}

impl World {
    fn http1(self: &Arc<Self>, random: Rng) -> Script {
        let (world, random) = (self.clone(), Mutex::new(random));
        Script::from_fn(move |_, request| {
            let call = request.header(CALL).unwrap();
            let work = || world.oracle.work(call, request.path(), request.body());
            let healthy = world.healthy.load(Ordering::Relaxed);
            behavior::http1(&mut random.lock().unwrap(), healthy, work)
        })
    }

    fn http2(self: &Arc<Self>, random: Rng) -> Http2Script {
        let (world, random) = (self.clone(), Mutex::new(random));
        Http2Script::from_fn(move |_, request| {
            let call = request.headers().get(CALL).unwrap().to_str().unwrap();
            let path = request.uri().path();
            let work = || world.oracle.work(call, path, request.body());
            let healthy = world.healthy.load(Ordering::Relaxed);
            behavior::http2(&mut random.lock().unwrap(), healthy, work)
        })
    }

    /// Compares what the client reported with what was done, and counts the ends.
    fn check(&self) -> BTreeMap<String, usize> {
        let oracle = &self.oracle;
        let mut ends = BTreeMap::new();
        for Ended { call, revokes, end } in self.ended.lock().unwrap().iter() {
            let made = oracle.made(*call);
            assert!(made.len() <= 1, "call {call} made {made:?}");
            let (by_this_call, by_any) = match revokes {
                Some(id) => (oracle.has_revoked(*call), oracle.is_revoked(id)),
                None => (!made.is_empty(), !made.is_empty()),
            };
            let (is_true, name) = match end {
                Some(Ok(Some(id))) => (made == [id.as_str()], "Returned".to_owned()),
                Some(Ok(None)) => (by_any, "Returned".to_owned()),
                Some(Err(outcome)) => {
                    let is_true = match outcome {
                        Outcome::NotSent | Outcome::Rejected => !by_this_call,
                        Outcome::Applied => by_any,
                        _ => true,
                    };
                    (is_true, format!("{outcome:?}"))
                }
                None => (true, "Dropped".to_owned()),
            };
            assert!(
                is_true,
                "call {call}, revokes {revokes:?}, made {made:?}: {name}"
            );
            *ends.entry(name).or_default() += 1;
        }
        ends
    }
}

/// Makes one call after another.
struct Caller {
    world: Arc<World>,
    clerk: Clerk,
    random: Rng,
}

impl Caller {
    async fn run(mut self) {
        while Instant::now() < self.world.until {
            if self.random.u8(..6) == 0 {
                // As if new: with all retries, and without a rate limit.
                self.clerk = self.clerk.with_secret_key(KEY).unwrap();
            }
            if let Some(id) = self.create().await {
                self.revoke(id).await;
            }
        }
    }

    /// The id of a token that was made, and is known.
    async fn create(&mut self) -> Option<String> {
        let (call, limit, policy) = self.settings();
        let tokens = self.clerk.sign_in_tokens();
        // Not the user of the token that some responses repeat.
        let user = format!("user_of_{call}");
        let create = tokens.create(user).retry_policy(policy);
        let create = create
            .operation_timeout(limit)
            .header(CALL, call.to_string());
        let sent = async { Ok(Some(create.send().await?.id)) };
        self.note(call, None, limit, sent).await
    }

    async fn revoke(&mut self, id: String) {
        let (call, limit, policy) = self.settings();
        let tokens = self.clerk.sign_in_tokens();
        let header = call.to_string();
        let ensure = self.random.bool();
        let sent = async {
            if ensure {
                let revoke = tokens.ensure_revoked(&id).retry_policy(policy);
                let revoke = revoke.operation_timeout(limit).header(CALL, header);
                revoke.send().await?;
            } else {
                let revoke = tokens.revoke(&id).retry_policy(policy);
                let revoke = revoke.operation_timeout(limit).header(CALL, header);
                revoke.send().await?;
            }
            Ok(None)
        };
        self.note(call, Some(id.clone()), limit, sent).await;
    }

    /// A call's number, limit and policy.
    fn settings(&mut self) -> (u64, Duration, RetryPolicy) {
        let call = self.world.last_call.fetch_add(1, Ordering::Relaxed) + 1;
        let limit = ms(self.random.u64(10..2000));
        let policy = quick().with_max_attempts(self.random.u32(1..=5));
        (call, limit, policy)
    }

    /// Makes the call, or drops it, and notes how it ended. The id of the token that it made, if it is known.
    async fn note(
        &mut self,
        call: u64,
        revokes: Option<String>,
        limit: Duration,
        sent: impl Future<Output = Result<Option<String>, Error>>,
    ) -> Option<String> {
        let drop_after = match self.random.u8(..8) {
            0 => ms(self.random.u64(..100)),
            _ => limit + SLACK,
        };
        let result = timeout(drop_after, sent).await.ok();
        assert!(result.is_some() || drop_after < SLACK, "too late");
        let end = result.map(|result| {
            result.map_err(|error| {
                assert_shows_no_secret("an error", &error);
                error.outcome()
            })
        });
        let id = end.clone().and_then(Result::ok).flatten();
        let ended = Ended { call, revokes, end };
        self.world.ended.lock().unwrap().push(ended);
        id
    }
}

/// After all that, a server that does everything right is served at once.
async fn is_served(clerk: Clerk) {
    // As if new, but with the same connections.
    let clerk = clerk.with_secret_key(KEY).unwrap();
    // The HTTP client can't know which of its idle connections the server will end: each is used once. The silent ones
    // are found out by their silence.
    let revokes = (0..4 * CALLERS).map(|_| {
        let revoke = clerk.sign_in_tokens().ensure_revoked("sit_0");
        revoke.header(CALL, "0").send()
    });
    let revokes: JoinSet<_> = revokes.collect();
    drop(revokes.join_all().await);
    sleep(ms(1000)).await;
    for _ in 0..10 {
        let begun = Instant::now();
        let create = clerk.sign_in_tokens().create("user_0").header(CALL, "0");
        let response = create.send_with_response().await.unwrap();
        assert_eq!(response.attempts(), 1);
        assert!(begun.elapsed() < SLACK);
    }
}
