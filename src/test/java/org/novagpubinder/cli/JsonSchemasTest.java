package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.binding.report.LastOutcome;
import org.novagpubinder.binding.report.Reconciliation;
import org.novagpubinder.cli.live.DaemonView;
import org.novagpubinder.cli.render.BindText;
import org.novagpubinder.cli.render.ReconcileText;
import org.novagpubinder.cli.render.ReleaseText;
import org.novagpubinder.cli.render.StatusJson;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.host.topology.PciLink;
import org.novagpubinder.host.topology.PciRoute;
import org.novagpubinder.host.topology.PciRoute.Link;
import org.novagpubinder.passthrough.PassedThrough.Neighbor;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.testing.Captures;
import org.novagpubinder.testing.JsonSchema;

/** Each {@code --json} keeps to its schema in src/docs/json. */
class JsonSchemasTest {
    private static final UUID ID = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");
    private static final Path SCHEMAS = Path.of("src/docs/json");
    private static final List<Reason> WHY = List.of(new Reason(Code.TASK_RUNNING, "Nova has a task on it"));

    @TempDir
    Path directory;

    private PlanRig plan;

    @BeforeEach
    void host() {
        plan = new PlanRig(directory);
    }

    private static void keepsTo(String schema, String json) throws Exception {
        JsonNode value = new ObjectMapper().readTree(json);
        assertThat(value.isObject()).as("%s is an object: %s", schema, json).isTrue();
        assertThat(JsonSchema.read(SCHEMAS.resolve(schema + ".schema.json")).faults(value))
                .as(schema)
                .isEmpty();
    }

    private void run(String schema, String... words) throws Exception {
        plan.command.run(words);
        keepsTo(schema, plan.out());
    }

    private Path guest() throws Exception {
        return Files.writeString(directory.resolve("guest.xml"), """
                <domain type='kvm'><name>instance-0000002a</name><uuid>%s</uuid><memory unit='GiB'>4</memory>
                <vcpu>2</vcpu><iothreads>1</iothreads><os><type>hvm</type></os><devices>%s</devices></domain>
                """.formatted(ID, PlanRig.VFIO_1));
    }

    @Test
    void whatLooksAtATree() throws Exception {
        String root = directory.toString();
        String conf = CommandRig.emptyConfiguration(directory);
        run("topology", "topology", "--json", "--root", root);
        run("matrix", "topology", "--matrix", "--json", "--root", root);
        run("check", "check", "--json", "--root", root, "--config-file", conf, "--connect", "test:///default");
        run("restarts", "restarts", "--json", "--root", root, "--config-file", conf);
        run("error", "topology", "--json", "--root", directory.resolve("absent").toString());
        run("error", "topology", "--json", "--nope");
    }

    @Test
    void plans() throws Exception {
        Path guest = guest();
        plan.plan(guest, "--json");
        keepsTo("plan", plan.out());
        plan.plan(List.of(guest, directory.resolve("absent.xml")), "--json");
        List<String> lines = plan.out().lines().toList();
        assertThat(lines).hasSize(2);
        keepsTo("plan", lines.get(0));
        keepsTo("error", lines.get(1));
        plan.run("--what-if", "--vcpus", "1", "--ram", "4096", "--json");
        keepsTo("what-if", plan.out());
        plan.run("--what-if", "--json", "--domain-xml", guest.toString());
        keepsTo("what-if", plan.out());
    }

    @Test
    void notifications() throws Exception {
        Path recording = directory.resolve("create.jsonl");
        try (InputStream in = Captures.class.getResourceAsStream("/notifications/nova-zed.jsonl")) {
            Files.copy(in, recording);
        }
        plan.command.run("decode", recording.toString());
        for (String line : plan.out().lines().toList()) {
            keepsTo("decode", line);
        }
    }

    @Test
    void guests() throws Exception {
        LastOutcome last = new LastOutcome(ID, "i", Outcome.FAILED, WHY, "sweep", Instant.EPOCH, Instant.EPOCH);
        DaemonView daemon = new DaemonView("ready", "", true, List.of("queue x fills up"), List.of(last));
        PciAddress gpu = PciAddress.parse("0000:41:00.0");
        PciRoute nic = new PciRoute(
                PciAddress.parse("0000:42:00.0"),
                PciRoute.Kind.NIC,
                "020000",
                "pci0000:40",
                List.of(),
                1,
                Link.UNKNOWN,
                null,
                List.of());
        List<Neighbor> neighbors = List.of(new Neighbor(nic, gpu, PciLink.PHB), new Neighbor(nic, gpu, null));
        LastOutcome earlier = new LastOutcome(ID, "i", Outcome.FAILED, WHY, "sweep", Instant.EPOCH, null);
        for (LastOutcome told : new LastOutcome[] {last, earlier, null}) {
            DomainStatus s = new DomainStatus(
                    ID,
                    "i",
                    null,
                    true,
                    "gpu.small",
                    List.of(new GpuUse(GpuUse.Kind.PCI, PciAddress.parse("0000:41:00.0"), "0000:41:00.0")),
                    IdSet.of(1),
                    IdSet.of(0),
                    IdSet.of(0, 1),
                    Map.of(0, 1L, 1, 2L),
                    null,
                    Outcome.OFF,
                    WHY,
                    told);
            keepsTo("status", StatusJson.of(List.of(s), daemon, Optional.of(neighbors)));
        }
        keepsTo(
                "status",
                StatusJson.of(
                        List.of(),
                        new DaemonView("absent", "it does not run", null, List.of(), List.of()),
                        Optional.empty()));
        Reconciliation r = new Reconciliation(
                ID, "i", true, Outcome.BOUND, IdSet.of(1), "none", IdSet.of(0), Map.of(0, 1L), List.of("pin"), WHY);
        keepsTo("reconcile", ReconcileText.json(List.of(r)));
        keepsTo("reconcile", ReconcileText.json(List.of()));
    }

    @Test
    void changes() throws Exception {
        BindResult result = new BindResult(ID, "i", Outcome.BOUND, WHY, IdSet.of(1), List.of("pinned"), true, 7);
        keepsTo("bind", BindText.json(result));
        keepsTo("release", ReleaseText.json(result));
        keepsTo("release-all", ReleaseText.json(List.of(result)));
        keepsTo("release-all", ReleaseText.json(List.of()));
    }
}
