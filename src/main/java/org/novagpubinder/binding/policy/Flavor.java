package org.novagpubinder.binding.policy;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.record.BindingRecord;

/**
 * What is known of a guest's flavor.
 *
 * @param name null if nobody tells it
 * @param extraSpecs its extra specs that are ours; empty if it has none or nobody tells them
 * @param toldBy who tells the extra specs
 */
public record Flavor(@Nullable String name, Map<String, String> extraSpecs, ToldBy toldBy) {
    /** Of a guest that nobody tells anything about. */
    public static final Flavor UNKNOWN = new Flavor(null, Map.of(), ToldBy.NOBODY);

    public Flavor {
        extraSpecs = ExtraSpecs.ours(extraSpecs);
    }

    /** Who knows a flavor's extra specs. */
    public enum ToldBy {
        NOTIFICATION("extra spec of the flavor", "in the notification"),
        /** The operator, {@code --extra-spec}. */
        COMMAND("extra spec of the command line", "on the command line"),
        /** The nova element of the domain's metadata. */
        METADATA("extra spec of the flavor in the domain's metadata", "in the domain's metadata"),
        /** Our record in the domain's metadata. */
        RECORD("extra spec in the binding's record", "in the binding's record"),
        NOBODY("nobody", "nowhere");

        private final String source;
        private final String place;

        ToldBy(String source, String place) {
            this.source = source;
            this.place = place;
        }

        /** What a policy comes from that such an extra spec decides. */
        String source() {
            return source;
        }

        /** Where to look for such an extra spec. */
        String place() {
            return place;
        }
    }

    /** As a command tells it; unknown if it tells nothing. */
    public static Flavor ofCommand(Map<String, String> extraSpecs) {
        return extraSpecs.isEmpty() ? UNKNOWN : new Flavor(null, extraSpecs, ToldBy.COMMAND);
    }

    /**
     * All that is known about the flavor of a domain.
     *
     * <p>The extra specs are those of the first that knows the flavor: whoever tells now (a notification, a command), Nova's
     * metadata in the domain, our record. That one speaks for the whole flavor: an extra spec that it does not have was
     * taken away, or never was there, and is not looked up in an older telling.
     *
     * <p>What the record remembers is as old as the binding, and still right. A change of a flavor does not reach instances
     * that exist (each has its own copy since its create or resize, which is what notifications tell and the metadata
     * has), and with a resize Nova writes the definition anew, without our record. A change of our configuration holds from
     * the next look on: the record has what the flavor says (or a command said in its place), never what a rule or a default
     * decided.
     *
     * <p>The name is the metadata's, which Nova writes into every definition; a notification's may be that of before a
     * resize.
     */
    public static Flavor of(Flavor told, DomainDefinition domain, Optional<BindingRecord> record) {
        String name = domain.flavor() == null ? told.name() : domain.flavor();
        if (told.toldBy() != ToldBy.NOBODY) {
            return new Flavor(name, told.extraSpecs(), told.toldBy());
        }
        // any extra spec shows that this Nova writes them, so that ours would be there too
        if (!domain.extraSpecs().isEmpty()) {
            return new Flavor(name, domain.extraSpecs(), ToldBy.METADATA);
        }
        return record.map(r -> new Flavor(name, r.extraSpecs(), ToldBy.RECORD))
                .orElse(new Flavor(name, Map.of(), ToldBy.NOBODY));
    }
}
