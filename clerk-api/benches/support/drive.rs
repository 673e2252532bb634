//! So many calls of a contender, so many at once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::contenders::Contender;

thread_local! {
    static RUNTIME: Rc<tokio::runtime::Runtime> = Rc::new(
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
    );
}

/// One runtime on one thread, as the server has the other processor; and one for all, as the connections live in it.
pub(crate) fn runtime() -> Rc<tokio::runtime::Runtime> {
    RUNTIME.with(Rc::clone)
}

/// Makes the calls, and tells how long each took.
pub(crate) fn drive(
    contender: &Contender,
    concurrency: usize,
    calls: usize,
    tell: impl FnMut(Duration),
) {
    let left = Cell::new(calls);
    let tell = RefCell::new(tell);
    tokio::task::LocalSet::new().block_on(&runtime(), async {
        let workers = (0..concurrency.min(calls)).map(|_| async {
            while let Some(rest) = left.get().checked_sub(1) {
                left.set(rest);
                let begun = Instant::now();
                (contender.send)().await;
                (tell.borrow_mut())(begun.elapsed());
            }
        });
        futures_util::future::join_all(workers).await;
    });
}
