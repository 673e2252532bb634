//! 429, and 503 with `Retry-After`: how long calls wait, and when they fail instead.

use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Waker};
use std::time::{Duration, Instant, SystemTime};

use clerk_api::{Clerk, Error, ErrorKind, Outcome, RetryPolicy};
use clerk_api_tests::faulty_server::{FaultyServer, Reply, Script};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{CALLS, Call, Expected, Fixture, SLACK, build, errors, ms, serve, success};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);

fn limited() -> Reply {
    Reply::status(429).json(errors("too_many_requests", "Too many requests."))
}

/// The time between the first bytes of the first two requests.
fn gap(server: &FaultyServer) -> Duration {
    let requests = server.requests();
    requests[1].arrived_at() - requests[0].arrived_at()
}

/// Runs a case for both statuses and both calls, all at the same time because each of them waits.
async fn all_at_once<Case: Future<Output = ()>>(case: impl Fn(u16, Call) -> Case) {
    let [create, revoke] = CALLS;
    tokio::join!(
        case(429, create),
        case(429, revoke),
        case(503, create),
        case(503, revoke)
    );
}

#[tokio::test]
async fn calls_wait_for_retry_after() {
    let server_time = SystemTime::now() + Duration::from_secs(3600);
    let [date, later, past] =
        [server_time, server_time + SECOND, SystemTime::UNIX_EPOCH].map(httpdate::fmt_http_date);
    let by_the_servers_clock = [
        ("Date", &*date),
        ("Retry-After", "soon"),
        ("Retry-After", &*later),
    ];
    let passed = [("Retry-After", &*past)];
    all_at_once(async |status, call| {
        let waits = async |headers: &[(&str, &str)], wait: Duration| {
            let fixture = Fixture::start().await;
            let reply = Reply::status(status);
            let reply = headers
                .iter()
                .fold(reply, |reply, (name, value)| reply.header(*name, value));
            let ran = fixture.run(call, [reply, success()]).await;
            ran.succeeds(2);
            let gap = gap(&ran.server);
            assert!((wait..wait + SLACK).contains(&gap), "{headers:?}: {gap:?}");
        };
        tokio::join!(
            waits(&[("Retry-After", "1")], SECOND),
            waits(&by_the_servers_clock, SECOND),
            waits(&passed, Duration::ZERO),
        );
    })
    .await;
}

#[tokio::test]
async fn calls_wait_until_a_date() {
    all_at_once(async |status, call| {
        let fixture = Fixture::start().await;
        let (begun, now) = (Instant::now(), SystemTime::now());
        // Dates have whole seconds, so that this one is at least one second away.
        let date = httpdate::fmt_http_date(now + 2 * SECOND);
        let wait = httpdate::parse_http_date(&date)
            .unwrap()
            .duration_since(now);
        let reply = Reply::status(status).header("Retry-After", &date);
        let ran = fixture.run(call, [reply, success()]).await;
        ran.succeeds(2);
        let waited = ran.server.requests()[1].arrived_at() - begun;
        assert!(waited >= wait.unwrap(), "{date}: {waited:?}");
    })
    .await;
}

