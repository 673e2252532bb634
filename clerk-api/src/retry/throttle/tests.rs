use std::sync::Arc;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// A server that takes so many requests in each window, and its client.
struct World {
    throttle: Throttle,
    begun: Instant,
    server: Mutex<Server>,
}

struct Server {
    limit: usize,
    window: Duration,
    /// When each request arrived, and whether it was accepted.
    requests: Vec<(Duration, bool)>,
}

impl World {
    fn new(limit: usize, window: Duration) -> Arc<Self> {
        Arc::new(Self {
            throttle: Throttle::new(now()),
            begun: now(),
            server: Mutex::new(Server {
                limit,
                window,
                requests: Vec::new(),
            }),
        })
    }

    /// Sends one request in its turn; `Err` is a 429's Retry-After in whole seconds, as Clerk has it.
    async fn request(&self) -> Result<(), Duration> {
        self.throttle.turn(None).await.unwrap();
        let sent = now();
        tokio::time::sleep(SECOND / 40).await;
        let verdict = self.server.lock().unwrap().take(now() - self.begun);
        tokio::time::sleep(SECOND / 40).await;
        match verdict {
            Ok(()) => self.throttle.accepted(now()),
            Err(retry_after) => self.throttle.limited(now(), sent, Some(retry_after)),
        }
        verdict
    }

    /// Sends requests until one is accepted, as a call does.
    async fn call(&self) {
        while let Err(retry_after) = self.request().await {
            tokio::time::sleep(retry_after).await;
        }
    }

    /// How many requests were accepted between these times, and how many were not.
    fn count(&self, from: Duration, to: Duration) -> (usize, usize) {
        let server = self.server.lock().unwrap();
        let requests = server.requests.iter();
        let within = requests.filter(|(at, _)| (from..to).contains(at));
        let accepted: Vec<bool> = within.map(|(_, accepted)| *accepted).collect();
        let count = accepted.iter().filter(|accepted| **accepted).count();
        (count, accepted.len() - count)
    }
}

