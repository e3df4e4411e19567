//! One test binary: a file a subject.

mod layers;
mod policy;
