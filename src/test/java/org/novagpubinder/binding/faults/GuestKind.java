package org.novagpubinder.binding.faults;

import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.placedOn;
import static org.novagpubinder.binding.life.BinderRig.renderNode;

import java.util.Map;
import org.novagpubinder.binding.life.BinderRig;

/** The kinds of guests that are bound in different ways; as Nova defines them on an {@link EmulatedGpuHost}. */
public enum GuestKind {
    RENDER_NODE_PLACED_BY_NOVA(guest(placedOn(1), renderNode(BinderRig.RENDER0)), ""),
    RENDER_NODE(guest("", renderNode(BinderRig.RENDER0)), ""),
    RENDER_NODE_AWAY_FROM_ITS_MEMORY(guest("", renderNode(BinderRig.RENDER1)), ""),
    RENDER_NODE_REQUIRED(guest("", renderNode(BinderRig.RENDER1)), "gpu_binder:policy=required"),
    DISPLAY_ADDED(
            guest("", "<video><model type='virtio' heads='1' primary='yes'/></video>"), "gpu_binder:render_node=auto"),
    PCI(guest("", BinderRig.vfio()), ""),
    PCI_REQUIRED(guest("", BinderRig.vfio()), "gpu_binder:policy=required"),
    VGPU(guest("", vgpu()), ""),
    VGPU_REQUIRED(guest("", vgpu()), "gpu_binder:policy=required"),
    CELLS(
            guest(
                    "<cpu><numa><cell id='0' cpus='0' memory='131072'/><cell id='1' cpus='1' memory='131072'/></numa></cpu>",
                    BinderRig.vfio()),
            "");

    /** As Nova defines it. */
    public final String definition;

    private final String extraSpec;

    GuestKind(String definition, String extraSpec) {
        this.definition = definition;
        this.extraSpec = extraSpec;
    }

    /** Those of its flavor. */
    public Map<String, String> extraSpecs() {
        String[] parts = extraSpec.split("=", 2);
        return extraSpec.isEmpty() ? Map.of() : Map.of(parts[0], parts[1]);
    }

    private static String vgpu() {
        return "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='" + EmulatedGpuHost.VGPU
                + "'/></source></hostdev>";
    }
}
