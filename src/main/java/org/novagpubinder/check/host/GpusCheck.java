package org.novagpubinder.check.host;

import java.util.List;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.host.common.WordList;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;

/** The GPUs that there are. */
public record GpusCheck(HostProbe look) implements Check {
    private static final int NAMED = 4;

    @Override
    public List<CheckResult> run() {
        HostTopology host;
        try {
            host = look.read();
        } catch (HostReadException e) {
            return CheckResult.failure(String.valueOf(e.getMessage()), "mount sysfs at /sys and procfs at /proc");
        }
        List<Gpu> gpus = HostProbe.gpus(host);
        if (gpus.isEmpty()) {
            return CheckResult.warning(
                    "this host has no GPU: there is nothing to bind",
                    "if it has one, see whether its driver is loaded (lspci -nnk -d ::03xx; lspci -nnk -d ::12xx); if it has none:"
                            + "\nsystemctl disable --now nova-gpu-binder");
        }
        List<Gpu> physical =
                gpus.stream().filter(g -> g.physicalFunction() == null).toList();
        List<String> named = physical.stream()
                .map(g ->
                        g.address() + " (node " + g.node().map(Object::toString).orElse("?") + ")")
                .toList();
        String functions =
                gpus.size() == physical.size() ? "" : "; " + (gpus.size() - physical.size()) + " virtual functions";
        return CheckResult.ok(physical.size() + ": " + WordList.some(NAMED, named) + functions);
    }
}
