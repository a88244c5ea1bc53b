package org.novagpubinder.cli;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.config.oslo.DidYouMean;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.common.Printable;

/**
 * DOMAIN on the command line: a UUID (Nova's instance id), libvirt's name, or what the instance's owner calls it
 * ({@code nova:name} in the metadata). In this order: an owner may give any name, but must not take another guest's.
 */
record DomainArgument(Libvirt libvirt, DomainXml xml) {
    static final String DESCRIPTION = "its UUID (Nova's instance id), libvirt's name, or the instance's name";

    /**
     * Libvirt's names as Nova gives them (nova.conf, instance_name_template). Who means one that has gone from this host must
     * not get the guest of somebody who has called his instance so.
     */
    private static final Pattern NOVAS = Pattern.compile("instance-[0-9a-f]{8}");

    /** What the JVM makes of an argument's bytes that are nothing in the locale's encoding. */
    private static final char NOT_DECODED = '\ufffd';

    private static final int MOST_SUGGESTIONS = 3;
    private static final int MOST_CANDIDATES = 20;

    @Inject
    DomainArgument {}

    /** @throws CommandFailure if libvirt has no such domain, with what it might have been; or several */
    DomainSummary find(String text) throws LibvirtFailure, CommandFailure {
        if (text.isBlank()) {
            // as of a variable that is not set; a domain that has no owner's name is not meant
            throw new CommandFailure("an empty text names no domain");
        }
        Optional<UUID> uuid = uuid(text);
        Optional<DomainSummary> found = uuid.isPresent() ? libvirt.find(uuid.get()) : libvirt.find(text);
        if (found.isPresent()) {
            return found.get();
        }
        Map<DomainSummary, String> called = instanceNames();
        List<DomainSummary> candidates = uuid.isPresent() || NOVAS.matcher(text).matches()
                ? List.of()
                : called.keySet().stream()
                        .filter(d -> text.equals(called.get(d)))
                        .toList();
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        if (candidates.size() > 1) {
            throw new CommandFailure(
                    Exit.FAILURE,
                    candidates.size() + " instances are called '" + text + "': say libvirt's name or the UUID",
                    candidates.stream()
                            .limit(MOST_CANDIDATES)
                            .map(d -> d.name() + "  " + d.uuid() + (d.active() ? "" : "  (off)"))
                            .toList());
        }
        throw new CommandFailure("libvirt has no domain '" + Printable.atMost(80, text) + "'" + advice(text, called));
    }

    /** What the owners call their instances; empty text for a domain without such a name. */
    private Map<DomainSummary, String> instanceNames() throws LibvirtFailure {
        Map<DomainSummary, String> names = new LinkedHashMap<>();
        for (DomainSummary d : libvirt.list()) {
            names.put(d, Optional.ofNullable(instanceName(d)).orElse(""));
        }
        return names;
    }

    private @Nullable String instanceName(DomainSummary d) throws LibvirtFailure {
        try {
            return xml.read(libvirt.liveXml(d.uuid())).instanceName();
        } catch (InvalidDomainXml e) {
            return null;
        } catch (LibvirtFailure e) {
            if (e.kind() == LibvirtFailure.Kind.CONNECTION) {
                throw e;
            }
            // gone meanwhile, or busy: then it is not found by that name
            return null;
        }
    }

    private static String advice(String text, Map<DomainSummary, String> called) {
        if (text.indexOf(NOT_DECODED) >= 0) {
            return "; this locale cannot spell the name: set LC_ALL=C.UTF-8, or say the UUID";
        }
        if (called.isEmpty()) {
            return "; it has no domain at all";
        }
        List<String> words = called.entrySet().stream()
                .flatMap(e -> Stream.of(
                        e.getKey().name(), e.getValue(), e.getKey().uuid().toString()))
                .filter(word -> !word.isEmpty())
                .distinct()
                .sorted()
                .toList();
        String lower = text.toLowerCase(Locale.ROOT);
        List<String> near = new ArrayList<>(DidYouMean.near(text, words, MOST_SUGGESTIONS));
        words.stream()
                .filter(word ->
                        !lower.isEmpty() && word.toLowerCase(Locale.ROOT).contains(lower))
                .limit(MOST_SUGGESTIONS)
                .filter(word -> !near.contains(word))
                .forEach(near::add);
        return near.isEmpty()
                ? "; `nova-gpu-binder status` and `virsh list --all` show what it has"
                : "; did you mean " + String.join(" or ", near.subList(0, Math.min(MOST_SUGGESTIONS, near.size())))
                        + "?";
    }

    private static Optional<UUID> uuid(String text) {
        return text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }
}
