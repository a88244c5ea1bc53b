package org.novagpubinder.check.host;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;
import org.novagpubinder.host.files.DeviceFiles;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;

/** Whether the GPUs' render nodes are in /dev. */
public record RenderNodesCheck(HostProbe look, DeviceFiles devices, ConfigReport report) implements Check {
    @Override
    public List<CheckResult> run() {
        Optional<HostTopology> host = look.readable();
        List<String> all = host.stream()
                .flatMap(h -> h.gpus().stream())
                .map(Gpu::renderNode)
                .filter(Objects::nonNull)
                .sorted()
                .toList();
        if (all.isEmpty()) {
            return List.of();
        }
        if (!devices.there()) {
            return CheckResult.unknown(
                    String.join(", ", all) + ": there is no dev/ below this root to look for them in");
        }
        List<Gpu> gpus = host.get().gpus();
        List<Gpu> taken = report.config().deviceSpecs().taken(gpus);
        if (gives() && gpus.stream().filter(Gpu::draws).allMatch(taken::contains)) {
            return CheckResult.warning(
                    "render_node = auto gives no guest a display: of all GPUs with a render node Nova takes the driver when it"
                            + " passes them through ([pci] device_spec)",
                    "take those that are to draw out of this host's device_spec, or set render_node = none in [gpu_binder]");
        }
        List<String> missing = all.stream().filter(n -> !devices.exists(n)).toList();
        return missing.isEmpty()
                ? CheckResult.ok(String.join(", ", all) + taken(taken) + givenTo())
                : CheckResult.warning(
                        String.join(", ", missing) + " is not there: QEMU would not start with it",
                        devices.ofThisMachine()
                                ? "let udev make it:\nudevadm trigger --subsystem-match=drm --action=add"
                                : "look on the machine that this tree is of, or capture its dev/ too");
    }

    private boolean gives() {
        BindingConfig binding = report.config().binding();
        return binding.renderNode().equals(Policies.AUTO)
                || binding.flavorRenderNodes().stream().anyMatch(r -> r.value().equals(Policies.AUTO));
    }

    /** Those that no guest is given. */
    private static String taken(List<Gpu> taken) {
        return taken.isEmpty()
                ? ""
                : "; only guests that name it have that of "
                        + PassThroughCheck.named(taken)
                        + ", for Nova takes the GPU from its driver when it passes it through ([pci] device_spec)";
    }

    /** What an operator who has them given to guests has to know. */
    private String givenTo() {
        BindingConfig binding = report.config().binding();
        String option = binding.renderNode().equals(Policies.AUTO) ? "render_node = auto" : "flavor_render_node";
        return gives()
                ? "; guests that " + option + " gives one can be neither suspended (Nova puts them into ERROR) nor live"
                        + " migrated"
                : "";
    }
}
