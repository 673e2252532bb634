//! The heap of this process, counted; the server is in another.

#[global_allocator]
static ALLOCATOR: &stats_alloc::StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;

/// How many allocations there have been.
pub(crate) fn allocations() -> usize {
    ALLOCATOR.stats().allocations
}

/// Bytes that are allocated now.
pub(crate) fn live() -> usize {
    let stats = ALLOCATOR.stats();
    stats
        .bytes_allocated
        .saturating_sub(stats.bytes_deallocated)
}
