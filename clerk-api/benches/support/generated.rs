//! The generated client once more, without the handwritten layer.

#[allow(
    clippy::all,
    dead_code,
    missing_docs,
    unused_imports,
    unreachable_pub,
    unused_qualifications,
    reason = "generated"
)]
#[path = "../../src/generated/client.rs"]
#[rustfmt::skip]
pub mod client;

#[allow(
    clippy::all,
    dead_code,
    missing_docs,
    unexpected_cfgs,
    unreachable_pub,
    unused_qualifications,
    reason = "generated"
)]
#[path = "../../src/generated/open_enums.rs"]
#[rustfmt::skip]
pub mod open_enums;
