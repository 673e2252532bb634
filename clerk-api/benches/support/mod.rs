//! What the benches have in common. A bench is a crate of its own, so each takes it in as a module, and then `call`,
//! `generated` and `hooks` at its root, where the generated code looks for them. (A `mod.rs`, as Cargo would take
//! `benches/support.rs` for a bench.)

pub(crate) mod call;
pub(crate) mod contenders;
pub(crate) mod descriptors;
pub(crate) mod drive;
pub(crate) mod figures;
pub(crate) mod generated;
pub(crate) mod heap;
pub(crate) mod hooks;
pub(crate) mod round;
pub(crate) mod server;
pub(crate) mod token;
