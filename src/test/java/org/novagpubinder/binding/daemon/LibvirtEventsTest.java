package org.novagpubinder.binding.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.decision.BindingCounters.EarlyResult;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.life.Nova;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.connection.LibvirtConnection;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.restarts.RestartFailures;

class LibvirtEventsTest {
    private static final String NOVAS = guest("", vfio());

    @TempDir
    Path root;

    private BinderRig rig;
    private Nova nova;
    private LibvirtEvents events;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW, true).age(1).memory(Map.of(1, 200_000L));
        nova = new Nova(rig);
        events = new LibvirtEvents(
                rig.get(BinderConfig.class),
                new LibvirtConnection("test:///default"),
                rig.get(EventRouter.class),
                rig.get(Sweeper.class),
                new ServiceState(Set.of()));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /** Nova may tell of it before there is a connection again. */
    @ParameterizedTest
    @CsvSource({"rebuild, libvirtError", "create, BuildAbortException"})
    void aStartInWhichLibvirtIsLostIsNoFailureOfItsBinding(String task, String fault) throws Exception {
        nova.says("req-1", task + ".start");
        rig.libvirt.define(NOVAS);
        nova.libvirt(Kind.DEFINED);
        assertThat(rig.libvirt.inactiveXml(GUEST)).as("bound").isNotEqualTo(NOVAS);

        events.disconnected("gone");

        failsInNovaOnly(task, fault);
    }

    @Test
    void aDefineInWhichLibvirtIsLostIsNoFailureOfItsBindingEither() throws Exception {
        nova.says("req-1", "rebuild.start");
        rig.libvirt.define(NOVAS);
        rig.libvirt.before("secureXml", () -> events.disconnected("gone"));
        rig.libvirt.failing("define", LibvirtFailure.Kind.CONNECTION, "gone");
        nova.libvirt(Kind.DEFINED);

        failsInNovaOnly("rebuild", "libvirtError");
    }

    private void failsInNovaOnly(String task, String fault) throws Exception {
        rig.get(EventRouter.class)
                .handle(
                        Events.of(Events.of("instance." + task + ".error", Action.IGNORE, GUEST, "req-1"), fault),
                        () -> {});
        nova.libvirt();
        assertThat(rig.get(RestartFailures.class).standing().starts()).isEmpty();
        assertThat(rig.get(BindingCounters.class).early(EarlyResult.FAILED)).isZero();
    }
}
