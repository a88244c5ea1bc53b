package org.novagpubinder.host.sysfs;

import java.util.Locale;
import java.util.regex.Pattern;
import org.novagpubinder.host.topology.PciAddress;

/**
 * The operator's word about the node of GPUs ({@code gpu_nodes = 0000:41:*=1}); it wins over what sysfs says.
 *
 * @param glob PCI address, {@code *} and {@code ?} allowed; without a domain it means domain 0000
 * @param node the node
 */
public record GpuNodeOverride(String glob, int node) {
    /** Whether it speaks of that function. */
    public boolean matches(PciAddress address) {
        String whole = address.toString();
        Pattern pattern = pattern();
        return pattern.matcher(whole).matches()
                || (address.domain() == 0
                        && pattern.matcher(whole.substring("0000:".length())).matches());
    }

    private Pattern pattern() {
        StringBuilder regex = new StringBuilder();
        glob.strip().toLowerCase(Locale.ROOT).chars().forEach(c -> {
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(c)));
            }
        });
        return Pattern.compile(regex.toString());
    }
}
