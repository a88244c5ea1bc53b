package org.novagpubinder.binding.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DomainReadsTest {
    private final CountDownLatch hang = new CountDownLatch(1);
    private final DomainReads<String> reads = new DomainReads<>("test-reads", 2, Duration.ofMillis(200));

    private static List<UUID> domains(int count) {
        return Stream.generate(UUID::randomUUID).limit(count).toList();
    }

    @AfterEach
    void goOn() {
        hang.countDown();
    }

    @Test
    void allOfManyDomainsAreReadThoughTogetherTheyTakeLongerThanOneMay() throws Exception {
        List<UUID> many = domains(30);
        DomainReads<String> patient = new DomainReads<>("test-reads", 2, Duration.ofSeconds(1));

        Map<UUID, DomainReads.Answer<String>> answers = patient.all(many, domain -> {
            Thread.sleep(80);
            return domain.toString();
        });

        for (UUID domain : many) {
            assertThat(answers.get(domain).get()).hasValue(domain.toString());
        }
    }

    @Test
    void domainsThatHangMakeRoomForOthers() throws Exception {
        List<UUID> many = domains(6);

        Map<UUID, DomainReads.Answer<String>> answers = reads.all(many, domain -> {
            if (many.indexOf(domain) < 3) {
                hang.await();
            }
            return domain.toString();
        });

        for (UUID domain : many.subList(0, 3)) {
            assertThat(answers.get(domain).get()).isEmpty();
        }
        for (UUID domain : many.subList(3, 6)) {
            assertThat(answers.get(domain).get()).hasValue(domain.toString());
        }
    }

    @Test
    void aDomainThatHangsIsNotAskedASecondTime() throws Exception {
        UUID domain = UUID.randomUUID();
        AtomicInteger asked = new AtomicInteger();
        DomainReads.Read<String> read = d -> {
            asked.incrementAndGet();
            hang.await();
            return "late";
        };

        assertThat(reads.all(List.of(domain), read).get(domain).get()).isEmpty();
        assertThat(reads.all(List.of(domain), read).get(domain).get()).isEmpty();

        assertThat(asked).hasValue(1);
    }

    @Test
    void whatAReadThrowsIsThrownToWhoeverAsksForItsAnswer() throws Exception {
        UUID domain = UUID.randomUUID();

        DomainReads.Answer<String> answer = reads.all(List.of(domain), d -> {
                    throw new IllegalStateException("no domain");
                })
                .get(domain);

        assertThatThrownBy(answer::get).hasMessage("no domain");
    }

    @Test
    void aReadWithoutAThreadIsBegunAnew() throws Exception {
        UUID domain = UUID.randomUUID();
        AtomicInteger threads = new AtomicInteger();
        DomainReads<String> reads = new DomainReads<>(
                read -> {
                    if (threads.incrementAndGet() == 1) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    read.run();
                },
                1,
                Duration.ZERO);

        assertThatThrownBy(() -> reads.all(List.of(domain), UUID::toString)).isInstanceOf(OutOfMemoryError.class);

        assertThat(reads.all(List.of(domain), UUID::toString).get(domain).get()).hasValue(domain.toString());
    }
}
