package dev.carve.bench;

import dev.carve.bench.peer.GatewaySpec;
import dev.carve.bench.peer.Peer;
import dev.carve.bench.peer.Running;
import java.util.Optional;

/** A peer that only has a name. */
record NamedPeer(String name) implements Peer {

    @Override
    public Optional<String> missing() {
        return Optional.empty();
    }

    @Override
    public String version() {
        return name;
    }

    @Override
    public boolean runsOnJvm() {
        return false;
    }

    @Override
    public Running start(GatewaySpec spec) {
        throw new IllegalStateException("a named peer is never started");
    }
}
