package org.novagpubinder.binding.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.apply.DefinitionWriter;
import org.novagpubinder.binding.inventory.GuestFactory;
import org.novagpubinder.binding.inventory.NextStart;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.XmlMeaning;

/** Whatever is bound, however often: a release gives back the XML that was there before. */
class ReleasePropertiesTest {
    private static final int DOMAINS = 300;
    private static final int MOST_VCPUS = 64;
    private static final Set<String> REFUSED =
            Set.of("numatune-auto-nodeset-invalid.xml", "numatune-memnode-nocpu.xml");
    private static final List<MemoryMode> MODES = List.of(MemoryMode.values());

    @TempDir
    Path root;

    private final DomainXml xml = new DomainXml();
    private BinderRig rig;
    private HostTopology host;

    @BeforeEach
    void host() throws Exception {
        rig = new BinderRig(root, Restart.NEVER);
        host = rig.get(Topologies.class).now();
    }

    @Test
    void releasingADomainGivesBackItsOriginalXml() throws Exception {
        for (long seed = 0; seed < DOMAINS; seed++) {
            check(RandomDomain.xml(seed), seed, "seed " + seed);
        }
    }

    @Test
    void releasingLibvirtsOwnSamplesGivesBackTheirOriginalXml() throws Exception {
        Path corpus = Path.of(System.getProperty("shared.dir", "../shared"), "corpus/libvirt-domains");
        assumeTrue(Files.isDirectory(corpus), () -> "no corpus at " + corpus.toAbsolutePath() + " (-Dshared.dir=DIR)");
        List<Path> files;
        try (Stream<Path> list = Files.list(corpus)) {
            files = list.filter(p -> p.toString().endsWith(".xml")).sorted().toList();
        }
        int checked = 0;
        for (Path file : files) {
            // numad with a nodeset, and memnodes without cells, are what libvirt itself refuses
            if (REFUSED.contains(file.getFileName().toString())) {
                continue;
            }
            String text = Files.readString(file);
            try {
                if (xml.read(text).uuid() == null) {
                    continue;
                }
            } catch (InvalidDomainXml e) {
                continue;
            }
            check(text, checked, file.toString());
            checked++;
        }
        assertThat(checked).isGreaterThan(450);
    }

    /** One to three bindings, one over the other, then the release. */
    private void check(String original, long seed, String what) throws Exception {
        Random random = new Random(seed);
        String text = original;
        int bindings = 1 + random.nextInt(3);
        for (int i = 0; i < bindings; i++) {
            text = bound(text, random);
            assertThat(XmlMeaning.sameElsewhere(text, original)).as(what).isTrue();
        }
        UUID uuid = rig.libvirt.defined(text);
        assertThat(rig.get(Releaser.class).release(uuid)).as(what).isPresent();
        String released = rig.libvirt.inactiveXml(uuid);
        rig.libvirt.deletes(uuid);
        assertThat(XmlMeaning.sameMeaning(released, original))
                .as("%s, %d bindings, bound:%n%s%nreleased:%n%s", what, bindings, text, released)
                .isTrue();
    }

    private String bound(String text, Random random) throws InvalidDomainXml {
        DomainDefinition d = xml.read(text);
        String former = d.record();
        BindingRecord record =
                former == null ? null : RecordXml.read(former).found().orElseThrow();
        boolean addDisplay = d.virtioVideo() && d.display() == null && random.nextBoolean();
        Tuning ours = ours(d, random, addDisplay || d.display() != null);
        Plan plan = new Plan(
                d.uuid(),
                Outcome.BOUND,
                List.of(new Reason(Reason.Code.CHOSEN, "so")),
                IdSet.of(1),
                d.tuning().with(ours),
                ours,
                MemoryWhen.NEXT_START,
                addDisplay,
                false,
                List.of());
        Observation o =
                new Observation(new DomainSummary(d.uuid(), d.name(), false, true), null, d, record, null, Map.of());
        Guest guest = rig.get(GuestFactory.class).guest(d, host);
        Planned planned = new Planned(
                o,
                host,
                guest,
                plan,
                rig.get(Policies.class).choose(Flavor.UNKNOWN, d.virtioVideo()),
                Optional.empty(),
                Occasion.of(Trigger.TASK_ENDED),
                NextStart.of(o, guest, host));
        String there = rig.get(DefinitionWriter.class).preview(planned, text);
        Tuning after = xml.read(there).tuning();
        assertThat(after.only(ours)).isEqualTo(ours);
        return there;
    }

    /** Any part of what can be set, to anything; every vCPU and cell may be treated differently. */
    private static Tuning ours(DomainDefinition d, Random random, boolean canShow) {
        Map<Integer, IdSet> vcpus = new HashMap<>();
        for (int v = 0; v < Math.min(d.vcpus(), MOST_VCPUS); v++) {
            if (random.nextInt(4) > 0) {
                vcpus.put(v, set(random));
            }
        }
        Map<Integer, IdSet> iothreads = new HashMap<>();
        d.iothreads().stream().filter(i -> random.nextBoolean()).forEach(i -> iothreads.put(i, set(random)));
        Map<Integer, MemoryPlacement> memnodes = new HashMap<>();
        if (random.nextBoolean()) {
            for (GuestCell cell : d.cells()) {
                memnodes.put(cell.id(), memory(random));
            }
        }
        return new Tuning(
                vcpus,
                random.nextBoolean() ? set(random) : null,
                iothreads,
                random.nextBoolean() ? memory(random) : null,
                memnodes,
                renderNode(random, canShow));
    }

    private static @Nullable String renderNode(Random random, boolean canShow) {
        return canShow && random.nextInt(4) > 0 ? "/dev/dri/renderD" + (128 + random.nextInt(3)) : null;
    }

    private static MemoryPlacement memory(Random random) {
        return new MemoryPlacement(MODES.get(random.nextInt(MODES.size())), set(random));
    }

    private static IdSet set(Random random) {
        return IdSet.range(0, random.nextInt(4)).union(IdSet.of(random.nextInt(8)));
    }
}
