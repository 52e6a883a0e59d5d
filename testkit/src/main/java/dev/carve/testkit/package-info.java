/**
 * What tests talk with and talk to: a client that sends exact bytes, an upstream whose behaviour is
 * a script made of data and which records exactly what reached it, a clock turned by hand, bounded
 * waiting, and nginx and HAProxy as measuring sticks where they are installed. Start with {@link
 * dev.carve.testkit.RawClient}, {@link dev.carve.testkit.ScriptedUpstream} and {@link
 * dev.carve.testkit.Script}. Its HTTP parser is its own on purpose: a test must not judge the
 * gateway by the gateway's parser.
 *
 * <p>Threads: everything blocks, with a bound on every wait; upstreams run on virtual threads of
 * their own and are read from any thread.
 */
@NullMarked
package dev.carve.testkit;

import org.jspecify.annotations.NullMarked;
