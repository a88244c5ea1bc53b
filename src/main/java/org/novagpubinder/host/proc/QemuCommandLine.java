package org.novagpubinder.host.proc;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a QEMU process was given, as far as it concerns its display: libvirt's XML tells what was wanted.
 *
 * @param words its arguments
 */
public record QemuCommandLine(List<String> words) {
    /** {@code -display egl-headless,rendernode=…}, {@code -spice …,rendernode=…}. */
    private static final Pattern RENDER_NODE = Pattern.compile("(?:^|,)rendernode=([^,]+)");

    /** {@code virtio-vga-gl,id=…}, or {@code {"driver":"virtio-vga-gl",…}}. */
    private static final Pattern VIDEO = Pattern.compile(
            "(?:^|\"driver\":\")(virtio-(?:vga|gpu)(?:-pci|-device|-ccw)?(-gl(?:-pci|-device)?)?)(?=[,\"]|$)");

    /** Of QEMU before 6.1 (libvirt's qemu_command.c:qemuBuildVirtioDevProps). */
    private static final Pattern VIRGL = Pattern.compile("[,\"]virgl(=on|\":true)");

    public QemuCommandLine {
        words = List.copyOf(words);
    }

    /** The render nodes that its displays open. */
    public Set<String> renderNodes() {
        Set<String> found = new TreeSet<>();
        for (String word : words) {
            Matcher m = RENDER_NODE.matcher(word);
            while (m.find()) {
                found.add(m.group(1));
            }
        }
        return found;
    }

    /** Whether it has a display that draws by a render node and nowhere else. */
    public boolean headless() {
        return words.stream().anyMatch(w -> w.equals("egl-headless") || w.startsWith("egl-headless,"));
    }

    /** Its virtio video devices that do not draw in 3D, e.g. virtio-vga. */
    public Set<String> videosWithout3d() {
        Set<String> found = new TreeSet<>();
        for (String word : words) {
            Matcher m = VIDEO.matcher(word);
            if (m.find() && m.group(2) == null && !VIRGL.matcher(word).find()) {
                found.add(m.group(1));
            }
        }
        return found;
    }
}
