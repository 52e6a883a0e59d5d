package dev.carve.config;

/** What came of a load. */
public sealed interface LoadResult permits Loaded, Rejected {}
