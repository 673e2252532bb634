//! 429 and 503: the server did nothing and says, perhaps, when to come back.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use clerk_api::{ErrorKind, Outcome};
use clerk_api_tests::faulty_server::{Answer, FaultyServer, Script};

use super::support::{
    CALLS, Call, Expected, build, builder, client, errors, ms, run, run_with, success,
};

const DAY: Duration = Duration::from_secs(86_400);

fn limited() -> Answer {
    Answer::status(429).json(errors("too_many_requests", "Too many requests."))
}

fn rejected(status: u16) -> Expected {
    let kind = match status {
        429 => ErrorKind::RateLimited,
        _ => ErrorKind::Status,
    };
    Expected::new(kind, Outcome::Rejected).status(status)
}

/// Makes both calls at the same time, since each of them waits.
async fn both<Made: Future<Output = ()>>(make: impl Fn(Call) -> Made) {
    tokio::join!(make(Call::Create), make(Call::Revoke));
}

#[tokio::test]
async fn seconds_are_waited_for() {
    for status in [429, 503] {
        both(async |call| {
            let answer = Answer::status(status).header("Retry-After", 1);
            let ran = run(call, [answer, success()]).await;
            ran.succeeds(2);
            assert!(ran.server.gaps()[0] >= ms(1000), "{:?}", ran.server.gaps());
        })
        .await;
    }
}

#[tokio::test]
async fn a_date_is_waited_for() {
    for status in [429, 503] {
        both(async |call| {
            let date = Arc::new(Mutex::new(None));
            let told = Arc::clone(&date);
            let script = Script::from_fn(move |index, _| {
                let mut date = told.lock().unwrap();
                if index == 0 {
                    let at = whole_seconds(SystemTime::now() + Duration::from_secs(2));
                    *date = Some(at);
                    return Answer::status(status).header("Retry-After", http_date(at));
                }
                assert!(SystemTime::now() >= date.unwrap(), "it came too early");
                success()
            });
            let ran = run(call, script).await;
            ran.succeeds(2);
            assert!(ran.server.gaps()[0] >= ms(1000), "{:?}", ran.server.gaps());
        })
        .await;
    }
}

