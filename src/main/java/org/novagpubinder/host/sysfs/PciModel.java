package org.novagpubinder.host.sysfs;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.novagpubinder.host.files.Dir;

/** A GPU's class, vendor and device, in hex digits, and what they tell of it. */
record PciModel(String pciClass, String vendor, String device) {
    private static final Pattern ID = Pattern.compile("0x([0-9a-f]{4})");
    private static final Pattern CLASS = Pattern.compile("0x((?:03|12)[0-9a-f]{4}|(?:0b40|0780|ff00)[0-9a-f]{2})");

    /** Those that call themselves something else, by class, vendor and device: Hygon's DCUs, Kunlun's XPUs, Qualcomm's AI 100. */
    private static final Pattern ACCELERATOR =
            Pattern.compile("0b40.. 1d94 .*|0780.. 1d22 .*|ff00.. 17cb (?:a080|a100|a110)");

    /** A 3D controller has no display of its own: no BMC is one. */
    private static final String CLASS_3D = "0302";

    /** NVIDIA and Intel: no BMC's display is of theirs. */
    private static final Set<String> GPU_MAKERS = Set.of("10de", "8086");

    /** Boards of a time before virtual machines had GPUs have a BMC's display of AMD's, with lower numbers (ES1000: 515e). */
    private static final String AMD = "1002";

    private static final String FIRST_AMD_GPU = "6600";

    /**
     * A GPU's; empty if the function is none.
     *
     * @param function its directory
     * @param pciClass what its file class says
     */
    static Optional<PciModel> ofGpu(Dir function, String pciClass) {
        Matcher told = CLASS.matcher(pciClass);
        return told.matches()
                ? Optional.of(new PciModel(told.group(1), id(function, "vendor"), id(function, "device")))
                        .filter(model -> model.pciClass.startsWith("03") || model.isAccelerator())
                : Optional.empty();
    }

    private static String id(Dir function, String name) {
        Matcher id = ID.matcher(function.text(name).orElse(""));
        return id.matches() ? id.group(1) : "0000";
    }

    private boolean isAccelerator() {
        return pciClass.startsWith("12")
                || ACCELERATOR.matcher(pciClass + " " + vendor + " " + device).matches();
    }

    /** Whether it cannot be a BMC's display. */
    boolean isNoBmc() {
        return GPU_MAKERS.contains(vendor)
                || (vendor.equals(AMD) && device.compareTo(FIRST_AMD_GPU) >= 0)
                || isAccelerator()
                || pciClass.startsWith(CLASS_3D);
    }
}
