package org.novagpubinder.domain.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.LibvirtListener;

/** The daemon's connection, against a libvirtd that is killed, hangs and comes back. */
class LibvirtConnectionIT {
    private static final String NAME = "ngb-reconnect";
    private static final UUID ID = UUID.fromString("5a7d6a3e-0a52-4d2b-9d6e-000000000002");
    private static final int START_PAUSED = 1;
    private static final Duration LONG = Duration.ofSeconds(90);

    private final Heard heard = new Heard();
    private PrivateLibvirtd libvirtd;
    private LibvirtConnection connection;
    private Libvirt libvirt;

    /** Notes what it hears, in order. */
    private static final class Heard implements LibvirtListener {
        private final List<String> all = new CopyOnWriteArrayList<>();
        private final List<Integer> details = new CopyOnWriteArrayList<>();

        @Override
        public void connected() {
            all.add("connected");
        }

        @Override
        public void disconnected(String cause) {
            all.add("disconnected: " + cause);
        }

        @Override
        public void event(DomainEvent event) {
            if (event.uuid().equals(ID)) {
                all.add(event.name() + " " + event.kind());
                details.add(event.detail());
            }
        }
    }

    @BeforeEach
    void prepare() throws Exception {
        libvirtd = new PrivateLibvirtd();
        connection = new LibvirtConnection(PrivateLibvirtd.uri("qemu", "system"));
        libvirt = new LibvirtCalls(connection::session, new DomainXml());
    }

    @AfterEach
    void tidy() throws Exception {
        if (libvirtd != null) {
            connection.close();
            libvirtd.stop();
            libvirtd.reap(NAME);
        }
    }

    @Test
    void itWaitsForLibvirtdAndComesBackAfterItWasKilled() throws Exception {
        connection.start(heard);
        await().atMost(LONG).untilAsserted(() -> assertThat(connection.trouble().orElse(""))
                .contains("cannot reach libvirt at qemu+unix:///system")
                .contains("is libvirtd running?"));
        assertThatThrownBy(() -> libvirt.list())
                .isInstanceOfSatisfying(
                        LibvirtFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONNECTION))
                .hasMessageStartingWith("cannot reach");
        assertThat(heard.all).isEmpty();