#[tokio::test]
async fn a_day_is_not_waited_for() {
    for status in [429, 503] {
        for call in CALLS {
            let answer = Answer::status(status).header("Retry-After", 86_400);
            let ran = run(call, [answer, success()]).await;
            let error = ran.fails(rejected(status).retry_after(DAY)).await;
            assert!(error.to_string().contains("would not fit"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_date_in_a_day_is_not_waited_for() {
    for status in [429, 503] {
        for call in CALLS {
            let at = whole_seconds(SystemTime::now() + DAY);
            let answer = Answer::status(status).header("Retry-After", http_date(at));
            let ran = run(call, [answer, success()]).await;
            let wait = ran.error().retry_after().unwrap();
            assert!(wait <= DAY && wait > DAY - Duration::from_secs(60));
            ran.fails(rejected(status).retry_after(wait)).await;
        }
    }
}

#[tokio::test]
async fn a_wait_is_not_begun_that_passes_the_deadline() {
    for status in [429, 503] {
        for call in CALLS {
            let answer = Answer::status(status).header("Retry-After", 20);
            let wait = Duration::from_secs(20);
            let ran = run_with(call, [answer, success()], |builder| builder.timeout(wait)).await;
            ran.fails(rejected(status).retry_after(wait)).await;
        }
    }
}

#[tokio::test]
async fn a_date_that_has_passed_is_no_wait() {
    for call in CALLS {
        let answer = Answer::status(503).header("Retry-After", http_date(SystemTime::UNIX_EPOCH));
        run(call, [answer, success()]).await.succeeds(2);
    }
}

#[tokio::test]
async fn for_ever_is_four_requests() {
    both(async |call| {
        let ran = run(call, [limited()]).await;
        // The server says nothing, so the client cools down for half a second by itself.
        let expected = rejected(429).attempts(4).at_least(ms(1500));
        let error = ran.fails(expected).await;
        assert_eq!(error.code(), Some("too_many_requests"));
        assert_eq!(error.trace_id(), Some("trace_of_body"));
        for gap in ran.server.gaps() {
            assert!(gap >= ms(500), "{gap:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn for_ever_with_a_wait_is_four_requests_that_keep_to_it() {
    both(async |call| {
        let ran = run(call, [limited().header("Retry-After", 1)]).await;
        let second = ms(1000);
        let expected = rejected(429).attempts(4).retry_after(second);
        ran.fails(expected.at_least(3 * second)).await;
        for gap in ran.server.gaps() {
            assert!(gap >= second, "{gap:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_limit_that_one_call_meets_holds_the_others_back() {
    both(async |call| {
        let script = Script::from_fn(|index, _| match index {
            0 => limited().header("Retry-After", 1),
            _ => success(),
        });
        let server = FaultyServer::start(script).await;
        let clerk = client(&server.url());
        let first = tokio::spawn({
            let clerk = clerk.clone();
            async move { call.send(&clerk).await.map(|response| response.attempts()) }
        });
        server.wait_for_requests(1).await;
        // The first answer need not be there yet; from then on nothing goes out for a second.
        tokio::time::sleep(ms(200)).await;
        let second = call.send(&clerk).await.unwrap();
        assert_eq!((first.await.unwrap().unwrap(), second.attempts()), (2, 1));
        let gaps = server.gaps();
        assert!(gaps[0] >= ms(1000), "{gaps:?}");
        assert_eq!(server.request_count(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_call_that_can_not_wait_for_the_others_limit_is_not_sent() {
    for call in CALLS {
        let server = FaultyServer::start([limited().header("Retry-After", 86_400)]).await;
        let clerk = client(&server.url());
        let error = call.send(&clerk).await.unwrap_err();
        assert_eq!((error.attempts(), error.retry_after()), (1, Some(DAY)));

        let begun = Instant::now();
        let error = call.send(&clerk).await.unwrap_err();
        let wait = error.retry_after().unwrap();
        Expected::new(ErrorKind::RateLimited, Outcome::NotSent)
            .attempts(0)
            .retry_after(wait)
            .check(call, &error, begun.elapsed());
        assert!(wait > Duration::from_secs(30), "{wait:?}");
        assert_eq!(server.request_count(), 1);

        // Another instance has a limit of its own.
        let other = clerk.with_secret_key("sk_test_other").unwrap();
        let error = call.send(&other).await.unwrap_err();
        assert_eq!((error.attempts(), error.outcome()), (1, Outcome::Rejected));
    }
}

#[tokio::test]
async fn unavailable_then_ok() {
    for call in CALLS {
        run(call, [Answer::status(503), success()])
            .await
            .succeeds(2);
        let html = Answer::status(503).html("<h1>Sorry</h1>");
        run(call, [html.clone(), html, success()]).await.succeeds(3);
    }
}

#[tokio::test]
async fn unavailable_for_ever() {
    for call in CALLS {
        let body = errors("service_unavailable", "Down.");
        let ran = run(call, [Answer::status(503).json(body.clone())]).await;
        let error = ran.fails(rejected(503).attempts(4)).await;
        assert!(error.is_server_error());
        assert_eq!(error.code(), Some("service_unavailable"));
        assert_eq!(error.response_body(), Some(body.as_bytes()));
    }
}

#[tokio::test]
async fn backoff_is_not_waited_for_by_a_call_that_may_not_be_repeated() {
    let policy = super::support::quick()
        .max_attempts(1)
        .base_delay(Duration::from_secs(3600));
    for (status, call) in [429, 503].into_iter().zip(CALLS) {
        let server = FaultyServer::start([Answer::status(status)]).await;
        let clerk = build(builder(&server.url()).retry(policy.clone()));
        let begun = Instant::now();
        let error = call.send(&clerk).await.unwrap_err();
        rejected(status).check(call, &error, begun.elapsed());
        assert_eq!(server.request_count(), 1);
    }
}

/// Cuts off what an HTTP date can't say.
fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

/// A time in the form of `Retry-After`, by the civil calendar from days (Howard Hinnant's algorithm).
fn http_date(time: SystemTime) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let (days, seconds) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    // Years begin in March here, so that the day that some of them have more is their last one.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let leaps = day_of_era / 1460 + day_of_era / 146_096 - day_of_era / 36_524;
    let year_of_era = (day_of_era - leaps) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12;
    let year = era * 400 + year_of_era + u64::from(month < 2);
    format!(
        "{}, {day:02} {} {year} {:02}:{:02}:{:02} GMT",
        DAYS[usize::try_from(days % 7).unwrap()],
        MONTHS[usize::try_from(month).unwrap()],
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

#[test]
fn dates_are_right() {
    for (seconds, date) in [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
    ] {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(http_date(time), date);
    }
}
