package org.novagpubinder.domain.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QemuQuestionsTest {
    private final AtomicLong now = new AtomicLong();
    private final QemuQuestions questions = new QemuQuestions(2, now::get);

    private void refused() {
        assertThatThrownBy(() -> questions.ask(() -> "never asked"))
                .isInstanceOfSatisfying(
                        LibvirtFailure.class, e -> assertThat(e.kind()).isEqualTo(LibvirtFailure.Kind.BUSY))
                .hasMessageContaining("have not answered for 3 s");
    }

    @Test
    void whoAsksWhileAsManyHaveNotAnsweredForLongAsMayHearsThatAtOnce() throws Exception {
        String answer = questions.ask(() -> questions.ask(() -> {
            now.addAndGet(3_000_000_000L);
            refused();
            refused();
            return "late";
        }));

        assertThat(answer).isEqualTo("late");
        assertThat(questions.ask(() -> questions.ask(() -> "again"))).isEqualTo("again");
    }

    @Test
    void aQuestionThatFailsMakesRoomForAnother() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> questions.ask(() -> {
                        throw new LibvirtFailure(LibvirtFailure.Kind.ERROR, 0, "no");
                    }))
                    .hasMessage("no");
            now.addAndGet(3_000_000_000L);
        }
        assertThat(questions.ask(() -> "asked")).isEqualTo("asked");
    }

    @Test
    void whoIsInterruptedHearsNothingOfTheGuest() throws Exception {
        questions.ask(() -> questions.ask(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> questions.ask(() -> "never asked"))
                    .isInstanceOfSatisfying(
                            LibvirtFailure.class, e -> assertThat(e.kind()).isEqualTo(LibvirtFailure.Kind.CONNECTION));
            assertThat(Thread.interrupted()).isTrue();
            return "late";
        }));
    }
}
