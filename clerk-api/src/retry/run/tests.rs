use super::*;
use crate::retry::classify::Failure;

/// A world in which time passes only by sleeping and sending.
struct World {
    now: Instant,
    random: f64,
    budget: u32,
    deposits: u32,
    cool_down: Option<Duration>,
    answers: Vec<Result<(), Failed>>,
    each_takes: Duration,
    slept: Vec<Duration>,
    limits: Vec<Duration>,
}

impl World {
    fn new(answers: impl IntoIterator<Item = Result<(), Failed>>) -> Self {
        let mut answers: Vec<_> = answers.into_iter().collect();
        answers.reverse();
        Self {
            now: Instant::now(),
            random: 0.5,
            budget: u32::MAX,
            deposits: 0,
            cool_down: None,
            answers,
            each_takes: Duration::ZERO,
            slept: Vec::new(),
            limits: Vec::new(),
        }
    }
}

impl Effects for World {
    type Answer = ();
    type Failure = ();

    fn now(&self) -> Instant {
        self.now
    }

    fn random(&mut self) -> f64 {
        self.random
    }

    async fn sleep(&mut self, duration: Duration) {
        self.now += duration;
        self.slept.push(duration);
    }

    fn deposit(&mut self) {
        self.deposits += 1;
    }

    fn withdraw(&mut self) -> bool {
        let rest = self.budget.checked_sub(1);
        self.budget = rest.unwrap_or_default();
        rest.is_some()
    }

    async fn admit(&mut self, deadline: Option<Instant>) -> Result<Instant, NotAdmitted> {
        let Some(wait) = self.cool_down else {
            return Ok(self.now);
        };
        if deadline.is_some_and(|deadline| self.now + wait >= deadline) {
            return Err(NotAdmitted::CoolingDown(wait));
        }
        self.now += wait;
        Ok(self.now)
    }

    async fn attempt(&mut self, limit: Duration) -> Result<(), (Failed, ())> {
        self.limits.push(limit);
        self.now += self.each_takes.min(limit);
        let answer = self
            .answers
            .pop()
            .expect("the test has an answer for each attempt");
        answer.map_err(|failed| (failed, ()))
    }
}

fn failed(failure: Failure) -> Result<(), Failed> {
    Err(Failed {
        failure,
        retry_after: None,
    })
}

fn told_to_wait(status: u16, seconds: u64) -> Result<(), Failed> {
    Err(Failed {
        failure: Failure::Status(status),
        retry_after: Some(Duration::from_secs(seconds)),
    })
}

fn plan(repeatable: bool) -> Plan<'static> {
    Plan {
        policy: &RetryPolicy::DEFAULT,
        repeatable,
        attempt_limit: Duration::from_secs(10),
        deadline: None,
    }
}

fn within(world: &World, seconds: u64, repeatable: bool) -> Plan<'static> {
    let deadline = Some(world.now + Duration::from_secs(seconds));
    Plan {
        deadline,
        ..plan(repeatable)
    }
}

/// Runs a future that never waits.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("nothing here waits"),
    }
}

fn stop(finished: &Finished<(), ()>) -> Option<Stop> {
    match finished.end {
        End::Failed { stop, .. } => Some(stop),
        _ => None,
    }
}

#[test]
fn a_good_answer_ends_it() {
    let mut world = World::new([Ok(())]);
    let finished = finish(run(&mut world, &plan(false)));
    assert!(matches!(finished.end, End::Answered(())));
    assert_eq!((finished.attempts, finished.earlier), (1, None));
    assert!(world.slept.is_empty());
}

#[test]
fn what_was_not_done_is_sent_again_with_growing_waits() {
    let mut world = World::new([
        failed(Failure::NotSent),
        failed(Failure::Status(503)),
        failed(Failure::Status(429)),
        Ok(()),
    ]);
    let finished = finish(run(&mut world, &plan(false)));
    assert!(matches!(finished.end, End::Answered(())));
    assert_eq!(
        (finished.attempts, finished.earlier),
        (4, Some(Outcome::Rejected))
    );
    assert_eq!(world.slept, [125, 250, 500].map(Duration::from_millis));
}

#[test]
fn attempts_are_bounded() {
    let mut world = World::new([(); 4].map(|()| failed(Failure::NotSent)));
    let finished = finish(run(&mut world, &plan(false)));
    assert_eq!(
        (finished.attempts, stop(&finished)),
        (4, Some(Stop::AttemptsUsed))
    );
    assert_eq!(world.slept.len(), 3);
}

#[test]
fn an_unknown_outcome_is_sent_again_only_where_that_does_no_harm() {
    for failure in [
        Failure::ConnectionLost,
        Failure::TimedOut,
        Failure::Status(500),
        Failure::Status(502),
    ] {
        let mut world = World::new([failed(failure)]);
        let finished = finish(run(&mut world, &plan(false)));
        assert_eq!(
            (finished.attempts, stop(&finished)),
            (1, Some(Stop::WouldRisk)),
            "{failure:?}"
        );

        let mut world = World::new([failed(failure), Ok(())]);
        let finished = finish(run(&mut world, &plan(true)));
        assert_eq!(
            (finished.attempts, finished.earlier),
            (2, Some(Outcome::Unknown)),
            "{failure:?}"
        );

        let mut world = World::new([failed(failure), Ok(())]);
        let policy = RetryPolicy::default().retry_unknown_outcomes(true);
        let opted_in = Plan {
            policy: &policy,
            ..plan(false)
        };
        assert_eq!(
            finish(run(&mut world, &opted_in)).attempts,
            2,
            "{failure:?}"
        );
    }
}

