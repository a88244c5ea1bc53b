package org.novagpubinder.binding.daemon;

import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.start.StartNeeds;

/** What is done ahead of the first guest must not keep the daemon from the others. */
class WarmupTest {
    @Test
    void aWarmUpThatFailsEndsNoDaemon() {
        StartNeeds failing = null;
        Warmup warmup = new Warmup(null, BindingModule.limits(TestConfig.of()), failing, null, null);
        HostTopology host = new HostTopology(List.of(), List.of(), List.of(), Map.of(), IdSet.empty(), 0);

        assertThatNoException().isThrownBy(() -> warmup.run(host));
    }
}
