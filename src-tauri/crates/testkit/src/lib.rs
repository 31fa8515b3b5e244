//! Generators, crash VFS and named stations for tests and tools.

pub mod county;
pub mod crash_vfs;
