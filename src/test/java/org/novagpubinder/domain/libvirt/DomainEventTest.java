package org.novagpubinder.domain.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;

/** What virDomainEventType and its details mean (libvirt-domain.h). */
class DomainEventTest {
    @ParameterizedTest
    @CsvSource({"0, 0, DEFINED", "2, 0, STARTED", "2, 1, STARTED", "2, 4, WOKEN", "4, 4, RESUMED", "8, 0, CRASHED"})
    void eachTypeIsAKindAndToWakeUpIsNoStart(int type, int detail, Kind kind) {
        assertThat(DomainEvent.of(new UUID(0, 1), "a", type, detail, 0).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({"9", "10", "-1"})
    void ofATypeThatALaterLibvirtHasNothingIsKnown(int type) {
        assertThat(DomainEvent.of(new UUID(0, 1), "a", type, 0, 0).kind()).isEqualTo(Kind.UNKNOWN);
    }
}
