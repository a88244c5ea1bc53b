package org.novagpubinder.binding.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.libvirt.CallTimes;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.LibvirtHold;

class StagesTest {
    private static final UUID GUEST = new UUID(0, 7);

    private final CallTimes times = new CallTimes();
    private final Stages stages = new Stages(times);
    private final List<String> heard = new ArrayList<>();
    private final List<Long> spent = new ArrayList<>();

    /** Answers with its own name; urgent() and lane() with more of the same. */
    private final Libvirt libvirt = times.timed(answering());

    private static Libvirt answering() {
        return (Libvirt) Proxy.newProxyInstance(
                StagesTest.class.getClassLoader(),
                new Class<?>[] {Libvirt.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "liveXml", "inactiveXml" -> method.getName();
                    case "urgent" -> answering();
                    case "lane" -> new LibvirtHold(answering(), () -> {});
                    default -> throw new LibvirtFailure(Kind.BUSY, 68, "busy");
                });
    }

    @BeforeEach
    void listen() {
        stages.hear((stage, nanos) -> {
            heard.add(stage);
            spent.add(nanos);
        });
    }

    @Test
    void eachCallIsToldByItsNameAndTheRestAsTheStageAroundIt() throws LibvirtFailure {
        stages.begin(GUEST, System.nanoTime() - 5_000_000);
        libvirt.liveXml(GUEST);
        libvirt.liveXml(GUEST);
        libvirt.inactiveXml(GUEST);
        stages.done("observed");
        libvirt.urgent().liveXml(GUEST);
        try (LibvirtHold lane = libvirt.lane()) {
            lane.calls().inactiveXml(GUEST);
        }
        stages.done("applied");
        stages.end();

        assertThat(heard)
                .containsExactly(
                        "queued",
                        "liveXml",
                        "inactiveXml",
                        "observed",
                        "urgent",
                        "liveXml",
                        "lane",
                        "inactiveXml",
                        "applied");
        assertThat(spent).allMatch(nanos -> nanos >= 0);
        assertThat(spent.get(0)).isGreaterThanOrEqualTo(5_000_000);
    }

    @Test
    void outsideOfABindingNothingIsTold() throws LibvirtFailure {
        libvirt.liveXml(GUEST);
        stages.done("observed");
        stages.end();

        stages.begin(GUEST, System.nanoTime());
        stages.end();
        libvirt.liveXml(GUEST);
        stages.done("observed");

        assertThat(heard).containsExactly("queued");
    }

    @Test
    void aCallThatFailsFailsAsBeforeAndHasTakenItsTime() {
        stages.begin(GUEST, System.nanoTime());
        assertThatThrownBy(libvirt::list).isInstanceOf(LibvirtFailure.class).hasMessage("busy");
        stages.done("observed");

        assertThat(heard).containsExactly("queued", "list", "observed");
    }
}
