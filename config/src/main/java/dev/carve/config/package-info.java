/**
 * Configuration: one YAML file, the environment and flags become immutable records, with the place
 * of every value and all problems at once. It knows no feature. Each module declares records and
 * registers them as blocks; start with {@link dev.carve.config.Block}, {@link
 * dev.carve.config.Schema} and {@link dev.carve.config.Loader}.
 *
 * <pre>{@code
 * record Service(
 *         @Doc("Where its instances are.") @Short List<URI> urls,
 *         @Doc("How long each step may take.") @Default("{}") Timeouts timeouts) {}
 *
 * Block<Map<String, Service>> services = Block.mapOf("services", Service.class).doc("…");
 * Block<Carve> carve = Block.of("carve", Carve.class);
 * Schema schema = Schema.of(services, carve.in(Route.class));
 * switch (Loader.of(schema).withChecks(checks).load(Source.file(path), System.getenv(), flags)) {
 *     case Rejected(List<Diagnostic> diagnostics) -> diagnostics.forEach(System.err::println);
 *     case Loaded loaded -> start(loaded.value(services));
 * }
 * }</pre>
 *
 * <p>A component is a String, number, boolean, enum (snake case), {@code Duration}, {@code Size},
 * {@code Share}, {@code URI}, {@code Pattern}, a class with a public static {@code parse(String)}
 * (and {@code EXPECTED}), another record, a {@code List}, a {@code Map<String, …>}, an {@code
 * Optional}, a choice (a sealed or {@link dev.carve.config.Open} interface whose records each have
 * a {@link dev.carve.config.Key}), or {@link dev.carve.config.Extensions}. It is required unless it
 * has a {@link dev.carve.config.Default}, is {@code Optional} or {@code @Nullable}.
 *
 * <p>How a load goes: files become nodes with places ({@code YamlReader}, {@code Includes}); short
 * forms become long ones ({@code Expander}); environment and flags are laid over ({@code
 * Variables}, {@code Overlay}); nodes become records ({@code Binder}); checks run. The node tree
 * that binding returns is complete, with defaults; rendering and comparing read only that.
 *
 * <p>Threads: a load is confined to its thread; schema, loader and results are immutable.
 */
@NullMarked
package dev.carve.config;

import org.jspecify.annotations.NullMarked;
