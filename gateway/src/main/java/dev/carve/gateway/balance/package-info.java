/**
 * Choosing one of many: given members with weights, which of them takes the next request. Start
 * with {@link dev.carve.gateway.balance.Picker} and the four that there are; {@link
 * dev.carve.gateway.balance.Member} is all that they know of what they choose from. A picker is
 * made anew when members or weights change and never changes itself.
 *
 * <p>Threads: made by control; asked by every event loop at once, without a lock and without
 * allocating.
 */
@NullMarked
package dev.carve.gateway.balance;

import org.jspecify.annotations.NullMarked;