impl Server {
    fn take(&mut self, at: Duration) -> Result<(), Duration> {
        let window = (at.as_nanos() / self.window.as_nanos()) as u32;
        let begun = self.window * window;
        let requests = self.requests.iter().rev();
        let taken = requests
            .take_while(|(at, _)| *at >= begun)
            .filter(|(_, accepted)| *accepted)
            .count();
        let accepted = taken < self.limit;
        self.requests.push((at, accepted));
        if accepted {
            return Ok(());
        }
        let rest = begun + self.window - at;
        Err(Duration::from_secs(rest.as_secs_f64().ceil() as u64))
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_before_the_first_429() {
    let world = World::new(usize::MAX, SECOND);
    let calls: Vec<_> = (0..5000)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move { world.call().await })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(now() - world.begun, SECOND / 20);
}

#[tokio::test(start_paused = true)]
async fn a_burst_that_is_too_large_settles_below_the_limit() {
    let world = World::new(50, SECOND / 2);
    let calls: Vec<_> = (0..500)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move { world.call().await })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    let took = now() - world.begun;
    let (accepted, limited) = world.count(SECOND, took);
    assert!(limited * 10 < accepted, "{limited} of {accepted}");
    // Plain arithmetic takes five.
    assert!(took < 10 * SECOND, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn one_429_in_a_healthy_stream_is_over_in_ten_seconds() {
    let world = World::new(usize::MAX, SECOND);
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..4000 {
        tokio::time::sleep_until((world.begun + SECOND * number / 200).into()).await;
        if number == 1000 {
            world.throttle.limited(now(), now(), Some(SECOND));
        }
        let world = world.clone();
        calls.spawn(async move { world.call().await });
    }
    calls.join_all().await;
    let per_second = |second| world.count(SECOND * second, SECOND * (second + 1)).0;
    assert!((190..=210).contains(&per_second(4)));
    assert!(per_second(5) < 20, "{}", per_second(5));
    for second in 16..19 {
        let count = per_second(second);
        assert!((190..=210).contains(&count), "{count} at {second}");
    }
    assert!(now() - world.begun < 20 * SECOND + SECOND / 10);
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_an_instance_is_used() {
    // Clerk's limits for production and development.
    for limit in [1000, 100] {
        let world = World::new(limit, 10 * SECOND);
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let world = world.clone();
            workers.spawn(async move {
                while now() - world.begun < 120 * SECOND {
                    world.call().await;
                }
            });
        }
        workers.join_all().await;
        let (accepted, limited) = world.count(30 * SECOND, 120 * SECOND);
        let used = accepted as f64 / (limit * 9) as f64;
        let rejected = limited as f64 / (accepted + limited) as f64;
        assert!(used > 0.9 && rejected < 0.1, "{limit}: {used} {rejected}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_nobody_polls_blocks_no_other() {
    let world = World::new(usize::MAX, SECOND);
    world.throttle.limited(now(), now(), Some(SECOND));
    let waker = std::task::Waker::noop();
    let mut context = std::task::Context::from_waker(waker);
    let mut unpolled: Vec<_> = (0..1000)
        .map(|_| {
            let mut turn = Box::pin(world.throttle.turn(None));
            assert!(turn.as_mut().poll(&mut context).is_pending());
            turn
        })
        .collect();
    // It comes after a thousand, and no later than if they were polled.
    world.throttle.turn(None).await.unwrap();
    let took = now() - world.begun;
    assert!((20 * SECOND..21 * SECOND).contains(&took), "{took:?}");
    // Those whose turns have passed don't all go out at once.
    let ready = unpolled
        .iter_mut()
        .filter_map(|turn| turn.as_mut().poll(&mut context).is_ready().then_some(()))
        .count();
    assert!(ready <= 1, "{ready}");
    drop(unpolled);
    assert!(world.throttle.state().queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn requests_go_out_in_their_order() {
    let world = World::new(usize::MAX, SECOND);
    world.throttle.limited(now(), now(), Some(SECOND));
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..100 {
        let (world, order) = (world.clone(), order.clone());
        calls.spawn(async move {
            world.throttle.turn(None).await.unwrap();
            order.lock().unwrap().push(number);
        });
        tokio::task::yield_now().await;
    }
    calls.join_all().await;
    let order = order.lock().unwrap();
    let displaced = order
        .iter()
        .enumerate()
        .map(|(at, number)| at.abs_diff(*number));
    assert!(displaced.max() <= Some(5), "{order:?}");
}

#[tokio::test(start_paused = true)]
async fn a_turn_beyond_the_deadline_is_refused_at_once() {
    let throttle = Throttle::new(now());
    throttle.limited(now(), now(), Some(86_400 * SECOND));
    let begun = now();
    let wait = throttle.turn(Some(begun + 30 * SECOND)).await.unwrap_err();
    assert_eq!(now(), begun);
    // A server that asks for a day is asked again after a minute.
    assert!((60 * SECOND..62 * SECOND).contains(&wait), "{wait:?}");
    assert!(throttle.state().queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_burst_of_429s_slows_down_once() {
    let throttle = Throttle::new(now());
    (0..200).for_each(|_| throttle.accepted(now()));
    let sent = now();
    (0..100).for_each(|_| throttle.limited(now(), sent, Some(SECOND)));
    tokio::time::sleep(SECOND).await;
    throttle.turn(None).await.unwrap();
    let rate = throttle.state().slowdown.unwrap().rate_at(now());
    assert!((155.0..170.0).contains(&rate), "{rate}");
}

#[tokio::test(start_paused = true)]
async fn it_turns_itself_off_after_a_minute() {
    let throttle = Throttle::new(now());
    throttle.limited(now(), now(), None);
    throttle.turn(None).await.unwrap();
    tokio::time::sleep(62 * SECOND).await;
    throttle.turn(None).await.unwrap();
    assert!(throttle.state().slowdown.is_none());
}
