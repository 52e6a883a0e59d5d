package dev.carve.config;

import java.util.List;

/**
 * A configuration that cannot be used.
 *
 * @param diagnostics all its problems, warnings too, by place
 */
public record Rejected(List<Diagnostic> diagnostics) implements LoadResult {}
