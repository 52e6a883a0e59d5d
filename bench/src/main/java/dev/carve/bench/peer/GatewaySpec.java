package dev.carve.bench.peer;

import java.nio.file.Path;

/**
 * What a gateway is asked to be.
 *
 * @param label tells two instances of one peer apart
 * @param folder for its configuration, log and temporary files; its own
 * @param cores as {@code taskset -c} takes them
 * @param listenPort on loopback
 * @param adminPort on loopback, for Carve's figures of itself
 * @param backendPort on loopback; everything is forwarded there
 * @param connections how many clients it must be able to hold
 * @param carve what is asked of Carve alone; the others pay no heed to it
 */
public record GatewaySpec(
        String label,
        Profile profile,
        Path folder,
        String cores,
        int listenPort,
        int adminPort,
        int backendPort,
        int connections,
        CarveSetup carve) {

    GatewaySpec with(CarveSetup other) {
        return new GatewaySpec(
                label,
                profile,
                folder,
                cores,
                listenPort,
                adminPort,
                backendPort,
                connections,
                other);
    }
}
