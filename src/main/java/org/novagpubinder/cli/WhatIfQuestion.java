package org.novagpubinder.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.inventory.GuestFactory;
import org.novagpubinder.binding.report.WhatIfs;
import org.novagpubinder.binding.report.WhatIfs.Inhabited;
import org.novagpubinder.binding.report.WhatIfs.Neighbour;
import org.novagpubinder.cli.files.DomainFile;
import org.novagpubinder.cli.render.WhatIfResult;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.VgpuReader;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.whatif.GuestTemplate;
import org.novagpubinder.placement.whatif.WhatIf;

/**
 * What {@code plan --what-if} asks; one of the first four is there.
 *
 * @param domain a domain of this host
 * @param file a domain XML
 * @param flavor the flavor of domains of this host
 * @param sized a guest of which only the size is known
 * @param kind the kind of GPU, if it is to be another than the domain's
 * @param gpus how many of that kind
 */
record WhatIfQuestion(
        @Nullable String domain,
        @Nullable String file,
        @Nullable String flavor,
        @Nullable GuestTemplate sized,
        GpuUse.@Nullable Kind kind,
        int gpus) {

    /** Not for another machine's tree, where nobody knows who is there. */
    boolean asksLibvirt(CommonOptions common) {
        return domain != null || flavor != null || common.knowLibvirt();
    }

    /** @throws CommandFailure if there is no such guest, or none with a GPU */
    WhatIfResult ask(Engine engine, boolean online, Limits limits) throws Exception {
        Inhabited seen = online
                ? engine.get(WhatIfs.class).look()
                : new Inhabited(WhatIf.Host.empty(engine.topology()), List.of());
        List<String> notes = new ArrayList<>(List.of(online ? present(seen) : "as if nobody were on that host"));
        Like like = like(engine, seen);
        GuestTemplate template = like.template();
        if (like.placed()) {
            notes.add(like.name() + " is placed by Nova; guests like it are counted as if the binder placed them");
        }
        WhatIfVgpus vgpus = new WhatIfVgpus(engine.get(VgpuReader.class).read(), seen);
        WhatIf.Host host = seen.host();
        if (template.kind() == GpuUse.Kind.MDEV) {
            WhatIfVgpus.Counted counted = vgpus.mdevs(like.gpus());
            host = counted.host();
            notes.add(counted.note());
        }
        if (template.kind() == GpuUse.Kind.PCI) {
            host = vgpus.functions(like.gpus());
            notes.add("every free GPU" + (template.model() == null ? "" : " of that model")
                    + " that has no render node, whatever Nova's [pci] device_spec allows");
        }
        return new WhatIfResult(
                like.name(), template, new WhatIf(engine.get(Planner.class)).ask(host, template, limits), notes);
    }

    private static String present(Inhabited seen) {
        long off = seen.neighbours().stream().filter(n -> !n.domain().active()).count();
        String guests = Quantity.counted(seen.neighbours().size(), "domain") + " on this host";
        return off == 0
                ? guests
                : guests + ", " + off
                        + " of them shut off: those count for the GPUs that are passed through to them, but not "
                        + "for CPUs and memory";
    }

    /** A template, and where it is from. */
    private record Like(@Nullable String name, GuestTemplate template, boolean placed, List<GpuUse> gpus) {}

    private Like like(Engine engine, Inhabited seen) throws Exception {
        if (sized != null) {
            return new Like(null, sized, false, List.of());
        }
        if (domain != null) {
            var found = engine.get(DomainArgument.class).find(domain);
            Neighbour n = seen.find(found.uuid())
                    .orElseThrow(() -> new CommandFailure("domain '" + domain + "' cannot be read"));
            return like(n.domain().name(), n.guest(), seen);
        }
        if (flavor != null) {
            Neighbour n = seen.neighbours().stream()
                    .filter(x -> flavor.equals(x.definition().flavor()))
                    .findFirst()
                    .orElseThrow(() -> new CommandFailure(noSuchFlavor(seen)));
            return like(n.domain().name(), n.guest(), seen);
        }
        String name = String.valueOf(file);
        try {
            var definition = new DomainXml().read(DomainFile.text(name));
            return like(
                    definition.name(),
                    engine.get(GuestFactory.class).guest(definition, seen.host().topology()),
                    seen);
        } catch (InvalidDomainXml | IOException e) {
            throw new CommandFailure(name + ": " + DomainFile.why(e));
        }
    }

    private Like like(String name, Guest guest, Inhabited seen) throws CommandFailure {
        GuestTemplate template = kind != null
                ? new GuestTemplate(guest, kind, gpus, null)
                : GuestTemplate.like(seen.host().topology(), guest)
                        .orElseThrow(() -> new CommandFailure(
                                name + " has no GPU of this host: say --gpu render, --gpu pci or --gpu mdev"));
        return new Like(name, template, guest.placed(), guest.gpus());
    }

    private String noSuchFlavor(Inhabited seen) {
        TreeSet<String> flavors = new TreeSet<>();
        seen.neighbours().forEach(n -> {
            if (n.definition().flavor() != null) {
                flavors.add(n.definition().flavor());
            }
        });
        return "no domain on this host has flavor '" + flavor + "'"
                + (flavors.isEmpty() ? "" : "; there are " + String.join(", ", flavors))
                + "; --vcpus N --ram MIB need none";
    }
}
