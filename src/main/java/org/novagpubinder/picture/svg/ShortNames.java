package org.novagpubinder.picture.svg;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.picture.svg.Svg.Lettering;

/**
 * The names of guests in as little room as there is. What does not fit is the owner's name, cut at its end, or in its middle
 * if others begin the same, with the end of libvirt's name; two guests never look alike.
 */
final class ShortNames {
    private static final int TAIL = 4;

    private final Lettering type;
    private final double width;
    private final Map<UUID, String> names = new HashMap<>();

    /** @param width of each, in user units */
    ShortNames(List<DomainStatus> guests, Lettering type, double width) {
        this.type = type;
        this.width = width;
        Set<String> beginnings = new HashSet<>();
        Set<String> common = guests.stream()
                .map(g -> type.cut(GuestLabels.called(g), room(g)))
                .filter(beginning -> !beginnings.add(beginning))
                .collect(Collectors.toSet());
        unlessAlike(guests, g -> fitting(g, common));
        unlessAlike(guests, g -> type.cutInside(g.domain(), width));
        unlessAlike(guests, g -> g.uuid().toString());
    }

    private void unlessAlike(List<DomainStatus> guests, Function<DomainStatus, String> way) {
        Map<String, Long> counts = guests.stream().collect(Collectors.groupingBy(way, Collectors.counting()));
        Set<String> taken = new HashSet<>(names.values());
        guests.stream()
                .filter(g -> !names.containsKey(g.uuid()))
                .filter(g -> counts.getOrDefault(way.apply(g), 0L) == 1 && !taken.contains(way.apply(g)))
                .forEach(g -> names.put(g.uuid(), way.apply(g)));
    }

    private String fitting(DomainStatus guest, Set<String> common) {
        String whole = Markup.clean(GuestLabels.name(guest));
        if (type.width(whole) <= width) {
            return whole;
        }
        if (guest.instanceName() == null) {
            return type.cutInside(guest.domain(), width);
        }
        String cut = type.cut(GuestLabels.called(guest), room(guest));
        return (common.contains(cut) ? type.cutInside(GuestLabels.called(guest), room(guest)) : cut) + tail(guest);
    }

    private double room(DomainStatus guest) {
        return width - type.width(tail(guest));
    }

    private static String tail(DomainStatus guest) {
        String clean = Markup.clean(guest.domain());
        return clean.length() <= TAIL ? " · " + clean : " · …" + clean.substring(clean.length() - TAIL);
    }

    String of(DomainStatus guest) {
        return names.getOrDefault(guest.uuid(), guest.uuid().toString());
    }
}
