package dev.carve.bench;

import dev.carve.bench.peer.CarvePeer;
import java.util.List;
import java.util.Optional;

/**
 * Who takes part.
 *
 * @param subject the name of the peer whose figures are judged
 * @param reference the name of the peer it is compared with
 * @param absences why peers that should be here are not
 */
record Field(String subject, String reference, List<Contender> contenders, List<String> absences) {

    /** The same, with those only who take part in a scenario. */
    Field of(Roster roster) {
        return new Field(
                subject,
                roster == Roster.BARE ? CarvePeer.BARE : reference,
                contenders.stream().filter(one -> roster.admits(one, subject, reference)).toList(),
                absences);
    }

    Optional<Contender> find(String peer, int instance) {
        return contenders.stream()
                .filter(one -> one.peer().name().equals(peer) && one.instance() == instance)
                .findFirst();
    }
}
