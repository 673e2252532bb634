//! `clerk-api` as those who depend on it see it.

mod smoke;