        libvirtd.start();
        await().atMost(LONG).until(() -> heard.all.equals(List.of("connected")));
        assertThat(connection.trouble()).isEmpty();
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, ""));
        libvirt.create(ID);
        await().atMost(LONG).until(() -> heard.all.contains(NAME + " STARTED"));
        assertThat(heard.all).containsExactly("connected", NAME + " DEFINED", NAME + " RESUMED", NAME + " STARTED");

        heard.all.clear();
        libvirtd.kill();
        await().atMost(LONG).until(() -> !heard.all.isEmpty());
        assertThat(heard.all.get(0))
                .startsWith("disconnected: the connection to libvirt at qemu+unix:///system")
                .endsWith("lost: libvirtd closed it (stopped or restarted)");
        assertThatThrownBy(() -> libvirt.liveXml(ID)).isInstanceOf(LibvirtFailure.class);

        heard.all.clear();
        libvirtd.start();
        await().atMost(LONG).until(() -> heard.all.contains("connected"));
        assertThat(libvirt.find(ID)).contains(new DomainSummary(ID, NAME, true, true));
        // which waits until libvirtd is connected to QEMU again: a destroy before that ends the guest, is refused and
        // not told
        assertThat(libvirt.activity(ID).state()).isEqualTo(Activity.State.RUNNING);
        libvirt.destroy(ID);
        await().atMost(LONG).until(() -> heard.all.contains(NAME + " STOPPED"));
    }

    /** The event's domain spares the first of them its look-up. */
    @Test
    void aDomainThatAnEventHasToldOfIsReadAgainAndAgainAndIsMissedWhenItIsGone() throws Exception {
        libvirtd.start();
        connection.start(heard);
        await().atMost(LONG).until(() -> heard.all.contains("connected"));
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, ""));
        await().atMost(LONG).until(() -> heard.all.contains(NAME + " DEFINED"));
        String told = libvirt.secureXml(ID);
        assertThat(told).contains("<name>" + NAME + "</name>");
        assertThat(libvirt.secureXml(ID)).isEqualTo(told);

        libvirt.define(told);
        await().atMost(LONG)
                .until(() ->
                        heard.all.stream().filter((NAME + " DEFINED")::equals).count() == 2);
        libvirt.undefine(ID);
        assertThatThrownBy(() -> libvirt.secureXml(ID))
                .isInstanceOfSatisfying(
                        LibvirtFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_DOMAIN));
    }

    /** Of this order the restart window is made: Started alone does not say that CPUs run. */
    @Test
    void aPausedStartIsToldAsStartedAndSuspendedAndResumedLater() throws Exception {
        libvirtd.start();
        connection.start(heard);
        await().atMost(LONG).until(() -> heard.all.contains("connected"));
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, ""));
        String uri = PrivateLibvirtd.uri("qemu", "system");
        Connect other = new Connect(uri);
        try {
            Domain domain = other.domainLookupByUUIDString(ID.toString());
            domain.create(START_PAUSED);
            await().atMost(LONG).until(() -> heard.all.contains(NAME + " SUSPENDED"));
            domain.resume();
            domain.free();
        } finally {
            other.close();
        }
        await().atMost(LONG).until(() -> heard.all.contains(NAME + " RESUMED"));
        assertThat(heard.all)
                .containsExactly(
                        "connected", NAME + " DEFINED", NAME + " STARTED", NAME + " SUSPENDED", NAME + " RESUMED");
        // of the define it is whether the domain was there before
        assertThat(heard.details).endsWith(0, 0, 0);
        libvirt.destroy(ID);
    }

    @Test
    void aLibvirtdThatHangsIsNoticedAndAnOpenDoesNotHangWithIt() throws Exception {
        libvirtd.start();
        connection.start(heard);
        await().atMost(LONG).until(() -> heard.all.contains("connected"));
        libvirtd.freeze();
        long begin = System.nanoTime();
        assertThatThrownBy(() -> LibvirtOnce.open(PrivateLibvirtd.uri("qemu", "system"), Duration.ofSeconds(1)))
                .isInstanceOf(LibvirtFailure.class)
                .hasMessageContaining("no answer within 1.0 s");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
        assertThatThrownBy(() -> libvirt.list())
                .as("keepalive ends the call in flight")
                .isInstanceOfSatisfying(
                        LibvirtFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONNECTION));
        await().atMost(LONG).until(() -> heard.all.size() == 2);
        assertThat(heard.all.get(1)).startsWith("disconnected: ");
        libvirtd.thaw();
        await().atMost(LONG)
                .until(() -> heard.all.size() == 3 && connection.trouble().isEmpty());
        assertThat(libvirt.list()).isNotNull();
    }

    @Test
    void manyThreadsGetTheirOwnErrorsAndAnInterruptIsKept() throws Exception {
        libvirtd.start();
        connection.start(heard);
        await().atMost(LONG).until(() -> connection.trouble().isEmpty());
        ExecutorService threads = Executors.newFixedThreadPool(12);
        List<Future<?>> done = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                UUID nobody = new UUID(0x1234, i);
                done.add(threads.submit(() -> {
                    assertThatThrownBy(() -> libvirt.liveXml(nobody))
                            .isInstanceOfSatisfying(LibvirtFailure.class, e -> assertThat(e.kind())
                                    .isEqualTo(Kind.NO_DOMAIN))
                            .hasMessageContaining(nobody.toString());
                    return null;
                }));
            }
            for (Future<?> f : done) {
                f.get();
            }
        } finally {
            threads.shutdownNow();
        }
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> libvirt.list())
                .isInstanceOfSatisfying(
                        LibvirtFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONNECTION))
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }
}
