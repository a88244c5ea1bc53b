package org.novagpubinder.host.sysfs;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.novagpubinder.host.files.Dir;

/** What people call a device: from the host's pci.ids where it has one (Debian: package pci.ids), else by vendor. */
public final class PciNames {
    /** The file has 1.5 MB. */
    private static final int MAX_BYTES = 8 * 1024 * 1024;

    private static final List<String> DIRECTORIES = List.of("usr/share/misc", "usr/share/hwdata");

    private static final Map<String, String> VENDORS = Map.of(
            "10de", "NVIDIA",
            "1002", "AMD",
            "8086", "Intel",
            "1af4", "Red Hat virtio",
            "1234", "QEMU",
            "1a03", "ASPEED",
            "102b", "Matrox",
            "19e5", "Huawei");

    private final Path root;
    private final Map<String, Map<String, String>> devicesByVendor = new ConcurrentHashMap<>();

    public PciNames(Path root) {
        this.root = root;
    }

    /** Such as "NVIDIA H100 SXM5 80GB"; "vendor 1f0f" where nobody knows better. */
    public String name(String vendor, String device) {
        Map<String, String> names = devicesByVendor.computeIfAbsent(vendor, this::load);
        String maker =
                Optional.ofNullable(VENDORS.get(vendor)).orElseGet(() -> names.getOrDefault("", "vendor " + vendor));
        return Optional.ofNullable(names.get(device))
                .map(name -> joined(maker, marketing(name)))
                .orElse(maker);
    }

    /** "Red Hat virtio" makes a "Virtio 1.0 GPU". */
    private static String joined(String maker, String name) {
        String last = maker.substring(maker.lastIndexOf(' ') + 1);
        boolean repeated = name.regionMatches(true, 0, last, 0, last.length());
        return (repeated ? maker.substring(0, maker.length() - last.length()) : maker + " ") + name;
    }

    /** "GH100 [H100 SXM5 80GB]" is the chip and the name it is sold by. */
    private static String marketing(String name) {
        int open = name.indexOf('[');
        int close = name.lastIndexOf(']');
        return open >= 0 && close > open + 1 ? name.substring(open + 1, close) : name;
    }

    /** The vendor's devices by id; the vendor's own name has the empty id. */
    private Map<String, String> load(String vendor) {
        Map<String, String> names = new HashMap<>();
        boolean inside = false;
        for (String line : file().lines().toList()) {
            if (line.startsWith("#") || line.length() < 6) {
                continue;
            }
            if (line.charAt(0) != '\t') {
                inside = line.startsWith(vendor + " ");
                if (inside) {
                    names.put("", line.substring(vendor.length()).strip());
                }
            } else if (inside && line.charAt(1) != '\t') {
                names.put(line.substring(1, 5), line.substring(5).strip());
            }
        }
        return names;
    }

    private String file() {
        for (String directory : DIRECTORIES) {
            Optional<String> text = Dir.below(root, directory).flatMap(d -> d.text("pci.ids", MAX_BYTES));
            if (text.isPresent()) {
                return text.get();
            }
        }
        return "";
    }
}
