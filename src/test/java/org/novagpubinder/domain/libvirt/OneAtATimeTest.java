package org.novagpubinder.domain.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OneAtATimeTest {
    private static final UUID BUSY = UUID.fromString("5b0d1a9e-0000-4000-8000-000000000001");
    private static final UUID OTHER = UUID.fromString("5b0d1a9e-0000-4000-8000-000000000002");

    private final AtomicLong now = new AtomicLong();
    private final OneAtATime gate = new OneAtATime(now::get);

    @Test
    void whoAsksForADomainThatHasNotAnsweredForLongHearsThatItIsBusy() throws Exception {
        String answer = gate.ask(BUSY, () -> {
            assertThat(gate.ask(BUSY, () -> "at once")).isEqualTo("at once");
            now.addAndGet(3_000_000_000L);
            assertThatThrownBy(() -> gate.ask(BUSY, () -> "never asked"))
                    .isInstanceOfSatisfying(
                            LibvirtFailure.class, e -> assertThat(e.kind()).isEqualTo(LibvirtFailure.Kind.BUSY))
                    .hasMessageContaining("has not answered for 3 s");
            assertThat(gate.ask(OTHER, () -> "another")).isEqualTo("another");
            return "late";
        });
        assertThat(answer).isEqualTo("late");
        assertThat(gate.ask(BUSY, () -> "again")).isEqualTo("again");
    }
}
