//! How a server is down, and for which calls.

use std::future::Future;
use std::pin::Pin;

use clerk_api::{Clerk, Error};

use crate::behaviour::Command;
use crate::support::contenders::USER;

pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) outage: Command,
    pub(super) call: fn(Clerk) -> Calling,
}

pub(super) type Calling = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

pub(super) const CASES: [Case; 3] = [
    Case {
        name: "create, 503",
        outage: Command::Fail { retry_after: None },
        call: create,
    },
    Case {
        name: "create, 503 with `Retry-After: 3`",
        outage: Command::Fail {
            retry_after: Some(3),
        },
        call: create,
    },
    // A create whose connection is lost is not sent again, as its outcome is unknown.
    Case {
        name: "revoke, connection closed",
        outage: Command::Drop,
        call: revoke,
    },
];

fn create(clerk: Clerk) -> Calling {
    Box::pin(async move { clerk.sign_in_tokens().create(USER).send().await.map(drop) })
}

fn revoke(clerk: Clerk) -> Calling {
    Box::pin(async move {
        clerk
            .sign_in_tokens()
            .revoke("sit_1")
            .send()
            .await
            .map(drop)
    })
}
