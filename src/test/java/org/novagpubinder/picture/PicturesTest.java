package org.novagpubinder.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.picture.svg.HostPicture;
import org.novagpubinder.picture.svg.Scenes;

class PicturesTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final AtomicInteger looks = new AtomicInteger();
    private final RecentDecisions decisions = new RecentDecisions();
    private ServiceStatus service = ServiceStatus.STARTING;

    private Pictures pictures(Duration patience, Supplier<HostPicture> look) {
        return new Pictures(
                () -> {
                    looks.incrementAndGet();
                    return look.get();
                },
                () -> named("blank"),
                nanos::get,
                patience,
                decisions,
                new GuestHistories(),
                () -> service);
    }

    private static HostPicture named(String name) {
        HostPicture p = Scenes.small();
        return new HostPicture(
                name, p.topology(), p.gpuNames(), p.load(), p.guests(), null, List.of(), Map.of(), null, p.at());
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void aPageThatIsReloadedAllTheTimeCostsALookInFiveSeconds() throws Exception {
        Pictures pictures = pictures(Duration.ofSeconds(20), () -> named("look " + looks.get()));

        for (int i = 0; i < 100; i++) {
            pictures.now();
            pass(Duration.ofMillis(100));
        }

        assertThat(looks).hasValue(2);
        assertThat(pictures.now().host()).isEqualTo("look 3");
    }

    @Test
    void aLookThatTakesLongIsTakenSeldom() throws Exception {
        Pictures pictures = pictures(Duration.ofSeconds(20), () -> {
            pass(Duration.ofSeconds(3));
            return named("slow");
        });

        pictures.now();
        pass(Duration.ofSeconds(26));
        pictures.now();
        assertThat(looks).hasValue(1);
        pass(Duration.ofSeconds(1));
        pictures.now();
        assertThat(looks).hasValue(2);
    }

    @Test
    void howeverManyAskThereIsOneLook() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Pictures pictures = pictures(Duration.ofSeconds(20), () -> {
            awaitIt(go);
            return named("one");
        });
        ExecutorService browsers = Executors.newFixedThreadPool(8);
        try {
            List<Future<HostPicture>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(browsers.submit((Callable<HostPicture>) pictures::now));
            }
            await().untilAsserted(() -> assertThat(looks).hasValue(1));
            go.countDown();
            for (Future<HostPicture> browser : all) {
                assertThat(browser.get().host()).isEqualTo("one");
            }
            assertThat(looks).hasValue(1);
        } finally {
            browsers.shutdownNow();
        }
    }

    @Test
    void whoAsksWhileLibvirtIsStuckGetsTheLastPictureAndNobodyAsksLibvirtAgain() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Pictures pictures = pictures(Duration.ofMillis(20), () -> {
            if (looks.get() == 2) {
                awaitIt(go);
            }
            return named("look " + looks.get());
        });
        await().untilAsserted(() -> assertThat(pictures.now().host()).isEqualTo("look 1"));
        pass(Duration.ofSeconds(6));

        assertThat(pictures.now().host()).isEqualTo("look 1");
        pass(Duration.ofSeconds(60));
        assertThat(pictures.now().host()).isEqualTo("look 1");
        assertThat(looks).hasValue(2);
        go.countDown();
        await().untilAsserted(() -> assertThat(pictures.now().host()).isEqualTo("look 2"));
    }

    @Test
    void beforeTheFirstLookIsDoneThePictureIsBlank() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Pictures pictures = pictures(Duration.ofMillis(1), () -> {
            awaitIt(go);
            return named("first");
        });

        assertThat(pictures.now().host()).isEqualTo("blank");
        go.countDown();
    }

    @Test
    void decisionsAndConnectionsAreThoseOfThisMoment() throws Exception {
        Pictures pictures = pictures(Duration.ofSeconds(20), () -> named("h"));
        pictures.now();
        decisions.decided(Scenes.small().decisions().get(0));
        service = new ServiceStatus(true, "libvirt at test:///default", null, false, false);

        assertThat(pictures.now().decisions()).hasSize(1);
        assertThat(pictures.now().service().libvirt()).isEqualTo("libvirt at test:///default");
        assertThat(looks).hasValue(1);
    }

    @Test
    void anErrorIsToldEachTimeAndTheNextLookMayDo() throws Exception {
        Pictures pictures = pictures(Duration.ofSeconds(20), () -> {
            if (looks.get() == 1) {
                throw new IllegalArgumentException("broken");
            }
            return named("well");
        });

        assertThatThrownBy(pictures::now).hasRootCauseMessage("broken");
        assertThat(pictures.now().host()).isEqualTo("well");
    }

    private static void awaitIt(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
