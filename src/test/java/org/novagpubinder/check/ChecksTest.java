package org.novagpubinder.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.check.StartChecks.Waits;
import org.novagpubinder.check.broker.BrokerConnections;
import org.novagpubinder.check.broker.NovaComputeCheck;
import org.novagpubinder.check.libvirt.LibvirtProbe;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.CheckResult.State;
import org.novagpubinder.check.result.NamedResult;
import org.novagpubinder.notification.amqp.BrokerTrouble;
import org.novagpubinder.testing.LogLines;

class ChecksTest {
    @TempDir
    Path directory;

    private static Map.Entry<String, Check> check(String name, Check check) {
        return Map.entry(name, check);
    }

    private static Map<String, Check> inOrder(List<Map.Entry<String, Check>> checks) {
        Map<String, Check> all = new LinkedHashMap<>();
        checks.forEach(c -> all.put(c.getKey(), c.getValue()));
        return all;
    }

    @Test
    void neitherACheckThatFailsNorOneThatHangsKeepsTheOthersFromRunning() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Map<String, Check> all = inOrder(List.of(
                check("broken", () -> {
                    throw new IllegalStateException("for the test");
                }),
                check("hanging", () -> {
                    never.await();
                    return List.of();
                }),
                check("silent", List::of),
                check("fine", () -> CheckResult.ok("well"))));
        List<String> told = new ArrayList<>();
        try (CheckRig rig = CheckRig.of(directory, "")) {
            Checks checks = new Checks(
                    all,
                    rig.get(BrokerConnections.class),
                    rig.get(LibvirtProbe.class),
                    Optional.empty(),
                    Duration.ofMillis(300));
            assertThat(checks.run(told::add))
                    .satisfiesExactly(
                            r -> assertThat(r.line())
                                    .startsWith("broken: could not be looked at")
                                    .contains("for the test"),
                            r -> assertThat(r.line()).startsWith("hanging: no answer within"),
                            r -> assertThat(r)
                                    .isEqualTo(new NamedResult("fine", new CheckResult(State.OK, "well", null))));
        }
        assertThat(told).containsExactly("broken", "hanging", "silent", "fine");
    }

    @Test
    void whatABrokersUserMayOnlyNotLookAtIsNoFaultOfAnyCheck() throws Exception {
        Check hidden = () -> {
            throw BrokerTrouble.mayNotLook("queue 'compute.cmp-a' may not be looked at by user 'binder'");
        };
        try (CheckRig rig = CheckRig.of(directory, "")) {
            Map<String, Check> all = Map.of("nova-compute", hidden);
            List<NamedResult> results = new Checks(
                            all,
                            rig.get(BrokerConnections.class),
                            rig.get(LibvirtProbe.class),
                            Optional.empty(),
                            Duration.ofSeconds(30))
                    .run(name -> {});
            assertThat(results).singleElement().satisfies(r -> {
                assertThat(r.result().state()).isEqualTo(State.UNKNOWN);
                assertThat(r.line()).endsWith("by user 'binder': how it stands is not known");
            });
        }
    }

    @Test
    void theDaemonsStartIsLoggedAsOneLineEachAndOnlyWhatIsWrong() throws Exception {
        Map<String, Check> all = inOrder(List.of(
                check("fine", () -> CheckResult.ok("well")),
                check("broken", () -> {
                    throw new IllegalStateException("for the test");
                }),
                check("off", () -> CheckResult.failure("none are sent", "in nova.conf:\n[section]\n  driver = x"))));
        try (CheckRig rig = CheckRig.of(directory, "");
                LogLines log = LogLines.of(StartChecks.class.getName())) {
            new StartChecks(
                            all,
                            rig.get(NovaComputeCheck.class),
                            rig.get(BrokerConnections.class),
                            new Waits(Duration.ofHours(1), Duration.ofHours(1)))
                    .run();
            assertThat(log.lines())
                    .containsExactly(
                            "WARN check broken fails", "WARN off: none are sent; in nova.conf: [section] driver = x");
        }
    }
}
