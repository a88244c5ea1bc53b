package org.novagpubinder.binding.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.testing.LogLines;
import org.novagpubinder.testing.ScriptedLibvirt;

/** A call of a restart that hangs holds everybody's restart. */
class RestartCallsTest {
    private final UUID uuid = BinderRig.GUEST;
    private final LogLines log = LogLines.of(RestartCalls.class.getName());

    private String line(int i) {
        return log.lines().stream()
                .filter(l -> l.contains(uuid.toString()))
                .toList()
                .get(i);
    }

    @AfterEach
    void stop() {
        log.close();
    }

    private final ScriptedLibvirt libvirt = new ScriptedLibvirt(IdSet.range(0, 3));

    private Libvirt watched(RestartCalls calls) throws Exception {
        libvirt.defined(BinderRig.guest("", ""));
        return calls.watched(libvirt, uuid);
    }

    @Test
    void aCallThatIsNotAnsweredIsToldWhileItLastsAndWhenItEnds() throws Exception {
        RestartCalls calls = new RestartCalls(Duration.ofMillis(10));
        libvirt.before("create", () -> await().until(() -> !log.lines().isEmpty() && calls.unanswered() == 1));

        watched(calls).create(uuid);

        assertThat(line(0)).startsWith("ERROR").contains("create", "restarts_at_once", "virsh domstate " + uuid);
        assertThat(log.instances().get(0)).as("INSTANCE= in the journal").isEqualTo(uuid.toString());
        assertThat(line(1)).startsWith("WARN").contains("has answered the create");
        assertThat(calls.unanswered()).isZero();
    }

    @Test
    void oneThatFailsLateIsNoLongerWaitedFor() throws Exception {
        RestartCalls calls = new RestartCalls(Duration.ofMillis(10));
        libvirt.before("destroy", () -> await().until(() -> calls.unanswered() == 1));
        libvirt.failing("destroy", Kind.ERROR, "Failed to terminate process 4711");
        Libvirt watched = watched(calls);

        assertThatThrownBy(() -> watched.destroy(uuid))
                .isInstanceOf(LibvirtFailure.class)
                .hasMessageContaining("4711");

        assertThat(calls.unanswered()).isZero();
    }

    @Test
    void oneOverAHoldThatWasGotByAnotherIsWatchedToo() throws Exception {
        RestartCalls calls = new RestartCalls(Duration.ofMillis(10));
        libvirt.before("find", () -> await().until(() -> calls.unanswered() == 1));

        try (LibvirtHold own = watched(calls).own();
                LibvirtHold lane = own.calls().lane()) {
            assertThat(lane.calls().find(uuid)).isPresent();
        }

        assertThat(log.lines())
                .anyMatch(l -> l.startsWith("ERROR") && l.contains("has not answered the find of its restart"));
    }

    @Test
    void oneThatIsAnsweredIsNotWorthALine() throws Exception {
        RestartCalls calls = new RestartCalls(Duration.ofHours(1));

        watched(calls).create(uuid);

        assertThat(log.lines()).noneMatch(l -> l.contains(uuid.toString()));
    }
}
