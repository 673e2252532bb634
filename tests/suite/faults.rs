//! Every failure that a client meets, against servers that fail on purpose.

mod bodies;
mod connecting;
mod http2;
mod inputs;
mod large_bodies;
mod lifetime;
mod limited;
mod load;
mod losing;
mod memory;
mod properties;
mod redirects;
mod refusals;
mod secrets;
mod statuses;
mod support;
mod timing;
