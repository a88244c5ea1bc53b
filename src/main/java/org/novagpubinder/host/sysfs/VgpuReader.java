package org.novagpubinder.host.sysfs;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.files.Dir;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.host.topology.VgpuTypes;

/**
 * Reads which vGPUs can still be made: mdev_supported_types (Linux Documentation/driver-api/vfio-mediated-device.rst), and where
 * there are no mdevs the vendor's own files of a virtual function (NVIDIA's vGPU user guide: nvidia/creatable_vgpu_types).
 */
public record VgpuReader(Path root) {
    /** NVIDIA's description of a type: "num_heads=4, …, max_instance=16". */
    private static final Pattern MOST = Pattern.compile("max_instance=([0-9]{1,4})\\b");

    private static final Pattern TYPE = Pattern.compile("(?m)^\\s*([0-9]{1,9})\\s*:");
    private static final int MOST_TYPES = 64 * 1024;

    /** What there is now; what cannot be read is not known. */
    public VgpuTypes read() {
        Map<PciAddress, Map<String, VgpuTypes.Room>> mdev = new HashMap<>();
        Map<PciAddress, VgpuTypes.Function> functions = new HashMap<>();
        Optional<Dir> devices = Dir.below(root, "sys/bus/pci/devices");
        for (String name : devices.map(Dir::names).orElse(List.of())) {
            Optional<Dir> device = PciAddress.matches(name) ? devices.flatMap(d -> d.dir(name)) : Optional.empty();
            device.flatMap(d -> d.dir("mdev_supported_types"))
                    .ifPresent(types -> mdev.put(PciAddress.parse(name), rooms(types)));
            device.flatMap(d -> d.dir("nvidia"))
                    .flatMap(VgpuReader::function)
                    .ifPresent(f -> functions.put(PciAddress.parse(name), f));
        }
        return new VgpuTypes(mdev, functions);
    }

    private static Map<String, VgpuTypes.Room> rooms(Dir types) {
        Map<String, VgpuTypes.Room> rooms = new HashMap<>();
        for (String type : types.names()) {
            Optional<Dir> dir = types.dir(type);
            dir.map(d -> d.number("available_instances"))
                    .filter(n -> n.isPresent() && n.getAsLong() >= 0)
                    .ifPresent(n -> rooms.put(
                            type, new VgpuTypes.Room((int) Math.min(n.getAsLong(), 1 << 16), most(dir.get()))));
        }
        return rooms;
    }

    private static @Nullable Integer most(Dir type) {
        Matcher m = MOST.matcher(type.text("description").orElse(""));
        return m.find() ? Integer.valueOf(m.group(1)) : null;
    }

    private static Optional<VgpuTypes.Function> function(Dir nvidia) {
        return nvidia.text("creatable_vgpu_types", MOST_TYPES).map(text -> {
            Set<Integer> creatable = new HashSet<>();
            Matcher m = TYPE.matcher(text);
            while (m.find()) {
                creatable.add(Integer.valueOf(m.group(1)));
            }
            return new VgpuTypes.Function(
                    (int) nvidia.number("current_vgpu_type").orElse(0), creatable);
        });
    }
}
