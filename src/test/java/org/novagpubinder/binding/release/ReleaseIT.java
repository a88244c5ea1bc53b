package org.novagpubinder.binding.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.daemon.BindingModule;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.release.Releaser.Leave;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.connection.EmbeddedLibvirt;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.SysfsTree;
import org.novagpubinder.testing.XmlMeaning;

/** What libvirt's QEMU driver makes of a release. */
class ReleaseIT {
    private static final String NAME = "ngb-release";
    private static final UUID ID = UUID.fromString("5a7d6a3e-0a52-4d2b-9d6e-0000000000fe");
    private static final IdSet CPU0 = IdSet.of(0);
    private static final String DISPLAY =
            "<graphics type='egl-headless'><gl rendernode='/dev/dri/renderD128'/></graphics>"
                    + "<video><model type='virtio'/></video>";

    @TempDir
    Path root;

    private final DomainXml xml = new DomainXml();
    private Libvirt libvirt;
    private Injector engine;

    @BeforeEach
    void connect() throws Exception {
        assumeThat(Runtime.getRuntime().availableProcessors())
                .as("CPUs of this machine")
                .isGreaterThan(1);
        SysfsTree.in(root)
                .node(0, "0", 8, 7)
                .node(1, "1", 8, 7)
                .distances(0, "10 21")
                .distances(1, "21 10")
                .pci("0000:21:00.0", d -> d.pciClass("038000").node(0).render(128))
                .pci("0000:41:00.0", d -> d.pciClass("038000").node(1).render(129))
                .file("dev/dri/renderD128", "")
                .file("dev/dri/renderD129", "");
        libvirt = EmbeddedLibvirt.once().calls();
        EmbeddedLibvirt.remove(ID);
        engine = Guice.createInjector(
                new ConfigModule(BinderRig.config(Restart.NEVER)),
                new HostModule(root, List.of()),
                new BindingModule(),
                binder -> binder.bind(Libvirt.class).toInstance(libvirt));
    }

    @AfterEach
    void tidy() throws Exception {
        if (libvirt != null) {
            EmbeddedLibvirt.remove(ID);
        }
    }

    private String defined(String extra, String devices) throws Exception {
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, extra).replace("<memballoon", devices + "<memballoon"));
        return libvirt.secureInactiveXml(ID);
    }

    /** As after a binding at its start: pins live and in the definition, a record in both. */
    private Tuning boundAndRunning(String definition) throws Exception {
        Tuning ours = new Tuning(
                Map.of(0, CPU0, 1, CPU0),
                CPU0,
                Map.of(1, CPU0),
                new MemoryPlacement(MemoryMode.PREFERRED, IdSet.of(0)),
                Map.of(),
                null);
        BindingRecord record = new BindingRecord(
                "1",
                "cmp-a",
                Instant.parse("2026-11-23T12:00:00Z"),
                State.SET,
                Outcome.BOUND,
                List.of("chosen"),
                IdSet.of(0),
                ours,
                Tuning.NONE,
                false,
                null,
                Map.of(),
                0,
                null,
                null,
                0,
                null);
        libvirt.define(xml.edit(definition, new DomainEdit(ours, DisplayChange.KEEP, RecordXml.write(record))));
        libvirt.create(ID);
        return ours;
    }

    @Test
    void aRunningGuestGetsItsDefinitionBackAndRunsAnywhere() throws Exception {
        String before = defined("", "");
        Tuning ours = boundAndRunning(before);
        assertThat(xml.read(libvirt.liveXml(ID)).tuning()).isEqualTo(ours);

        BindResult result = engine.getInstance(Releaser.class).release(ID).orElseThrow();

        assertThat(XmlMeaning.sameMeaning(libvirt.secureInactiveXml(ID), before))
                .isTrue();
        String live = libvirt.liveXml(ID);
        IdSet all = IdSet.of(0, 1);
        assertThat(libvirt.vcpuPins(ID)).isEqualTo(Map.of(0, all, 1, all));
        assertThat(libvirt.emulatorPin(ID)).isEqualTo(all);
        assertThat(libvirt.iothreadPins(ID)).isEqualTo(Map.of(1, all));
        assertThat(xml.read(live).tuning().pins().vcpus())
                .as("libvirt cannot take a pin off")
                .isEqualTo(Map.of(0, all, 1, all));
        // not the word nova-gpu-binder: the path of the guest's disk may have it
        assertThat(xml.read(live).record()).as(live).isNull();
        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(result.reasons().get(0).text())
                .isEqualTo("until its next start it keeps memory preferred on node 0");
        assertThat(engine.getInstance(Releaser.class).release(ID)).isEmpty();
    }

    @Test
    void theMarkOfAReleaseIsAllThatIsLeftAndAGuestThatStartsHasNothingOfOurs() throws Exception {
        String before = defined("", "");
        boundAndRunning(before);

        assertThat(engine.getInstance(Releaser.class).release(ID, Leave.MARK)).isPresent();

        String marked = libvirt.secureInactiveXml(ID);
        assertThat(RecordXml.read(xml.read(marked).record())
                        .found()
                        .orElseThrow()
                        .state())
                .isEqualTo(State.RELEASED);
        assertThat(XmlMeaning.sameMeaning(
                        xml.edit(marked, new DomainEdit(xml.read(marked).tuning(), DisplayChange.KEEP, null)), before))
                .isTrue();
        libvirt.destroy(ID);
        libvirt.create(ID);
        assertThat(xml.read(libvirt.liveXml(ID)).tuning()).isEqualTo(Tuning.NONE);
    }

    @Test
    void aGuestThatIsOffIsBoundByCommandAndReleasedToTheSameXml() throws Exception {
        String before = defined("", DISPLAY.replace("128", "129"));
        BindResult bound = engine.getInstance(Binder.class)
                .bind(ID, Trigger.COMMAND, Flavor.UNKNOWN)
                .orElseThrow();
        assertThat(bound.done()).contains("wrote the definition");
        assertThat(xml.read(libvirt.inactiveXml(ID)).tuning().pins().vcpus()).hasSize(2);

        BindResult released = engine.getInstance(Releaser.class).release(ID).orElseThrow();

        assertThat(XmlMeaning.sameMeaning(libvirt.secureInactiveXml(ID), before))
                .isTrue();
        assertThat(released.outcome()).isEqualTo(Outcome.IGNORED);
    }
}
