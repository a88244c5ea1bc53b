package org.novagpubinder.binding.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.notification.SubscriptionState.Kind;

class ServiceStateTest {
    private final List<ServiceStatus> heard = new ArrayList<>();
    private final ServiceState state = new ServiceState(Set.of(heard::add));

    private boolean ready() {
        return heard.get(heard.size() - 1).ready();
    }

    private void subscribed() {
        state.changed(new SubscriptionState(Kind.SUBSCRIBED, "subscribed"));
    }

    private void swept() {
        state.swept(Set.of(), Instant.EPOCH, Duration.ZERO);
    }

    @Test
    void itIsReadyWhenItHearsNovaAndHasLookedAtEveryDomain() {
        state.libvirtIs(true, "libvirt");
        subscribed();
        assertThat(ready()).as("the first sweep is not over").isFalse();
        swept();
        assertThat(ready()).isTrue();
    }

    @Test
    void theBrokerMayBeTheLastToCome() {
        state.libvirtIs(true, "libvirt");
        swept();
        assertThat(ready()).isFalse();
        subscribed();
        assertThat(ready()).isTrue();
    }

    @Test
    void aHostOfWhichNovaHasNothingToTellYetIsReady() {
        state.libvirtIs(true, "libvirt");
        swept();
        state.changed(new SubscriptionState(SubscriptionState.Kind.IDLE, "waiting for the first notification"));
        assertThat(ready()).isTrue();
    }

    @Test
    void aSweepOfALostConnectionDoesNotCount() {
        state.libvirtIs(true, "libvirt");
        swept();
        state.libvirtIs(false, "away");
        swept();
        subscribed();
        state.libvirtIs(true, "libvirt");
        assertThat(ready()).isFalse();
        swept();
        assertThat(ready()).isTrue();
    }

    @Test
    void onceReadyItStaysSo() {
        state.libvirtIs(true, "libvirt");
        subscribed();
        swept();
        state.libvirtIs(false, "away");
        assertThat(ready()).isTrue();
        int before = heard.size();
        state.libvirtIs(true, "libvirt");
        swept();
        swept();
        assertThat(heard).as("each sweep is no news").hasSize(before + 2);
    }
}
