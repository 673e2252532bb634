//! What an upstream document means for a client of the contract.
//!
//! Both operations are brought into one form ([`operation`], [`schema`]), compared by one walk ([`walk`]), and each change
//! is looked up in one table ([`table`]).

mod bounds;
pub(crate) mod change;
pub(crate) mod differences;
mod effect;
mod message;
mod node;
mod operation;
pub(crate) mod report;
mod rust_type;
mod schema;
mod security;
mod table;
mod walk;

#[cfg(test)]
mod tests;
