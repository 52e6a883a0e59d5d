package dev.carve.bench;

import dev.carve.bench.peer.Peer;

/**
 * One instance of a peer in the rounds. The second of the same peer is there for the A/A ratios.
 */
record Contender(Peer peer, int instance) {

    String label() {
        return instance == 1 ? peer.name() : peer.name() + "-" + instance;
    }
}
