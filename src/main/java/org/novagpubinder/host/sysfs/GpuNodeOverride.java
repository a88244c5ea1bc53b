package org.novagpubinder.host.sysfs;

import java.util.List;
import java.util.Locale;
import org.novagpubinder.host.common.Glob;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.PciAddress;

/**
 * The operator's word about the node of GPUs ({@code gpu_nodes = 0000:41:*=1}); it wins over what sysfs says.
 *
 * @param glob PCI address, {@code *} and {@code ?} allowed; without a domain it means domain 0000, without a function all of
 *     the slot's; with more or fewer zeros in front it is the same (nvidia-smi writes {@code 00000000:41:00.0})
 */
public record GpuNodeOverride(String glob, int node) {
    public boolean matches(PciAddress address) {
        String whole = address.toString();
        Glob form = new Glob(canonical());
        return form.matches(whole) || (address.domain() == 0 && form.matches(whole.substring("0000:".length())));
    }

    /** Whether it speaks of one of those GPUs: else it is a mistake. */
    public boolean matchesAnyOf(List<Gpu> gpus) {
        return gpus.stream()
                .anyMatch(g -> matches(g.address()) || (g.physicalFunction() != null && matches(g.physicalFunction())));
    }

    /** Each part with as many digits as sysfs writes. */
    private String canonical() {
        String[] parts = glob.strip().toLowerCase(Locale.ROOT).split(":", -1);
        // a bus has two digits at most
        boolean domain = parts.length == 3 || parts[0].matches("[0-9a-f]{3,8}");
        for (int i = 0; i < parts.length; i++) {
            int digits = domain && i == 0 ? 4 : 2;
            int dot = parts[i].indexOf('.');
            String part = dot < 0 ? parts[i] : parts[i].substring(0, dot);
            if (part.matches("[0-9a-f]{1,8}")) {
                String shortest = part.replaceFirst("^0+", "");
                String padded = "0".repeat(Math.max(0, digits - shortest.length())) + shortest;
                parts[i] = padded + (dot < 0 ? "" : parts[i].substring(dot));
            }
        }
        String last = parts[parts.length - 1];
        boolean noFunction = parts.length > (domain ? 2 : 1) && !last.contains(".") && !last.contains("*");
        return String.join(":", parts) + (noFunction ? ".?" : "");
    }
}