#[tokio::test]
async fn a_retry_after_beyond_the_deadline_ends_the_call_at_once() {
    let limit = Duration::from_secs(20);
    let fixture = Fixture::with(|builder| builder.operation_timeout(limit)).await;
    let date = httpdate::fmt_http_date(SystemTime::now() + DAY);
    let nearly_a_day = DAY - Duration::from_secs(60);
    for (value, waits) in [
        ("20", limit..=limit),
        ("86400", DAY..=DAY),
        (&date, nearly_a_day..=DAY),
    ] {
        for status in [429, 503] {
            for call in CALLS {
                let reply = Reply::status(status).header("Retry-After", value);
                let ran = fixture.run(call, [reply, success()]).await;
                let wait = ran.error().retry_after().unwrap();
                assert!(waits.contains(&wait), "{value}: {wait:?}");
                let expected = Expected::rejected(status).retry_after(wait);
                let error = ran.fails(expected).await;
                assert!(error.to_string().contains("too little of"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn all_calls_wait_for_a_rate_limit() {
    let second = async |call: Call| {
        let script = [limited().header("Retry-After", 1), success()];
        let (server, clerk) = serve(script).await;
        let first = tokio::spawn({
            let clerk = clerk.clone();
            async move { Call::Create.send(&clerk).await.unwrap().attempts() }
        });
        server.wait_for_requests(1).await;
        // The first response need not be there yet; from then on nothing is sent for a second.
        tokio::time::sleep(ms(200)).await;
        let response = call.send(&clerk).await.unwrap();
        assert_eq!((first.await.unwrap(), response.attempts()), (2, 1));
        let gap = gap(&server);
        assert!(gap >= SECOND, "{gap:?}");
        assert_eq!(server.request_count(), 3);
    };
    tokio::join!(second(Call::Create), second(Call::Revoke));
}

#[tokio::test]
async fn a_call_without_time_to_wait_for_the_rate_limit_is_not_sent() {
    let (server, clerk) = serve([limited().header("Retry-After", 86_400)]).await;
    let limited = Expected::rejected(429).retry_after(DAY);
    limited.check_call(Call::Create, &clerk).await;
    for call in CALLS {
        let begun = Instant::now();
        let error = call.send(&clerk.clone()).await.unwrap_err();
        let wait = error.retry_after().unwrap();
        // The client never waits for a whole day, but for longer than this call may take.
        assert!(wait > Duration::from_secs(30), "{wait:?}");
        let expected = Expected::new(ErrorKind::RateLimited, Outcome::NotSent);
        let expected = expected.attempts(0).retry_after(wait);
        expected.check(call, &error, begun.elapsed());
    }
    assert_eq!(server.request_count(), 1);

    // Another instance has its own limit.
    let other = clerk.with_secret_key("sk_test_other").unwrap();
    limited.check_call(Call::Create, &other).await;
}

/// How many calls are polled once and then left alone.
const UNPOLLED: usize = 40;

#[tokio::test]
async fn unpolled_calls_block_no_others() {
    let limited = limited().header("Retry-After", 1);
    for (is_limited, first) in [(false, success()), (true, limited)] {
        let (_server, clerk) = serve([first, success()]).await;
        let first = clerk.sign_in_tokens().create("user_1");
        let first = first.retry_policy(RetryPolicy::never()).await;
        assert_eq!(first.is_err(), is_limited);
        let mut unpolled = Vec::new();
        for _ in 0..UNPOLLED {
            let call = clerk.sign_in_tokens().create("user_1");
            let mut call = Box::pin(call.into_future());
            let mut context = Context::from_waker(Waker::noop());
            assert!(call.as_mut().poll(&mut context).is_pending());
            unpolled.push(call);
        }
        let response = timeout(SECOND + 2 * SLACK, Call::Create.send(&clerk)).await;
        let response = response.unwrap_or_else(|_| panic!("limited: {is_limited}: it hangs"));
        assert_eq!(response.unwrap().attempts(), 1);
    }
}

/// When each request came after the first one, and whether the response was 429.
type Seen = Arc<Mutex<Vec<(Duration, bool)>>>;

/// Takes 50 requests in each half second after the first request.
fn fifty_each_half_second(seen: Seen) -> Script {
    let first = OnceLock::new();
    Script::from_fn(move |_, _| {
        let now = first.get_or_init(Instant::now).elapsed();
        let window = |at: Duration| at.as_millis() / 500;
        let mut seen = seen.lock().unwrap();
        let accepted = seen
            .iter()
            .filter(|(at, limited)| !limited && window(*at) == window(now));
        let is_limited = accepted.count() == 50;
        seen.push((now, is_limited));
        match is_limited {
            true => limited().header("Retry-After", 1),
            false => success(),
        }
    })
}

#[tokio::test]
async fn five_hundred_calls_at_once_keep_to_a_rate_limit() {
    let seen = Seen::default();
    let server = FaultyServer::start(fifty_each_half_second(Arc::clone(&seen))).await;
    let settings = Clerk::builder().secret_key("sk_test_x");
    let clerk = build(settings.base_url(format!("{}/v1", server.url())));
    let begun = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..500 {
        let clerk = clerk.clone();
        calls.spawn(async move { Call::Create.send(&clerk).await.map(drop) });
    }
    let results = calls.join_all().await;
    let elapsed = begun.elapsed();
    let failed: Vec<Error> = results.into_iter().filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let mut seen = std::mem::take(&mut *seen.lock().unwrap());
    let accepted = seen.iter().filter(|(_, limited)| !limited).count();
    assert_eq!(accepted, 500);
    seen.retain(|(at, _)| *at > SECOND);
    let limited = seen.iter().filter(|(_, limited)| *limited).count();
    let share = format!("{limited} of {} after the first second", seen.len());
    println!("{share}; all in {elapsed:.1?}");
    assert!(limited * 10 < seen.len(), "{share}");
    // 500 calls take at least ten windows, the first of which begins at once.
    assert!(elapsed >= ms(4500), "{elapsed:?}");
}
