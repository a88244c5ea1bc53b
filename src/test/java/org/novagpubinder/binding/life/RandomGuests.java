package org.novagpubinder.binding.life;

import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Guests of any kind on the host of {@link BinderRig}, and the flavors that they may have. */
record RandomGuests(Random random) {
    static final String VGPU = "c0b26072-dd1b-4340-84fe-bf338c510818";

    String any(String... of) {
        return of[random.nextInt(of.length)];
    }

    /** A guest as Nova defines it. */
    String guestOfNovas() {
        String vcpus = any("1", "1", "2", "2", "3", "4");
        String pinned = any("0-1", "2-3", "0-3");
        String tune =
                switch (random.nextInt(8)) {
                    case 0 -> "<cputune><vcpupin vcpu='0' cpuset='" + pinned + "'/></cputune>";
                    case 1 -> "<cputune><emulatorpin cpuset='" + pinned + "'/></cputune>";
                    case 2 -> BinderRig.placedOn(random.nextInt(2));
                    case 3 ->
                        "<cpu><numa><cell id='0' cpus='0' memory='131072' unit='KiB'/>"
                                + "<cell id='1' memory='131072' unit='KiB'/></numa></cpu>";
                    case 4 -> "<memoryBacking><locked/></memoryBacking>";
                    default -> "";
                };
        String devices = any(
                renderNode(RENDER0),
                renderNode(RENDER1),
                renderNode("/dev/dri/renderD200"),
                "<graphics type='egl-headless'/>",
                "<video><model type='virtio'/></video>",
                vfio(),
                vfio() + renderNode(RENDER0),
                mdev(),
                mdev() + "<graphics type='egl-headless'/>",
                vfio() + functionOn("22"),
                vfio() + functionOn("44"),
                functionOn("22") + renderNode(RENDER1),
                functionOn("22") + mdev(),
                renderNode(RENDER0) + "<graphics type='spice'><gl enable='yes' rendernode='" + RENDER1
                        + "'/></graphics>");
        return guest(tune, devices)
                .replace("<vcpu>2<", "<vcpu" + any("", "", " cpuset='0-2'", " current='1'") + ">" + vcpus + "<");
    }

    /** One that most likely needs a restart. */
    String toBeRestarted() {
        return guest(
                        "",
                        any(
                                vfio(),
                                renderNode(RENDER0),
                                renderNode(RENDER1),
                                vfio() + renderNode(RENDER0),
                                vfio() + functionOn("44")))
                .replace("<vcpu>2<", any("<vcpu>1<", "<vcpu>2<"));
    }

    /** The same where nobody else would place it. */
    static String placed(String definition) {
        return definition
                .replaceAll("(?s)<(cputune|numatune)(/>|>.*?</\\1>)", "")
                .replace(
                        "<os>",
                        "<cputune><vcpupin vcpu='0' cpuset='1,3'/></cputune>"
                                + "<numatune><memory mode='interleave' nodeset='0'/></numatune><os>");
    }

    /** The function of another bus than {@link BinderRig#vfio}'s. */
    private static String functionOn(String bus) {
        return vfio().replace("bus='0x42'", "bus='0x" + bus + "'");
    }

    private static String mdev() {
        return "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='" + VGPU
                + "'/></source></hostdev>";
    }

    /** What a flavor says. */
    Map<String, String> extraSpecs() {
        Map<String, String> now = new HashMap<>();
        now.put("gpu_binder:policy", any("preferred", "required", "preferred", "required", "report", "off"));
        if (random.nextInt(3) == 0) {
            now.put("gpu_binder:render_node", "auto");
        }
        return now;
    }
}