#[test]
fn a_final_answer_ends_it() {
    let mut world = World::new([failed(Failure::Status(404))]);
    let finished = finish(run(&mut world, &plan(true)));
    assert_eq!((finished.attempts, stop(&finished)), (1, Some(Stop::Final)));
}

#[test]
fn an_earlier_unknown_outcome_is_not_forgotten() {
    let mut world = World::new([
        failed(Failure::TimedOut),
        failed(Failure::Status(429)),
        failed(Failure::Status(400)),
    ]);
    let finished = finish(run(&mut world, &plan(true)));
    assert_eq!(
        (finished.attempts, finished.earlier),
        (3, Some(Outcome::Unknown))
    );
}

#[test]
fn retry_after_is_the_least_wait() {
    let mut world = World::new([told_to_wait(429, 2), Ok(())]);
    finish(run(&mut world, &plan(false)));
    assert_eq!(world.slept, [Duration::from_millis(2125)]);
}

#[test]
fn a_wait_that_does_not_fit_ends_the_call_at_once() {
    let mut world = World::new([told_to_wait(429, 86_400)]);
    let plan = within(&world, 30, false);
    let finished = finish(run(&mut world, &plan));
    assert_eq!(
        (finished.attempts, stop(&finished)),
        (1, Some(Stop::PastDeadline))
    );
    assert!(world.slept.is_empty());
}

#[test]
fn jitter_does_not_make_a_server_s_wait_too_long() {
    let mut world = World::new([told_to_wait(429, 9), Ok(())]);
    world.random = 0.999;
    let policy = RetryPolicy::default().base_delay(Duration::from_secs(5));
    let plan = Plan {
        policy: &policy,
        ..within(&world, 10, false)
    };
    finish(run(&mut world, &plan));
    assert_eq!(world.slept, [Duration::from_secs(9)]);
}

#[test]
fn no_attempt_gets_more_time_than_the_call_has() {
    let mut world = World::new([(); 4].map(|()| failed(Failure::TimedOut)));
    world.each_takes = Duration::MAX;
    world.random = 0.0;
    let plan = within(&world, 25, true);
    let begun = world.now;
    let finished = finish(run(&mut world, &plan));
    assert_eq!(world.limits, [10, 10, 5].map(Duration::from_secs));
    assert_eq!(
        (finished.attempts, stop(&finished)),
        (3, Some(Stop::PastDeadline))
    );
    assert_eq!(world.now, begun + Duration::from_secs(25));
}

#[test]
fn an_empty_budget_ends_it() {
    let mut world = World::new([failed(Failure::Status(503)), failed(Failure::Status(503))]);
    world.budget = 1;
    let finished = finish(run(&mut world, &plan(false)));
    assert_eq!(
        (finished.attempts, stop(&finished)),
        (2, Some(Stop::BudgetUsed))
    );
}

#[test]
fn a_rate_limit_does_not_draw_on_the_budget() {
    let mut world = World::new([failed(Failure::Status(429)), Ok(())]);
    world.budget = 0;
    assert_eq!(finish(run(&mut world, &plan(false))).attempts, 2);
}

#[test]
fn only_a_server_that_is_well_fills_the_budget() {
    for (answer, deposits) in [
        (Ok(()), 1),
        (failed(Failure::Status(404)), 1),
        (failed(Failure::Status(500)), 0),
        (failed(Failure::Status(408)), 0),
        (failed(Failure::ConnectionLost), 0),
        (told_to_wait(429, 86_400), 0),
    ] {
        let mut world = World::new([answer]);
        let plan = within(&world, 30, false);
        finish(run(&mut world, &plan));
        assert_eq!(world.deposits, deposits, "{answer:?}");
    }
}

#[test]
fn those_who_are_told_to_come_back_at_once_do_not_come_all_at_once() {
    let wait = |failure, random| {
        let failed = Failed {
            failure,
            retry_after: Some(Duration::from_secs(3)),
        };
        decide(&plan(false), 1, failed, None, random).unwrap()
    };
    let unavailable = Failure::Status(503);
    assert_eq!(wait(unavailable, 0.0), Duration::from_secs(3));
    assert_eq!(wait(unavailable, 1.0), Duration::from_millis(4500));
    let limited = Failure::Status(429);
    assert_eq!(wait(limited, 1.0), Duration::from_millis(3250));
}

#[test]
fn a_cool_down_beyond_the_deadline_ends_the_call_unsent() {
    let mut world = World::new([]);
    world.cool_down = Some(Duration::from_secs(60));
    let plan = within(&world, 30, false);
    let finished = finish(run(&mut world, &plan));
    let wait = NotAdmitted::CoolingDown(Duration::from_secs(60));
    assert!(matches!(finished.end, End::NotAdmitted(refused) if refused == wait));
    assert_eq!(finished.attempts, 0);
}

#[test]
fn waits_stay_within_the_policy_whatever_comes() {
    for seed in 0..1000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let retry_after = random
            .bool()
            .then(|| Duration::from_secs(random.u64(0..100)));
        let remaining = random
            .bool()
            .then(|| Duration::from_millis(random.u64(0..50_000)));
        let attempts = random.u32(1..6);
        let failed = Failed {
            failure: Failure::Status(503),
            retry_after,
        };
        let decision = decide(&plan(false), attempts, failed, remaining, random.f64());
        let Ok(wait) = decision else { continue };
        let least = retry_after.unwrap_or_default();
        assert!(
            wait >= least && wait <= least + Duration::from_secs(8),
            "{wait:?} for {failed:?}"
        );
        assert!(
            remaining.is_none_or(|remaining| wait < remaining),
            "{wait:?} of {remaining:?}"
        );
        assert!(attempts < 4);
    }
}
